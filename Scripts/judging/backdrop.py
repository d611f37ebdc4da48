"""What is behind the sprite: which of the backgrounds it is, and its pixels without the sprite.

All lengths are pixels of a picture SIDE wide; frames are [F, 64, 64, 3] uint8.
"""

import cv2
import numpy as np

from backgrounds import COLOURS
from camera import SIDE, Move
from world import CANVAS

FAR_ROWS, NEAR_ROWS = 24, 50              # rows above are never near part, rows below never far part
FOREIGN = 42.0                            # colour distance from all of the background's colours
LEAST_FOREIGN = 40                        # pixels of foreign colours that tell a place
CLOSED = 9                                # pixels between foreign ones that are the sprite's own, at most
BACKGROUNDS = list(COLOURS)


def still_picture(frames: np.ndarray, move: Move, covered: np.ndarray) -> np.ndarray:
    """[96, 96, 3] float: the median over time of what the frames show of the canvas beside the covered pixels.

    What is never shown is filled with its row's median, and with the frames' where there is nothing else, as in noise.
    """
    layers = np.empty((len(frames), CANVAS, CANVAS, 3), np.float32)
    for i, frame in enumerate(frames):
        matrix = move.from_canvas(i / (len(frames) - 1))
        how = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        layers[i] = cv2.warpAffine(frame.astype(np.float32), matrix, (CANVAS, CANVAS), flags=how)
        seen = cv2.warpAffine(1 - covered[i].astype(np.float32), matrix, (CANVAS, CANVAS), flags=how)
        layers[i][seen < 0.99] = np.nan
    counts = (~np.isnan(layers[..., 0])).sum(0)
    layers.sort(0)                                     # NaN goes last
    middle = np.maximum(counts - 1, 0) // 2
    picture = np.take_along_axis(layers, middle[None, ..., None], 0)[0]
    known = np.flatnonzero((counts > 0).sum(1) > 4)
    if not len(known):
        return np.broadcast_to(np.median(frames, (0, 1, 2)).astype(np.float32), (CANVAS, CANVAS, 3))
    medians = np.nanmedian(picture[known], axis=1)
    rows = np.stack([np.interp(np.arange(CANVAS), known, medians[:, channel]) for channel in range(3)], 1)
    return np.where(counts[..., None] > 0, picture, rows[:, None])


def distances(colours: np.ndarray, background: str) -> tuple[np.ndarray, np.ndarray]:
    """How far colours [..., 3] are from those of the background's far part and of its near part."""
    top, bottom, near, decoration = (None if c is None else np.array(c, np.float32) for c in COLOURS[background])
    far = _from_segment(colours, top, bottom)
    if near is None:
        far = np.minimum(far, _from_segment(colours, (top + bottom) / 2, decoration))
        return far, far
    far = np.minimum(far, _from_segment(colours, (top + bottom) / 2, decoration)
                     if background in ("city", "forest", "mountains", "sunset") else far)
    return far, _from_segment(colours, near, decoration)


def _from_segment(colours: np.ndarray, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    way = end - start
    along = np.clip((colours - start) @ way / max(way @ way, 1e-6), 0, 1)
    return np.linalg.norm(colours - start - along[..., None] * way, axis=-1)


def find_background(frames: np.ndarray) -> int:
    """Index of the background whose colours account for most pixels of the upper and lower rows."""
    colours = frames[::4].astype(np.float32)
    scores = []
    for background in BACKGROUNDS:
        far, near = distances(colours[:, :FAR_ROWS], background)[0], distances(colours[:, NEAR_ROWS:], background)[1]
        scores.append(np.minimum(far, 60).mean() + np.minimum(near, 60).mean())
    return int(np.argmin(scores))


def foreign_pixels(frames: np.ndarray, background: int) -> np.ndarray:
    """[F, 64, 64] bool: where no colour of the background is near."""
    far, near = distances(frames.astype(np.float32), BACKGROUNDS[background])
    foreign = (np.minimum(far, near) > FOREIGN).astype(np.uint8)
    return np.stack([cv2.medianBlur(layer, 3) for layer in foreign]) > 0


def grown(mask: np.ndarray) -> np.ndarray:
    """[F, 64, 64] bool: a mask and two pixels around."""
    return np.stack([cv2.dilate(layer.astype(np.uint8), np.ones((5, 5), np.uint8)) for layer in mask]) > 0


def behind(picture: np.ndarray, move: Move, frames: int) -> np.ndarray:
    """[F, 64, 64, 3] float: the still picture as each frame's camera sees it."""
    return np.stack([cv2.warpAffine(picture, move.from_canvas(t / (frames - 1)), (SIDE, SIDE)) for t in range(frames)])


def without_residue(frames: np.ndarray, behind: np.ndarray, foreign: np.ndarray) -> np.ndarray:
    """What is behind, [F, 64, 64, 3] float, where no camera explains how the background changes.

    There a picture differs from what is behind nearly everywhere; what has colours of the background and lies away from
    foreign ones is taken for background as it is, in frames with enough foreign pixels to tell a place.
    """
    result = behind.copy()
    for out, frame, mask in zip(result, frames, foreign):
        if mask.sum() >= LEAST_FOREIGN:
            closed = cv2.morphologyEx(np.pad(mask, CLOSED).astype(np.uint8), cv2.MORPH_CLOSE, np.ones((CLOSED, CLOSED), np.uint8))
            away = ~grown(closed[None, CLOSED:-CLOSED, CLOSED:-CLOSED])[0]
            out[away] = frame[away]
    return result
