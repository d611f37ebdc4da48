"""Key lists of the published checkpoints, made from the classes without any weights."""

import json
import re
from pathlib import Path

import torch
from diffusers import AutoencoderKLWan, WanTransformer3DModel
from transformers import CLIPVisionConfig, CLIPVisionModel, UMT5Config, UMT5EncoderModel

from case import versions
from published import PUBLISHED, Published

FOLDER = Path("Weights/keys")


def model_of(config: dict) -> torch.nn.Module:
    """The model of a config, on the meta device."""
    with torch.device("meta"):
        if config.get("model_type") == "umt5":
            return UMT5EncoderModel(UMT5Config(**{**config, "architectures": None}))
        if config.get("model_type") == "clip_vision_model":
            return CLIPVisionModel(CLIPVisionConfig(**{**config, "architectures": None}))
        classes = {"WanTransformer3DModel": WanTransformer3DModel, "AutoencoderKLWan": AutoencoderKLWan}
        return classes[config["_class_name"]].from_config(config)


def tensors_of(model: torch.nn.Module) -> dict[str, list[int]]:
    """Name and shape of each tensor that the published file holds."""
    shapes = {name: list(parameter.shape) for name, parameter in model.named_parameters()}
    if isinstance(model, CLIPVisionModel):
        shapes = {f"vision_model.{name.removeprefix('vision_model.')}": shape for name, shape in shapes.items()}
    for name in [name for name in shapes if re.fullmatch(r"blocks\.\d+\.attn2\.norm_added_k\.weight", name)]:
        shapes[name.replace("norm_added_k", "norm_added_q")] = shapes[name]
    return dict(sorted(shapes.items()))


def text_of(published: Published, shapes: dict[str, list[int]]) -> str:
    """JSON with one tensor a line."""
    head = {
        "repository": published.repository,
        "script": "Scripts/goldens keys",
        "versions": versions(),
        "notes": published.notes,
        "config": published.config,
    }
    lines = ",\n".join("    " + json.dumps([name, shape, published.kind]) for name, shape in shapes.items())
    return json.dumps(head, indent=2)[:-2] + ',\n  "tensors": [\n' + lines + "\n  ]\n}\n"


def make(root: Path):
    """Writes all lists."""
    (root / FOLDER).mkdir(parents=True, exist_ok=True)
    for name, published in PUBLISHED.items():
        shapes = tensors_of(model_of(published.config))
        text = text_of(published, shapes)
        (root / FOLDER / f"{name}.json").write_text(text)
        count = sum(torch.Size(shape).numel() for shape in shapes.values())
        print(f"{FOLDER / name}.json: {len(json.loads(text)['tensors'])} tensors, {count} values")
