"""Clips through a model's encoder and decoder. Apart from the rest, because torch takes seconds to import."""

from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from diffusers import AutoencoderKLWan


@lru_cache(1)
def loaded(model: Path) -> AutoencoderKLWan:
    torch.set_num_threads(1)
    return AutoencoderKLWan.from_pretrained(model / "vae", torch_dtype=torch.float32)


@torch.no_grad()
def rebuild(model: Path, frames: np.ndarray) -> np.ndarray:
    """The best that a latent can look: frames [F, H, W, 3] uint8 encoded and decoded."""
    vae = loaded(model)
    video = torch.from_numpy(frames).permute(3, 0, 1, 2)[None].float() / 127.5 - 1
    found = vae.decode(vae.encode(video).latent_dist.mode()).sample[0]
    return ((found.clamp(-1, 1) + 1) * 127.5).round().byte().permute(1, 2, 3, 0).numpy()
