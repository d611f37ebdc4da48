"""Trains the autoencoder: single images first, then short clips, then whole clips with images between."""

import math
from pathlib import Path

import numpy as np
import torch
from diffusers import AutoencoderKLWan

from contact_sheet import write_contact_sheet
from mixed_precision import mixed_precision
from muon import Muon
from rendering import Renderer
from run_state import AveragedWeights, Log, Stopwatch, cosine, load_averaged, load_checkpoint, save_checkpoint
from vae_model import build_vae, decode, encode, quicken, to_frames, to_video
from workers import Workers
from world import Clip, World, render_many

POOL_SEED, EVALUATION_SEED = 1000, 77
CHECKPOINT_EVERY = 120       # seconds
POOL_BATCH = 250             # clips that are rendered at a time
SMALLEST_MATRIX = 4          # rows or columns; anything smaller is left to AdamW


def sprite_box(track: np.ndarray, width: int, height: int) -> tuple[int, int, int, int]:
    """Left, right, top, bottom in pixels of the sprite at one track entry (x, y, side, ...), inside the frame."""
    x, y, side = track[:3]
    left, right = (int(np.clip(v, 0, width)) for v in (x - side / 2, x + side / 2 + 1))
    top, bottom = (int(np.clip(v, 0, height)) for v in (y - side / 2, y + side / 2 + 1))
    return left, right, top, bottom


def decibels(squared_errors) -> float:
    """Peak signal-to-noise ratio of mean squared errors on values in 0...1."""
    return round(-10 * math.log10(float(np.mean(squared_errors))), 2)


@torch.no_grad()
def measure_vae(vae, clips: list[Clip], device: str) -> dict:
    """PSNR in dB: of all pixels, inside the sprite's box, and there in frame 0; and the latents' spread."""
    everywhere, first, later, spread = [], [], [], []
    for clip in clips:
        video = to_video(torch.from_numpy(clip.frames)[None]).to(device)
        latents = encode(vae, video)
        error = ((decode(vae, latents).clamp(-1, 1) - video) / 2).pow(2).mean(1)[0].cpu().numpy()
        everywhere.append(error.mean())
        spread.append(latents.std().item())
        for i, entry in enumerate(clip.tracks[0]):
            left, right, top, bottom = sprite_box(entry, clip.frames.shape[2], clip.frames.shape[1])
            (later if i else first).append(error[i, top:bottom, left:right].mean())
    return {"psnr": decibels(everywhere), "box": decibels(first + later), "box_frame_0": decibels(first),
            "latent_spread": round(float(np.mean(spread)), 3)}


class Pool:
    """Rendered clips on the device, and where the sprites are in them."""

    def __init__(self, world: World, clips: int, seed: int, device: str, processes: int):
        size = min(clips, POOL_BATCH)
        renderer, frames, tracks = Renderer(world, size, processes), [], []
        for batch in renderer.batches(range(seed * 1000, seed * 1000 + -(-clips // size))):
            frames.append(torch.from_numpy(batch.frames.copy()).to(device))
            tracks.append(torch.from_numpy(batch.tracks))
        renderer.close()
        self.frames, self.tracks = torch.cat(frames), torch.cat(tracks).to(device)

    def batch(self, frames: int, batch: int, box_weight: float, first_weight: float) -> tuple[torch.Tensor, torch.Tensor]:
        """Videos [B, 3, F, H, W] and loss weights [B, 1, F, H, W] of random windows of random clips."""
        count, length, height, width, _ = self.frames.shape
        device = self.frames.device
        chosen = torch.randint(count, (batch, 1), device=device)
        window = torch.randint(length - frames + 1, (batch, 1), device=device) + torch.arange(frames, device=device)
        tracks = self.tracks.transpose(1, 2)[chosen, window]                               # [B, F, 2, 4]
        x, y, half = tracks[..., 0, None], tracks[..., 1, None], tracks[..., 2, None] / 2
        across = (torch.arange(width, device=device) - x).abs() <= half                     # [B, F, 2, W]
        down = (torch.arange(height, device=device) - y).abs() <= half
        inside = (down[..., :, None] & across[..., None, :]).any(2)
        weights = torch.where(inside, box_weight, 1.0)[:, None]
        weights[:, :, 0] *= first_weight if frames > 1 else 1.0
        return to_video(self.frames[chosen, window]), weights


class VAETrainer:
    """Owns model, optimiser and average; `run` trains on freshly rendered clips for a while."""

    name = "vae"                 # of the checkpoint, the log and the contact sheet

    def __init__(self, config: dict, state: Path, device: str, workers: Workers):
        quicken()
        torch.manual_seed(0)
        self.settings, self.state, self.device, self.workers = self.settings_of(config), state, device, workers
        self.world = World(config["world"])
        self.vae = self.start(self.settings).to(device)
        self.trained = [p for p in self.vae.parameters() if p.requires_grad]
        matrices = [p for name, p in self.vae.named_parameters() if p.requires_grad and self._is_matrix(name, p)]
        kept = {id(p) for p in matrices}
        others = [p for p in self.trained if id(p) not in kept]
        self.optimiser = Muon(matrices, others, (self.settings["learning_rate"],) * 2, 0.0, workers)
        self.average = AveragedWeights(self.vae, self.settings["ema"])
        self.progress = load_checkpoint(state / f"{self.name}.pt", self.vae, self.optimiser, self.average)
        self.log = Log(state / f"{self.name}.jsonl")
        self.total = self.settings["minutes"] * 60

    def settings_of(self, config: dict) -> dict:
        return config["vae"]

    def start(self, settings: dict) -> AutoencoderKLWan:
        """The model before its first step; what it does not let train stays as it is."""
        return build_vae(settings["model"])

    @staticmethod
    def _is_matrix(name: str, p: torch.Tensor) -> bool:
        return p.dim() >= 4 and "gamma" not in name and min(p.shape[0], p[0].numel()) > SMALLEST_MATRIX

    def run(self, minutes: float | None) -> None:
        """Trains until the schedule ends, or for `minutes` of it; saves at the end and every two minutes."""
        progress, settings = self.progress, self.settings
        seed = progress.steps * self.workers.count + self.workers.rank
        torch.manual_seed(seed + 1)
        pool = Pool(self.world, settings["pool_clips"], POOL_SEED + seed, self.device, self.workers.renderers)
        held_out = render_many(self.world, settings["evaluation_clips"], EVALUATION_SEED)
        end = min(self.total, progress.seconds + 60 * (minutes or self.settings["minutes"]))
        evaluate_at = progress.seconds + 60 * settings["evaluate_every_minutes"]
        save_at = progress.seconds + CHECKPOINT_EVERY
        stopwatch = Stopwatch(self.device)
        while progress.seconds < end:
            progress.record(*self._step(pool, stopwatch))
            if progress.seconds >= save_at:
                save_at = progress.seconds + CHECKPOINT_EVERY
                self.save()
            if progress.seconds >= evaluate_at:
                evaluate_at = progress.seconds + 60 * settings["evaluate_every_minutes"]
                self.evaluate(held_out)
        self.save()
        self.evaluate(held_out)

    def save(self) -> None:
        if self.workers.is_first:
            save_checkpoint(self.state / f"{self.name}.pt", self.vae, self.optimiser, self.average, self.progress)

    def _step(self, pool: Pool, stopwatch) -> tuple[float, int, float]:
        """One update; returns the seconds it took, the number of clips or images seen, and the loss."""
        done = self.progress.seconds / self.total
        frames, batch = self._phase(done)
        video, weight = pool.batch(frames, batch, self.settings["box_weight"], self.settings["first_frame_weight"])
        with mixed_precision(video.device.type):
            means = encode(self.vae, video.contiguous(memory_format=torch.channels_last_3d))
            rebuilt = decode(self.vae, means + self.settings["latent_noise"] * torch.randn_like(means))
        loss = self._loss(rebuilt.float() - video, weight, means.float())
        loss.backward()
        mean_loss, seconds = self.workers.average_gradients(self.trained, [loss.item(), stopwatch.lap()])
        torch.nn.utils.clip_grad_norm_(self.trained, 1.0)
        warm = min(1.0, (self.progress.steps + 1) / self.settings["warmup_steps"])
        self.optimiser.step(warm * cosine(done, self.settings["floor"]))
        self.optimiser.zero_grad()
        self.average.update(self.progress.steps)
        return seconds, batch * self.workers.count, mean_loss

    def _phase(self, done: float) -> tuple[int, int]:
        """Frames per clip and clips per batch at this fraction of the schedule."""
        phase = next((p for p in self.settings["phases"] if done < p["until"]), self.settings["phases"][-1])
        cycle = phase.get("cycle", phase["frames"])
        frames = cycle[self.progress.steps % len(cycle)]
        return frames, phase["batch"][phase["frames"].index(frames)]

    def _loss(self, error, weight, means) -> torch.Tensor:
        """L1 + L2 + difference of gradients, weighted by pixel, and a small pull of the latents to 0."""
        across = (error.diff(dim=-1).abs() * weight[..., 1:]).mean()
        down = (error.diff(dim=-2).abs() * weight[..., 1:, :]).mean()
        pixels = ((error.abs() + error.pow(2)) * weight).mean()
        settings = self.settings
        return pixels + settings["gradient_weight"] * (across + down) + settings["latent_penalty"] * means.pow(2).mean()

    def evaluate(self, held_out: list[Clip]) -> None:
        """Logs held-out quality of the averaged weights and writes truth beside reconstruction."""
        if not self.workers.is_first:
            return
        with self.average as vae:
            self.log.write(**self.progress.summary(), **measure_vae(vae, held_out, self.device))
            clips, captions = [], []
            for clip in held_out[:12]:
                rebuilt = reconstruct(vae, clip.frames, self.device)
                clips += [clip.frames, rebuilt]
                captions += ["truth", f"reconstruction after {self.progress.seconds / 60:.0f} minutes"]
        write_contact_sheet(self.state / f"{self.name}.png", clips, captions, columns=2)


@torch.no_grad()
def reconstruct(vae, frames: np.ndarray, device: str) -> np.ndarray:
    """One clip [F, H, W, 3] uint8 through encoder and decoder."""
    video = to_video(torch.from_numpy(frames)[None]).to(device)
    return to_frames(decode(vae, encode(vae, video)))[0].cpu().numpy()


class DecoderTrainer(VAETrainer):
    """Goes on with the decoder alone, so that latents cached before, and what was learnt from them, stay valid."""

    name = "decoder"

    def settings_of(self, config: dict) -> dict:
        return {**config["vae"], **config["decoder"]}

    def start(self, settings: dict) -> AutoencoderKLWan:
        vae = build_vae(settings["model"])
        load_averaged(self.state / "vae.pt", vae)
        vae.encoder.requires_grad_(False)
        vae.quant_conv.requires_grad_(False)
        return vae
