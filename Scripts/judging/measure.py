"""Says what a clip shows, by comparing it with the pictures the world is made of. No network takes part."""

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

from backgrounds import COLOURS
from world import Scene, World

cv2.setNumThreads(1)
LOOKED_AT = (6, 8, 10)          # frames that decide the subject
TRACKED = (2, 14)               # frames that decide the motion
SIDES = (26, 29, 32, 35)        # pixels; sizes at which a subject is looked for
MARGIN = 12                     # pixels of border, so that a half-hidden subject is found too
SHORTEST_WAY = 10.0             # pixels between the tracked frames, below which nothing moves
STRAIGHTNESS = 1.8              # the main axis must be this much longer than the other
SOLID, FAINT = 0.5, 0.02        # alpha that counts as the subject; alpha below which colour is unknown
PLAINNESS = 0.01                # variance added to each picture's, so that plain ones are not asked too much
NOT_A_MATCH = 9.0


@dataclass(frozen=True)
class Verdict:
    """What the judge sees: a scene (motion -1 when none fits) and how far the pixels are from the subject's."""

    scene: Scene
    distance: float             # unexplained part of the picture's variance; 0 is a perfect match


class Judge:
    """Recognises subject, motion and background of clips [F, 64, 64, 3] uint8."""

    def __init__(self, world: World):
        self.world = world
        self.template = lru_cache(None)(self._template)

    def look(self, frames: np.ndarray) -> Verdict:
        chosen = [frames[min(i, len(frames) - 1)] for i in LOOKED_AT]
        faces = (False, True)
        distances = [np.mean([min(self._find(frame, subject, mirrored)[0] for mirrored in faces)
                              for frame in chosen]) for subject in range(len(self.world.subjects))]
        subject = int(np.argmin(distances))
        scene = Scene(subject, self._motion(frames, subject), self._background(frames))
        return Verdict(scene, float(distances[subject]))

    def _template(self, subject: int, side: int, mirrored: bool) -> tuple[np.ndarray, np.ndarray, float]:
        """Colours [side, side, 3], a mask of the solid pixels, and the sum of squares that stands for distance 1.

        The last is the picture's own variance, so that a plain green hill is no green apple: a flat patch
        explains none of the apple's shades.
        """
        sprite = self.world.sprites[subject]
        sprite = np.ascontiguousarray(sprite[:, ::-1]) if mirrored else sprite
        sprite = cv2.resize(sprite, (side, side), interpolation=cv2.INTER_AREA)
        alpha = sprite[..., 3:]
        colours = np.where(alpha > FAINT, sprite[..., :3] / np.maximum(alpha, FAINT), 0).astype(np.float32)
        mask = np.repeat((alpha > SOLID).astype(np.float32), 3, axis=2)
        pixels = colours[mask[..., 0] > 0]
        return colours, mask, float(mask.sum() * (pixels.var(axis=0).mean() + PLAINNESS))

    def _find(self, frame: np.ndarray, subject: int, mirrored: bool) -> tuple[float, float, float]:
        """Distance and centre x, y in pixels of the best match at any place and size."""
        picture = cv2.copyMakeBorder(frame, *[MARGIN] * 4, cv2.BORDER_REPLICATE).astype(np.float32) / 255
        best = (NOT_A_MATCH, 0.0, 0.0)
        for side in SIDES:
            colours, mask, scale = self.template(subject, side, mirrored)
            distances = cv2.matchTemplate(picture, colours, cv2.TM_SQDIFF, mask=mask) / scale
            distances = np.where(np.isfinite(distances), distances, NOT_A_MATCH)
            y, x = np.unravel_index(distances.argmin(), distances.shape)
            best = min(best, (float(distances[y, x]), x + side / 2 - MARGIN, y + side / 2 - MARGIN))
        return best

    def _motion(self, frames: np.ndarray, subject: int) -> int:
        """Index of the motion whose direction the subject's centre takes, or -1."""
        ends = [min(self._find(frames[min(i, len(frames) - 1)], subject, mirrored) for mirrored in (False, True))
                for i in TRACKED]
        way = np.subtract(ends[1][1:], ends[0][1:])
        for i, motion in enumerate(self.world.motions):
            direction = np.array(motion["direction"], float)
            along, across = way @ direction, abs(way @ direction[::-1])
            if along >= SHORTEST_WAY and along >= STRAIGHTNESS * across:
                return i
        return -1

    def _background(self, frames: np.ndarray) -> int:
        """Index of the background whose colours at the upper and lower edge are nearest."""
        edges = [np.median(frames[:, rows].astype(np.float32), axis=(0, 1, 2)) for rows in (slice(1, 4), slice(-6, -1))]
        distances = []
        for background in self.world.backgrounds:
            top, bottom, near, _ = COLOURS[background["name"]]
            wanted = (np.array(top, np.float32), np.array(near or bottom, np.float32))
            distances.append(sum(np.abs(edge - colour).sum() for edge, colour in zip(edges, wanted)))
        return int(np.argmin(distances))


def share_right(verdicts: list[Verdict], wanted: list[Scene]) -> dict[str, float]:
    """Fractions of clips whose subject, motion, background, and subject and motion together are as asked."""
    pairs = [(verdict.scene, scene) for verdict, scene in zip(verdicts, wanted, strict=True)]
    subject = np.array([found.subject == scene.subject for found, scene in pairs])
    motion = np.array([found.motion == scene.motion for found, scene in pairs])
    background = np.array([found.background == scene.background for found, scene in pairs])
    return {"subject": float(subject.mean()), "motion": float(motion.mean()),
            "background": float(background.mean()), "both": float((subject & motion).mean()),
            "all": float((subject & motion & background).mean())}
