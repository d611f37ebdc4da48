"""How the camera moves, measured and not chosen from the world's five ways: a generated pan may be slower than any drawn one.

All lengths are pixels of a picture SIDE wide; frames are [F, 64, 64, 3] uint8.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from world import CAMERAS, CANVAS

SIDE = 64
PAN, ZOOM = 0.44 * SIDE, np.log2(1.7)     # the world's: way of a pan; doublings of a zoom
LARGEST = np.array([0.5 * SIDE, 1.2])     # move that is looked for
COARSE = np.array([2.0, 0.08])            # between moves of one kind
FINE = (1.0, 0.5, 0.25)                   # times COARSE, around the best
PAIRS = ((0, 4), (0, 8), (4, 8), (4, 12), (8, 12), (8, 16), (12, 16))     # frames whose backgrounds are compared
CLIPPED = 30.0                            # byte values: a pixel that differs more says no more
LEAST_MOVE = 0.35                         # of the world's move: less is no move
GAIN = 0.8                                # a moving camera must leave less than this share of a still one's difference
LEAST_DIFFERENCE = 0.35                   # byte values: what noise alone leaves


@dataclass(frozen=True)
class Move:
    """What the camera does from the first frame to the last: pixels to the right, doublings of what it sees in size."""

    pan: float = 0.0
    zoom: float = 0.0

    @property
    def camera(self) -> int:
        """Index of the world's move of the same kind, from a part of its length on."""
        shares = {"pan right": self.pan / PAN, "pan left": -self.pan / PAN,
                  "zoom in": self.zoom / ZOOM, "zoom out": -self.zoom / ZOOM, "still": LEAST_MOVE}
        return CAMERAS.index(max(shares, key=shares.get))

    def view(self, progress: float) -> tuple[float, float]:
        """Zoom and horizontal centre on a canvas CANVAS wide at a time in 0...1; the middle of the clip has zoom 1."""
        return 2 ** (self.zoom * (progress - 0.5)), CANVAS / 2 + self.pan * (progress - 0.5)

    def from_canvas(self, progress: float) -> np.ndarray:
        """Matrix [2, 3] from the canvas to the frame of a time."""
        zoom, centre = self.view(progress)
        return np.float32([[zoom, 0, SIDE / 2 - zoom * centre], [0, zoom, SIDE / 2 - zoom * CANVAS / 2]])

    def between(self, first: float, second: float) -> np.ndarray:
        """Matrix [2, 3] from places in the frame of one time to those of another."""
        (zoom_a, centre_a), (zoom_b, centre_b) = self.view(first), self.view(second)
        ratio = zoom_b / zoom_a
        return np.float32([[ratio, 0, SIDE / 2 * (1 - ratio) + zoom_b * (centre_a - centre_b)],
                           [0, ratio, SIDE / 2 * (1 - ratio)]])


def find_move(frames: np.ndarray, covered: np.ndarray) -> tuple[Move, float]:
    """The move under which the background of earlier frames lies best on that of later ones, and the `difference` it leaves.

    Pans and zooms are tried first, then both around the best of these.

    Args:
        covered: [F, 64, 64] bool, pixels that may belong to the sprite.
    """
    pictures, open_ = frames.astype(np.float32), 1 - covered.astype(np.float32)
    known = {}

    def left(move: tuple[float, float]) -> float:
        if move not in known:
            known[move] = difference(pictures, open_, Move(*move))
        return known[move]

    steps = [np.arange(-most, most + step / 2, step) for most, step in zip(LARGEST, COARSE)]
    best = min([(float(pan), 0.0) for pan in steps[0]] + [(0.0, float(zoom)) for zoom in steps[1]], key=left)
    for share in FINE:
        while True:
            around = [tuple(np.clip(np.array(best) + share * COARSE * way, -LARGEST, LARGEST).tolist())
                      for way in ((1, 0), (-1, 0), (0, 1), (0, -1))]
            nearer = min(around, key=left)
            if left(nearer) >= left(best):
                break
            best = nearer
    best = best if left(best) < GAIN * left((0.0, 0.0)) else (0.0, 0.0)
    return Move(*best), left(best)


def difference(pictures: np.ndarray, open_: np.ndarray, move: Move) -> float:
    """Mean difference, in byte values, of what two frames show of the same background, over PAIRS of frames; inf if they share none."""
    last, total, weight = len(pictures) - 1, 0.0, 0
    for a, b in PAIRS:
        a, b = a * last // 16, b * last // 16
        matrix = move.between(a / last, b / last)
        moved = cv2.warpAffine(pictures[a], matrix, (SIDE, SIDE))
        valid = cv2.warpAffine(open_[a], matrix, (SIDE, SIDE)) * open_[b] > 0.99
        each = np.minimum(np.abs(moved - pictures[b]).mean(-1), CLIPPED)[valid]
        total, weight = total + float(each.sum()), weight + len(each)
    return total / weight + LEAST_DIFFERENCE if weight else np.inf
