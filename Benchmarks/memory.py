"""Compares what `zoetrope plan` predicts with the largest resident set of the same run; leaves with 1 where a prediction is
more than 5 % and more than 16 MiB off, or a run goes beyond its cap by more than 16 MiB. Standard library only."""

import argparse
import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from measuring import ROOT, machine, measured

PROGRAM = ROOT / ".build/release/zoetrope"
PROMPT = "a red balloon rises over the sea"
MIB = 2**20
UNITS = {"MiB": MIB, "GiB": 2**30}
TOLERANCE = (0.05, 16)
FEW = "--steps 1 --guidance 1"


@dataclass
class Setting:
    """Options of one run; `shape` names a random checkpoint, else an embedded model is meant."""

    name: str
    options: str
    shape: str | None = None


SETTINGS = [
    Setting("sprites", "--model sprites"),
    Setting("sprites, int8", "--model sprites --precision int8"),
    Setting("sprites, one thread", "--model sprites --threads 1"),
    Setting("sprites, 241 frames", "--model sprites --frames 241 --steps 2"),
    Setting("sprites, 256x256", "--model sprites --width 256 --height 256 --steps 2"),
    Setting("sprites, 512x512, int8", "--model sprites --width 512 --height 512 --steps 2 --precision int8"),
    Setting("world", "--model world"),
    Setting("world, up to 104 MiB", "--model world --max-memory 104MiB"),
    Setting("world, 1x1x1", "--model world --patch 1x1x1 --steps 2"),
    Setting("world, cache and merge", "--model world --patch 1x1x1 --cache 0.1 --merge 0.5"),
    Setting("1.3B bf16, 256x256x17", f"--width 256 --height 256 --frames 17 {FEW}", "bf16"),
    Setting("1.3B bf16, 256x256x5, guided", "--width 256 --height 256 --frames 5 --steps 2", "bf16"),
    Setting("1.3B bf16, 256x256x17, int8", f"--width 256 --height 256 --frames 17 {FEW} --precision int8", "bf16"),
    Setting("1.3B fp32, 256x256x17", f"--width 256 --height 256 --frames 17 {FEW}", "fp32"),
    Setting("1.3B bf16, 256x256x17, up to 1.25 GiB", f"--width 256 --height 256 --frames 17 {FEW} --max-memory 1.25GiB",
            "bf16"),
    Setting("1.3B bf16, 512x320x33", f"--width 512 --height 320 --frames 33 {FEW} --precision int8", "bf16"),
    Setting("1.3B bf16, 832x480x33", f"--width 832 --height 480 --frames 33 {FEW} --precision int8", "bf16"),
    Setting("1.3B bf16 with UMT5-XXL, 256x256x17, up to 3 GiB",
            f"--width 256 --height 256 --frames 17 {FEW} --max-memory 3GiB", "xxl"),
]


def model(shape: str, folder: Path) -> Path:
    """A random checkpoint of the shape of Wan 2.1 1.3B, made where it is missing."""
    place = folder / shape
    if not (place / "model_index.json").exists():
        kind = "fp32" if shape == "fp32" else "bf16"
        encoder = ["--text-encoder", "umt5-xxl"] if shape == "xxl" else []
        subprocess.run([ROOT / "Scripts/make-random-checkpoint", "--shape", "wan2.1-1.3b", "--type", kind, "--output", place,
                        *encoder], check=True)
    return place


def compare(setting: Setting, folder: Path) -> dict:
    """Predicted and measured bytes of one setting."""
    options = [PROMPT, "--seed", "7", *setting.options.split()]
    if setting.shape:
        options += ["--model", str(model(setting.shape, folder))]
    plan = json.loads(subprocess.run([PROGRAM, "plan", *options, "--json"], check=True, capture_output=True).stdout)
    with tempfile.TemporaryDirectory() as place:
        run = measured([str(PROGRAM), "generate", *options, "--json", "--quiet", "-o", f"{place}/clip.mp4"])
    found, planned = run["report"]["peakResidentBytes"], plan["peakBytes"]
    tracked = {part["stage"]: part["peakBytes"] for part in run["report"]["memory"]}
    result = {"name": setting.name, "options": setting.options, "tokens": max(plan["stepTokens"]),
              "planned_mib": planned / MIB, "measured_mib": found / MIB, "off": planned / found - 1,
              "libraries_planned_mib": plan["libraryBytes"] / MIB,
              "libraries_measured_mib": (found - max(tracked.values())) / MIB,
              "books_agree": tracked == {part["stage"]: part["peakBytes"] for part in plan["memory"]},
              "seconds": run["wall"]}
    result["passed"] = result["books_agree"] and (
        abs(result["off"]) <= TOLERANCE[0] or abs(planned - found) / MIB <= TOLERANCE[1])
    if "--max-memory" in setting.options:
        size = setting.options.split("--max-memory ")[1].split()[0]
        result["passed"] = result["passed"] and found <= float(size[:-3]) * UNITS[size[-3:]] + TOLERANCE[1] * MIB
    return result


def main() -> int:
    """Runs the settings and writes results/NAME.json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="*", default=[], help="settings whose names contain one of these")
    parser.add_argument("--models", type=Path, default=ROOT / ".peers/models", help="where random checkpoints lie or go")
    parser.add_argument("--name", default="memory")
    arguments = parser.parse_args()
    results = []
    for setting in SETTINGS:
        if arguments.only and not any(part in setting.name for part in arguments.only):
            continue
        result = compare(setting, arguments.models.resolve())
        results.append(result)
        print(f"{'ok ' if result['passed'] else 'OFF'} {result['name']}: {result['tokens']} tokens, planned "
              f"{result['planned_mib']:.0f}, measured {result['measured_mib']:.0f} MiB ({result['off']:+.1%}), libraries "
              f"{result['libraries_planned_mib']:.0f} and {result['libraries_measured_mib']:.0f}", flush=True)
    if not arguments.only:
        text = json.dumps({"machine": machine(), "settings": results}, indent=1)
        (ROOT / f"Benchmarks/results/{arguments.name}.json").write_text(text + "\n")
    return 0 if all(result["passed"] for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
