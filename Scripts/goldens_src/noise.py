"""Goldens of the seeded noise: torch.randn of PyTorch's CPU generator."""

import math
from pathlib import Path

import torch

from case import Case

SHAPES = {
    "below-16": [[1], [2], [7], [15], [3, 5]],
    "multiple-of-16": [[16], [32], [4096]],
    "not-a-multiple-of-16": [[17], [31], [1001], [5, 7, 11]],
    "wan-latent": [[16, 3, 8, 10], [48, 2, 5, 7]],
}
SEEDS = [0, 7, 42, 2**31, 2**32 + 5, 2**53, -1]
TWO_DRAWS = [(5, 3), (7, 7), (16, 20), (33, 17), (48, 48)]


def draw(shape: list[int], seed: int) -> torch.Tensor:
    """The noise that a fresh generator gives."""
    return torch.randn(shape, generator=torch.Generator("cpu").manual_seed(seed))


def make(output: Path):
    """Writes one case for each kind of size, and one with two draws from the same generator."""
    for name, shapes in SHAPES.items():
        seeds = SEEDS if math.prod(shapes[-1]) < 1000 else SEEDS[:4]
        case = Case(output, "noise", name, seed=0)
        case.write_tensors({
            f"seed.{seed}.shape.{'x'.join(map(str, shape))}": draw(shape, seed)
            for seed in seeds for shape in shapes
        })
        case.finish(names="seed.SEED.shape.SIZES: randn(SIZES) of a fresh generator with manual_seed(SEED)")
    case = Case(output, "noise", "two-draws", seed=7)
    tensors = {}
    for first, second in TWO_DRAWS:
        generator = torch.Generator("cpu").manual_seed(7)
        tensors[f"sizes.{first}.{second}.first"] = torch.randn(first, generator=generator)
        tensors[f"sizes.{first}.{second}.second"] = torch.randn(second, generator=generator)
    case.write_tensors(tensors)
    case.finish(
        names="sizes.A.B.first and .second: randn(A), then randn(B), of one generator with manual_seed(7)")
