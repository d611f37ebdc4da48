"""One text-to-video run of diffusers' WanPipeline in fp32 on the CPU: the reference of the comparison."""

from dataclasses import dataclass
from pathlib import Path

import numpy
import torch
from diffusers import FlowMatchEulerDiscreteScheduler, UniPCMultistepScheduler, WanPipeline


@dataclass
class Settings:
    """What decides a clip besides prompt and seed; the names are those of generation.json."""

    width: int
    height: int
    frames: int
    steps: int
    guidance: float
    shift: float
    sampler: str


@dataclass
class Clip:
    """frames [F, H, W, 3] uint8; latents [z, f, h, w] fp32 as the sampler leaves them, still normalised."""

    frames: numpy.ndarray
    latents: numpy.ndarray


class DiffusersRun:
    """A loaded pipeline with the sampler of the settings."""

    def __init__(self, model: Path, settings: Settings):
        """Loads the directory."""
        self.settings = settings
        self.pipeline = WanPipeline.from_pretrained(model, dtype=torch.float32)
        self.pipeline.set_progress_bar_config(disable=True)
        self.pipeline.scheduler = self.scheduler()

    def scheduler(self):
        """UniPC as the directory sets it, with the shift of the settings, or Euler."""
        if self.settings.sampler == "euler":
            return FlowMatchEulerDiscreteScheduler(shift=self.settings.shift)
        config = {**self.pipeline.scheduler.config, "flow_shift": self.settings.shift}
        return UniPCMultistepScheduler.from_config(config)

    def generate(self, prompt: str, seed: int) -> Clip:
        """Makes one clip; the noise comes from PyTorch's CPU generator."""
        kept = {}

        def keep(pipeline, step, timestep, tensors):
            kept["latents"] = tensors["latents"][0].numpy()
            return {}

        settings = self.settings
        frames = self.pipeline(
            prompt, width=settings.width, height=settings.height, num_frames=settings.frames,
            num_inference_steps=settings.steps, guidance_scale=settings.guidance, output_type="np",
            generator=torch.Generator("cpu").manual_seed(seed),
            callback_on_step_end=keep, callback_on_step_end_tensor_inputs=["latents"],
        ).frames[0]
        return Clip((frames * 255).round().astype(numpy.uint8), kept["latents"])
