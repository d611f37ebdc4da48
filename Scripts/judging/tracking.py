"""Finds the sprite of a clip: which one, in which tint, and where it is in every frame."""

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

from matching import COARSE, FINE, Appearances, Look, cut, draw, planes
from world import World

DIFFERENT = 26.0                # byte values: the largest of three channels' differences
LEAST_AREA = 12                 # pixels of a part that counts
SIDES = (14.0, 52.0)            # pixels of sprites that are looked for
COARSE_SIDES = (0.84, 0.92, 1.0, 1.1, 1.22)     # times the part's extent
COARSE_STEPS = (-4.0, -2.0, 0.0, 2.0, 4.0)      # pixels
FIRST_LOOKS = (0, 3, 8, 13, 16)                 # frames that choose who is looked at closely
CLOSE_LOOKS = (0, 2, 4, 8, 12, 16)              # frames that decide the subject
SHORTLIST = 8                                   # appearances; from the first frame alone come half as many more
TURNS = np.arange(-11, 13) * np.pi / 12
TURN_GAIN = 1.04                                # a turned sprite must explain this many times as much


@dataclass(frozen=True)
class Track:
    """look: the sprite as it is in the first frame; steps [F, 4]: x, y, side (pixels of 64) and turn; gains [F]: the
    share of the difference from the background that the sprite explains."""

    look: Look
    steps: np.ndarray
    explained: np.ndarray


class Tracker:
    """Knows the sprites at all tints."""

    def __init__(self, world: World):
        self.world = world
        looks = [Look(subject, mirrored, tint) for subject in range(len(world.subjects)) for mirrored in (False, True)
                 for tint in range(len(world.tints))]
        self.all = Appearances(world, looks, COARSE)
        self.turned = lru_cache(400)(self._turned)

    def _turned(self, look: Look) -> Appearances:
        """The look at all TURNS."""
        return Appearances(self.world, [Look(look.subject, look.mirrored, look.tint, float(t)) for t in TURNS], FINE)

    def find(self, frames: np.ndarray, backgrounds: np.ndarray) -> Track:
        """The one sprite that explains most.

        Args:
            frames: [F, 64, 64, 3] uint8.
            backgrounds: the same without sprite, float.
        """
        boxes = [extent(frame, behind) for frame, behind in zip(frames, backgrounds)]
        layers = [planes(frame, behind) for frame, behind in zip(frames, backgrounds)]
        chosen = self._shortlist(layers, boxes)
        best = max(chosen, key=lambda entry: self._close_look(entry, layers, boxes))
        return self._follow(best[0], layers, boxes)

    def _shortlist(self, layers, boxes) -> list[tuple[Look, float]]:
        """Looks that explain much in some frames unturned, with their side over the box's."""
        totals, ratios, first = 0.0, {}, None
        for frame in FIRST_LOOKS:
            places = around(boxes[frame], COARSE_STEPS, COARSE_SIDES)
            gains = self.all.gains(cut(layers[frame], places, COARSE))
            best = gains.max(0)
            totals = totals + np.maximum(best, 0)
            if first is None:
                first, ratios = best, places[gains.argmax(0), 2] / boxes[frame][2]
        numbers = dict.fromkeys([*np.argsort(-totals)[:SHORTLIST], *np.argsort(-first)[:SHORTLIST // 2 + 2]])
        return [(self.all.looks[n], float(ratios[n])) for n in numbers]

    def _close_look(self, entry, layers, boxes) -> float:
        """What the look explains in a few frames, at any turn after the first."""
        look, ratio = entry
        total = 0.0
        for frame in CLOSE_LOOKS:
            gains, _ = self._search(look, layers[frame], boxes[frame], frame > 0)
            total += max(0.0, float(gains.max()))
        return total

    def _search(self, look: Look, layers, box, turn: bool) -> tuple[np.ndarray, np.ndarray]:
        """Gains [places, turns] around a box, coarse then finer, and the places."""
        places = around(box, (-3, 0, 3), (0.84, 0.94, 1.06, 1.2))
        rows = self.turned(look)
        gains = rows.gains(cut(layers, places, FINE))
        if not turn:
            gains = gains[:, [11]]
        best = places[gains.max(1).argmax()]
        places = around(best, (-1.2, 0, 1.2), (0.95, 1.0, 1.05))
        gains = rows.gains(cut(layers, places, FINE))
        return (gains if turn else gains[:, [11]]), places

    def _follow(self, look: Look, layers, boxes) -> Track:
        steps, explained = [], []
        for frame, (layer, box) in enumerate(zip(layers, boxes)):
            gains, places = self._search(look, layer, box, frame > 0)
            turn = int(gains.max(0).argmax()) if frame else 0
            if frame and gains.max() < TURN_GAIN * gains[:, 11].max():
                turn = 11
            at = int(gains[:, turn].argmax())
            steps.append([*places[at], TURNS[turn] if frame else 0.0])
            energy = float((layer[0][..., :3] ** 2).sum()) / 4
            explained.append(float(gains[at, turn]) / max(energy, 1e-6))
        return Track(look, np.array(steps), np.array(explained))


def covered(world: World, track: Track, shape: tuple[int, int]) -> np.ndarray:
    """[F, 64, 64] bool: what the sprite covers, and a pixel around."""
    look, layers = track.look, []
    cover = draw(world, Look(look.subject, look.mirrored), FINE)[..., 3]
    for x, y, side, turn in track.steps:
        scale, middle = side / FINE, (FINE - 1) / 2
        cos, sin = scale * np.cos(turn), scale * np.sin(turn)
        matrix = np.float32([[cos, -sin, x - 0.5 - middle * (cos - sin)], [sin, cos, y - 0.5 - middle * (sin + cos)]])
        layers.append(cv2.dilate(cv2.warpAffine(cover, matrix, shape), np.ones((3, 3), np.uint8)) > 0.1)
    return np.stack(layers)


def extent(frame: np.ndarray, background: np.ndarray) -> np.ndarray:
    """Centre x, y and longer side of what differs from the background; the middle of the picture if nothing does."""
    different = (np.abs(frame - background).max(-1) > DIFFERENT).astype(np.uint8)
    count, labels, facts, _ = cv2.connectedComponentsWithStats(different, connectivity=8)
    parts = [facts[i] for i in range(1, count) if facts[i][cv2.CC_STAT_AREA] >= LEAST_AREA]
    if not parts:
        return np.array([32.0, 32.0, 28.0])
    left, top = (min(part[i] for part in parts) for i in (0, 1))
    right, bottom = (max(part[i] + part[i + 2] for part in parts) for i in (0, 1))
    side = np.clip(max(right - left, bottom - top), *SIDES)
    return np.array([(left + right) / 2, (top + bottom) / 2, side])


def around(place: np.ndarray, steps: tuple, sides: tuple) -> np.ndarray:
    """Places [N, 3] at all steps in pixels from a place, at all sides times its own."""
    x, y, side = np.meshgrid(steps, steps, sides, indexing="ij")
    return np.stack([place[0] + x.ravel(), place[1] + y.ravel(), place[2] * side.ravel()], 1)
