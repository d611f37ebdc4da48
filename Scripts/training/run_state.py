"""What both trainers share: a clock that counts training seconds only, averaged weights, checkpoints, logs."""

import json
import math
import os
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

import torch


@dataclass
class Progress:
    """How far a training has come; kept in its checkpoint."""

    seconds: float = 0.0
    steps: int = 0
    clips: int = 0
    losses: list = field(default_factory=list)       # of the last steps

    def record(self, seconds: float, clips: int, loss: float | None) -> None:
        """One step; its loss may be unknown."""
        self.seconds += seconds
        self.steps += 1
        self.clips += clips
        if loss is not None:
            self.losses = (self.losses + [loss])[-100:]

    def summary(self) -> dict:
        mean = sum(self.losses) / max(1, len(self.losses))
        return {"minutes": round(self.seconds / 60, 2), "steps": self.steps, "clips": self.clips,
                "loss": round(mean, 4)}


class AveragedWeights:
    """Exponential moving average of a module's parameters; the shipped weights are these."""

    def __init__(self, module: torch.nn.Module, decay: float):
        self.module, self.decay = module, decay
        self.values = {name: p.detach().clone() for name, p in module.named_parameters()}

    @torch.no_grad()
    def update(self, step: int) -> None:
        decay = min(self.decay, (step + 1) / (step + 20))
        torch._foreach_lerp_(list(self.values.values()), [p.detach() for p in self.module.parameters()], 1 - decay)

    @torch.no_grad()
    def take(self, part: torch.nn.Module) -> None:
        """Forgets the past of one part: its average is what it is."""
        own = {id(p) for p in part.parameters()}
        for name, p in self.module.named_parameters():
            if id(p) in own:
                self.values[name].copy_(p)

    def __enter__(self):
        """Puts the average into the module for the length of a `with` block."""
        self._swap()
        return self.module

    def __exit__(self, *_):
        self._swap()

    @torch.no_grad()
    def _swap(self) -> None:
        for name, p in self.module.named_parameters():
            p.data, self.values[name] = self.values[name], p.data


def cosine(progress: float, floor: float) -> float:
    """The learning rate's factor: from 1 at progress 0 down to `floor` at 1 and after."""
    return floor + (1 - floor) * 0.5 * (1 + math.cos(math.pi * min(1.0, max(0.0, progress))))


def save_checkpoint(path: Path, module, optimiser, average: AveragedWeights, progress: Progress) -> None:
    """Writes beside the old file and replaces it, so that a kill never leaves half a checkpoint."""
    state = {"module": module.state_dict(), "optimiser": optimiser.state_dict(),
             "average": average.values, "progress": asdict(progress)}
    unfinished = path.with_suffix(".unfinished")
    torch.save(state, unfinished)
    os.replace(unfinished, path)


def save_weights(path: Path, weights: dict) -> None:
    """A checkpoint that a training can begin from: weights, no optimiser, no progress."""
    torch.save({"module": weights, "average": {}}, path)


def load_checkpoint(path: Path, module, optimiser, average: AveragedWeights) -> Progress:
    """Restores all four in place; a fresh Progress when there is no file yet or it holds weights alone."""
    if not path.exists():
        return Progress()
    state = torch.load(path, weights_only=False)
    module.load_state_dict(state["module"])
    for name, value in average.values.items():
        value.copy_(state["average"].get(name, state["module"][name]))
    if "optimiser" not in state:
        return Progress()
    optimiser.load_state_dict(state["optimiser"])
    return Progress(**state["progress"])


def load_averaged(path: Path, module: torch.nn.Module, strict: bool = True) -> None:
    """Puts a checkpoint's averaged weights into a module; where it has none, and in buffers, its last ones.

    Args:
        strict: whether the module must have all that the checkpoint has, and the other way round.
    """
    stored = torch.load(path, weights_only=False, map_location="cpu")
    module.load_state_dict(stored["module"], strict=strict)
    with torch.no_grad():
        for name, p in module.named_parameters():        # each once, where two names share one
            if name in stored["average"]:
                p.copy_(stored["average"][name])


class Stopwatch:
    """Counts the seconds that training really had.

    On CPUs that is processor time over threads, so that other programs on the machine delay the
    schedule instead of eating it; on a GPU it is the time on the wall.
    """

    def __init__(self, device: str):
        self.on_cpu = device == "cpu"
        self.mark = self._now()

    def _now(self) -> float:
        return time.process_time() / torch.get_num_threads() if self.on_cpu else time.perf_counter()

    def lap(self) -> float:
        """Seconds since the last lap."""
        before, self.mark = self.mark, self._now()
        return self.mark - before


class Log:
    """Appends one JSON object per line to a file and to standard output."""

    def __init__(self, path: Path):
        self.path = path

    def write(self, **facts) -> None:
        line = json.dumps({"time": time.strftime("%H:%M:%S", time.gmtime()), **facts})
        print(line, flush=True)
        with self.path.open("a") as file:
            file.write(line + "\n")
