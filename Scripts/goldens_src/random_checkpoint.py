"""Makes a model directory of a published shape with random weights, in the layout of diffusers."""

import argparse
import json
from dataclasses import dataclass
from pathlib import Path

import diffusers
import torch

import small_tokenizer
from keys import model_of
from published import PUBLISHED, UMT5_XXL
from random_weights import scale_of, shaped
from streamed_safetensors import write

TYPES = {"bf16": torch.bfloat16, "fp32": torch.float32}
SMALL_ENCODER = {"num_layers": 2, "num_decoder_layers": 2, "d_ff": 96, "d_kv": 16, "num_heads": 4}


@dataclass
class Shape:
    """Which published parts a model has, and how its pipeline is set."""

    transformer: str
    vae: str
    flow_shift: float
    expand_timesteps: bool


SHAPES = {
    "wan2.1-1.3b": Shape("wan2.1-t2v-1.3b-transformer", "wan2.1-vae", 3.0, False),
    "wan2.2-5b": Shape("wan2.2-ti2v-5b-transformer", "wan2.2-vae", 5.0, True),
}


def write_model(folder: Path, config: dict, stem: str, kind: torch.dtype, scale: dict[str, float], seed: int):
    """Writes a config and random weights for all parameters of its class."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n")
    shapes = {name: list(parameter.shape) for name, parameter in model_of(config).named_parameters()}
    write(folder, stem, shapes, kind, lambda name, rows: shaped(name, rows) * scale_of(name, scale), seed)


def encoder_config(size: str, pieces: int, width: int) -> dict:
    """The config of the text encoder: the published one, or a small one of the same width."""
    if size == "umt5-xxl":
        return UMT5_XXL
    return {**UMT5_XXL, **SMALL_ENCODER, "d_model": width, "vocab_size": pieces}


def pipeline_index(shape: Shape) -> dict:
    """The content of model_index.json."""
    return {
        "_class_name": "WanPipeline",
        "_diffusers_version": diffusers.__version__,
        "boundary_ratio": None,
        "expand_timesteps": shape.expand_timesteps,
        "scheduler": ["diffusers", "UniPCMultistepScheduler"],
        "text_encoder": ["transformers", "UMT5EncoderModel"],
        "tokenizer": ["transformers", "PreTrainedTokenizerFast"],
        "transformer": ["diffusers", "WanTransformer3DModel"],
        "transformer_2": [None, None],
        "vae": ["diffusers", "AutoencoderKLWan"],
    }


def make(output: Path, shape: Shape, kind: torch.dtype, encoder: str, seed: int):
    """Writes every part of the directory; the autoencoder is fp32, as published."""
    transformer = PUBLISHED[shape.transformer].config
    write_model(output / "transformer", transformer, "diffusion_pytorch_model", kind, {}, seed)
    write_model(output / "vae", PUBLISHED[shape.vae].config, "diffusion_pytorch_model", torch.float32,
                {"decoder.conv_out.weight": 0.4}, seed + 1)
    text = encoder_config(encoder, small_tokenizer.make(output / "tokenizer"), transformer["text_dim"])
    write_model(output / "text_encoder", text, "model", kind,
                {"SelfAttention.q.weight": text["d_kv"] ** -0.5}, seed + 2)
    (output / "scheduler").mkdir(exist_ok=True)
    scheduler = json.loads(Path(__file__).with_name("wan_scheduler_config.json").read_text())
    scheduler["flow_shift"] = shape.flow_shift
    (output / "scheduler/scheduler_config.json").write_text(json.dumps(scheduler, indent=2) + "\n")
    (output / "model_index.json").write_text(json.dumps(pipeline_index(shape), indent=2) + "\n")


def main():
    """Reads the arguments and makes the directory."""
    parser = argparse.ArgumentParser(prog="Scripts/make-random-checkpoint", description=__doc__)
    parser.add_argument("--shape", choices=SHAPES, default="wan2.1-1.3b",
                        help="the published model to resemble")
    parser.add_argument("--type", choices=TYPES, default="bf16", help="of transformer and text encoder")
    parser.add_argument("--text-encoder", choices=["small", "umt5-xxl"], default="small",
                        help="small: two narrow layers of the right output width")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--output", type=Path, required=True, help="directory to make")
    arguments = parser.parse_args()
    torch.set_num_threads(2)
    kind, encoder = TYPES[arguments.type], arguments.text_encoder
    make(arguments.output, SHAPES[arguments.shape], kind, encoder, arguments.seed)


if __name__ == "__main__":
    main()
