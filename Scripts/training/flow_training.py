"""Trains text encoder and transformer together by flow matching on cached latents, at every patch size."""

from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

import conditions
import motions
import trunk
from contact_sheet import write_contact_sheet
from coverage import covered_shares, per_token
from flow_model import FlowModel
from latents import load_latents, load_statistics, load_vae
from muon import Muon
from patch_sizes import parse
from run_state import AveragedWeights, Log, Stopwatch, cosine, load_checkpoint, save_checkpoint
from sampling import sample_latents
from text_slots import labels_of
from tokenizer import load_tokenizer
from vae_model import decode, to_frames
from workers import Workers
from world import World

CHECKPOINT_EVERY = 120                   # seconds
VALIDATION_NOISE_LEVELS = (0.6, 0.8, 0.95)
SHEET_CLIPS, SHEET_SEED = 18, 11


class FlowTrainer:
    """Owns the model, its optimiser, its average and the cached latents; `run` trains for a while."""

    def __init__(self, config: dict, state: Path, device: str, workers: Workers):
        torch.manual_seed(0)
        self.config, self.settings, self.state = config, config["flow"], state
        self.device, self.workers = device, workers
        self.world, self.tokenizer = World(config["world"]), load_tokenizer(config, state)
        self.model = FlowModel(config, len(self.tokenizer)).to(device)
        self._take_trained_text()
        self._take_latents()
        matrices = [p for name, p in self.model.named_parameters() if self._is_matrix(name, p)]
        kept = {id(p) for p in matrices}
        others = [p for p in self.model.parameters() if id(p) not in kept]
        rates = (self.settings["matrix_rate"], self.settings["other_rate"])
        self.optimiser = Muon(matrices, others, rates, self.settings["weight_decay"], workers)
        self.average = AveragedWeights(self.model, self.settings["ema"])
        self.progress = load_checkpoint(state / "flow.pt", self.model, self.optimiser, self.average)
        self.log, self.total = Log(state / "flow.jsonl"), self.settings["minutes"] * 60
        self.block = torch.compile(trunk.block, dynamic=False)

    def _take_trained_text(self) -> None:
        """Begins with the text encoder of the stage 'text', if it ran."""
        path = self.state / "text.pt"
        if path.exists():
            stored = torch.load(path, weights_only=False, map_location="cpu")
            self.model.load_state_dict({**stored["module"], **stored["average"]}, strict=False)

    @staticmethod
    def _is_matrix(name: str, p: torch.Tensor) -> bool:
        """Hidden weight matrices; embeddings, biases, tables, the time path and both ends are left to AdamW."""
        hidden = "blocks" in name or name.startswith("text.encoder.block") or "text_embedder" in name
        return hidden and p.dim() == 2 and "relative_attention_bias" not in name

    def _take_latents(self) -> None:
        """Normalises the cached latents per channel; the first ones are kept for validation."""
        cache = load_latents(self.state / "latents")
        mean, deviation = (t.view(1, -1, 1, 1, 1) for t in load_statistics(self.state / "latents"))
        latents = ((cache.latents.float() - mean) / deviation).half()
        self.pictures = ((cache.conditions.float() - mean) / deviation).half()
        self.picture_of = {int(row): i for i, row in enumerate(cache.condition_rows)}
        self.cache, self.latents = cache, latents
        self.coverage = torch.from_numpy(covered_shares(cache.tracks, latents.shape[2:]))
        held = self.settings["validation_clips"]
        self.validation = latents[:held].float().to(self.device)
        random = np.random.default_rng(7)
        captions = [self.world.caption(scene, random) for scene in cache.scenes[:held]]
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
        """One update on a random batch; returns the seconds it took, the clips seen, and the loss of the velocity."""
        size = self._size()
        batch = self.settings["batch"][size] // self.workers.count
        chosen = random.integers(self.settings["validation_clips"], len(self.latents), size=batch)
        dropped = random.random(batch) < self.settings["caption_dropout"]
        scenes = [self.cache.scenes[i] for i in chosen]
        captions = ["" if drop else self.world.caption(scene, random) for scene, drop in zip(scenes, dropped)]
        ids = torch.from_numpy(self.tokenizer.batch(captions)).to(self.device)
        clean = self.latents[torch.from_numpy(chosen)].float().to(self.device)
        given = torch.stack([self._condition(i, drop, random) for i, drop in zip(chosen, dropped)]).to(self.device)
        spread = torch.randn(batch) * self.settings["noise_level_deviation"] + self.settings["noise_level_mean"]
        level = torch.sigmoid(spread).to(self.device)
        found, context, bias, middle = self._velocity(clean, torch.randn_like(clean), level, ids, given, size,
                                                      self._weights(chosen))
        loss = found
        loss = loss + self.settings["probe_weight"] * self._probe_loss(middle, chosen, scenes, size)
        loss = loss + self.settings["slots_weight"] * self.model.slots.loss(
            context, bias, labels_of(scenes).to(self.device), torch.from_numpy(~dropped).float().to(self.device))
        loss.backward()
        mean_loss, seconds = self.workers.average_gradients(self.model.parameters(), [found.item(), stopwatch.lap()])
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimiser.step(self._rate())
        self.optimiser.zero_grad()
        self.average.update(self.progress.steps)
        return seconds, batch * self.workers.count, mean_loss

    def _size(self) -> str:
        """The patch size of this step, the same for all workers, drawn by the shares of the schedule's phase."""
        done = self.progress.seconds / self.total
        shares = next((p for p in self.settings["phases"] if done < p["until"]), self.settings["phases"][-1])["shares"]
        for name in shares:
            fresh = name != self.model.base and self.model.sizes[name].proj_out.weight.abs().max() == 0
            if fresh and all(side <= base for side, base in zip(parse(name), parse(self.model.base))):
                self.model.start_from_base(name)
                self.average.take(self.model.sizes[name])
        random = np.random.default_rng(self.progress.steps)
        return str(random.choice(list(shares), p=np.array(list(shares.values())) / sum(shares.values())))

    def _condition(self, row: int, caption_dropped: bool, random: np.random.Generator) -> torch.Tensor:
        """[20, f, h, w]: zeros for text-to-video, or the picture that is kept for this clip, perhaps with a track."""
        kept = self.picture_of.get(int(row))
        if kept is None or random.random() > self.settings["image_use"]:
            return conditions.text_only(self.latents[row][None].float())[0]
        given = conditions.given(self.pictures[kept].float(), bool(self.cache.with_last[kept]))
        free = self.cache.scenes[row].motion == motions.PATH
        if caption_dropped or (not free and random.random() > self.settings["trajectory_share"]):
            return given
        track = self.cache.tracks[row, 0]
        points = conditions.sprite_points(track, random)
        if self.cache.scenes[row].camera == 0 and random.random() < 0.3:
            points = np.concatenate([points, conditions.still_points(len(track), self.world.side, random)])
        return conditions.draw(given, points, random)

    def _weights(self, chosen) -> torch.Tensor:
        """[B, 1, f, h, w] with mean 1: cells that sprites cover count more; a fifth of the cells holds what is hard."""
        covered = self.coverage[torch.from_numpy(chosen)].float().sum(1, keepdim=True).clamp(max=1).to(self.device)
        weights = 1 + (self.settings["sprite_weight"] - 1) * covered
        return weights / weights.mean()

    def _velocity(self, clean, noise, level, ids, given, size=None, weights=1.0) -> tuple[torch.Tensor, ...]:
        """Mean squared error of the velocity noise - data at x = (1 - s) data + s noise; bfloat16 while training."""
        s, training = level.view(-1, 1, 1, 1, 1), torch.is_grad_enabled()
        with torch.autocast(clean.device.type, torch.bfloat16, enabled=training):
            context, bias = self.model.context(ids)
            noisy = torch.cat([(1 - s) * clean + s * noise, given], 1)
            found, middle = self.model(noisy, level, context, bias, size, self.block if training else trunk.block)
        return ((found.float() - (noise - clean)).pow(2) * weights).mean(), context, bias, middle

    def _probe_loss(self, middle, chosen, scenes, size: str) -> torch.Tensor:
        """Cross-entropy of which subject covers each token, read half way up: text meets place and shape there."""
        shares = per_token(self.coverage[torch.from_numpy(chosen)].float(), parse(size)).to(self.device)   # [B, 2, L]
        guesses = F.log_softmax(self.model.probe(middle.float()), -1)
        loss = -(1 - shares.sum(1).clamp(max=1)) * guesses[..., -1]
        for i, subjects in enumerate(([s.subject for s in scenes], [max(s.other, 0) for s in scenes])):
            index = torch.tensor(subjects, device=self.device).view(-1, 1, 1).expand(*guesses.shape[:2], 1)
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
