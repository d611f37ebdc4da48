"""Random weights that leave no part of a model without effect, and activations near one."""

import math

import torch
from torch import nn


def fill(model: nn.Module, seed: int, scale: dict[str, float] | None = None):
    """Fills every parameter of `model` from one generator, in the order of `named_parameters`.

    Matrices and kernels get a standard deviation of 1/sqrt(fan-in), norm weights spread around one, biases
    and tables are small but not zero. `scale` multiplies parameters whose name ends with one of its keys.
    """
    generator = torch.Generator("cpu").manual_seed(seed)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            value = torch.randn(parameter.shape, generator=generator)
            parameter.copy_(shaped(name, value) * scale_of(name, scale or {}))


def shaped(name: str, value: torch.Tensor) -> torch.Tensor:
    """Gives normal numbers the spread that suits the parameter called `name`."""
    leaf = name.rsplit(".", 1)[-1]
    if leaf == "gamma" or (leaf == "weight" and "norm" in name.rsplit(".", 2)[-2]):
        return 1 + 0.25 * value
    if leaf == "bias":
        return 0.1 * value
    if leaf == "scale_shift_table":
        return 0.3 * value
    if "embed_tokens" in name or "shared" in name or "relative_attention_bias" in name:
        return value
    return value / math.sqrt(value[0].numel())


def scale_of(name: str, scale: dict[str, float]) -> float:
    """The factor of the first key that `name` ends with, else one."""
    return next((factor for ending, factor in scale.items() if name.endswith(ending)), 1.0)


def rounded(model: nn.Module, kind: torch.dtype) -> dict[str, torch.Tensor]:
    """Rounds the weights of `model` to `kind` in place, still as fp32; returns them in `kind`."""
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(parameter.to(kind).float())
    return {name: tensor.to(kind) for name, tensor in model.state_dict().items()}


def normal(shape: list[int], seed: int) -> torch.Tensor:
    """Normal numbers of a shape from their own generator."""
    return torch.randn(shape, generator=torch.Generator("cpu").manual_seed(seed))
