"""Command line that judges trials of a sweep and presets on a fixed set of prompts. See --help."""

import argparse
import json
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np

HERE = Path(__file__).resolve().parent
SCRIPTS, REPOSITORY = HERE.parent, HERE.parents[1]
sys.path.insert(0, str(SCRIPTS / "training"))

import prompt_sets  # noqa: E402
from clips import Program, contents, digest  # noqa: E402
from configuration import config_of, read_config  # noqa: E402
from measure import Judge, scene_shares  # noqa: E402
from sets import costs  # noqa: E402
from world import World  # noqa: E402

WEIGHTS, DEFAULT_MODEL = REPOSITORY / "Weights", "world"
SHOWN = ("subject and motion", "subject", "motion", "background", "all")


@dataclass(frozen=True)
class Candidate:
    """Options of generate, the model among them, and where the clips that they make are kept."""

    name: str
    options: tuple[str, ...]
    folder: Path
    number: int = 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="Scripts/judge-trials", formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Judges how often the clips of settings show what was asked for, on the first prompts of a set,\n"
        "and compares each with the first one, clip by clip. A sweep's trials get judged.jsonl, and its report is written\n"
        "anew; presets are compared with the model's own settings. Clips of an earlier call are taken again.\n\n"
        "  Scripts/judge-trials sweep                                all trials of a sweep of --model world\n"
        "  Scripts/judge-trials sweep --trials 0 3 7 --limit 168     some of them, on more prompts\n"
        "  Scripts/judge-trials docs/presets/world-2x.json           a preset\n"
        "  Scripts/judge-trials docs/presets/world-2x.json --set seen --limit 200        what was chosen, on the set for that")
    parser.add_argument("targets", nargs="+", type=Path, help="a sweep's directory, or files of presets")
    parser.add_argument("--limit", type=int, default=50, help="prompts of the set (default: 50)")
    parser.add_argument("--set", choices=[*prompt_sets.TUNING_SETS, *prompt_sets.TEXT_SETS], default="tuning",
                        help="see Scripts/judge --help (default: tuning, so that no setting is chosen on the judge's own sets)")
    parser.add_argument("--trials", nargs="+", type=int, help="numbers of trials (default: all that a plain run can make)")
    parser.add_argument("--program", type=Path, default=REPOSITORY / ".build/release/zoetrope",
                        help="default: .build/release/zoetrope")
    parser.add_argument("--config", type=Path, help="the world the model was trained on (default: the file in "
                        "Scripts/training whose world has the size of the model's clips)")
    parser.add_argument("--output", type=Path, default=REPOSITORY / "out/judge-presets",
                        help="clips of presets (default: out/judge-presets)")
    return parser.parse_args()


def main() -> int:
    options = arguments()
    cv2.setNumThreads(1)
    program = options.program.resolve()
    config = read_config(options.config) if options.config else config_of(WEIGHTS / DEFAULT_MODEL)
    judge = Judge(World(config["world"]))
    entries = prompt_sets.read_set(options.set)[:options.limit]
    sweep = options.targets[0] if (options.targets[0] / "sweep.json").exists() else None
    if sweep and len(options.targets) > 1:
        sys.exit("Scripts/judge-trials: one sweep, or files of presets")
    candidates = trials(sweep, options.trials) if sweep else presets(options.targets, options.output)
    first = None
    print(f"{'clips':>5} " + " ".join(f"{name:>18}" for name in SHOWN) + "  against the first: both right, points")
    for candidate in candidates:
        found = judged(judge, program, replace(candidate, folder=candidate.folder / options.set), entries)
        if found is None:
            continue
        right, line = found
        first = right if first is None else first
        print(f"{line['clips']:5} " + " ".join(f"{100 * line['shares'][name]:16.1f} %" for name in SHOWN)
              + f"  {difference(right, first)}  {candidate.number} {candidate.name}", flush=True)
        if sweep:
            keep(sweep / "judged.jsonl", {**line, "set": options.set})
    if sweep:
        subprocess.run([str(program), "report", str(sweep)], check=True)
    return 0


def trials(sweep: Path, numbers: list[int] | None) -> list[Candidate]:
    """Those of a sweep that did not fail there; the baseline first."""
    definition = json.loads((sweep / "sweep.json").read_text())
    records = [json.loads(line) for line in (sweep / "results.jsonl").read_text().splitlines()]
    failed = {record["trial"] for record in records if "error" in record}
    model = ("--model", definition["modelOption"]) if definition.get("modelOption") else ()
    return [Candidate(trial["name"], (*model, *words(trial["options"])), sweep / f"judged/trial-{trial['number']}",
                      trial["number"])
            for trial in definition["trials"]
            if trial["number"] not in failed and (numbers is None or trial["number"] in {0, *numbers})]


def words(options: list[str]) -> list[str]:
    """`steps=8` as words of a command line."""
    found = []
    for option in options:
        name, separator, value = option.partition("=")
        found += [f"--{name}={value}"] if value.startswith("-") else [f"--{name}", *([value] if separator else [])]
    return found


def presets(files: list[Path], output: Path) -> list[Candidate]:
    """The settings of each model's own, once, and those of the files."""
    found = {}
    for file in files:
        options = tuple(json.loads(file.read_text())["options"])
        model = model_of(options)
        own = Candidate(f"{model}, its own settings", ("--model", model), output / Path(model).name)
        found.setdefault(own.folder, own)
        found[output / file.stem] = Candidate(file.stem, options, output / file.stem)
    return list(found.values())


def judged(judge: Judge, program: Path, candidate: Candidate, entries: list[dict]) -> tuple[np.ndarray, dict] | None:
    """Which clips have the right subject and motion, and the line for judged.jsonl; nil where a clip cannot be made."""
    candidate.folder.mkdir(parents=True, exist_ok=True)
    model = model_of(candidate.options)
    weights = digest(*contents(Path(model) if Path(model).is_dir() else WEIGHTS / model))
    claim(candidate.folder / "options.json", [*candidate.options, weights])
    maker = Program(program, "", ())
    found, reports = [], []
    for i, entry in enumerate(entries):
        try:
            frames, report = maker.make(candidate.folder / f"{i:04}", entry["prompt"], entry["seed"], *candidate.options)
        except RuntimeError as error:
            print(f"      {candidate.number} {candidate.name}: {error}")
            return None
        found.append(judge.look(frames).scene)
        reports.append(report)
    wanted = [prompt_sets.scene_of(entry) for entry in entries]
    right = np.array([a.subject == b.subject and a.motion == b.motion for a, b in zip(found, wanted)])
    return right, {"trial": candidate.number, "name": candidate.name, "clips": len(entries),
                   "shares": scene_shares(found, wanted), "costs": costs(reports)}


def model_of(options: tuple[str, ...]) -> str:
    """What the options of generate name as the model; the program's default where they do not."""
    return options[options.index("--model") + 1] if "--model" in options else DEFAULT_MODEL


def claim(file: Path, options: list[str]) -> None:
    """Says what the clips beside a file were made with, or refuses those of other options or other weights."""
    text = json.dumps(options)
    if file.exists() and file.read_text() != text:
        sys.exit(f"Scripts/judge-trials: the clips in {file.parent} were made with other options or weights; remove them")
    file.write_text(text)


def difference(right: np.ndarray, first: np.ndarray) -> str:
    """Points by which a share differs, with its standard error: the clips have the same prompts and seeds."""
    change = right.astype(float) - first.astype(float)
    error = change.std(ddof=1) / len(change) ** 0.5 if len(change) > 1 else float("nan")
    return f"{100 * change.mean():+5.1f} ± {100 * error:.1f} ({(change > 0).sum()} won, {(change < 0).sum()} lost)"


def keep(file: Path, line: dict) -> None:
    """Puts a trial's line into the file, in place of one that is there."""
    lines = [json.loads(text) for text in file.read_text().splitlines()] if file.exists() else []
    kept = sorted([other for other in lines if other["trial"] != line["trial"]] + [line], key=lambda line: line["trial"])
    partial = file.with_suffix(".partial")
    partial.write_text("".join(json.dumps(line) + "\n" for line in kept))
    partial.replace(file)


if __name__ == "__main__":
    sys.exit(main())
