"""Trains text encoder and transformer together by flow matching on cached latents."""

from pathlib import Path

import numpy as np
import torch

from contact_sheet import write_contact_sheet
from flow_model import FlowModel
from latents import load_latents, load_statistics, load_vae
from muon import Muon
from run_state import AveragedWeights, Log, Stopwatch, cosine, load_checkpoint, save_checkpoint
from sampling import sample_latents
from tokenizer import PromptTokenizer, train_tokenizer
from vae_model import decode, to_frames
from workers import Workers
from world import World

CHECKPOINT_EVERY = 120                   # seconds
VALIDATION_NOISE_LEVELS = (0.6, 0.8, 0.95)
SHEET_CLIPS, SHEET_SEED = 18, 11


def load_tokenizer(config: dict, state: Path) -> PromptTokenizer:
    """The tokenizer in the state directory; trained first if it is not there yet."""
    path = state / "spiece.model"
    if not path.exists():
        train_tokenizer(World(config["world"]), config["tokenizer"], path)
    return PromptTokenizer(path)


class FlowTrainer:
    """Owns the model, its optimiser, its average and the cached latents; `run` trains for a while."""

    def __init__(self, config: dict, state: Path, device: str, workers: Workers):
        torch.manual_seed(0)
        self.config, self.settings, self.state = config, config["flow"], state
        self.device, self.workers = device, workers
        self.world, self.tokenizer = World(config["world"]), load_tokenizer(config, state)
        self.model = FlowModel(config, len(self.tokenizer)).to(device)
        self._split_latents()
        matrices = [p for name, p in self.model.named_parameters() if self._is_matrix(name, p)]
        kept = {id(p) for p in matrices}
        others = [p for p in self.model.parameters() if id(p) not in kept]
        rates = (self.settings["matrix_rate"], self.settings["other_rate"])
        self.optimiser = Muon(matrices, others, rates, self.settings["weight_decay"], workers)
        self.average = AveragedWeights(self.model, self.settings["ema"])
        self.progress = load_checkpoint(state / "flow.pt", self.model, self.optimiser, self.average)
        self.log, self.total = Log(state / "flow.jsonl"), self.settings["minutes"] * 60

    @staticmethod
    def _is_matrix(name: str, p: torch.Tensor) -> bool:
        """Hidden weight matrices; embeddings, biases, tables, the time path and both ends are left to AdamW."""
        hidden = "blocks" in name or name.startswith("text.encoder.block") or "text_embedder" in name
        return hidden and p.dim() == 2 and "relative_attention_bias" not in name

    def _split_latents(self) -> None:
        """Normalises the cached latents per channel; the first ones are kept for validation."""
        folder = self.state / "latents"
        latents, self.scenes = load_latents(folder)
        mean, deviation = load_statistics(folder)
        shape = (1, -1, 1, 1, 1)
        latents = (latents.float() - mean.view(shape)) / deviation.view(shape)
        held = self.settings["validation_clips"]
        self.validation, self.validation_scenes = latents[:held].to(self.device), self.scenes[:held]
        self.latents, self.scenes = latents[held:], self.scenes[held:]
        random = np.random.default_rng(7)
        captions = [self.world.caption(scene, random) for scene in self.validation_scenes]
        self.validation_ids = torch.from_numpy(self.tokenizer.batch(captions)).to(self.device)

    def run(self, minutes: float | None) -> None:
        """Trains until the schedule ends, or for `minutes` of it; saves at the end and every two minutes."""
        progress, every = self.progress, 60 * self.settings["evaluate_every_minutes"]
        seed = progress.steps * self.workers.count + self.workers.rank
        torch.manual_seed(seed + 1)
        random = np.random.default_rng(seed)
        end = min(self.total, progress.seconds + 60 * (minutes or self.settings["minutes"]))
        evaluate_at, save_at = progress.seconds + every, progress.seconds + CHECKPOINT_EVERY
        if self.workers.is_first:
            self.log.write(clips_cached=len(self.latents), parameters=sum(p.numel() for p in self.model.parameters()),
                           pieces=len(self.tokenizer), **progress.summary())
        stopwatch = Stopwatch(self.device)
        while progress.seconds < end:
            progress.record(*self._step(random, stopwatch))
            if self.workers.is_first and (progress.steps in (20, 200) or progress.steps % 1000 == 0):
                self.log.write(**progress.summary())
            if progress.seconds >= save_at:
                save_at = progress.seconds + CHECKPOINT_EVERY
                self.save()
            if progress.seconds >= evaluate_at:
                evaluate_at = progress.seconds + every
                self.evaluate()
        self.save()
        self.evaluate()

    def save(self) -> None:
        if self.workers.is_first:
            save_checkpoint(self.state / "flow.pt", self.model, self.optimiser, self.average, self.progress)

    def _step(self, random: np.random.Generator, stopwatch) -> tuple[float, int, float]:
        """One update on a random batch; returns the seconds it took, the clips seen, and the loss."""
        settings, batch = self.settings, self.settings["batch"] // self.workers.count
        chosen = random.integers(len(self.latents), size=batch)
        dropped = random.random(batch) < settings["caption_dropout"]
        captions = ["" if drop else self.world.caption(self.scenes[i], random) for i, drop in zip(chosen, dropped)]
        ids = torch.from_numpy(self.tokenizer.batch(captions)).to(self.device)
        clean = self.latents[torch.from_numpy(chosen)].to(self.device)
        spread = torch.randn(batch) * settings["noise_level_deviation"] + settings["noise_level_mean"]
        loss = self._loss(clean, torch.randn_like(clean), torch.sigmoid(spread).to(self.device), ids)
        loss.backward()
        mean_loss, seconds = self.workers.average_gradients(self.model.parameters(), [loss.item(), stopwatch.lap()])
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimiser.step(self._rate())
        self.optimiser.zero_grad()
        self.average.update(self.progress.steps)
        return seconds, batch * self.workers.count, mean_loss

    def _loss(self, clean, noise, noise_level, ids) -> torch.Tensor:
        """Mean squared error of the velocity noise - data at x = (1 - s) data + s noise; bfloat16 while training."""
        s = noise_level.view(-1, 1, 1, 1, 1)
        with torch.autocast(clean.device.type, torch.bfloat16, enabled=torch.is_grad_enabled()):
            found = self.model((1 - s) * clean + s * noise, noise_level, ids)
        return (found.float() - (noise - clean)).pow(2).mean()

    def _rate(self) -> float:
        """Warm up, stay, then a cosine down to the floor."""
        done, constant = self.progress.seconds / self.total, self.settings["constant_until"]
        warm = min(1.0, (self.progress.steps + 1) / self.settings["warmup_steps"])
        return warm * cosine((done - constant) / (1 - constant), self.settings["floor"])

    @torch.no_grad()
    def evaluate(self) -> None:
        """Logs validation loss and caption gap of the averaged weights, and writes a sheet of samples."""
        if not self.workers.is_first:
            return
        with self.average:
            self.log.write(**self.progress.summary(), **self._validate())
            self._write_sheet()

    def _validate(self) -> dict:
        """Loss at fixed noise levels, and `gap`: loss with other clips' captions over loss with the right ones, - 1."""
        generator = torch.Generator().manual_seed(7)
        noise = torch.randn(self.validation.shape, generator=generator).to(self.device)
        facts = {}
        for level in VALIDATION_NOISE_LEVELS:
            levels = torch.full((len(noise),), level, device=self.device)
            right, other = (self._loss(self.validation, noise, levels, ids).item()
                            for ids in (self.validation_ids, self.validation_ids.roll(17, 0)))
            facts |= {f"loss_{level}": round(right, 4), f"gap_{level}": round(other / right - 1, 3)}
        return facts

    def _write_sheet(self) -> None:
        random = np.random.default_rng(SHEET_SEED)
        captions = [self.world.caption(self.world.random_scene(random), random) for _ in range(SHEET_CLIPS)]
        settings = self.settings
        latents = sample_latents(self.model, self.tokenizer, captions, self.validation.shape[1:], SHEET_SEED,
                                 steps=settings["sheet_steps"], guidance=settings["sheet_guidance"],
                                 shift=settings["sheet_shift"])
        mean, deviation = (t.view(1, -1, 1, 1, 1).to(self.device) for t in load_statistics(self.state / "latents"))
        vae = load_vae(self.config, self.state, self.device)
        clips = to_frames(decode(vae, latents * deviation + mean)).cpu().numpy()
        write_contact_sheet(self.state / "flow.png", list(clips), captions)
