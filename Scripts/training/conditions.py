"""What image-to-video shows the transformer beside the noise: a mask, the given pictures' latents, a drawn track.

Mask and latents are those of diffusers' WanImageToVideoPipeline; tracks enter as in Wan-Move
(ali-vilab/Wan-Move, wan/modules/trajectory.py): what lies under a point in the first frame is copied to where the
point goes.
"""

import numpy as np
import torch

MASK_CHANNELS = 4
TEMPORAL_FACTOR, SPATIAL_FACTOR = 4, 8
MOST_POINTS, ANCHORS = 7, (1, 4)
REACH = 0.3                  # of the sprite's side: how far from its centre points may lie


def text_only(latents: torch.Tensor) -> torch.Tensor:
    """[B, 4 + z, f, h, w] of zeros: no picture is given."""
    batch, z, *shape = latents.shape
    return latents.new_zeros(batch, MASK_CHANNELS + z, *shape)


def given(pictures: torch.Tensor, last: torch.Tensor) -> torch.Tensor:
    """[B, 4 + z, f, h, w]: mask 1 where frames are given, then the pictures' normalised latents [B, z, f, h, w].

    Args:
        last: [B], whether the last frame is given too.
    """
    batch, _, *shape = pictures.shape
    mask = pictures.new_zeros(batch, MASK_CHANNELS, *shape)
    mask[:, :, 0] = 1
    mask[:, -1, -1] = last.to(mask)[:, None, None]     # the last of the four frames that share the last latent frame
    return torch.cat([mask, pictures], 1)


def sprite_points(track: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Points [N, F, 2] in pixels that ride on a sprite: its centre and up to six others.

    Args:
        track: [F, 4] of x, y, side, turn.
    """
    offsets = random.uniform(-REACH, REACH, (random.integers(0, MOST_POINTS), 2))
    offsets = np.concatenate([np.zeros((1, 2)), offsets])
    cos, sin = np.cos(track[:, 3]), np.sin(track[:, 3])
    turned = np.stack([offsets[:, :1] * cos - offsets[:, 1:] * sin, offsets[:, :1] * sin + offsets[:, 1:] * cos], -1)
    return track[None, :, :2] + turned * track[None, :, 2:3]


def still_points(frames: int, side: int, random: np.random.Generator) -> np.ndarray:
    """A few anchors [N, F, 2] in pixels that stay where they are."""
    points = random.uniform(0, side, (random.integers(*ANCHORS), 1, 2))
    return np.repeat(points, frames, axis=1)


def copies(points: np.ndarray, shape: tuple[int, int, int], random: np.random.Generator) -> np.ndarray:
    """Which of the first frame's cells (row * w + column) each cell [f, h, w] is a copy of, -1 for none.

    Points are taken in random order, a later one over an earlier one; those outside the picture are unseen.

    Args:
        points: [N, F, 2] in pixels.
        shape: f, h, w of the latent.
    """
    f, h, w = shape
    cells = np.floor(points[:, ::TEMPORAL_FACTOR] / SPATIAL_FACTOR).astype(int)       # [N, f, 2]
    inside = ((cells >= 0) & (cells < (w, h))).all(-1)
    source = np.full(shape, -1, np.int16)
    for n in random.permutation(len(cells)):
        if inside[n, 0]:
            x0, y0 = cells[n, 0]
            for t in range(1, f):
                if inside[n, t]:
                    x, y = cells[n, t]
                    source[t, y, x] = y0 * w + x0
    return source


def copied(condition: torch.Tensor, source: torch.Tensor) -> torch.Tensor:
    """Conditions [B, 4 + z, f, h, w] in which the first frame's latent stands where `copies` [B, f, h, w] says."""
    first = condition[:, :, 0].flatten(2)                                                # [B, 4 + z, h * w]
    index = source.long().clamp(min=0).flatten(1)[:, None].expand(-1, condition.shape[1], -1)
    drawn = torch.where((source >= 0)[:, None], first.gather(2, index).view_as(condition), condition)
    return torch.cat([condition[:, :MASK_CHANNELS], drawn[:, MASK_CHANNELS:]], 1)


def draw(condition: torch.Tensor, points: np.ndarray, random: np.random.Generator) -> torch.Tensor:
    """One condition [4 + z, f, h, w] with tracks [N, F, 2] drawn into it."""
    source = torch.from_numpy(copies(points, tuple(condition.shape[1:]), random))
    return copied(condition[None], source[None])[0]
