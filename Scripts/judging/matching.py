"""Which sprite, where, explains most of what differs from the background.

A sprite of colours T and cover a over a background B leaves the difference d = I - B unexplained by
(d - a (T - B))^2; its gain is how much less that is than d^2:

    gain = sum of 2 d a T - 2 d B a + 2 B a^2 T - B^2 a^2 - a^2 T^2

which is a product of what the picture shows (d, d B, B, B^2) with what the sprite is (a T, a, a^2 T, a^2). So all
places and sizes are compared with all sprites in one matrix product. The part of a picture that may hold a sprite is
resampled to cells, GRID x GRID of which are a sprite's; places differ by whole cells, so that one resampling does for
all places of a size. Colours count 0...1.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from world import World, tinted

COARSE, FINE = 16, 32                # cells of a side
PLANES = 9                           # numbers of a cell


@dataclass(frozen=True)
class Look:
    """A sprite's appearance: subject, mirrored or not, tint, turn in radians."""

    subject: int
    mirrored: bool = False
    tint: int = 0
    turn: float = 0.0


def appearances(world: World, looks: list[Look], grid: int) -> np.ndarray:
    """Rows [looks, PLANES grid^2] of sprites, ready for a product with `Places.patches`."""
    rows = np.empty((len(looks), PLANES, grid, grid), np.float32)
    sprites = {}
    for row, look in zip(rows, looks):
        flat = (look.subject, look.mirrored, look.tint)
        if flat not in sprites:
            sprites[flat] = np.ascontiguousarray(picture(world, look))
        drawn = turned(sprites[flat], look.turn, grid).transpose(2, 0, 1)     # its colour is already times cover
        row[:4] = drawn
        np.multiply(drawn, drawn[3], out=row[4:8])
        row[8] = -(drawn[:3] * drawn[:3]).sum(0)
    return rows.reshape(len(looks), -1)


def picture(world: World, look: Look) -> np.ndarray:
    """The look, unturned: premultiplied RGBA as the world keeps it."""
    return tinted(world.sprites[look.subject][:, ::-1 if look.mirrored else 1], world.tints[look.tint])


def turned(sprite: np.ndarray, turn: float, grid: int) -> np.ndarray:
    """Premultiplied RGBA [grid, grid, 4] of a sprite turned around its middle."""
    if turn:
        middle = sprite.shape[0] / 2
        cos, sin = np.cos(turn), np.sin(turn)
        matrix = np.float32([[cos, -sin, middle * (1 - cos + sin)], [sin, cos, middle * (1 - sin - cos)]])
        sprite = cv2.warpAffine(sprite, matrix, sprite.shape[:2])
    return cv2.resize(np.ascontiguousarray(sprite), (grid, grid), interpolation=cv2.INTER_AREA)


def planes(frame: np.ndarray, background: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What of a picture the gain needs, two pictures [H, W, 4]: 2 d and -2 d B; 2 B and -B^2."""
    behind = background / 255
    difference = frame / np.float32(255) - behind
    return (np.concatenate([2 * difference, -2 * (difference * behind).sum(-1, keepdims=True)], -1),
            np.concatenate([2 * behind, -(behind * behind).sum(-1, keepdims=True)], -1))


@dataclass(frozen=True)
class Places:
    """Squares of a picture, and what `planes` shows there.

    squares: [N, 3] of x, y (pixels, the middle) and side.
    patches: [N, PLANES grid^2], times the pixels of a cell; nothing counts beyond the picture's edges.
    """

    squares: np.ndarray
    patches: np.ndarray

    def gains(self, rows: np.ndarray) -> np.ndarray:
        """[N, looks]: explained squares, in units of one fully explained white pixel."""
        return self.patches @ rows.T


def cut(layers: tuple[np.ndarray, np.ndarray], middle: tuple[float, float], sides, grid: int, reach: int) -> Places:
    """Squares of some sides, up to `reach` cells away from a place in x and in y."""
    squares, patches = [], []
    wide, (height, width) = grid + 2 * reach, layers[0].shape[:2]
    y, x = np.mgrid[-reach:reach + 1, -reach:reach + 1].reshape(2, -1)
    for side in sides:
        cell = side / grid
        left, top = (place - (grid / 2 + reach - 0.5) * cell - 0.5 for place in middle)
        matrix = np.float32([[cell, 0, left], [0, cell, top]])
        shown = np.empty((PLANES, wide, wide), np.float32)
        for i, layer in enumerate(layers):
            part = cv2.warpAffine(layer, matrix, (wide, wide), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
            shown[4 * i:4 * i + 4] = part.transpose(2, 0, 1)
        shown[8] = np.outer(inside(top, cell, wide, height), inside(left, cell, wide, width))
        shown *= cell * cell
        views = np.lib.stride_tricks.sliding_window_view(shown, (grid, grid), axis=(1, 2))
        patches.append(views.transpose(1, 2, 0, 3, 4).reshape(-1, PLANES * grid * grid))
        squares.append(np.stack([middle[0] + x * cell, middle[1] + y * cell, np.full(x.size, side)], 1))
    return Places(np.concatenate(squares), np.concatenate(patches))


def inside(first: float, step: float, count: int, size: int) -> np.ndarray:
    """How much of each sample lies in 0 ..< size, as bilinear sampling sees it."""
    places = first + step * np.arange(count, dtype=np.float32)
    return np.clip(np.minimum(places + 1, size - places), 0, 1)
