"""Command line of the judge: do the clips show what was asked for? See --help."""

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

HERE = Path(__file__).resolve().parent
SCRIPTS, REPOSITORY = HERE.parent, HERE.parents[1]
sys.path.insert(0, str(SCRIPTS / "training"))

import prompt_sets  # noqa: E402
import sets  # noqa: E402
from clips import Autoencoder, Program, read_frames  # noqa: E402
from contact_sheet import write_contact_sheet  # noqa: E402
from measure import Judge, shares  # noqa: E402
from world import World  # noqa: E402

CHECKED, CHECK_SEED = 100, 31337
BOUNDS = {"subject": 0.97, "motion": 0.97, "background": 0.98, "tint": 0.95, "camera": 0.95}
SHOWN = 15


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="Scripts/judge", formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Measures how often the clips of an embedded model show what was asked for, beside ceilings (clips\n"
        "drawn by program, and those through the autoencoder) and floors. Clips of an earlier run are taken again.\n\n"
        "  seen        200 prompts of pairs that training met    held-out  200 of pairs that it never did\n"
        "  phrasings   100 prompts in words that it never read   pictures  60 first frames with a prompt\n"
        "  lines       60 tracks of families that it met         shapes    60 of families that it never did\n"
        "  seeds       6 prompts with 8 seeds each               blind     no prompt, no guidance: a floor\n\n"
        "  Scripts/judge --check                       is the judge itself right on drawn clips?\n"
        "  Scripts/judge                               all sets at the base patch size\n"
        "  Scripts/judge --sets seen --patch 1x2x2 1x4x4 1x4x4:8,1x2x2")
    parser.add_argument("--check", action="store_true", help="judge drawn clips of a seed of its own and leave with 1 "
                        "when a share is below its bound")
    parser.add_argument("--sets", nargs="+", choices=[*prompt_sets.SETS, "seeds", "blind"],
                        default=[*prompt_sets.SETS, "seeds", "blind"], help="what to measure (default: everything)")
    parser.add_argument("--patch", nargs="+", default=["1x2x2"], help="patch sizes or schedules (default: 1x2x2)")
    parser.add_argument("--limit", type=int, help="only the first N clips of each set")
    parser.add_argument("--program", type=Path, default=REPOSITORY / ".build/release/zoetrope",
                        help="default: .build/release/zoetrope")
    parser.add_argument("--model", type=Path, default=REPOSITORY / "Weights/world", help="default: Weights/world")
    parser.add_argument("--further", default="", help="more arguments of generate, such as '--guidance 4'")
    parser.add_argument("--config", type=Path, default=SCRIPTS / "training/world.json",
                        help="the world the model was trained on (default: Scripts/training/world.json)")
    parser.add_argument("--output", type=Path, default=REPOSITORY / "out/judge",
                        help="clips, report.json, report.md, contact sheets (default: out/judge)")
    parser.add_argument("--draw-prompts", action="store_true", help="write Scripts/judging/prompts anew and stop")
    return parser.parse_args()


def main() -> int:
    options = arguments()
    torch.set_num_threads(1)
    world = World(json.loads(options.config.read_text())["world"])
    if options.draw_prompts:
        prompt_sets.write_sets(world)
        return 0
    judge = Judge(world)
    if options.check:
        return check(judge)
    program = Program(options.program.resolve(), str(options.model), tuple(options.further.split()))
    bench = sets.Bench(judge, program, Autoencoder(options.model), options.output)
    report = {"model": options.model.name, "further": options.further, "sets": {}}
    for patch in options.patch:
        for name in options.sets:
            rows = measure(replace(bench, folder=options.output / patch.replace(":", "-") / name), name, patch, options.limit)
            for row, facts in rows.items():
                report["sets"].setdefault(name, {})[row] = facts
            write_report(options.output, report)
    print((options.output / "report.md").read_text())
    return 0


def measure(bench: sets.Bench, name: str, patch: str, limit: int | None) -> dict[str, dict]:
    """The rows of one set's table; ceilings come with the first patch size."""
    bench.folder.mkdir(parents=True, exist_ok=True)
    entries = prompt_sets.read_set(name if name in prompt_sets.SETS else "seen")
    if name == "seeds":
        return {f"generated, {patch}": sets.seeds(bench, entries[:min(6, limit or 6)])}
    entries = entries[:limit or (60 if name == "blind" else None)]
    if name == "pictures":
        return {f"generated, {patch}": {"clips": len(entries), **sets.pictures(bench, entries, patch)}}
    if name in prompt_sets.TRACK_SETS:
        return {f"generated, {patch}": {"clips": len(entries), **sets.tracks(bench, entries, patch)}}
    facts, verdicts = sets.text(bench, entries, patch, blind=name == "blind")
    rows = {f"generated, {patch}": {"clips": len(entries), **facts}}
    if name in prompt_sets.TEXT_SETS:
        clips = [read_frames(bench.folder / f"{i:04}") for i in range(min(SHOWN, len(entries)))]
        write_contact_sheet(bench.folder / "contact-sheet.png", clips, [e["prompt"] for e in entries[:SHOWN]])
        if patch == "1x2x2":
            rows |= sets.text_bounds(bench, entries, verdicts)
    return rows


def check(judge: Judge) -> int:
    """Whether the judge reads drawn clips rightly; prints the shares beside their bounds."""
    random = np.random.default_rng(CHECK_SEED)
    scenes = [prompt_sets.scene_with(judge.world, random, i % len(judge.world.subjects), False) for i in range(CHECKED)]
    clips = [judge.world.render(scene, np.random.default_rng(CHECK_SEED + i)).frames for i, scene in enumerate(scenes)]
    found = shares([judge.look(clip) for clip in clips], scenes)
    for slot, bound in BOUNDS.items():
        print(f"{slot:12} {100 * found[slot]:5.1f} %   at least {100 * bound:.0f} %")
    return 0 if all(found[slot] >= bound for slot, bound in BOUNDS.items()) else 1


def write_report(folder: Path, report: dict) -> None:
    """report.json and report.md, a table for each set."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "report.json").write_text(json.dumps(report, indent=1) + "\n")
    lines = []
    for name, rows in report["sets"].items():
        columns = list(dict.fromkeys(column for facts in rows.values() for column in facts))
        lines += ["", f"### {name}", "", f"| | {' | '.join(columns)} |", "|---|" + "---:|" * len(columns)]
        lines += [f"| {row} | {' | '.join(shown(column, facts.get(column)) for column in columns)} |"
                  for row, facts in rows.items()]
    (folder / "report.md").write_text("\n".join(lines).strip() + "\n")


def shown(column: str, value) -> str:
    """A share as a percentage, anything else with the digits that matter."""
    if value is None:
        return ""
    if column in (*BOUNDS, "subject and motion", "all"):
        return f"{100 * value:.0f} %"
    return str(value) if isinstance(value, int) else f"{value:.2f}"


if __name__ == "__main__":
    sys.exit(main())
