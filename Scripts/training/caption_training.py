"""What trains on captions alone, without pictures, has in common: its clock, its steps, its checkpoint."""

from pathlib import Path

import numpy as np
import torch

from muon import Muon
from run_state import AveragedWeights, Log, Stopwatch, cosine, load_checkpoint, save_checkpoint
from workers import Workers

EVALUATE_EVERY = 200         # steps


class CaptionTrainer:
    """Leaves NAME.pt and NAME.jsonl in the state directory.

    A subclass names itself and its first seed, and says in `loss` what it learns and in `evaluate` what it logs.

    Args:
        model: what is trained.
        matrices: those of its parameters that Muon steps.
        settings: the stage's part of the configuration.
    """

    name: str
    seed: int

    def __init__(self, model: torch.nn.Module, matrices: list, settings: dict, state: Path, device: str, workers: Workers):
        self.model, self.settings, self.state = model, settings, state
        self.device, self.workers = device, workers
        kept = {id(p) for p in matrices}
        others = [p for p in model.parameters() if id(p) not in kept]
        self.optimiser = Muon(matrices, others, (settings["learning_rate"],) * 2, 0.0, workers)
        self.average = AveragedWeights(model, settings["ema"])
        self.progress = load_checkpoint(state / f"{self.name}.pt", model, self.optimiser, self.average)
        self.log = Log(state / f"{self.name}.jsonl")

    def loss(self, random: np.random.Generator, count: int) -> torch.Tensor:
        """Of `count` captions that the generator draws."""
        raise NotImplementedError

    def evaluate(self) -> None:
        """Logs how good the averaged weights are."""
        raise NotImplementedError

    def run(self, minutes: float | None) -> None:
        progress, settings = self.progress, self.settings
        random = np.random.default_rng(self.seed + progress.steps * self.workers.count + self.workers.rank)
        total, stopwatch = 60 * settings["minutes"], Stopwatch(self.device)
        end = min(total, progress.seconds + 60 * (minutes or settings["minutes"]))
        while progress.seconds < end:
            if self.workers.is_first and progress.steps % EVALUATE_EVERY == 0:
                self.evaluate()
                stopwatch.lap()          # looking is not training
            loss = self.loss(random, settings["batch"] // self.workers.count)
            loss.backward()
            mean, seconds = self.workers.average_gradients(self.model.parameters(), [loss.item(), stopwatch.lap()])
            torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
            warm = min(1.0, (progress.steps + 1) / settings["warmup_steps"])
            self.optimiser.step(warm * cosine(progress.seconds / total, settings["floor"]))
            self.optimiser.zero_grad()
            self.average.update(progress.steps)
            progress.record(seconds, settings["batch"], mean)
        if self.workers.is_first:
            self.evaluate()
            save_checkpoint(self.state / f"{self.name}.pt", self.model, self.optimiser, self.average, progress)
