"""Several ways to cut a latent into tokens for one transformer: an embedding, a head and a marker for each size.

Source: Anagnostidis et al., "FlexiDiT" (arXiv 2502.20126); the base size is the Wan transformer's own.
"""

import math
from functools import lru_cache

import torch
import torch.nn.functional as F
from torch import nn

Size = tuple[int, int, int]          # latent cells of one token: time, height, width


def parse(name: str) -> Size:
    """'1x2x2' to (1, 2, 2)."""
    return tuple(int(side) for side in name.split("x"))


class PatchSize(nn.Module):
    """What a size needs beside the shared trunk.

    Args:
        size: cells of one token.
        channels: of the latent that comes in, with its mask and image, and of the one that goes out.
        width: of the trunk.
    """

    def __init__(self, size: Size, channels: tuple[int, int], width: int):
        super().__init__()
        self.patch_embedding = nn.Conv3d(channels[0], width, size, stride=size)
        self.proj_out = nn.Linear(width, channels[1] * math.prod(size))
        self.marker = nn.Parameter(torch.zeros(width))        # added to the time embedding
        nn.init.xavier_uniform_(self.patch_embedding.weight.flatten(1))
        nn.init.zeros_(self.patch_embedding.bias), nn.init.zeros_(self.proj_out.weight), nn.init.zeros_(self.proj_out.bias)


def padded(latents: torch.Tensor, size: Size) -> torch.Tensor:
    """[B, z, f, h, w] with the last frame, row and column repeated until the size divides every axis."""
    for axis, side in zip((2, 3, 4), size):
        missing = -latents.shape[axis] % side
        if missing:
            last = latents.narrow(axis, latents.shape[axis] - 1, 1)
            latents = torch.cat([latents, last.repeat_interleave(missing, axis)], axis)
    return latents


def embed(latents: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor, size: Size) -> torch.Tensor:
    """Tokens [B, L, C]: the convolution whose window is its step, as one matrix product."""
    batch, z = latents.shape[:2]
    grid = [n // side for n, side in zip(latents.shape[2:], size)]
    parts = latents.reshape(batch, z, grid[0], size[0], grid[1], size[1], grid[2], size[2])
    rows = parts.permute(0, 2, 4, 6, 1, 3, 5, 7).reshape(batch, math.prod(grid), -1)
    return F.linear(rows, weight.flatten(1), bias)


def unpatchify(tokens: torch.Tensor, size: Size, shape: tuple[int, int, int]) -> torch.Tensor:
    """Tokens [B, L, cells * z] to a latent [B, z, f, h, w]; what belongs to the padding is dropped."""
    grid = [-(-n // side) for n, side in zip(shape, size)]
    parts = tokens.reshape(tokens.shape[0], *grid, *size, -1).permute(0, 7, 1, 4, 2, 5, 3, 6)
    whole = parts.flatten(6, 7).flatten(4, 5).flatten(2, 3)
    return whole[:, :, :shape[0], :shape[1], :shape[2]]


@lru_cache(None)
def rotary_table(size: Size, base: Size, shape: tuple[int, int, int], head_width: int,
                 device: torch.device | str = "cpu") -> tuple[torch.Tensor, torch.Tensor]:
    """Cosine and sine [L, D / 2] of each token's turn per pair of channels; kept on the device.

    Positions count in tokens of the base size: a token sits at the centre of those that it covers,
    (i p + (p - 1) / 2 - (b - 1) / 2) / b, so that the base size has Wan's own table.
    """
    plane = head_width // 6
    pairs = (head_width // 2 - 2 * plane, plane, plane)
    angles = []
    for n, side, unit, count in zip(shape, size, base, pairs):
        tokens = torch.arange(-(-n // side), dtype=torch.float64)
        position = (tokens * side + (side - 1) / 2 - (unit - 1) / 2) / unit
        angles.append(position[:, None] * 10000.0 ** (-torch.arange(count, dtype=torch.float64) / count))
    lengths = [len(a) for a in angles]
    table = torch.cat([a.view(*(lengths[i] if i == axis else 1 for i in range(3)), -1).expand(*lengths, -1)
                       for axis, a in enumerate(angles)], -1).reshape(-1, head_width // 2)
    return table.cos().float().to(device), table.sin().float().to(device)
