"""Teaches a trained text encoder, on captions alone, that what is said of the camera does not change the other words."""

import copy
from pathlib import Path

import numpy as np
import torch

from clauses import Lesson, Lessons
from flow_model import FlowModel
from run_state import AveragedWeights, Log, Stopwatch, cosine, load_checkpoint, save_checkpoint
from tokenizer import PAD, load_tokenizer
from workers import Workers
from world import World

WARMUP_STEPS = 30
LOG_EVERY = 50               # steps
EVALUATED = 128              # captions of pairs that training met, and as many of others


class ClauseTrainer:
    """Owns a copy of the text encoder in flow.pt, which is also its teacher; `run` leaves clauses.pt beside it."""

    def __init__(self, config: dict, state: Path, device: str, workers: Workers):
        self.settings, self.state, self.device, self.workers = config["clauses"], state, device, workers
        self.world, self.tokenizer = World(config["world"]), load_tokenizer(config, state)
        flow = FlowModel(config, len(self.tokenizer))
        stored = torch.load(state / "flow.pt", weights_only=False, map_location="cpu")
        flow.load_state_dict({**stored["module"], **stored["average"]})
        self.teacher = flow.text.to(device).eval()
        self.model = copy.deepcopy(self.teacher).train()
        self.optimiser = torch.optim.AdamW(self.model.parameters(), weight_decay=0.0)
        self.average = AveragedWeights(self.model, self.settings["ema"])
        self.progress = load_checkpoint(state / "clauses.pt", self.model, self.optimiser, self.average)
        self.log = Log(state / "clauses.jsonl")

    def run(self, minutes: float | None) -> None:
        progress, total = self.progress, 60 * self.settings["minutes"]
        seed = 700000 + progress.steps * self.workers.count + self.workers.rank
        lessons, stopwatch = Lessons(self.world, np.random.default_rng(seed)), Stopwatch(self.device)
        end = min(total, progress.seconds + 60 * (minutes or self.settings["minutes"]))
        self.evaluate()
        while progress.seconds < end:
            loss = self._loss([lessons.draw() for _ in range(self.settings["batch"] // self.workers.count)])
            loss.backward()
            mean, seconds = self.workers.average_gradients(self.model.parameters(), [loss.item(), stopwatch.lap()])
            torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
            warm = min(1.0, (progress.steps + 1) / WARMUP_STEPS)
            for group in self.optimiser.param_groups:
                group["lr"] = self.settings["learning_rate"] * warm * cosine(progress.seconds / total, 0.0)
            self.optimiser.step()
            self.optimiser.zero_grad()
            self.average.update(progress.steps)
            progress.record(seconds, self.settings["batch"], mean)
            if self.workers.is_first and progress.steps % LOG_EVERY == 0:
                self.log.write(**progress.summary())
        self.evaluate()
        if self.workers.is_first:
            save_checkpoint(self.state / "clauses.pt", self.model, self.optimiser, self.average, progress)

    def _loss(self, lessons: list[Lesson]) -> torch.Tensor:
        """Squared distance of the states from what they should be, over the square of the latter."""
        ids = self._ids([lesson.prompt for lesson in lessons])
        wanted, known = self._wanted(lessons, ids)
        distance = (states(self.model, ids) - wanted).pow(2).sum(-1)
        return (distance * known).sum() / (wanted.pow(2).sum(-1) * known).sum()

    @torch.no_grad()
    def _wanted(self, lessons: list[Lesson], ids: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """States [B, S, C] by the teacher, each token's out of the prompt that shares it, and [B, S], where there are any."""
        closed = [lesson.closing for lesson in lessons if lesson.closing]
        sources = self._ids([*(lesson.opening for lesson in lessons), *closed])
        taught, closing = states(self.teacher, sources), iter(range(len(lessons), len(sources)))
        wanted, known = taught.new_zeros(*ids.shape, taught.shape[-1]), torch.zeros(ids.shape, device=self.device)
        for i, lesson in enumerate(lessons):
            own, source = ids[i][ids[i] != PAD], sources[i][sources[i] != PAD]
            first = shared(own, source)
            wanted[i, :first], known[i, :first] = taught[i, :first], 1
            if lesson.closing:
                j = next(closing)
                source = sources[j][sources[j] != PAD]
                last = min(shared(own.flip(0), source.flip(0)), len(own) - first)
                if last:
                    wanted[i, len(own) - last:len(own)] = taught[j, len(source) - last:len(source)]
                    known[i, len(own) - last:len(own)] = 1
        return wanted, known

    @torch.no_grad()
    def evaluate(self) -> None:
        """Logs how far a clause about the camera moves the words before it, relative to what they are without it."""
        if not self.workers.is_first:
            return
        lessons, moved = Lessons(self.world, np.random.default_rng(5)), {}
        with self.average as model:
            for name, held_out in (("met", False), ("held_out", True)):
                pairs = [lessons.with_and_without(held_out) for _ in range(EVALUATED)]
                told, plain = (self._ids([pair[i] for pair in pairs]) for i in (0, 1))
                far = [((a[:(n := shared(x, y))] - b[:n]).norm() / b[:n].norm()).item() for x, y, a, b
                       in zip(told, plain, states(model, told), states(model, plain))]
                moved[f"moved_{name}"] = round(float(np.mean(far)), 3)
        self.log.write(**self.progress.summary(), **moved)

    def _ids(self, prompts: list[str]) -> torch.Tensor:
        """[B, S], no longer than the longest of them."""
        longest = max(len(self.tokenizer.ids(prompt)) for prompt in prompts)
        return torch.from_numpy(self.tokenizer.batch(prompts, length=longest)).to(self.device)


def states(encoder: torch.nn.Module, ids: torch.Tensor) -> torch.Tensor:
    """[B, S, C]"""
    return encoder(input_ids=ids, attention_mask=(ids != PAD).long()).last_hidden_state


def shared(one: torch.Tensor, other: torch.Tensor) -> int:
    """How many ids two rows have in common from their start on."""
    length = min(len(one), len(other))
    return int((one[:length] == other[:length]).int().cumprod(0).sum())
