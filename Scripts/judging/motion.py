"""Which of the world's motions a track is nearest to."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

import motions
from camera import SIDE
from tracking import Track

TRAVEL = 0.52                        # the usual way, in units of the picture's side
PHASES = 24
LENGTHS = (0.8, 1.0, 1.2)            # times the usual way
SIZE_WEIGHT, TURN_WEIGHT = 12.0, 4.0     # pixels that a doubled side and a radian count for
LONGEST = 12.0                       # pixels: a frame that is farther away says no more


@dataclass(frozen=True)
class Course:
    """One way to make a motion: curve [F, 4] of x and y (pixels, around their mean), log side, turn."""

    motion: int
    speed: int
    curve: np.ndarray


class _Choices:
    """Stands in for a random generator: a given phase, a given sign."""

    def __init__(self, phase: float, sign: int):
        self.phase, self.sign = phase, sign

    def uniform(self, low: float, high: float) -> float:
        return low + (high - low) * self.phase

    def choice(self, _) -> int:
        return self.sign


@lru_cache(None)
def courses(frames: int) -> list[Course]:
    """All motions at all speeds, lengths, phases and signs."""
    found = []
    progress = np.linspace(0, 1, frames)
    for motion, name in enumerate(motions.NAMES):
        phases = np.arange(PHASES) / PHASES if name == "circles" else (0.0,)
        signs = (-1, 1) if name in ("circles", "spins", "zigzags") else (1,)
        speeds = (1,) if name == "still" else range(3)
        lengths = LENGTHS if name in ("right", "left", "rises", "falls", "zigzags", "jumps") else (1.0,)
        for speed, length, phase, sign in ((s, le, p, g) for s in speeds for le in lengths for p in phases for g in signs):
            way = motions.move(name, progress, TRAVEL * length, motions.SPEEDS[speed], _Choices(phase, sign))
            curve = np.stack([way[:, 0] * SIDE, way[:, 1] * SIDE, np.log2(way[:, 2]), way[:, 3]], 1)
            curve[:, :3] -= np.median(curve[:, :3], 0)
            found.append(Course(motion, speed, curve))
    return found


def find_motion(track: Track) -> tuple[int, int]:
    """Motion and speed of the course that is nearest to the track, wherever it lies and however large the sprite is."""
    steps = track.steps
    own = np.stack([steps[:, 0], steps[:, 1], np.log2(steps[:, 2]), steps[:, 3]], 1)
    all_ = courses(len(steps))
    curves = np.stack([course.curve for course in all_])
    away = own - curves
    away[..., :3] -= np.median(away[..., :3], axis=1, keepdims=True)
    away[..., 3] = np.abs((away[..., 3] + np.pi) % (2 * np.pi) - np.pi)
    distance = np.sqrt((away[..., :2] ** 2).sum(-1) + (SIZE_WEIGHT * away[..., 2]) ** 2 + (TURN_WEIGHT * away[..., 3]) ** 2)
    best = all_[int(np.minimum(distance, LONGEST).mean(1).argmin())]
    return best.motion, best.speed
