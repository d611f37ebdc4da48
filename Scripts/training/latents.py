"""Keeps the latents of freshly rendered clips on disk, in shards, so that the transformer never meets pixels."""

from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch
from diffusers import AutoencoderKLWan

from run_state import Log
from vae_model import build_vae, encode, quicken, to_video
from workers import Workers
from world import Scene, World, render_many

ENCODED_TOGETHER = 16


def load_vae(config: dict, state: Path, device: str) -> AutoencoderKLWan:
    """The trained autoencoder with its averaged weights, for use only; with the later decoder, if there is one."""
    quicken()
    path = state / "decoder.pt"
    path = path if path.exists() else state / "vae.pt"
    if not path.exists():
        raise FileNotFoundError(f"{path}: there is no autoencoder yet. Run --stage vae first.")
    stored = torch.load(path, weights_only=False, map_location="cpu")
    vae = build_vae(config["vae"]["model"])
    vae.load_state_dict({**stored["module"], **stored["average"]})
    return vae.to(device).eval().requires_grad_(False)


def cache_latents(config: dict, state: Path, device: str, workers: Workers) -> None:
    """Renders and encodes until state/latents/ holds 'latents.clips' clips; later calls add to it."""
    settings, log = config["latents"], Log(state / "latents.jsonl")
    folder = state / "latents"
    folder.mkdir(exist_ok=True)
    vae, world = load_vae(config, state, device), World(config["world"])
    per_file = settings["clips_per_file"]
    shards = range(-(-settings["clips"] // per_file))
    for shard in shards[workers.rank::workers.count]:
        path = folder / f"{shard:04}.pt"
        if path.exists():
            continue
        clips = render_many(world, per_file, settings["seed"] + shard)
        torch.save({"latents": _encode_all(vae, [clip.frames for clip in clips], device),
                    "scenes": [asdict(clip.scene) for clip in clips]}, path)
        log.write(shard=shard, clips=per_file)
    workers.wait_for_all()
    if workers.is_first:
        measure_latents(folder)


@torch.no_grad()
def _encode_all(vae: AutoencoderKLWan, clips: list[np.ndarray], device: str) -> torch.Tensor:
    """Latents [clips, z, f, h, w] as half floats, computed in bfloat16."""
    parts = []
    with torch.autocast(device.split(":")[0], torch.bfloat16):
        for frames in torch.from_numpy(np.stack(clips)).split(ENCODED_TOGETHER):
            parts.append(encode(vae, to_video(frames).to(device)).half().cpu())
    return torch.cat(parts)


def measure_latents(folder: Path) -> None:
    """Writes mean and deviation per channel once; they are part of the model from then on."""
    path = folder / "statistics.pt"
    if not path.exists():
        latents, _ = load_latents(folder)
        axes = (0, 2, 3, 4)
        torch.save({"mean": latents.float().mean(axes), "deviation": latents.float().std(axes)}, path)


def load_latents(folder: Path) -> tuple[torch.Tensor, list[Scene]]:
    """All cached latents [clips, z, f, h, w] as half floats, and what is in each clip."""
    shards = [torch.load(path, weights_only=False) for path in sorted(folder.glob("[0-9]*.pt"))]
    scenes = [Scene(**scene) for shard in shards for scene in shard["scenes"]]
    return torch.cat([shard["latents"] for shard in shards]), scenes


def load_statistics(folder: Path) -> tuple[torch.Tensor, torch.Tensor]:
    """Mean and deviation of the latents, [z] each."""
    stored = torch.load(folder / "statistics.pt", weights_only=False)
    return stored["mean"], stored["deviation"]
