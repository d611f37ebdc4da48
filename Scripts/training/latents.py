"""Keeps the latents of freshly rendered clips on disk, in shards, so that the transformer never meets pixels."""

from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from diffusers import AutoencoderKLWan

import motions
from mixed_precision import mixed_precision
from rendering import Clips, Renderer
from run_state import Log, load_averaged
from vae_model import build_vae, encode, quicken, to_video
from workers import Workers
from world import Scene, World

ENCODED_TOGETHER = 32


def load_vae(config: dict, state: Path, device: str) -> AutoencoderKLWan:
    """The trained autoencoder with its averaged weights, for use only; with the later decoder, if there is one."""
    quicken()
    path = state / "decoder.pt"
    path = path if path.exists() else state / "vae.pt"
    if not path.exists():
        raise FileNotFoundError(f"{path}: there is no autoencoder yet. Run --stage vae first.")
    vae = build_vae(config["vae"]["model"])
    load_averaged(path, vae)
    return vae.to(device).eval().requires_grad_(False)


@dataclass
class LatentCache:
    """Encoded clips, row for row.

    latents [N, z, f, h, w] half; scenes; tracks [N, 2, F, 4], NaN where there is no second subject; and the latents
    of the pictures that image-to-video is given, [M, z, f, h, w] half, with their rows and whether they hold
    the last frame too.
    """

    latents: torch.Tensor
    scenes: list[Scene]
    tracks: np.ndarray
    conditions: torch.Tensor
    condition_rows: torch.Tensor
    with_last: torch.Tensor


def cache_latents(config: dict, state: Path, device: str, workers: Workers) -> None:
    """Renders and encodes until state/latents/ holds 'latents.clips' clips; later calls add to it."""
    settings, log = config["latents"], Log(state / "latents.jsonl")
    folder = state / "latents"
    folder.mkdir(exist_ok=True)
    vae, world = load_vae(config, state, device), World(config["world"])
    shards = range(-(-settings["clips"] // settings["clips_per_file"]))[workers.rank::workers.count]
    missing = [shard for shard in shards if not (folder / f"{shard:04}.pt").exists()]
    renderer = Renderer(world, settings["clips_per_file"], workers.renderers)
    for shard, clips in zip(missing, renderer.batches(settings["seed"] + shard for shard in missing)):
        path = folder / f"{shard:04}.pt"
        unfinished = path.with_suffix(".unfinished")
        torch.save(_encode_shard(vae, clips, settings, shard, device), unfinished)
        unfinished.rename(path)
        log.write(shard=shard, clips=settings["clips_per_file"])
    renderer.close()
    workers.wait_for_all()
    if workers.is_first:
        measure_latents(folder)


def _encode_shard(vae, clips: Clips, settings: dict, shard: int, device: str) -> dict:
    """One file's worth of clips, and the conditions of those that image-to-video will train on."""
    draws = np.random.default_rng(settings["seed"] + shard).random(len(clips.scenes))
    image, last = settings["image_share"], settings["last_share"]
    rows = [i for i, scene in enumerate(clips.scenes) if scene.motion == motions.PATH or draws[i] < image + last]
    with_last = torch.tensor([draws[i] < last for i in rows])
    frames = torch.from_numpy(clips.frames)
    latents = [_encode(vae, to_video(part.to(device))) for part in frames.split(ENCODED_TOGETHER)]
    pictures = [_encode(vae, _only_given_frames(frames[part].to(device), last.to(device)))
                for part, last in zip(torch.tensor(rows).split(ENCODED_TOGETHER), with_last.split(ENCODED_TOGETHER))]
    return {"latents": torch.cat(latents), "scenes": [asdict(scene) for scene in clips.scenes],
            "tracks": torch.from_numpy(clips.tracks), "conditions": torch.cat(pictures),
            "condition_rows": torch.tensor(rows), "with_last": with_last}


def _only_given_frames(frames: torch.Tensor, last: torch.Tensor) -> torch.Tensor:
    """[B, 3, F, H, W]: the first frame, the last one where it is given, and zeros, as diffusers' pipeline encodes them."""
    video = to_video(frames)
    video[:, :, 1:-1] = 0
    video[~last, :, -1] = 0
    return video


@torch.no_grad()
def _encode(vae: AutoencoderKLWan, video: torch.Tensor) -> torch.Tensor:
    """Latents [B, z, f, h, w] of videos [B, 3, F, H, W] as half floats."""
    with mixed_precision(video.device.type):
        return encode(vae, video.contiguous(memory_format=torch.channels_last_3d)).half().cpu()


def measure_latents(folder: Path) -> None:
    """Writes mean and deviation per channel once; they are part of the model from then on."""
    path = folder / "statistics.pt"
    if not path.exists():
        latents = load_latents(folder).latents
        axes = (0, 2, 3, 4)
        torch.save({"mean": latents.float().mean(axes), "deviation": latents.float().std(axes)}, path)


def load_latents(folder: Path) -> LatentCache:
    """All that is cached so far."""
    shards = [torch.load(path, weights_only=False) for path in sorted(folder.glob("[0-9]*.pt"))]
    sizes = [len(shard["scenes"]) for shard in shards]
    starts = np.cumsum([0, *sizes[:-1]])
    join = {name: torch.cat([shard[name] for shard in shards]) for name in ("latents", "tracks", "conditions", "with_last")}
    return LatentCache(
        join["latents"], [Scene(**scene) for shard in shards for scene in shard["scenes"]], join["tracks"].numpy(),
        join["conditions"], torch.cat([shard["condition_rows"] + int(start) for start, shard in zip(starts, shards)]),
        join["with_last"])


def load_statistics(folder: Path) -> tuple[torch.Tensor, torch.Tensor]:
    """Mean and deviation of the latents, [z] each."""
    stored = torch.load(folder / "statistics.pt", weights_only=False)
    return stored["mean"], stored["deviation"]
