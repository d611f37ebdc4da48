"""Renders many clips at a time in several processes, into memory that they share with the training."""

import math
import mmap
import multiprocessing
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from world import Scene, World, render_random


@dataclass(frozen=True)
class Clips:
    """frames [N, F, H, W, 3] uint8; scenes; tracks [N, 2, F, 4], NaN where there is no second subject."""

    frames: np.ndarray
    scenes: list[Scene]
    tracks: np.ndarray


_own: "Renderer | None" = None      # of this process; those that were forked from it find it here


class Renderer:
    """Draws batches of random clips; while one is used, the next one is drawn.

    Args:
        clips: of one batch.
        processes: 1 draws in this process, when a batch is asked for.
    """

    def __init__(self, world: World, clips: int, processes: int):
        global _own
        self.world, self.clips, self.processes = world, clips, processes
        shape = (clips, world.frames, world.side, world.side, 3)
        self.buffers = [np.frombuffer(mmap.mmap(-1, math.prod(shape)), np.uint8).reshape(shape) for _ in range(2)]
        _own = self
        self.pool = multiprocessing.get_context("fork").Pool(processes) if processes > 1 else None

    def batches(self, seeds: Iterable[int]) -> Iterator[Clips]:
        """One batch for each seed; its frames are overwritten when the next but one is asked for."""
        drawn = None
        for i, seed in enumerate(seeds):
            begun = self._begin(i % 2, seed)
            if drawn:
                yield self._finish(*drawn)
            drawn = (i % 2, begun)
        if drawn:
            yield self._finish(*drawn)

    def close(self) -> None:
        if self.pool:
            self.pool.close()

    def _begin(self, buffer: int, seed: int):
        edges = np.linspace(0, self.clips, 2 * self.processes + 1).round().astype(int)
        parts = [(buffer, int(first), int(last), seed) for first, last in zip(edges, edges[1:])]
        return self.pool.starmap_async(_draw, parts) if self.pool else [_draw(*part) for part in parts]

    def _finish(self, buffer: int, begun) -> Clips:
        drawn = [clip for part in (begun.get() if self.pool else begun) for clip in part]
        tracks = np.full((self.clips, 2, self.world.frames, 4), np.nan, np.float32)
        for target, (_, own) in zip(tracks, drawn):
            target[:len(own)] = own
        return Clips(self.buffers[buffer], [scene for scene, _ in drawn], tracks)


def _draw(buffer: int, first: int, last: int, seed: int) -> list[tuple[Scene, np.ndarray]]:
    """Clips first ..< last of a batch into their place; scenes and tracks go back."""
    random, drawn = np.random.default_rng([seed, first]), []
    for place in range(first, last):
        clip = render_random(_own.world, random)
        _own.buffers[buffer][place] = clip.frames
        drawn.append((clip.scene, clip.tracks))
    return drawn
