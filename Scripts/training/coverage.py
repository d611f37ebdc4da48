"""Which share of each latent cell a sprite covers: what the transformer's probe has to tell."""

import numpy as np
import torch
import torch.nn.functional as F

FULL = 0.85                  # of a sprite's square that its picture fills, roughly


def covered_shares(tracks: np.ndarray, shape: tuple[int, int, int]) -> np.ndarray:
    """[N, 2, f, h, w] half, 0...1, for both subjects.

    Args:
        tracks: [N, 2, F, 4] of x, y, side, turn in pixels; NaN where there is no second subject.
        shape: f, h, w of a latent; F = 4 (f - 1) + 1 and cells are 8 pixels wide.
    """
    frames, height, width = shape
    x, y, half = tracks[..., 0], tracks[..., 1], tracks[..., 2] * FULL / 2
    across, down = (_overlap(centre, half, cells) for centre, cells in ((x, width), (y, height)))   # [N, 2, F, cells]
    share = np.nan_to_num(down[..., :, None] * across[..., None, :])
    later = share[:, :, 1:].reshape(*share.shape[:2], frames - 1, -1, height, width).mean(3)
    return np.concatenate([share[:, :, :1], later], 2).astype(np.float16)


def _overlap(centre: np.ndarray, half: np.ndarray, cells: int) -> np.ndarray:
    """Share of each 8-pixel cell along one axis that lies between centre - half and centre + half."""
    left = np.arange(cells) * 8.0
    begin, end = (centre - half)[..., None], (centre + half)[..., None]
    return np.clip(np.minimum(end, left + 8) - np.maximum(begin, left), 0, 8) / 8


def per_token(shares: torch.Tensor, size: tuple[int, int, int]) -> torch.Tensor:
    """[B, 2, f, h, w] to the mean over each token's cells, [B, 2, L]."""
    return F.avg_pool3d(shares, size, ceil_mode=True).flatten(2)
