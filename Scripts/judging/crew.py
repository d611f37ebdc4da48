"""Processes that make or draw clips and look at them, one clip at a time each."""

import multiprocessing
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from clips import Program, render, write_picture, write_trajectory
from measure import Judge, Verdict
from pairs import Pair, look_at_two
from second import SecondJudge
from world import ALONE

TOLD = 25                        # clips between two lines about how far it is


@dataclass(frozen=True)
class Tools:
    """What every clip needs; `second` is none where only the first judge is asked."""

    judge: Judge
    program: Program
    model: Path
    second: SecondJudge | None = None


@dataclass(frozen=True)
class Job:
    """One clip of an entry. given: what the program gets, 'prompt', 'picture' and prompt, 'track' with both, 'nothing'.

    folder: where the clip is made; arguments: of generate.
    """

    entry: dict
    folder: Path = Path()
    given: str = "prompt"
    arguments: tuple[str, ...] = ()


@dataclass(frozen=True)
class Seen:
    """A clip and what is seen in it. places: [F, 2] in 0...1, where the drawn sprite is; second: another judge's subject."""

    entry: dict
    frames: np.ndarray
    verdict: Verdict | Pair
    places: np.ndarray
    first: np.ndarray
    report: dict | None = None
    second: int | None = None


class Crew:
    """Does jobs in processes that share the judge's tables."""

    def __init__(self, tools: Tools, workers: int):
        self.pool = multiprocessing.get_context("fork").Pool(workers, _begin, (tools,))

    def do(self, what: Callable[[Job], Seen], jobs: list[Job], name: str) -> list[Seen]:
        """The jobs' results in their order; says on standard error how far it is."""
        results = []
        for result in self.pool.imap(what, jobs):
            results.append(result)
            if len(results) % TOLD == 0 or len(results) == len(jobs):
                print(f"{name}: {len(results)} of {len(jobs)}", file=sys.stderr, flush=True)
        return results


_tools: Tools


def _begin(tools: Tools) -> None:
    global _tools
    _tools = tools
    cv2.setNumThreads(1)


def make(job: Job) -> Seen:
    """Has the program make the clip."""
    drawn = render(_tools.judge.world, job.entry)
    places, further, prompt = drawn.tracks[0, :, :2] / _tools.judge.world.side, [], job.entry["prompt"]
    if job.given == "nothing":
        prompt, further = "", ["--guidance", "1"]
    if job.given in ("picture", "track"):
        further += ["--image", str(write_picture(job.folder.with_suffix(".first.png"), drawn.frames[0]))]
    if job.given == "track":
        further += ["--trajectory", str(write_trajectory(job.folder.with_suffix(".track.json"), places))]
    frames, report = _tools.program.make(job.folder, prompt, job.entry["seed"], *job.arguments, *further)
    return _seen(job, frames, drawn, report)


def draw(job: Job) -> Seen:
    """The world's own clip."""
    drawn = render(_tools.judge.world, job.entry)
    return _seen(job, drawn.frames, drawn)


def rebuild(job: Job) -> Seen:
    """The world's own clip through the model's autoencoder."""
    from autoencoder import rebuild as through
    drawn = render(_tools.judge.world, job.entry)
    return _seen(job, through(_tools.model, drawn.frames), drawn)


def _seen(job: Job, frames: np.ndarray, drawn, report: dict | None = None) -> Seen:
    if job.entry["scene"]["other"] != ALONE:
        verdict, second = look_at_two(_tools.judge, frames), None
    else:
        verdict = _tools.judge.look(frames)
        second = _tools.second and _tools.second.subject(frames, verdict.boxes)
    places = drawn.tracks[0, :, :2] / _tools.judge.world.side
    return Seen(job.entry, frames, verdict, places, drawn.frames[0], report, second)
