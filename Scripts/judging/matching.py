"""Which sprite, where, explains most of what differs from the background.

A sprite of colours T and cover a over a background B leaves the difference d = I - B unexplained by
(d - a (T - B))^2; its gain is how much less that is than d^2:

    gain = sum of 2 d a T - 2 d B a + 2 B a^2 T - B^2 a^2 - a^2 T^2

which is a product of what the picture shows (d, d B, B, B^2) with what the sprite is (a T, a, a^2 T, a^2). So all
places and sizes are compared with all sprites in one matrix product. The part of a picture that may hold a sprite is
resampled to GRID x GRID; colours count 0...1.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from world import World, tinted

COARSE, FINE = 16, 32                # cells of a side


@dataclass(frozen=True)
class Look:
    """A sprite's appearance: subject, mirrored or not, tint, turn in radians."""

    subject: int
    mirrored: bool = False
    tint: int = 0
    turn: float = 0.0


class Appearances:
    """Rows of sprites, ready for `gains`.

    Args:
        looks: one per row.
        grid: cells of a side.
    """

    def __init__(self, world: World, looks: list[Look], grid: int):
        self.looks, self.grid = looks, grid
        drawn = np.stack([draw(world, look, grid) for look in looks]).reshape(len(looks), -1, 4)
        cover, colour = drawn[..., 3:], drawn[..., :3]            # colour is already times cover
        twice = cover * colour
        own = -(colour * colour).sum(-1)
        self.rows = np.concatenate([part.reshape(len(looks), -1)
                                    for part in (colour, cover, twice, cover * cover, own)], 1)

    def gains(self, patches: np.ndarray) -> np.ndarray:
        """[patches, looks]: explained squares, in units of one fully explained white pixel of a 64-pixel picture.

        Args:
            patches: from `cut`; the last column is a patch's pixels per cell.
        """
        return (patches[:, :-1] @ self.rows.T) * patches[:, -1:]


def draw(world: World, look: Look, grid: int) -> np.ndarray:
    """Premultiplied RGBA [grid, grid, 4]."""
    sprite = tinted(world.sprites[look.subject][:, ::-1 if look.mirrored else 1], world.tints[look.tint])
    if look.turn:
        middle = sprite.shape[0] / 2
        cos, sin = np.cos(look.turn), np.sin(look.turn)
        matrix = np.float32([[cos, -sin, middle * (1 - cos + sin)], [sin, cos, middle * (1 - sin - cos)]])
        sprite = cv2.warpAffine(np.ascontiguousarray(sprite), matrix, sprite.shape[:2])
    return cv2.resize(np.ascontiguousarray(sprite), (grid, grid), interpolation=cv2.INTER_AREA)


def planes(frame: np.ndarray, background: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What of a picture the gain needs, two pictures [64, 64, 4]: 2 d and -2 d B; 2 B and -B^2."""
    behind = background / 255
    difference = frame / np.float32(255) - behind
    return (np.concatenate([2 * difference, -2 * (difference * behind).sum(-1, keepdims=True)], -1),
            np.concatenate([2 * behind, -(behind * behind).sum(-1, keepdims=True)], -1))


def cut(layers: tuple[np.ndarray, np.ndarray], places: np.ndarray, grid: int) -> np.ndarray:
    """[places, 9 grid^2 + 1]: the squares around places [N, 3] of x, y, side; nothing counts beyond the edges."""
    cells = grid * grid
    patches = np.empty((len(places), 9 * cells + 1), np.float32)
    ones = np.ones(layers[0].shape[:2], np.float32)
    for patch, (x, y, side) in zip(patches, places):
        scale = side / grid
        matrix = np.float32([[scale, 0, x - side / 2 + scale / 2 - 0.5], [0, scale, y - side / 2 + scale / 2 - 0.5]])
        parts = [cv2.warpAffine(layer, matrix, (grid, grid), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
                 for layer in (*layers, ones)]
        patch[:-1] = np.concatenate([part for layer in parts[:2] for part in
                                     (layer[..., :3].ravel(), layer[..., 3].ravel())] + [parts[2].ravel()])
        patch[-1] = scale * scale
    return patches
