"""Trains text encoder and transformer together by flow matching on cached latents, at every patch size."""

from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

import conditions
import trunk
from contact_sheet import write_contact_sheet
from coverage import per_token
from examples import Batch, Examples
from flow_model import FlowModel
from latents import load_latents, load_statistics, load_vae
from mixed_precision import mixed_precision
from muon import Muon
from patch_sizes import parse
from run_state import AveragedWeights, Log, Stopwatch, cosine, load_averaged, load_checkpoint, save_checkpoint
from sampling import sample_latents
from tokenizer import load_tokenizer
from vae_model import decode, to_frames
from workers import Workers
from world import World

CHECKPOINT_EVERY = 120                   # seconds
LOSS_EVERY = 10                          # steps
VALIDATION_NOISE_LEVELS = (0.6, 0.8, 0.95)
SHEET_CLIPS, SHEET_SEED = 18, 11


class FlowTrainer:
    """Owns the model, its optimiser, its average and the cached latents; `run` trains for a while."""

    def __init__(self, config: dict, state: Path, device: str, workers: Workers):
        torch.manual_seed(0)
        self.config, self.settings, self.state = config, config["flow"], state
        self.device, self.workers = device, workers
        self.world, self.tokenizer = World(config["world"]), load_tokenizer(config, state)
        self._take_latents()
        self.model = FlowModel(config, len(self.tokenizer)).to(device)
        self._take_trained_text()
        matrices = [p for name, p in self.model.named_parameters() if self._is_matrix(name, p)]
        kept = {id(p) for p in matrices}
        others = [p for p in self.model.parameters() if id(p) not in kept]
        rates = (self.settings["matrix_rate"], self.settings["other_rate"])
        self.optimiser = Muon(matrices, others, rates, self.settings["weight_decay"], workers)
        self.average = AveragedWeights(self.model, self.settings["ema"])
        self.progress = load_checkpoint(state / "flow.pt", self.model, self.optimiser, self.average)
        self.log, self.total = Log(state / "flow.jsonl"), self.settings["minutes"] * 60
        self.begun: set[str] = set()          # finer sizes that have weights to go on from
        # A GPU's compiler takes long: there one graph, of changing lengths, serves all patch sizes.
        self.block = torch.compile(trunk.block, dynamic=False if device == "cpu" else None)

    def _take_trained_text(self) -> None:
        """Begins with the text encoder of the stage 'text', if it ran."""
        path = self.state / "text.pt"
        if path.exists():
            load_averaged(path, self.model, strict=False)

    @staticmethod
    def _is_matrix(name: str, p: torch.Tensor) -> bool:
        """Hidden weight matrices; embeddings, biases, tables, the time path and both ends are left to AdamW."""
        hidden = "blocks" in name or name.startswith("text.encoder.block") or "text_embedder" in name
        return hidden and p.dim() == 2 and "relative_attention_bias" not in name

    def _take_latents(self) -> None:
        """The cached clips as examples; the first ones are kept for validation."""
        cache, held = load_latents(self.state / "latents"), self.settings["validation_clips"]
        self.examples = Examples(cache, *load_statistics(self.state / "latents"), self.world, self.tokenizer,
                                 self.settings, held, self.device, self.workers.renderers)
        self.validation = self.examples.latents[:held].float()
        random = np.random.default_rng(7)
        captions = [self.world.caption(scene, random) for scene in cache.scenes[:held]]
        self.validation_ids = torch.from_numpy(self.tokenizer.batch(captions)).to(self.device)

    def run(self, minutes: float | None) -> None:
        """Trains until the schedule ends, or for `minutes` of it; saves at the end and every two minutes."""
        progress, every = self.progress, 60 * self.settings["evaluate_every_minutes"]
        seed = progress.steps * self.workers.count + self.workers.rank
        torch.manual_seed(seed + 1)
        end = min(self.total, progress.seconds + 60 * (minutes or self.settings["minutes"]))
        evaluate_at, save_at = progress.seconds + every, progress.seconds + CHECKPOINT_EVERY
        if self.workers.is_first:
            self.log.write(clips_cached=len(self.examples), parameters=sum(p.numel() for p in self.model.parameters()),
                           pieces=len(self.tokenizer), **progress.summary())
        stopwatch = Stopwatch(self.device)
        while progress.seconds < end:
            progress.record(*self._step(stopwatch))
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

    def _step(self, stopwatch) -> tuple[float, int, float | None]:
        """One update; returns the seconds it took, the clips seen, and now and then the velocity's loss.

        Its clips are taken in parts, one after the other, where their activations would not fit the memory together.
        """
        size, parts = self._size(), self.settings["parts"]
        clips = max(1, self.settings["batch"][size] // self.workers.count // parts)
        found = sum(self._backward(size, clips, parts) for _ in range(parts)) / parts
        looked_at = self.progress.steps % LOSS_EVERY == 0            # looking waits for the device
        numbers = [found.item() if looked_at else 0.0, stopwatch.lap()]
        mean_loss, seconds = self.workers.average_gradients(self.model.parameters(), numbers)
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimiser.step(self._rate())
        self.optimiser.zero_grad()
        self.average.update(self.progress.steps)
        return seconds, clips * parts * self.workers.count, mean_loss if looked_at else None

    def _backward(self, size: str, clips: int, parts: int) -> torch.Tensor:
        """Adds a random batch's share of the step's gradients; returns the velocity's loss."""
        batch = self.examples.batch(clips)
        spread = torch.randn(len(batch.clean), device=self.device) * self.settings["noise_level_deviation"]
        level = torch.sigmoid(spread + self.settings["noise_level_mean"])
        found, context, bias, middle = self._velocity(batch.clean, torch.randn_like(batch.clean), level, batch.ids,
                                                      batch.given, size, self._weights(batch.coverage))
        loss = found + self.settings["probe_weight"] * self._probe_loss(middle, batch, size)
        loss = loss + self.settings["slots_weight"] * self.model.slots.loss(
            context, bias, batch.labels, batch.described.float())
        (loss / parts).backward()
        return found.detach()

    def _size(self) -> str:
        """The patch size of this step, the same for all workers, drawn by the shares of the schedule's phase."""
        done = self.progress.seconds / self.total
        shares = next((p for p in self.settings["phases"] if done < p["until"]), self.settings["phases"][-1])["shares"]
        for name in shares:
            finer = all(side <= base for side, base in zip(parse(name), parse(self.model.base)))
            if name == self.model.base or not finer or name in self.begun:
                continue
            self.begun.add(name)
            if self.model.sizes[name].proj_out.weight.abs().max() == 0:
                self.model.start_from_base(name)
                self.average.take(self.model.sizes[name])
        random = np.random.default_rng(self.progress.steps)
        return str(random.choice(list(shares), p=np.array(list(shares.values())) / sum(shares.values())))

    def _weights(self, coverage: torch.Tensor) -> torch.Tensor:
        """[B, 1, f, h, w] with mean 1: cells that sprites cover count more; a fifth of the cells holds what is hard."""
        weights = 1 + (self.settings["sprite_weight"] - 1) * coverage.sum(1, keepdim=True).clamp(max=1)
        return weights / weights.mean()

    def _velocity(self, clean, noise, level, ids, given, size=None, weights=1.0) -> tuple[torch.Tensor, ...]:
        """Mean squared error of the velocity noise - data at x = (1 - s) data + s noise; in mixed precision while training."""
        s, training = level.view(-1, 1, 1, 1, 1), torch.is_grad_enabled()
        with mixed_precision(clean.device.type, enabled=training):
            context, bias = self.model.context(ids)
            noisy = torch.cat([(1 - s) * clean + s * noise, given], 1)
            found, middle = self.model(noisy, level, context, bias, size, self.block if training else trunk.block)
        return ((found.float() - (noise - clean)).pow(2) * weights).mean(), context, bias, middle

    def _probe_loss(self, middle, batch: Batch, size: str) -> torch.Tensor:
        """Cross-entropy of which subject covers each token, read half way up: text meets place and shape there."""
        shares = per_token(batch.coverage, parse(size))                                           # [B, 2, L]
        guesses = F.log_softmax(self.model.probe(middle.float()), -1)
        loss = -(1 - shares.sum(1).clamp(max=1)) * guesses[..., -1]
        for i in range(shares.shape[1]):
            index = batch.subjects[:, i].view(-1, 1, 1).expand(*guesses.shape[:2], 1)
            loss = loss - shares[:, i] * guesses.gather(-1, index)[..., 0]
        return loss.mean()

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
        noise, none = torch.randn(self.validation.shape, generator=generator).to(self.device), conditions.text_only(self.validation)
        facts = {}
        for level in VALIDATION_NOISE_LEVELS:
            levels = torch.full((len(noise),), level, device=self.device)
            right, other = (self._velocity(self.validation, noise, levels, ids, none)[0].item()
                            for ids in (self.validation_ids, self.validation_ids.roll(17, 0)))
            facts |= {f"loss_{level}": round(right, 4), f"gap_{level}": round(other / right - 1, 3)}
        levels = torch.full((len(noise),), 0.8, device=self.device)
        return facts | {name: round(self._velocity(self.validation, noise, levels, self.validation_ids, none, name)[0].item(), 4)
                        for name in self.model.sizes}

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
