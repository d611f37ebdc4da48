"""Gets the clips that are to be judged: from files, from diffusers, from a command, or drawn by the world itself."""

import json
import shlex
import subprocess
from pathlib import Path

import cv2
import numpy as np
import torch
from diffusers import AutoencoderKLWan, WanPipeline

from world import Scene, World

KINDS = (".npy", ".mp4", ".webm", ".gif", "")       # "" is a folder of PNG files
TOGETHER = 5                                        # clips in one call of the pipeline


def read_clip(path: Path) -> np.ndarray:
    """[F, H, W, 3] uint8 from an .npy array, a video file or a folder of PNG files in the order of their names."""
    if path.suffix == ".npy":
        return np.load(path)
    if path.is_dir():
        frames = [cv2.imread(str(file)) for file in sorted(path.glob("*.png"))]
    else:
        frames, video = [], cv2.VideoCapture(str(path))
        while (read := video.read())[0]:
            frames.append(read[1])
    if not frames:
        raise ValueError(f"{path}: holds no frames. Give .npy, .mp4 or a folder of PNG files.")
    return np.stack(frames)[..., ::-1]


def read_clips(folder: Path, count: int) -> list[np.ndarray]:
    """Clips 0000, 0001, ... of a folder, of any of the known kinds."""
    clips = []
    for i in range(count):
        candidates = [folder / f"{i:04}{kind}" for kind in KINDS]
        found = next((path for path in candidates if path.exists()), None)
        if found is None:
            raise FileNotFoundError(f"{folder}: has no clip {i:04}. Name the clips 0000.mp4, 0001.mp4, ... "
                                    "in the order of the prompts.")
        clips.append(read_clip(found))
    return clips


def generate_with_command(command: str, prompts: list[dict], folder: Path) -> list[np.ndarray]:
    """Runs `command` once per prompt, with {prompt}, {seed} and {output} filled in; reads what it wrote."""
    folder.mkdir(parents=True, exist_ok=True)
    for i, prompt in enumerate(prompts):
        words = [word.format(prompt=prompt["prompt"], seed=prompt["seed"], output=folder / f"{i:04}.mp4")
                 for word in shlex.split(command)]
        subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
    return read_clips(folder, len(prompts))


def generate_with_diffusers(model: Path, prompts: list[dict], settings: dict, folder: Path) -> list[np.ndarray]:
    """Runs diffusers' own WanPipeline in float32; the settings are those of generation.json."""
    folder.mkdir(parents=True, exist_ok=True)
    pipeline = WanPipeline.from_pretrained(model, torch_dtype=torch.float32)
    pipeline.scheduler = type(pipeline.scheduler).from_config(pipeline.scheduler.config, flow_shift=settings["shift"])
    pipeline.set_progress_bar_config(disable=True)
    clips = []
    for start in range(0, len(prompts), TOGETHER):
        part = prompts[start:start + TOGETHER]
        video = pipeline(
            [prompt["prompt"] for prompt in part], negative_prompt=settings["negative_prompt"],
            width=settings["width"], height=settings["height"], num_frames=settings["frames"],
            num_inference_steps=settings["steps"], guidance_scale=settings["guidance"], output_type="np",
            generator=[torch.Generator().manual_seed(prompt["seed"]) for prompt in part]).frames
        clips += list((np.asarray(video) * 255).round().astype(np.uint8))
    for i, clip in enumerate(clips):
        np.save(folder / f"{i:04}.npy", clip)
    return clips


def render_truth(world: World, prompts: list[dict]) -> list[np.ndarray]:
    """The clips that the world itself draws for the prompts."""
    return [world.render(scene_of(prompt), np.random.default_rng(prompt["seed"])).frames for prompt in prompts]


@torch.no_grad()
def reconstruct_clips(model: Path, clips: list[np.ndarray]) -> list[np.ndarray]:
    """The same clips through the model's encoder and decoder: the best that any latent can look."""
    vae = AutoencoderKLWan.from_pretrained(model / "vae", torch_dtype=torch.float32)
    rebuilt = []
    for clip in clips:
        video = torch.from_numpy(clip).permute(3, 0, 1, 2)[None].float() / 127.5 - 1
        found = vae.decode(vae.encode(video).latent_dist.mode()).sample[0]
        rebuilt.append(((found.clamp(-1, 1) + 1) * 127.5).round().byte().permute(1, 2, 3, 0).numpy())
    return rebuilt


def scene_of(prompt: dict) -> Scene:
    return Scene(prompt["subject"], prompt["motion"], prompt["background"])


def read_prompts(path: Path) -> list[dict]:
    """Entries with prompt, seed, subject, motion and background."""
    return json.loads(path.read_text())
