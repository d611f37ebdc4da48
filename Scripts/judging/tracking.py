"""Finds the sprite of a clip: which one, in which tint, and where it is in every frame."""

from dataclasses import dataclass, replace
from functools import lru_cache

import cv2
import numpy as np

from matching import COARSE, FINE, Look, Places, appearances, cut, picture, planes, turned
from world import World

DIFFERENT = 26.0                # byte values: the largest of three channels' differences
LEAST_AREA = 12                 # pixels of a part that counts
SIDES = (14.0, 52.0)            # pixels of sprites that are looked for
COARSE_SIDES, COARSE_REACH = (0.84, 0.94, 1.06, 1.2), 2     # times the box's; cells
FINE_SIDES, FINE_REACH = (0.95, 1.0, 1.05), 1               # around the best of those
FIRST_LOOKS = (0, 8, 16)                        # frames that choose who is looked at closely
CLOSE_LOOKS = (0, 2, 4, 8, 12, 16)              # frames that decide the subject
SHORTLIST = 8                                   # appearances; from the first frame alone come half as many more
STEP = np.pi / 12
TURNS = np.arange(-11, 13) * STEP
UNTURNED = 11
# From first frame to last; the world's are 175, 270 and 378 degrees, generated ones lie around.
SPINS = np.radians([sign * total for total in range(150, 401, 50) for sign in (-1, 1)])
TURN_GAIN = 1.04                                # a sprite that spins must explain this many times as much


@dataclass(frozen=True)
class Track:
    """look: the sprite as it is in the first frame; steps [F, 4]: x, y, side (pixels of 64) and turn; explained [F]: the
    share of the difference from the background that the sprite explains."""

    look: Look
    steps: np.ndarray
    explained: np.ndarray


@dataclass(frozen=True)
class Fit:
    """The best place [3] and turn of a look in one frame, and its gain."""

    gain: float
    place: np.ndarray
    turn: float


class Tracker:
    """Knows the sprites at all tints."""

    def __init__(self, world: World):
        self.world = world
        self.looks = [Look(subject, mirrored, tint) for subject in range(len(world.subjects))
                      for mirrored in (False, True) for tint in range(len(world.tints))]
        self.all = appearances(world, self.looks, COARSE)
        self.turned = lru_cache(400)(self._turned)
        self.fine = lru_cache(2000)(self._fine)

    def _turned(self, look: Look) -> np.ndarray:
        """Coarse rows of the look at all TURNS."""
        return appearances(self.world, [replace(look, turn=float(t)) for t in TURNS], COARSE)

    def _fine(self, look: Look, turn: int) -> np.ndarray:
        """The fine row of a look at one of TURNS."""
        return appearances(self.world, [replace(look, turn=float(TURNS[turn]))], FINE)

    def find(self, frames: np.ndarray, backgrounds: np.ndarray, boxes: np.ndarray) -> Track:
        """The one sprite that explains most, upright or turning steadily: the world knows nothing else.

        Args:
            frames: [F, 64, 64, 3] uint8.
            backgrounds: the same without sprite, float.
            boxes: [F, 3] of x, y, side: where the sprite is about.
        """
        views = [View(planes(frame, behind), box) for frame, behind, box in zip(frames, backgrounds, boxes)]
        chosen = self._shortlist(views)
        rows = np.concatenate([self.turned(look) for look in chosen])
        seen = [views[frame].coarse.gains(rows).reshape(-1, len(chosen), len(TURNS)) for frame in CLOSE_LOOKS]
        totals, spins = [], []
        for i, look in enumerate(chosen):
            spins.append(best_spin([gains[:, i].max(0) for gains in seen], len(frames)))
            fits = [self._fit(views[frame], look, gains[:, i], turns_at(spins[i], frame / (len(frames) - 1)))
                    for frame, gains in zip(CLOSE_LOOKS, seen)]
            totals.append(sum(max(0.0, fit.gain) for fit in fits))
        best = int(np.argmax(totals))
        return self._follow(chosen[best], spins[best], views)

    def _shortlist(self, views: list) -> list[Look]:
        """Looks that explain much in some frames unturned."""
        each = []
        for frame in FIRST_LOOKS:
            each.append(np.maximum(views[frame].coarse.gains(self.all).max(0), 0))
        numbers = dict.fromkeys([*np.argsort(-sum(each))[:SHORTLIST], *np.argsort(-each[0])[:SHORTLIST // 2 + 2]])
        return [self.looks[n] for n in numbers]

    def _fit(self, view: "View", look: Look, coarse: np.ndarray, turns: list[int]) -> Fit:
        """The best fine place at some of TURNS, given gains [places, TURNS] of the coarse ones."""
        places = view.fine(int(coarse[:, turns].max(1).argmax()))
        gains = places.gains(np.concatenate([self.fine(look, turn) for turn in turns]))
        at, best = np.unravel_index(gains.argmax(), gains.shape)
        return Fit(float(gains[at, best]), places.squares[at], float(TURNS[turns[best]]))

    def _follow(self, look: Look, spin: float, views: list) -> Track:
        steps, explained = [], []
        for i, view in enumerate(views):
            fit = self._fit(view, look, view.coarse.gains(self.turned(look)), turns_at(spin, i / (len(views) - 1)))
            steps.append([*fit.place, fit.turn])
            energy = float((view.layers[0][..., :3] ** 2).sum()) / 4
            explained.append(fit.gain / max(energy, 1e-6))
        return Track(look, np.array(steps), np.array(explained))


def turns_at(spin: float, progress: float) -> list[int]:
    """Which of TURNS a sprite that turns steadily, by `spin` from first frame to last, may have at a time in 0...1."""
    nearest = round(spin * progress / STEP)
    return [(UNTURNED + nearest + i) % len(TURNS) for i in ((-1, 0, 1) if progress else (0,))]


def best_spin(gains: list[np.ndarray], frames: int) -> float:
    """None or one of SPINS, whichever explains most, given gains [TURNS] in each of CLOSE_LOOKS."""
    def total(spin: float) -> float:
        return sum(float(each[turns_at(spin, frame / (frames - 1))].max()) for frame, each in zip(CLOSE_LOOKS, gains))
    best = max(SPINS, key=total)
    return float(best) if total(best) > TURN_GAIN * total(0.0) else 0.0


class View:
    """One frame's planes, the box [3] where the sprite is about, and the squares around it, cut when first asked for."""

    def __init__(self, layers: tuple[np.ndarray, np.ndarray], box: np.ndarray):
        self.layers, self.box = layers, box
        self._coarse, self._fine = None, {}

    @property
    def coarse(self) -> Places:
        if self._coarse is None:
            self._coarse = cut(self.layers, self.box[:2], self.box[2] * np.array(COARSE_SIDES), COARSE, COARSE_REACH)
        return self._coarse

    def fine(self, at: int) -> Places:
        """The squares close to one of the coarse ones."""
        if at not in self._fine:
            x, y, side = self.coarse.squares[at]
            self._fine[at] = cut(self.layers, (x, y), side * np.array(FINE_SIDES), FINE, FINE_REACH)
        return self._fine[at]


def covered(world: World, track: Track, shape: tuple[int, int]) -> np.ndarray:
    """[F, 64, 64] bool: what the sprite covers, and a pixel around."""
    layers = []
    cover = np.ascontiguousarray(turned(picture(world, track.look), 0, FINE)[..., 3])
    for x, y, side, turn in track.steps:
        scale, middle = side / FINE, (FINE - 1) / 2
        cos, sin = scale * np.cos(turn), scale * np.sin(turn)
        matrix = np.float32([[cos, -sin, x - 0.5 - middle * (cos - sin)], [sin, cos, y - 0.5 - middle * (sin + cos)]])
        layers.append(cv2.dilate(cv2.warpAffine(cover, matrix, shape), np.ones((3, 3), np.uint8)) > 0.1)
    return np.stack(layers)


def extent(frame: np.ndarray, background: np.ndarray) -> np.ndarray:
    """Left, top, right, bottom (pixels) of what differs from the background; the middle of the picture if nothing does."""
    return surrounded(np.abs(frame - background).max(-1) > DIFFERENT)


def surrounded(different: np.ndarray) -> np.ndarray:
    """The box around a mask's parts, without its specks."""
    count, _, facts, _ = cv2.connectedComponentsWithStats(different.astype(np.uint8), connectivity=8)
    parts = [facts[i] for i in range(1, count) if facts[i][cv2.CC_STAT_AREA] >= LEAST_AREA]
    if not parts:
        return np.array([18.0, 18.0, 46.0, 46.0])
    return np.array([*(min(part[i] for part in parts) for i in (0, 1)),
                     *(max(part[i] + part[i + 2] for part in parts) for i in (0, 1))], float)


def square(box: np.ndarray) -> np.ndarray:
    """Centre x, y and longer side of a box of left, top, right, bottom."""
    left, top, right, bottom = box
    return np.array([(left + right) / 2, (top + bottom) / 2, np.clip(max(right - left, bottom - top), *SIDES)])
