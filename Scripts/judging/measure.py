"""Says what a clip shows, by rebuilding it from the pictures the world is made of. No network takes part."""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

import backdrop
from camera import SIDE, find_move
from motion import find_motion
from tracking import Track, Tracker, covered, extent, square
from world import Scene, World

UNEXPLAINED = 1.5                # byte values: a background that differs so much from itself changes without a camera
SLOTS = ("subject", "motion", "background", "tint", "camera")


@dataclass(frozen=True)
class Scenery:
    """What is known of a clip before its sprites are: frames [F, 64, 64, 3], the same without sprites, where they are.

    foreign: [F, 64, 64] bool, pixels of no colour of the background; boxes: [F, 4], left, top, right, bottom of what
    differs from what is behind.
    """

    frames: np.ndarray
    behind: np.ndarray
    background: int
    foreign: np.ndarray
    boxes: np.ndarray


@dataclass(frozen=True)
class Verdict:
    """What the judge sees: a scene, the sprite's track, and the flicker of what should stand still.

    boxes: as in Scenery; flicker: mean change from frame to frame of pixels beside the sprite, in byte values; NaN where
    the camera moves.
    """

    scene: Scene
    track: Track
    boxes: np.ndarray
    flicker: float


class Judge:
    """Recognises clips [F, H, W, 3] uint8 of one subject; it looks at them 64 pixels wide."""

    def __init__(self, world: World):
        self.world = world
        self.tracker = Tracker(world)

    def look(self, frames: np.ndarray) -> Verdict:
        """Background first, then the camera over it, then the sprite that explains what differs from both."""
        seen, (track,) = self.find(frames, lambda seen: [np.stack([square(box) for box in seen.boxes])])
        sprite = covered(self.world, track, (SIDE, SIDE))
        camera = find_move(seen.frames, sprite)[0].camera
        motion, speed = find_motion(track)
        scene = Scene(track.look.subject, motion, seen.background, tint=track.look.tint, speed=speed, camera=camera)
        return Verdict(scene, track, seen.boxes,
                       flicker(seen.frames, sprite | backdrop.grown(seen.foreign)) if camera == 0 else float("nan"))

    def find(self, frames: np.ndarray, places: Callable[[Scenery], list[np.ndarray]]) -> tuple[Scenery, list[Track]]:
        """The scenery in which sprites explain the largest share of what differs from the background, and their tracks.

        Args:
            places: the squares [F, 3] of each sprite, where to look for it in a scenery.
        """
        guesses = [(seen, [self.tracker.find(seen.frames, seen.behind, squares) for squares in places(seen)])
                   for seen in sceneries(frames)]
        return max(guesses, key=lambda guess: sum(track.explained.mean() for track in guess[1]))


def sceneries(frames: np.ndarray) -> list[Scenery]:
    """What surrounds the sprites of a clip of any size; a second guess where no camera explains the background."""
    if frames.shape[2] != SIDE:
        size = (SIDE, SIDE)
        frames = np.stack([cv2.resize(frame, size, interpolation=cv2.INTER_AREA) for frame in frames])
    background = backdrop.find_background(frames)
    foreign = backdrop.foreign_pixels(frames, background)
    covered_pixels = backdrop.grown(foreign)
    move, unexplained = find_move(frames, covered_pixels)
    guesses = [backdrop.behind(backdrop.still_picture(frames, move, covered_pixels), move, len(frames))]
    if unexplained > UNEXPLAINED:
        guesses.append(backdrop.without_residue(frames, guesses[0], foreign))
    return [Scenery(frames, behind, background, foreign, np.stack([extent(*pair) for pair in zip(frames, behind)]))
            for behind in guesses]


def flicker(frames: np.ndarray, covered_pixels: np.ndarray) -> float:
    """Mean absolute change of pixels that no sprite covers in either of two neighbouring frames, in byte values."""
    still = ~(covered_pixels[1:] | covered_pixels[:-1])
    change = np.abs(np.diff(frames.astype(np.float32), axis=0)).mean(-1)
    return float(change[still].mean()) if still.any() else float("nan")


def scene_shares(seen: list[Scene], wanted: list[Scene]) -> dict[str, float]:
    """How many clips are right in each slot, in subject and motion together, and in all slots."""
    right = np.array([[getattr(a, slot) == getattr(b, slot) for slot in SLOTS] for a, b in zip(seen, wanted)])
    found = {slot: float(column.mean()) for slot, column in zip(SLOTS, right.T)}
    return found | {"subject and motion": float(right[:, :2].all(1).mean()), "all": float(right.all(1).mean())}


def track_error(track: Track, commanded: np.ndarray) -> float:
    """Mean distance over the frames between a track and commanded places [F, 2] in 0...1, in percent of the width."""
    away = track.steps[:, :2] / SIDE - commanded
    return float(np.hypot(away[:, 0], away[:, 1]).mean() * 100)


def decibels(found: np.ndarray, expected: np.ndarray) -> float:
    """Peak signal-to-noise ratio of two pictures of bytes."""
    error = ((found.astype(np.float64) - expected) ** 2).mean()
    return float(10 * np.log10(255 ** 2 / max(error, 1e-9)))
