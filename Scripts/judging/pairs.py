"""Recognises scenes of two subjects, of which one stands beside or above the other and both move alike."""

from dataclasses import dataclass

import numpy as np

from matching import Look
from measure import Judge, Scenery
from motion import find_motion
from tracking import DIFFERENT, Track, square, surrounded
from world import RELATIONS, Scene

MIDDLE = 0.3                     # share of the box at each end in which the two are not parted
APART = {"left": (False, False), "right": (False, True), "above": (True, False), "below": (True, True)}


@dataclass(frozen=True)
class Pair:
    """What the judge sees: the two looks from left to right, or from top to bottom, and how both move."""

    looks: tuple[Look, Look]
    upright: bool
    motion: int
    background: int


def look_at_two(judge: Judge, frames: np.ndarray) -> Pair:
    """Parts what differs from the background along its longer side and finds a sprite on either side.

    Args:
        frames: [F, H, W, 3] uint8.
    """
    seen, tracks = judge.find(frames, halves)
    motion, _ = find_motion(together(tracks))
    return Pair((tracks[0].look, tracks[1].look), stand_above(seen), motion, seen.background)


def stand_above(seen: Scenery) -> bool:
    """Whether one stands above the other, and not beside it: by the longer side of what differs from the background."""
    width, height = np.median(seen.boxes[:, 2:] - seen.boxes[:, :2], axis=0)
    return bool(height > width)


def halves(seen: Scenery) -> list[np.ndarray]:
    """The squares [F, 3] of either side."""
    different = np.abs(seen.frames - seen.behind).max(-1) > DIFFERENT
    upright = stand_above(seen)
    both = np.array([parted(mask, box, upright) for mask, box in zip(different, seen.boxes)])
    return list(both.transpose(1, 0, 2))


def parted(different: np.ndarray, box: np.ndarray, upright: bool) -> list[np.ndarray]:
    """The squares around the two sides of a mask, parted at the emptiest line near the box's middle."""
    start, end = (int(box[i + upright]) for i in (0, 2))
    counts = different.sum(1 if upright else 0)[start:end].astype(float)
    counts = np.convolve(np.pad(counts, 1, mode="edge"), np.ones(3), "valid")
    away = np.abs(np.arange(len(counts)) - (len(counts) - 1) / 2)
    counts[away > (0.5 - MIDDLE) * len(counts)] = np.inf
    cut = start + int(np.lexsort((away, counts))[0])          # of equally empty lines the one in the middle
    first = np.arange(different.shape[0 if upright else 1]) < cut
    first = first[:, None] if upright else first[None]
    return [square(surrounded(different & side)) for side in (first, ~first)]


def together(tracks: list[Track]) -> Track:
    """One track halfway between two, with the turns of the first."""
    steps = np.mean([track.steps for track in tracks], axis=0)
    steps[:, 3] = tracks[0].steps[:, 3]
    return Track(tracks[0].look, steps, tracks[0].explained)


def pair_shares(seen: list[Pair], wanted: list[Scene]) -> dict[str, float]:
    """Of the two subjects how many are there; clips with both, with both as the prompt places them, and so on."""
    rows = [pair_marks(pair, scene) for pair, scene in zip(seen, wanted)]
    return {name: float(np.mean([row[name] for row in rows])) for name in rows[0]}


def pair_marks(pair: Pair, scene: Scene) -> dict[str, float]:
    """0 or 1 for each thing that one clip can have right; `subjects` also 0.5."""
    found, asked = [look.subject for look in pair.looks], [scene.subject, scene.other]
    upright, swapped = APART[RELATIONS[scene.relation]]
    placed = found == (asked[::-1] if swapped else asked) and pair.upright == upright
    motion, background = pair.motion == scene.motion, pair.background == scene.background
    return {"subjects": len(set(found) & set(asked)) / 2, "both subjects": sorted(found) == sorted(asked),
            "both, placed": placed, "motion": motion, "background": background,
            "both, placed, motion": placed and motion, "all": placed and motion and background}
