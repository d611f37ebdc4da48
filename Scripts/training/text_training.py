"""Teaches the text encoder alone, for minutes, on captions without pictures: word order is learnt here, cheaply."""

from pathlib import Path

import numpy as np
import torch

import grammar
from flow_model import FlowModel
from muon import Muon
from run_state import AveragedWeights, Log, Stopwatch, cosine, load_checkpoint, save_checkpoint
from text_slots import NAMES, labels_of
from tokenizer import load_tokenizer
from workers import Workers
from world import World, random_scenes

EVALUATED = 1000             # captions


class TextTrainer:
    """Owns the text encoder of a FlowModel and its slots; `run` leaves text.pt in the state directory."""

    def __init__(self, config: dict, state: Path, device: str, workers: Workers):
        torch.manual_seed(0)
        self.settings, self.state, self.device, self.workers = config["text"], state, device, workers
        self.world, self.tokenizer = World(config["world"]), load_tokenizer(config, state)
        whole = FlowModel(config, len(self.tokenizer)).to(device)
        self.context = whole.context
        self.model = torch.nn.ModuleDict({"text": whole.text, "slots": whole.slots})
        matrices = [p for name, p in self.model.named_parameters()
                    if "encoder.block" in name and p.dim() == 2 and "relative_attention_bias" not in name]
        kept = {id(p) for p in matrices}
        others = [p for p in self.model.parameters() if id(p) not in kept]
        self.optimiser = Muon(matrices, others, (self.settings["learning_rate"],) * 2, 0.0, workers)
        self.average = AveragedWeights(self.model, self.settings["ema"])
        self.progress = load_checkpoint(state / "text.pt", self.model, self.optimiser, self.average)
        self.log = Log(state / "text.jsonl")

    def run(self, minutes: float | None) -> None:
        progress, total = self.progress, 60 * self.settings["minutes"]
        seed = 900000 + progress.steps * self.workers.count + self.workers.rank
        random, stopwatch = np.random.default_rng(seed), Stopwatch(self.device)
        end = min(total, progress.seconds + 60 * (minutes or self.settings["minutes"]))
        while progress.seconds < end:
            loss = self._loss(random)
            loss.backward()
            mean, seconds = self.workers.average_gradients(self.model.parameters(), [loss.item(), stopwatch.lap()])
            torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
            self.optimiser.step(cosine(progress.seconds / total, 0.05))
            self.optimiser.zero_grad()
            self.average.update(progress.steps)
            progress.record(seconds, self.settings["batch"], mean)
            if progress.steps % 200 == 0:
                self.evaluate()
        self.evaluate()
        if self.workers.is_first:
            save_checkpoint(self.state / "text.pt", self.model, self.optimiser, self.average, progress)

    def _loss(self, random) -> torch.Tensor:
        batch = self.settings["batch"] // self.workers.count
        scenes = random_scenes(self.world, batch, random)
        captions = [grammar.muddled(self.world.caption(scene, random), random) for scene in scenes]
        ids = torch.from_numpy(self.tokenizer.batch(captions)).to(self.device)
        with torch.autocast(self.device.split(":")[0], torch.bfloat16):
            states, bias = self.context(ids)
        return self.model["slots"].loss(states, bias, labels_of(scenes).to(self.device), torch.ones(batch, device=self.device))

    @torch.no_grad()
    def evaluate(self) -> None:
        """Logs the share of captions read rightly per slot: seen phrases, then phrases that training never uses."""
        if not self.workers.is_first:
            return
        with self.average:
            for unseen in (False, True):
                random = np.random.default_rng(5)
                scenes = random_scenes(self.world, EVALUATED, random, held_out=True)
                captions = [self.world.caption(s, random, unseen) for s in scenes]
                states, bias = self.context(torch.from_numpy(self.tokenizer.batch(captions)).to(self.device))
                labels = labels_of(scenes).to(self.device)
                right = {name: round((logits.argmax(-1) == labels[:, i]).float().mean().item(), 3)
                         for i, (name, logits) in enumerate(zip(NAMES, self.model["slots"](states, bias)))}
                self.log.write(**self.progress.summary(), unseen_phrases=unseen, **right)
