"""Times whole clips: Zoetrope and diffusers in turn, each run a process of its own."""

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path

from measuring import ROOT, machine, measured, spread

PROMPT = "a red balloon rises over the sea"
FIELDS = ["width", "height", "frames", "steps", "guidance", "shift", "sampler"]


def zoetrope(options: argparse.Namespace, settings: dict, folder: str) -> dict:
    """One run of the program. Its own report gives the seconds of the stages, without starting and loading."""
    command = [str(ROOT / ".build/release/zoetrope"), "generate", PROMPT, "--model", str(options.model), "--seed", "7",
               "--json", "--quiet", "--autoguidance", "0", "--guidance-steps", "0-", "--threads", str(options.threads),
               "-o", f"{folder}/clip.mp4"]
    for name, value in settings.items():
        command += [f"--{name}", str(value)]
    run = measured(command)
    seconds = run["report"]["seconds"]
    return {"wall": run["wall"], "peak_mib": run["peak_mib"], "sample": seconds["encode"] + seconds["sample"],
            "decode": seconds["decode"], "work": seconds["encode"] + seconds["sample"] + seconds["decode"]}


def diffusers(options: argparse.Namespace, settings: dict) -> dict:
    """One run of diffusers' WanPipeline in a fresh interpreter."""
    command = [sys.executable, __file__, "--as-diffusers", json.dumps(settings), "--model", str(options.model),
               "--threads", str(options.threads)]
    run = measured(command)
    return {"wall": run["wall"], "peak_mib": run["peak_mib"], **run["report"]}


def run_diffusers(options: argparse.Namespace) -> None:
    """What the fresh interpreter does: one clip; prints the seconds of sampling and decoding."""
    sys.path.insert(0, str(ROOT / "Scripts/goldens_src"))
    import torch
    from diffusers_run import DiffusersRun, Settings

    torch.set_num_threads(options.threads)
    run = DiffusersRun(options.model, Settings(**json.loads(options.as_diffusers)))
    decode, spent = run.pipeline.vae.decode, {"decode": 0.0}

    def timed(*arguments, **named):
        start = time.monotonic()
        result = decode(*arguments, **named)
        spent["decode"] += time.monotonic() - start
        return result

    run.pipeline.vae.decode = timed
    start = time.monotonic()
    run.generate(PROMPT, 7)
    spent["work"] = time.monotonic() - start
    print(json.dumps({**spent, "sample": spent["work"] - spent["decode"]}))


def settings_of(options: argparse.Namespace) -> dict:
    """The model's own settings, with those that were given on top."""
    file = options.model / "generation.json"
    values = json.loads(file.read_text()) if file.exists() else {}
    values |= {name: getattr(options, name) for name in FIELDS if getattr(options, name) is not None}
    missing = [name for name in FIELDS if name not in values]
    if missing:
        sys.exit(f"{file} does not say {', '.join(missing)}; give --{' --'.join(missing)}")
    return {name: values[name] for name in FIELDS}


def medians(runs: list[dict]) -> dict:
    """Median, smallest and largest of every figure."""
    return {name: spread([run[name] for run in runs]) for name in runs[0]}


def table(results: dict) -> str:
    """Markdown: medians of both and the ratio."""
    rows = ["| | Zoetrope | diffusers | diffusers / Zoetrope |", "|---|---|---|---|"]
    labels = {"sample": "text and sampling, s", "decode": "decoding, s", "work": "both, s",
              "wall": "whole process, s", "peak_mib": "peak resident, MiB"}
    for name, label in labels.items():
        ours, theirs = (results[program][name]["median"] for program in ("zoetrope", "diffusers"))
        rows.append(f"| {label} | {ours:.2f} | {theirs:.2f} | {theirs / ours:.2f} |")
    return "\n".join(rows)


def read_options() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="Benchmarks/side-by-side", description=__doc__)
    parser.add_argument("--model", type=Path, default=ROOT / "Weights/sprites")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--name", default="embedded", help="of the file under Benchmarks/results")
    for name in FIELDS:
        kind = str if name == "sampler" else float if name in ("guidance", "shift") else int
        parser.add_argument(f"--{name}", type=kind, help="default: the model's generation.json")
    parser.add_argument("--as-diffusers", help=argparse.SUPPRESS)
    options = parser.parse_args()
    options.model = options.model.resolve()
    return options


def main() -> None:
    """Alternates the two programs and writes medians and spread."""
    options = read_options()
    if options.as_diffusers:
        return run_diffusers(options)
    settings = settings_of(options)
    runs = {"zoetrope": [], "diffusers": []}
    with tempfile.TemporaryDirectory() as folder:
        for repeat in range(options.repeats):
            runs["zoetrope"].append(zoetrope(options, settings, folder))
            runs["diffusers"].append(diffusers(options, settings))
            print(f"repeat {repeat + 1} of {options.repeats}: "
                  f"{runs['zoetrope'][-1]['work']:.2f} s, {runs['diffusers'][-1]['work']:.2f} s", flush=True)
    results = {name: medians(list_of_runs) for name, list_of_runs in runs.items()}
    file = ROOT / "Benchmarks/results" / f"{options.name}.json"
    model = options.model.relative_to(ROOT) if options.model.is_relative_to(ROOT) else options.model.name
    file.write_text(json.dumps({"settings": settings, "model": str(model), "machine": machine(),
                                "repeats": options.repeats, "threads": options.threads, **results}, indent=2) + "\n")
    print(table(results))


if __name__ == "__main__":
    main()
