"""Goldens of the checkpoint reader: a file in every type, and its values as PyTorch widens them."""

from pathlib import Path

import torch
from safetensors.torch import save_file

from case import Case

FLOATS = {"f64": torch.float64, "f16": torch.float16, "bf16": torch.bfloat16}
INTEGERS = {"i64": torch.int64, "i32": torch.int32, "i16": torch.int16, "i8": torch.int8, "u8": torch.uint8}
# One pair: the library writes several in any order.
METADATA = {"quoted \"key\"\n": "back\\slash, tab\t, control \x01, Zo\u00ebtrope \U0001F39E"}


def float_values(generator: torch.Generator) -> torch.Tensor:
    """Values over the whole range of fp16, subnormal ones and both zeros included."""
    exponents = torch.randint(-24, 15, [500], generator=generator)
    values = torch.randn(500, generator=generator, dtype=torch.float64) * 2.0**exponents
    edges = [0.0, -0.0, 2.0**-24, -(2.0**-14), 65504.0, -65504.0, 1.0, -1.0, 1 / 3, 0.1, 1 + 2.0**-23,
             1 + 2.0**-24]
    return torch.cat([torch.tensor(edges, dtype=torch.float64), values]).clamp(-65504, 65504).reshape(4, 128)


def make(output: Path):
    """Writes the case."""
    generator = torch.Generator("cpu").manual_seed(3)
    values = float_values(generator)
    tensors = {f"floats.{name}": values.to(kind) for name, kind in FLOATS.items()}
    tensors["floats.f32"] = values.float()
    tensors |= {
        f"integers.{name}": torch.tensor([torch.iinfo(kind).min, 0, 1, torch.iinfo(kind).max], dtype=kind)
        for name, kind in INTEGERS.items()
    }
    tensors["bool"] = torch.tensor([True, False, True])
    tensors["scalar"] = torch.tensor(2.5)
    tensors["empty"] = torch.zeros(0, 3)
    tensors["five axes"] = torch.arange(2 * 3 * 1 * 2 * 2, dtype=torch.float32).reshape(2, 3, 1, 2, 2)
    tensors["na\u00efve \"name\"\\"] = torch.tensor([1.0], dtype=torch.bfloat16)
    case = Case(output, "checkpoints", "every-type", seed=3)
    save_file(tensors, case.folder / "model.safetensors", metadata=METADATA)
    case.write_tensors({f"floats.{name}": tensors[f"floats.{name}"].float() for name in FLOATS})
    case.finish(names="model: each type under its name; expected: floats.TYPE of model, converted to fp32")
