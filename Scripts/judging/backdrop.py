"""What is behind the sprite: how the camera moves, which of the backgrounds it is, and its pixels without the sprite.

All lengths are pixels of a picture LOOKED_AT pixels wide; frames are [F, 64, 64, 3] uint8.
"""

import cv2
import numpy as np

from backgrounds import COLOURS
from world import CAMERAS, CANVAS

SIDE = 64
PAN, ZOOMS = 0.44 * SIDE, (0.72, 1.7)     # the world's: way of a pan; smallest zoom and its growth
PAIRS = ((0, 4), (0, 8), (4, 8), (4, 12), (8, 12), (8, 16), (12, 16))     # frames whose backgrounds are compared
CLIPPED = 30.0                            # byte values: a pixel that differs more says no more
CAMERA_GAIN = 0.8                         # a moving camera must leave less than this share of a still one's difference
LEAST_DIFFERENCE = 0.35                   # byte values: what noise alone leaves
FAR_ROWS, NEAR_ROWS = 24, 50              # rows above are never near part, rows below never far part
FOREIGN = 42.0                            # colour distance from all of the background's colours
BACKGROUNDS = list(COLOURS)


def view(camera: str, progress: float) -> tuple[float, float]:
    """The world's zoom and horizontal centre on its canvas at a time in 0...1."""
    match camera:
        case "pan right": return 1.0, CANVAS / 2 + PAN * (progress - 0.5)
        case "pan left": return 1.0, CANVAS / 2 - PAN * (progress - 0.5)
        case "zoom in": return ZOOMS[0] * ZOOMS[1] ** progress, CANVAS / 2
        case "zoom out": return ZOOMS[0] * ZOOMS[1] ** (1 - progress), CANVAS / 2
    return 1.0, CANVAS / 2


def canvas_to_frame(camera: str, progress: float) -> np.ndarray:
    """Matrix [2, 3] as the world draws with."""
    zoom, centre = view(camera, progress)
    return np.float32([[zoom, 0, SIDE / 2 - zoom * centre], [0, zoom, SIDE / 2 - zoom * CANVAS / 2]])


def frame_to_frame(camera: str, first: float, second: float) -> np.ndarray:
    """Matrix [2, 3] from places in the frame of one time to those of another."""
    (zoom_a, centre_a), (zoom_b, centre_b) = view(camera, first), view(camera, second)
    ratio = zoom_b / zoom_a
    return np.float32([[ratio, 0, SIDE / 2 * (1 - ratio) + zoom_b * (centre_a - centre_b)],
                       [0, ratio, SIDE / 2 * (1 - ratio)]])


def find_camera(frames: np.ndarray, covered: np.ndarray | None = None) -> int:
    """Index of the camera's move under which the background of later frames lies best on that of earlier ones.

    Args:
        covered: [F, 64, 64] bool, pixels that belong to the sprite.
    """
    last = len(frames) - 1
    pictures = frames.astype(np.float32)
    open_ = np.ones(frames.shape[:3], np.float32) if covered is None else 1 - covered.astype(np.float32)
    totals = []
    for camera in CAMERAS:
        total = weight = 0.0
        for a, b in PAIRS:
            a, b = a * last // 16, b * last // 16
            matrix = frame_to_frame(camera, a / last, b / last)
            moved = cv2.warpAffine(pictures[a], matrix, (SIDE, SIDE))
            valid = cv2.warpAffine(open_[a], matrix, (SIDE, SIDE)) * open_[b] > 0.99
            difference = np.minimum(np.abs(moved - pictures[b]).mean(-1), CLIPPED)[valid]
            total, weight = total + difference.sum(), weight + len(difference)
        totals.append(total / max(weight, 1) + LEAST_DIFFERENCE)
    best = int(np.argmin(totals))
    return best if totals[best] < CAMERA_GAIN * totals[0] else 0


def still_picture(frames: np.ndarray, camera: int, covered: np.ndarray) -> np.ndarray:
    """[96, 96, 3] float: the median over time of what the frames show of the canvas beside the covered pixels.

    What is never shown is filled with its row's median.
    """
    layers = np.empty((len(frames), CANVAS, CANVAS, 3), np.float32)
    for i, frame in enumerate(frames):
        matrix = canvas_to_frame(CAMERAS[camera], i / (len(frames) - 1))
        how = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        layers[i] = cv2.warpAffine(frame.astype(np.float32), matrix, (CANVAS, CANVAS), flags=how)
        seen = cv2.warpAffine(1 - covered[i].astype(np.float32), matrix, (CANVAS, CANVAS), flags=how)
        layers[i][seen < 0.99] = np.nan
    counts = (~np.isnan(layers[..., 0])).sum(0)
    layers.sort(0)                                     # NaN goes last
    middle = np.maximum(counts - 1, 0) // 2
    picture = np.take_along_axis(layers, middle[None, ..., None], 0)[0]
    known = np.flatnonzero((counts > 0).sum(1) > 4)
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
    """[F, 64, 64] bool: where no colour of the background is near, and one pixel around."""
    far, near = distances(frames.astype(np.float32), BACKGROUNDS[background])
    foreign = (np.minimum(far, near) > FOREIGN).astype(np.uint8)
    return np.stack([cv2.dilate(cv2.medianBlur(layer, 3), np.ones((5, 5), np.uint8)) for layer in foreign]) > 0


def behind(picture: np.ndarray, camera: int, frames: int) -> np.ndarray:
    """[F, 64, 64, 3] float: the still picture as each frame's camera sees it."""
    times = range(frames if camera else 1)
    seen = [cv2.warpAffine(picture, canvas_to_frame(CAMERAS[camera], t / (frames - 1)), (SIDE, SIDE)) for t in times]
    return np.stack(seen * (1 if camera else frames))
