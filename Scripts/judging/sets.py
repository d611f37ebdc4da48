"""One set of prompts judged at one patch size: what is made, what is measured, and beside what."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from backdrop import SIDE
from clips import Autoencoder, Program, render, write_picture, write_trajectory
from measure import Judge, decibels, shares, track_error
from prompt_sets import scene_of


@dataclass
class Bench:
    """What every measurement needs."""

    judge: Judge
    program: Program
    autoencoder: Autoencoder
    folder: Path


def costs(reports: list[dict]) -> dict:
    """Tokens of the first step, median seconds of all sampling steps of a clip, largest resident MiB."""
    return {"tokens": reports[0]["stepTokens"][0],
            "sampling seconds": float(np.median([sum(r["stepSeconds"]) for r in reports])),
            "peak MiB": max(r["peakResidentBytes"] for r in reports) / 2 ** 20}


def text(bench: Bench, entries: list[dict], patch: str, blind: bool = False) -> tuple[dict, list]:
    """Clips from prompts alone; `blind` ones get no prompt and no guidance."""
    made = [bench.program.make(bench.folder / f"{i:04}", "" if blind else entry["prompt"], entry["seed"], "--patch",
                               patch, *(("--guidance", "1") if blind else ())) for i, entry in enumerate(entries)]
    verdicts = [bench.judge.look(frames) for frames, _ in made]
    facts = shares(verdicts, [scene_of(entry) for entry in entries])
    facts["flicker"] = float(np.nanmean([v.flicker for v in verdicts]))
    return facts | costs([report for _, report in made]), verdicts


def text_bounds(bench: Bench, entries: list[dict], verdicts: list) -> dict[str, dict]:
    """Ceilings of a set, and the floor: the same clips against other clips' prompts."""
    scenes = [scene_of(entry) for entry in entries]
    truth = [render(bench.judge.world, entry).frames for entry in entries]
    rows = {}
    for name, clips in (("drawn by program", truth), ("through the autoencoder", [bench.autoencoder(c) for c in truth])):
        seen = [bench.judge.look(clip) for clip in clips]
        rows[f"ceiling: {name}"] = shares(seen, scenes) | {"flicker": float(np.nanmean([v.flicker for v in seen]))}
    return rows | {"floor: other clips' prompts": shares(verdicts, scenes[1:] + scenes[:1])}


def pictures(bench: Bench, entries: list[dict], patch: str) -> dict:
    """Clips from a first frame and a prompt: PSNR of frame 0, beside the autoencoder's, and adherence."""
    found, ceiling, verdicts = [], [], []
    for i, entry in enumerate(entries):
        first = render(bench.judge.world, entry).frames
        bench.folder.mkdir(parents=True, exist_ok=True)
        picture = write_picture(bench.folder / f"{i:04}-first.png", first[0])
        frames, _ = bench.program.make(bench.folder / f"{i:04}", entry["prompt"], entry["seed"], "--patch", patch,
                                       "--image", str(picture))
        found.append(decibels(frames[0], first[0]))
        ceiling.append(decibels(bench.autoencoder(first[:1])[0], first[0]))
        verdicts.append(bench.judge.look(frames))
    facts = {"frame 0 dB, median": float(np.median(found)), "frame 0 dB, lowest": min(found),
             "autoencoder dB, median": float(np.median(ceiling))}
    return facts | shares(verdicts, [scene_of(entry) for entry in entries])


def tracks(bench: Bench, entries: list[dict], patch: str) -> dict:
    """Clips from a first frame and a drawn track: distance from the track, with it and without."""
    errors = {"drawn": [], "without": [], "ceiling": []}
    for i, entry in enumerate(entries):
        clip = render(bench.judge.world, entry)
        places = clip.tracks[0, :, :2] / bench.judge.world.side
        bench.folder.mkdir(parents=True, exist_ok=True)
        picture = write_picture(bench.folder / f"{i:04}-first.png", clip.frames[0])
        track = write_trajectory(bench.folder / f"{i:04}-track.json", places)
        for name, further in (("drawn", ("--trajectory", str(track))), ("without", ())):
            frames, _ = bench.program.make(bench.folder / f"{i:04}-{name}", entry["prompt"], entry["seed"],
                                           "--patch", patch, "--image", str(picture), *further)
            errors[name].append(track_error(bench.judge.look(frames).track, places))
        errors["ceiling"].append(track_error(bench.judge.look(clip.frames).track, places))
    return {f"error %, {name}": float(np.median(values)) for name, values in errors.items()}


def seeds(bench: Bench, entries: list[dict], count: int = 8) -> dict:
    """Spread over seeds of the same prompt: of the sprite's place in frame 0, in percent of the width, and of pixels."""
    places, pixels = [], []
    for i, entry in enumerate(entries):
        clips = [bench.program.make(bench.folder / f"{i:04}-{seed}", entry["prompt"], seed)[0] for seed in range(count)]
        centres = np.array([bench.judge.look(clip).track.steps[0, :2] for clip in clips])
        places.append(float(centres.std(0).mean() / SIDE * 100))
        stacked = np.stack(clips).astype(np.float32)
        pixels.append(float(np.mean([np.abs(a - b).mean() for j, a in enumerate(stacked) for b in stacked[:j]])))
    return {"place, % of width": float(np.mean(places)), "pixels, byte values": float(np.mean(pixels))}
