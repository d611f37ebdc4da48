"""What a training step of the transformer looks up: every cached clip, its captions and conditions, on the device."""

import multiprocessing
from dataclasses import dataclass

import numpy as np
import torch

import conditions
import grammar
import motions
from coverage import covered_shares
from latents import LatentCache
from text_slots import labels_of
from tokenizer import PAD, PromptTokenizer
from world import World

STILL_SHARE = 0.3            # of the tracks get anchors that stay where they are
CHUNK = 512                  # clips whose captions and tracks one process makes at a time


@dataclass(frozen=True)
class Batch:
    """Some clips of `Examples`.

    clean [B, z, f, h, w]; given [B, 4 + z, f, h, w] (see conditions.py); ids [B, S]; described [B], whether there is a
    caption; coverage [B, 2, f, h, w]; subjects [B, 2]; labels [B, slots].
    """

    clean: torch.Tensor
    given: torch.Tensor
    ids: torch.Tensor
    described: torch.Tensor
    coverage: torch.Tensor
    subjects: torch.Tensor
    labels: torch.Tensor


class Examples:
    """The cached latents, normalised, and `variants` captions and tracks for each.

    Args:
        cache: from latents.load_latents.
        mean, deviation: of the latents, [z].
        settings: 'flow' of the configuration.
        held: so many clips, the first ones, are never drawn.
        processes: that make captions and tracks.
    """

    def __init__(self, cache: LatentCache, mean, deviation, world: World, tokenizer: PromptTokenizer, settings: dict,
                 held: int, device: str, processes: int):
        self.settings, self.held, self.device = settings, held, device
        mean, deviation = (t.view(1, -1, 1, 1, 1).to(device) for t in (mean, deviation))
        made = _say_and_draw(cache, world, tokenizer, settings["variants"], processes)
        self.ids, self.copies, self.coverage = (torch.from_numpy(part).to(device) for part in made)
        self.latents, self.pictures = (
            torch.cat([((part.to(device).float() - mean) / deviation).half() for part in whole.split(CHUNK)])
            for whole in (cache.latents, cache.conditions))
        self.no_words = torch.from_numpy(tokenizer.batch([""], length=self.ids.shape[-1])).to(device)
        self.with_last = cache.with_last.to(device)
        self.picture_of = torch.full((len(self.latents),), -1, device=device)
        self.picture_of[cache.condition_rows.to(device)] = torch.arange(len(cache.condition_rows), device=device)
        self.free = torch.tensor([scene.motion == motions.PATH for scene in cache.scenes], device=device)
        self.subjects = torch.tensor([(s.subject, max(s.other, 0)) for s in cache.scenes], device=device)
        self.labels = labels_of(cache.scenes).to(device)

    def __len__(self) -> int:
        return len(self.latents)

    def batch(self, count: int) -> Batch:
        """Random clips in random words; some without words, some with their picture, some with a track."""
        def chance(share: float) -> torch.Tensor:
            return torch.rand(count, device=self.device) < share
        settings = self.settings
        rows = torch.randint(self.held, len(self), (count,), device=self.device)
        variant = torch.randint(settings["variants"], (count,), device=self.device)
        described = ~chance(settings["caption_dropout"])
        ids = torch.where(described[:, None], self.ids[rows, variant].long(), self.no_words)
        picture = self.picture_of[rows]
        shown = (picture >= 0) & chance(settings["image_use"])
        tracked = shown & described & (self.free[rows] | chance(settings["trajectory_share"]))
        picture = picture.clamp(min=0)
        given = conditions.given(self.pictures[picture].float(), self.with_last[picture])
        source = torch.where(tracked[:, None, None, None], self.copies[picture, variant], -1)
        given = conditions.copied(given, source) * shown.view(-1, 1, 1, 1, 1)
        return Batch(self.latents[rows].float(), given, ids, described, self.coverage[rows].float(),
                     self.subjects[rows], self.labels[rows])


@dataclass(frozen=True)
class _Maker:
    """Makes captions and tracks of one chunk of clips after another; forked processes find it in `_maker`."""

    cache: LatentCache
    world: World
    tokenizer: PromptTokenizer
    variants: int
    picture_rows: frozenset[int]

    def chunk(self, first: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """ids [n, variants, S] of clips first ..< first + n, copies [m, variants, f, h, w] of those with pictures,
        and which share of each cell sprites cover, [n, 2, f, h, w]."""
        random = np.random.default_rng([first, CHUNK])
        scenes = self.cache.scenes[first:first + CHUNK]
        captions = [grammar.muddled(self.world.caption(scene, random), random)
                    for scene in scenes for _ in range(self.variants)]
        ids = self.tokenizer.batch(captions).reshape(len(scenes), self.variants, -1).astype(np.int16)
        rows = [row for row in range(first, first + len(scenes)) if row in self.picture_rows]
        copies = np.full((len(rows), self.variants, *self.cache.latents.shape[2:]), -1, np.int16)
        for target, row in zip(copies, rows):
            for one in target:
                one[:] = conditions.copies(self._points(row, random), one.shape, random)
        coverage = covered_shares(self.cache.tracks[first:first + CHUNK], self.cache.latents.shape[2:])
        return ids, copies, coverage

    def _points(self, row: int, random: np.random.Generator) -> np.ndarray:
        """A track on the first subject, at times with still points around it."""
        track = self.cache.tracks[row, 0]
        points = conditions.sprite_points(track, random)
        if self.cache.scenes[row].camera == 0 and random.random() < STILL_SHARE:
            points = np.concatenate([points, conditions.still_points(len(track), self.world.side, random)])
        return points


_maker: _Maker | None = None


def _make(first: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return _maker.chunk(first)


def _say_and_draw(cache: LatentCache, world: World, tokenizer: PromptTokenizer, variants: int,
                  processes: int) -> list[np.ndarray]:
    """Token ids [N, variants, S], `conditions.copies` [M, variants, f, h, w] and coverage [N, 2, f, h, w] of all clips."""
    global _maker
    _maker = _Maker(cache, world, tokenizer, variants, frozenset(cache.condition_rows.tolist()))
    firsts = range(0, len(cache.scenes), CHUNK)
    if processes > 1:
        with multiprocessing.get_context("fork").Pool(processes) as pool:
            made = pool.map(_make, firsts, chunksize=1)
    else:
        made = [_make(first) for first in firsts]
    ids, copies, coverage = zip(*made)
    longest = max(part.shape[-1] for part in ids)
    ids = [np.pad(part, ((0, 0), (0, 0), (0, longest - part.shape[-1])), constant_values=PAD) for part in ids]
    return [np.concatenate(parts) for parts in (ids, copies, coverage)]
