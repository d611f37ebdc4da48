"""A plain Euler sampler for contact sheets during training; generation proper is diffusers' or Zoetrope's."""

import numpy as np
import torch

from conditions import text_only
from flow_model import FlowModel
from tokenizer import PromptTokenizer


def shifted_levels(steps: int, shift: float) -> np.ndarray:
    """Noise levels from 1 to 0, steps + 1 of them; a shift above 1 spends more of them on strong noise."""
    levels = np.linspace(1, 0, steps + 1)
    return shift * levels / (1 + (shift - 1) * levels)


@torch.no_grad()
def sample_latents(model: FlowModel, tokenizer: PromptTokenizer, captions: list[str], shape, seed: int,
                   *, steps: int, guidance: float, shift: float, sizes: list[str] | None = None,
                   given: torch.Tensor | None = None) -> torch.Tensor:
    """Normalised latents [B, z, f, h, w], one per caption.

    Args:
        shape: [z, f, h, w] of one clip.
        seed: of the noise of all clips together.
        sizes: patch size of each step; none is the base for all.
        given: conditions [B, 20, f, h, w]; none is text-to-video.
        guidance: weight of the caption against the empty one; 1 leaves the empty one out.
    """
    device = next(model.parameters()).device
    x = torch.randn(len(captions), *shape, generator=torch.Generator().manual_seed(seed)).to(device)
    prompts = captions if guidance == 1 else captions + [""] * len(captions)
    context, bias = model.context(torch.from_numpy(tokenizer.batch(prompts)).to(device))
    levels = shifted_levels(steps, shift)
    given = text_only(x) if given is None else given.to(device)
    for i, (level, following) in enumerate(zip(levels, levels[1:])):
        shown = torch.cat([x, given], 1)
        copies = shown if guidance == 1 else torch.cat([shown, shown])
        time = torch.full((len(copies),), level, dtype=torch.float32, device=device)
        velocity, _ = model(copies, time, context, bias, sizes and sizes[i])
        if guidance != 1:
            right, empty = velocity.chunk(2)
            velocity = empty + guidance * (right - empty)
        x = x + (following - level) * velocity
    return x
