"""Teaches a trained text encoder, on captions alone, that what is said of the camera does not change the other words."""

import copy
from pathlib import Path

import numpy as np
import torch

from caption_training import CaptionTrainer
from clauses import Lesson, Lessons
from flow_model import FlowModel
from run_state import load_averaged
from tokenizer import PAD, load_tokenizer
from workers import Workers
from world import World

EVALUATED = 256              # captions of pairs that training met, and as many of others


class ClauseTrainer(CaptionTrainer):
    """Owns a copy of the text encoder in flow.pt, which is also its teacher.

    Captions of two subjects are a larger share of its lessons than of the clips: their states move most while it learns.
    """

    name, seed = "clauses", 700000

    def __init__(self, config: dict, state: Path, device: str, workers: Workers):
        shares = config["world"]["shares"] | {"two": config["clauses"]["two"]}
        self.world, self.taught = World(config["world"]), World(config["world"] | {"shares": shares})
        self.tokenizer = load_tokenizer(config, state)
        flow = FlowModel(config, len(self.tokenizer))
        load_averaged(state / "flow.pt", flow)
        self.teacher = flow.text.to(device).eval()
        super().__init__(copy.deepcopy(self.teacher).train(), [], config["clauses"], state, device, workers)

    def loss(self, random: np.random.Generator, count: int) -> torch.Tensor:
        """Squared distance of the states from what they should be, over the square of the latter."""
        drawn = Lessons(self.taught, random)
        lessons = [drawn.draw() for _ in range(count)]
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
