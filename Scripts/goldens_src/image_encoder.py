"""Goldens of CLIP's vision model as Wan 2.1 uses it: preprocessing, and the states before the last layer."""

from dataclasses import dataclass
from pathlib import Path

import numpy
import torch
from PIL import Image
from safetensors.torch import save_file
from transformers import CLIPImageProcessorPil, CLIPVisionConfig, CLIPVisionModel

from case import Case
from pictures import soft
from random_weights import fill, rounded

PREFIX = "vision_model."


@dataclass
class ImageCase:
    """The sizes of an encoder, the size of the picture it sees, and how its weights are stored."""

    name: str
    picture: tuple[int, int]
    side: int                               # of the square that the encoder sees
    patch: int
    activation: str = "gelu"
    layers: int = 3
    heads: int = 2
    kind: torch.dtype = torch.float32
    prefix: str = PREFIX


CASES = [
    ImageCase("wide", (96, 64), 28, 7),
    ImageCase("tall-quick-gelu", (30, 47), 32, 8, activation="quick_gelu", layers=2, heads=4, prefix=""),
    ImageCase("rest-bf16", (40, 40), 30, 8, kind=torch.bfloat16),
]


def build(case: ImageCase, seed: int) -> CLIPVisionModel:
    """A small encoder with random weights."""
    model = CLIPVisionModel(CLIPVisionConfig(
        hidden_size=32, intermediate_size=56, num_hidden_layers=case.layers, num_attention_heads=case.heads,
        image_size=case.side, patch_size=case.patch, hidden_act=case.activation, projection_dim=16)).eval()
    fill(model, seed, {"class_embedding": 3.0, "position_embedding.weight": 3.0})
    return model


def processor(side: int) -> CLIPImageProcessorPil:
    """CLIP's preprocessing for a square of a size."""
    return CLIPImageProcessorPil(size={"shortest_edge": side}, crop_size={"height": side, "width": side})


def store(model: CLIPVisionModel, kind: torch.dtype, prefix: str, folder: Path):
    """Writes config and weights under the names of published checkpoints, or without their prefix."""
    model.config.save_pretrained(folder)
    weights = {prefix + name.removeprefix(PREFIX): tensor for name, tensor in rounded(model, kind).items()}
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})


def make(output: Path):
    """Writes all cases."""
    for number, case in enumerate(CASES):
        seed = 6000 + 10 * number
        folder = Case(output, "image_encoder", case.name, seed)
        model = build(case, seed)
        store(model, case.kind, case.prefix, folder.folder)
        preparation = processor(case.side)
        preparation.save_pretrained(folder.folder)
        picture = soft(case.picture, 3)
        pixels = preparation(images=Image.fromarray(picture), return_tensors="pt").pixel_values
        with torch.no_grad():
            states = model(pixels, output_hidden_states=True).hidden_states
        stages = {"picture": torch.from_numpy(picture.astype(numpy.float32)),
                  "pixels": pixels[0].permute(1, 2, 0), "embedding": states[0][0], "output": states[-2][0]}
        stages |= {f"layer.{index}": state[0] for index, state in enumerate(states[1:-1])}
        folder.write_tensors(stages)
        folder.finish(weights=str(case.kind), computed_in="torch.float32", hidden_states=len(states))
