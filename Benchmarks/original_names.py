"""The names that Wan's own checkpoints have, which stable-diffusion.cpp reads, for those of diffusers."""

import re
from pathlib import Path

TRANSFORMER = [
    (r"^condition_embedder\.(time|text)_embedder\.linear_(\d)", lambda m: f"{m[1]}_embedding.{2 * int(m[2]) - 2}"),
    (r"^condition_embedder\.time_proj\.", "time_projection.1."), (r"^scale_shift_table$", "head.modulation"),
    (r"^proj_out\.", "head.head."), (r"\.scale_shift_table$", ".modulation"),
    (r"\.attn1\.", ".self_attn."), (r"\.attn2\.", ".cross_attn."), (r"\.to_([qkv])\.", r".\1."),
    (r"\.to_out\.0\.", ".o."), (r"\.norm2\.", ".norm3."), (r"\.ffn\.net\.0\.proj\.", ".ffn.0."),
    (r"\.ffn\.net\.2\.", ".ffn.2."),
]
PARTS = {"norm1": "residual.0", "conv1": "residual.2", "norm2": "residual.3", "conv2": "residual.6",
         "conv_shortcut": "shortcut"}
AUTOENCODER = [
    (r"^quant_conv\.", "conv1."), (r"^post_quant_conv\.", "conv2."),
    (r"\.(norm1|conv1|norm2|conv2|conv_shortcut)\.", lambda m: f".{PARTS[m[1]]}."),
    (r"\.conv_in\.", ".conv1."), (r"\.norm_out\.", ".head.0."), (r"\.conv_out\.", ".head.2."),
    (r"\.mid_block\.attentions\.0\.", ".middle.1."),
    (r"\.mid_block\.resnets\.(\d)\.", lambda m: f".middle.{2 * int(m[1])}."),
    (r"\.down_blocks\.", ".downsamples."),
    # An up block is three residual blocks and what enlarges the picture.
    (r"\.up_blocks\.(\d)\.resnets\.(\d)\.", lambda m: f".upsamples.{4 * int(m[1]) + int(m[2])}."),
    (r"\.up_blocks\.(\d)\.upsamplers\.0\.", lambda m: f".upsamples.{4 * int(m[1]) + 3}."),
]


def original(name: str, rules: list) -> str:
    """A name after all rules, in their order."""
    for pattern, replacement in rules:
        name = re.sub(pattern, replacement, name)
    return name


def rewritten(folder: Path, target: Path, rules: list) -> Path:
    """One file with the tensors of a part of a diffusers model under their original names; made once."""
    from safetensors.torch import load_file, save_file
    if not target.exists():
        tensors = {}
        for file in sorted(folder.glob("*.safetensors")):
            tensors.update(load_file(file))
        beside = target.with_suffix(".part")
        save_file({original(name, rules): tensor for name, tensor in tensors.items()}, beside)
        beside.rename(target)
    return target
