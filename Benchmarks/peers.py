"""Times Zoetrope and its peers in turn on the same random checkpoint; a stopped run goes on where it was."""

import argparse
import importlib.metadata
import json
import subprocess
import sys
from pathlib import Path

from measuring import ROOT, machine, measured, spread
from works import WORKS, Work

PACKAGES = ["torch", "diffusers", "transformers", "openvino", "nncf", "stable-diffusion-cpp-python"]
BENCH = ROOT / ".build/release/zoetrope-bench"


def installed(package: str) -> str | None:
    """Its version; None where a run with `--peers` does without it."""
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def command(work: Work, peer: str, options: argparse.Namespace) -> list[str]:
    """What measures one peer once."""
    program, precision = work.peers[peer]
    size = min(work.size, 16 if work.kind != "decode" else 4) if options.quick else work.size
    model = options.models / ("tiny" if options.quick and work.kind != "encode" else work.model)
    threads = ["--threads", str(options.threads)]
    if program != "zoetrope":
        return [sys.executable, str(ROOT / "Benchmarks/peer_runs.py"), program, work.kind, "--precision", precision,
                "--size", str(size), "--rows", str(work.rows), "--model", str(model),
                "--work", str(options.models), *threads]
    own = {"forward": ["--model", model, "--tokens", size, "--context-rows", work.rows, "--precision", precision,
                       "--remembers-prompt"],
           "attention": ["--tokens", size, "--precision", precision], "decode": ["--model", model, "--side", size],
           "encode": ["--model", model, "--tokens", size]}
    return [str(BENCH), work.kind, *map(str, own[work.kind]), "--repeats", "1", *threads]


def prepare(options: argparse.Namespace) -> None:
    """Makes the models that are missing."""
    script = [sys.executable, str(ROOT / "Benchmarks/models.py"), str(options.models)]
    subprocess.run(script + (["--quick"] if options.quick else []), check=True)


def run_all(options: argparse.Namespace) -> None:
    """Every work, every repeat, the peers in turn; each result is on disk before the next begins."""
    done = {(line["work"], line["peer"], line["repeat"]) for line in read(options.state) if "seconds" in line}
    for repeat in range(options.repeats):
        for name in options.only:
            work = WORKS[name]
            for peer in work.peers:
                if (name, peer, repeat) in done or (options.peers and peer not in options.peers):
                    continue
                line = {"work": name, "peer": peer, "repeat": repeat, **one(work, peer, options)}
                with options.state.open("a") as file:
                    file.write(json.dumps(line) + "\n")
                print(f"{repeat + 1}: {name}, {peer}: {line.get('seconds', line.get('error'))}", flush=True)


def one(work: Work, peer: str, options: argparse.Namespace) -> dict:
    """Seconds and peak MiB of one process, or why there are none."""
    try:
        words = command(work, peer, options)
        if work.peers[peer][0] in ("openvino", "sdcpp"):
            measured([*words, "--convert"])             # where needed; its memory is not the measurement's
        run = measured(words)
        return {"seconds": run["report"]["seconds"][0], "peak_mib": run["peak_mib"], "wall": run["wall"]}
    except (RuntimeError, ValueError) as error:
        return {"error": str(error)[-600:]}


def read(state: Path) -> list[dict]:
    """The lines of earlier runs; a line that was cut off is left out."""
    lines = state.read_text().splitlines() if state.exists() else []
    return [json.loads(line) for line in lines if line.endswith("}")]


def summary(lines: list[dict]) -> dict:
    """Of each work and peer all times, their spread, peak memory, and time relative to Zoetrope's."""
    works = {}
    for name in dict.fromkeys(line["work"] for line in lines):
        peers = {}
        for peer in WORKS[name].peers:
            mine = [line for line in lines if (line["work"], line["peer"]) == (name, peer)]
            good = [line for line in mine if "seconds" in line]
            if good:
                times = [line["seconds"] for line in good]
                peers[peer] = {"precision": WORKS[name].peers[peer][1], "times": times, "seconds": spread(times),
                               "peak_mib": spread([line["peak_mib"] for line in good])}
            elif mine:
                peers[peer] = {"error": mine[-1]["error"]}
        own = peers.get("zoetrope", {}).get("seconds", {}).get("median")
        for peer in peers.values():
            if own and "seconds" in peer:
                peer["ratio"] = peer["seconds"]["median"] / own
        works[name] = {"note": WORKS[name].note, "rows": WORKS[name].rows, "peers": peers}
    return works


def read_options() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="Benchmarks/peers", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=WORKS, default=list(WORKS), metavar="WORK", help=", ".join(WORKS))
    parser.add_argument("--peers", nargs="+", help="names as the results have them; default: all")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--quick", action="store_true", help="a tiny model, to try the harness")
    parser.add_argument("--name", default="peers", help="of the file in Benchmarks/results (default: peers)")
    parser.add_argument("--models", type=Path, default=ROOT / ".peers/models", help="where models are made and kept")
    options = parser.parse_args()
    options.models = options.models.resolve()
    options.state = options.models / ("quick.jsonl" if options.quick else "state.jsonl")
    return options


def main() -> None:
    """Measures what is missing and writes the results."""
    options = read_options()
    prepare(options)
    before = machine()
    run_all(options)
    versions = {name: version for name in PACKAGES if (version := installed(name))}
    versions["zoetrope"] = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, text=True,
                                          capture_output=True).stdout.strip()
    results = {"machine": before, "versions": versions, "threads": options.threads,
               "works": summary(read(options.state))}
    file = options.models / "quick.json" if options.quick else ROOT / f"Benchmarks/results/{options.name}.json"
    file.write_text(json.dumps(results, indent=2) + "\n")
    print(f"written to {file}")


if __name__ == "__main__":
    main()
