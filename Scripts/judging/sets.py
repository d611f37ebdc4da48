"""One set of prompts judged: what is made, what is measured, and beside what."""

import json
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from camera import SIDE
from clips import digest, write_text
from crew import Crew, Job, Seen, Tools, draw, make, rebuild
from measure import decibels, scene_shares, track_error
from pairs import pair_shares
from prompt_sets import PAIR_SETS, TRACK_SETS, scene_of

HERE = Path(__file__).resolve().parent
SEEDS = 8
CEILINGS = {"drawn by program": draw, "through the autoencoder": rebuild}
# What the ceilings depend on beside their settings.
SOURCES = [*(HERE / f"{name}.py" for name in ("backdrop", "camera", "matching", "measure", "motion", "pairs", "second", "sets",
                                              "tracking")),
           *(HERE.parent / f"training/{name}.py" for name in ("backgrounds", "emoji", "motions", "world"))]


@dataclass
class Bench:
    """What every measurement needs. output: where clips and the ceilings' file lie."""

    crew: Crew
    tools: Tools
    output: Path


def generated(bench: Bench, name: str, entries: list[dict], patch: str, given: str = "prompt") -> list[Seen]:
    """The clips of a set that the program makes; see Job."""
    folder = bench.output / patch.replace(":", "-") / (name if given != "nothing" else "blind")
    folder.mkdir(parents=True, exist_ok=True)
    end = f"-{given}" if name in TRACK_SETS else ""
    jobs = [Job(entry, folder / f"{i:04}{end}", given, ("--patch", patch)) for i, entry in enumerate(entries)]
    return bench.crew.do(make, jobs, f"{name}, {patch}, from {given}")


def facts(name: str, seen: list[Seen]) -> dict:
    """What is measured of a set's clips, however they were got."""
    wanted = [scene_of(one.entry) for one in seen]
    found = {"clips": len(seen)}
    if name in TRACK_SETS:
        return found | {"track error %": float(np.median([track_error(one.verdict.track, one.places) for one in seen]))}
    if name in PAIR_SETS:
        return found | pair_shares([one.verdict for one in seen], wanted)
    found |= scene_shares([one.verdict.scene for one in seen], wanted)
    if seen[0].second is not None:
        pairs = [(one.second, one.verdict.scene.subject, scene.subject) for one, scene in zip(seen, wanted)]
        found["second judge: subject"] = float(np.mean([second == asked for second, _, asked in pairs]))
        found["judges agree"] = float(np.mean([second == first for second, first, _ in pairs]))
    if name == "pictures" and not np.array_equal(seen[0].frames[0], seen[0].first):
        quality = [decibels(one.frames[0], one.first) for one in seen]
        found |= {"frame 0 dB, median": float(np.median(quality)), "frame 0 dB, lowest": min(quality)}
    flickers = [one.verdict.flicker for one in seen if not np.isnan(one.verdict.flicker)]
    return found | ({"flicker": float(np.mean(flickers))} if flickers else {})


def costs(reports: list[dict]) -> dict:
    """Tokens of the first step, median seconds of all sampling steps of a clip, largest resident MiB."""
    return {"tokens": reports[0]["stepTokens"][0],
            "sampling seconds": float(np.median([sum(r["stepSeconds"]) for r in reports])),
            "peak MiB": max(r["peakResidentBytes"] for r in reports) / 2 ** 20}


def against(seen: list[Seen], entries: list[dict]) -> list[Seen]:
    """The same clips as answers to other entries."""
    return [replace(one, entry=entry) for one, entry in zip(seen, entries)]


def ceiling(bench: Bench, name: str, entries: list[dict], source: str) -> dict:
    """What is measured of the clips that the model should have made; measured once and kept in ceilings.json."""
    file, second = bench.output.parent / "ceilings.json", bench.tools.second is not None
    about = {"set": name, "clips": len(entries), "world": bench.tools.judge.world.settings, "source": source,
             "entries": entries, "second": second}
    contents = [path.read_bytes() for path in SOURCES]
    if source != "drawn by program":
        contents += [path.read_bytes() for path in sorted((bench.tools.model / "vae").iterdir())]
    key = digest(json.dumps(about).encode(), *contents)
    kept = json.loads(file.read_text()) if file.exists() else {}
    if key not in kept:
        jobs = [Job(entry) for entry in entries]
        found = facts(name, bench.crew.do(CEILINGS[source], jobs, f"{name}, {source}"))
        kept[key] = {"set": name, "source": source, "width": bench.tools.judge.world.side, "facts": found}
        file.parent.mkdir(parents=True, exist_ok=True)
        write_text(file, json.dumps(kept, indent=1) + "\n")
    return kept[key]["facts"]


def seeds(bench: Bench, entries: list[dict], patch: str) -> dict:
    """Spread over seeds of the same prompt: of the sprite's place in frame 0, in percent of the width, and of pixels."""
    many = [{**entry, "seed": seed} for entry in entries for seed in range(SEEDS)]
    seen = generated(bench, "seeds", many, patch)
    places, pixels = [], []
    for first in range(0, len(seen), SEEDS):
        group = seen[first:first + SEEDS]
        places.append(np.std([one.verdict.track.steps[0, :2] for one in group], axis=0).mean() / SIDE * 100)
        stacked = np.stack([one.frames for one in group]).astype(np.float32)
        pixels.append(np.mean([np.abs(a - b).mean() for j, a in enumerate(stacked) for b in stacked[:j]]))
    return {"clips": len(seen), "place, % of width": float(np.mean(places)), "pixels, byte values": float(np.mean(pixels))}
