"""Runs of diffusers in fp32 on the CPU: the reference of the comparison.

Text-to-video through WanPipeline, image-to-video through WanImageToVideoPipeline. A model of 36 channels that makes
video from text alone gets zeros for mask and picture; WanPipeline cannot feed those, so a short loop does.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy
import torch
from diffusers import (FlowMatchEulerDiscreteScheduler, UniPCMultistepScheduler, WanImageToVideoPipeline, WanPipeline,
                       WanTransformer3DModel)
from PIL import Image

IMAGE_CHANNELS = 36          # 16 of noise, 4 of mask, 16 of the picture's latent


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
        channels = WanTransformer3DModel.load_config(model / "transformer")["in_channels"]
        self.takes_pictures = channels == IMAGE_CHANNELS
        pipeline = WanImageToVideoPipeline if self.takes_pictures else WanPipeline
        self.pipeline = pipeline.from_pretrained(model, dtype=torch.float32)
        self.pipeline.set_progress_bar_config(disable=True)
        self.pipeline.scheduler = self.scheduler()

    def scheduler(self):
        """UniPC as the directory sets it, with the shift of the settings, or Euler."""
        if self.settings.sampler == "euler":
            return FlowMatchEulerDiscreteScheduler(shift=self.settings.shift)
        config = {**self.pipeline.scheduler.config, "flow_shift": self.settings.shift}
        return UniPCMultistepScheduler.from_config(config)

    def generate(self, prompt: str, seed: int, image: Path | None = None, last_image: Path | None = None) -> Clip:
        """Makes one clip; the noise comes from PyTorch's CPU generator.

        Args:
            image, last_image: pictures of the clip's size.
        """
        if self.takes_pictures and image is None:
            return self._from_text_alone(prompt, seed)
        kept = {}

        def keep(pipeline, step, timestep, tensors):
            kept["latents"] = tensors["latents"][0].numpy()
            return {}

        settings = self.settings
        pictures = {name: Image.open(path).convert("RGB")
                    for name, path in (("image", image), ("last_image", last_image)) if path}
        frames = self.pipeline(
            prompt=prompt, width=settings.width, height=settings.height, num_frames=settings.frames,
            num_inference_steps=settings.steps, guidance_scale=settings.guidance, output_type="np",
            generator=torch.Generator("cpu").manual_seed(seed), **pictures,
            callback_on_step_end=keep, callback_on_step_end_tensor_inputs=["latents"],
        ).frames[0]
        return Clip((frames * 255).round().astype(numpy.uint8), kept["latents"])

    @torch.no_grad()
    def _from_text_alone(self, prompt: str, seed: int) -> Clip:
        """The loop of WanPipeline with zeros beside the latent."""
        pipeline, settings = self.pipeline, self.settings
        guided = settings.guidance > 1
        contexts = pipeline.encode_prompt(prompt, do_classifier_free_guidance=guided, max_sequence_length=512)
        z, factor = pipeline.vae.config.z_dim, pipeline.vae_scale_factor_spatial
        shape = (1, z, (settings.frames - 1) // pipeline.vae_scale_factor_temporal + 1,
                 settings.height // factor, settings.width // factor)
        latents = torch.randn(shape, generator=torch.Generator("cpu").manual_seed(seed))
        zeros = torch.zeros(1, IMAGE_CHANNELS - z, *shape[2:])
        scheduler = self.scheduler()
        scheduler.set_timesteps(settings.steps)
        for time in scheduler.timesteps:
            velocities = [pipeline.transformer(torch.cat([latents, zeros], 1), time.expand(1), context, return_dict=False)[0]
                          for context in contexts if context is not None]
            velocity = velocities[0]
            if guided:
                velocity = velocities[1] + settings.guidance * (velocities[0] - velocities[1])
            latents = scheduler.step(velocity, time, latents, return_dict=False)[0]
        mean, deviation = (torch.tensor(values).view(1, z, 1, 1, 1) for values in
                           (pipeline.vae.config.latents_mean, pipeline.vae.config.latents_std))
        video = pipeline.vae.decode(latents * deviation + mean, return_dict=False)[0]
        frames = pipeline.video_processor.postprocess_video(video, output_type="np")[0]
        return Clip((frames * 255).round().astype(numpy.uint8), latents[0].numpy())
