"""Goldens of FlexiViT's PI-resize: torch's linear resizing as a matrix over all three axes, and numpy's pseudo-inverse."""

import math
from pathlib import Path

import numpy
import torch
import torch.nn.functional as F

from case import Case

SEED = 1300
BASE = (2, 3, 4)
WIDTH, INPUTS, OUTPUTS = 5, 3, 2
SIZES = [(2, 3, 4), (1, 1, 1), (4, 6, 8), (3, 2, 5), (1, 5, 4), (2, 4, 3), (6, 7, 1)]


def resizing(columns: int, rows: int) -> numpy.ndarray:
    """[rows, columns]: what torch's antialiased linear interpolation does to one axis."""
    # Two equal lines: torch mistakes the strides of a single one for another layout and resizes the wrong axis.
    unit = torch.eye(columns, dtype=torch.float64)[:, None, None, :].repeat(1, 1, 2, 1)
    resized = F.interpolate(unit, size=(2, rows), mode="bilinear", antialias=True, align_corners=False)
    matrix = resized[:, 0, 0, :].T.numpy()
    if rows >= columns:
        plain = F.interpolate(unit, size=(2, rows), mode="bilinear", align_corners=False)[:, 0, 0, :].T.numpy()
        if not numpy.allclose(matrix, plain, atol=1e-12):
            raise ValueError(f"{columns} to {rows}: antialiasing changes what becomes larger")
    return matrix


def make(output: Path):
    """Writes one case: a patch embedding and a way out, and both for each size."""
    case = Case(output, "patch-resizing", "base-2x3x4", SEED)
    generator = torch.Generator("cpu").manual_seed(SEED)
    cells = math.prod(BASE)
    embedding = torch.randn([WIDTH, INPUTS, *BASE], generator=generator)
    weight = torch.randn([cells * OUTPUTS, WIDTH], generator=generator)
    bias = torch.randn([cells * OUTPUTS], generator=generator)
    tensors = {"embedding": embedding, "projection.weight": weight, "projection.bias": bias}
    for size in SIZES:
        matrix = numpy.ones([1, 1])
        for columns, rows in zip(BASE, size):
            matrix = numpy.kron(matrix, resizing(columns, rows))
        name = "x".join(map(str, size))
        inverse = numpy.linalg.pinv(matrix.T)                              # (Bᵀ)⁺, [new cells, cells]
        flat = embedding.double().reshape(WIDTH, INPUTS, cells).numpy()
        resized = numpy.einsum("nc,wic->win", inverse, flat).reshape(WIDTH, INPUTS, *size)
        ways = [numpy.einsum("nc,c...->n...", matrix, given.double().reshape(cells, OUTPUTS, -1).numpy())
                for given in (weight, bias)]
        tensors |= {f"embedding.{name}": torch.from_numpy(resized).float(),
                    f"projection.weight.{name}": torch.from_numpy(ways[0]).float().reshape(-1, WIDTH),
                    f"projection.bias.{name}": torch.from_numpy(ways[1]).float().reshape(-1)}
    for columns, rows in ((7, 16), (16, 7), (5, 6), (6, 5), (1, 9), (9, 1), (63, 64), (64, 63)):
        matrix = resizing(columns, rows)
        tensors |= {f"matrix.{columns}.{rows}": torch.from_numpy(matrix),
                    f"inverse.{columns}.{rows}": torch.from_numpy(numpy.linalg.pinv(matrix))}
    case.write_tensors(tensors)
    case.finish(numpy=numpy.__version__, computed_in="float64",
                names="matrix.A.B: resizing of A cells to B, [B, A], and inverse.A.B its pseudo-inverse, both F64")
