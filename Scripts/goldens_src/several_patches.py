"""Goldens of one transformer with several patch sizes: for each size diffusers' own model around the same trunk."""

import math
import subprocess
import sys
from pathlib import Path

import torch
import torch.nn.functional as F
from diffusers import WanTransformer3DModel
from diffusers.models.embeddings import get_1d_rotary_pos_embed
from safetensors.torch import save_file

from case import Case
from random_weights import fill, normal, rounded
from transformer import TransformerCase, build, check_every_weight_matters, inputs, observe, store, velocity_of

SEED = 1200
BASE = (1, 2, 2)
FURTHER = [(1, 1, 1), (1, 4, 4), (2, 2, 2), (2, 4, 4), (3, 1, 2)]
# 5 frames, 7 rows and 6 columns, which 2, 3 and 4 do not divide; the channels that come in are more than those that go out.
CASE = TransformerCase("odd-latent", 2, 24, [6, 5, 7, 6], 2, kind=torch.bfloat16,
                       config={"in_channels": 6, "out_channels": 4})
STAGES = ["patch_embedding", "rope_cos", "rope_sin", "time_embedding", "norm_out", "velocity"]
ENDS = ["patch_embedding.weight", "patch_embedding.bias", "proj_out.weight", "proj_out.bias"]
CHECK = Path(__file__).with_name("check_training_forward.py")


def name_of(size: tuple[int, int, int]) -> str:
    """(1, 4, 4) to '1x4x4'."""
    return "x".join(map(str, size))


def with_size(base: WanTransformer3DModel, size: tuple[int, int, int], seed: int) -> WanTransformer3DModel:
    """A model of another patch size with the trunk of `base`, ends of its own, and positions in base tokens."""
    model = WanTransformer3DModel(**{**base.config, "patch_size": size}).eval()
    fill(model, seed)
    trunk = {key: value for key, value in base.state_dict().items() if key not in ENDS}
    model.load_state_dict({**model.state_dict(), **trunk})
    rounded(model, CASE.kind)
    place(model, size)
    return model


def place(model: WanTransformer3DModel, size: tuple[int, int, int]):
    """Lets the rope of `model` turn each token by where its centre lies among the tokens of the base size."""
    rope, tables = model.rope, []
    for width, side, unit in zip((rope.t_dim, rope.h_dim, rope.w_dim), size, BASE):
        index = torch.arange(rope.max_seq_len, dtype=torch.float64)
        position = (index * side + (side - 1) / 2 - (unit - 1) / 2) / unit
        tables.append(get_1d_rotary_pos_embed(width, position, use_real=True, repeat_interleave_real=True,
                                              freqs_dtype=torch.float64))
    cos, sin = (torch.cat(parts, 1).float() for parts in zip(*tables))
    if size == BASE and not (torch.equal(cos, rope.freqs_cos) and torch.equal(sin, rope.freqs_sin)):
        raise ValueError("the base size has another rotary table than diffusers gives it")
    rope.freqs_cos, rope.freqs_sin = cos, sin


def padded(latent: torch.Tensor, size: tuple[int, int, int]) -> torch.Tensor:
    """[z, f, h, w] with its last frame, row and column repeated until `size` divides it."""
    missing = [-n % side for n, side in zip(latent.shape[1:], size)]
    return F.pad(latent[None], (0, missing[2], 0, missing[1], 0, missing[0]), mode="replicate")[0]


def pass_of(model: WanTransformer3DModel, size, marker: torch.Tensor | None, given: dict) -> dict[str, torch.Tensor]:
    """Every stage of one pass over the padded latent, the velocity cropped to the latent."""
    shown = {**given, "latent": padded(given["latent"], size)}
    check_every_weight_matters(model, shown, ENDS if marker is not None else None)
    if marker is not None:
        unmarked = velocity_of(model, shown)
        model.condition_embedder.time_embedder.register_forward_hook(lambda module, arguments, output: output + marker)
        if (velocity_of(model, shown) - unmarked).norm() < 1e-2 * unmarked.norm():
            raise ValueError(f"the marker of {name_of(size)} hardly changes the velocity")
    stages = {}
    observe(model, stages)
    frames, height, width = given["latent"].shape[1:]
    stages["velocity"] = velocity_of(model, shown)[:, :frames, :height, :width]
    return {f"{name}.{name_of(size)}": stages[name] for name in STAGES}


def make(output: Path):
    """Writes the one case, and lets the training's forward pass make the same velocities."""
    folder = Case(output, "patch-sizes", CASE.name, SEED)
    base = build(CASE, SEED)
    store(base, CASE, folder.folder)
    given = inputs(CASE, base.config, SEED + 1)
    place(base, BASE)
    expected = {**given, **pass_of(base, BASE, None, given)}
    tensors = {}
    for number, size in enumerate(FURTHER):
        model = with_size(base, size, SEED + 10 + number)
        marker = (0.5 * normal([math.prod((CASE.heads, CASE.head_width))], SEED + 20 + number)).to(CASE.kind)
        ends = {key: model.state_dict()[key].to(CASE.kind) for key in ENDS}
        tensors |= {f"{name_of(size)}.{key}": value for key, value in {**ends, "marker": marker}.items()}
        expected |= pass_of(model, size, marker.float(), given)
    save_file(tensors, folder.folder / "patch_sizes.safetensors",
              metadata={"format": "zoetrope.patch_sizes", "version": "1", "base": name_of(BASE)})
    folder.write_tensors(expected)
    subprocess.run([sys.executable, CHECK, folder.folder], check=True)
    folder.finish(weights=str(CASE.kind), computed_in="torch.float32", prompt_tokens=CASE.prompt_tokens,
                  base=name_of(BASE), sizes=[name_of(size) for size in FURTHER])
