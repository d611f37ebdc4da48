"""Command line of the judge: do the clips show what was asked for? See --help."""

import argparse
import sys
from pathlib import Path

import cv2

HERE = Path(__file__).resolve().parent
SCRIPTS, REPOSITORY = HERE.parent, HERE.parents[1]
sys.path.insert(0, str(SCRIPTS / "training"))

import prompt_sets  # noqa: E402
import sets  # noqa: E402
from checking import check  # noqa: E402
from clips import Program, contents, digest  # noqa: E402
from configuration import config_of, read_config  # noqa: E402
from contact_sheet import write_contact_sheet  # noqa: E402
from crew import Crew, Tools  # noqa: E402
from measure import Judge  # noqa: E402
from report import write_report  # noqa: E402
from second import SecondJudge  # noqa: E402
from world import World  # noqa: E402

SHOWN, BLIND, SEEDED = 15, 60, 6       # clips of a contact sheet; clips without prompt; prompts of the set `seeds`
EVERYTHING = [*prompt_sets.TEXT_SETS, "blind", "two", "pictures", *prompt_sets.TRACK_SETS, "seeds"]
CHOICES = [*EVERYTHING, *(name for name in prompt_sets.SETS if name not in EVERYTHING)]
QUICK, QUICK_LIMIT = ["seen", "held-out", "blind"], 100
SOURCES = {"none": [], "truth": ["drawn by program"], "all": list(sets.CEILINGS)}


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="Scripts/judge", formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Measures how often the clips of an embedded model show what was asked for, beside ceilings (clips\n"
        "drawn by program, and those through the autoencoder) and floors. A run that was cut off goes on where it\n"
        "stopped: clips of the same model and arguments are taken again, and ceilings are kept.\n\n"
        "  seen        200 prompts of pairs that training met    held-out  200 of pairs that it never did\n"
        "  phrasings   100 prompts in words that it never read   two       60 of two subjects, one beside the other\n"
        "  pictures    60 first frames with a prompt             seeds     6 prompts with 8 seeds each\n"
        "  lines       60 tracks of families that it met         shapes    60 of families that it never did\n"
        "  blind       60 clips without prompt and guidance, as answers to the prompts of the first three: a floor\n"
        "  tuning, tuning-held-out, tuning-two    168, 168 and 84, as seen, held-out and two: for choosing settings, never\n"
        "                                         for tables of a model\n\n"
        "  Scripts/judge --check                       is the judge itself right on drawn clips?\n"
        "  Scripts/judge                               all sets at the base patch size\n"
        "  Scripts/judge --quick                       100 clips of seen and of held-out\n"
        "  Scripts/judge --only-ceilings --config Scripts/training/world-128.json     before there is a model\n"
        "  Scripts/judge --sets tuning --limit 84 --ceilings none --further '--guidance 2'      one clip of each subject\n"
        "  Scripts/judge --sets seen --patch 1x2x2 1x4x4 1x4x4:8,1x2x2")
    parser.add_argument("--check", action="store_true", help="judge drawn clips of a seed of its own, some with backgrounds that "
                        "move as no other drawn ones do, and leave with 1 when a share is below its bound")
    parser.add_argument("--quick", action="store_true", help=f"--sets {' '.join(QUICK)} --limit {QUICK_LIMIT} "
                        "--ceilings truth")
    parser.add_argument("--sets", nargs="+", choices=CHOICES, metavar="SET", help="what to measure (default: everything "
                        "but the sets for tuning)")
    parser.add_argument("--patch", nargs="+", default=["1x2x2"], help="patch sizes or schedules; ceilings and floors "
                        "come with the first (default: 1x2x2)")
    parser.add_argument("--limit", type=int, help="only the first N clips of each set")
    parser.add_argument("--ceilings", choices=SOURCES, help="drawn clips alone, or those through the autoencoder too "
                        "(default: all)")
    parser.add_argument("--only-ceilings", action="store_true", help="draw and judge the ceilings and make no clips")
    parser.add_argument("--second", action="store_true", help="ask a second judge for the subject too; fetches about "
                        "60 MB into the user's cache (see Scripts/judging/README.md)")
    parser.add_argument("--workers", type=int, default=2, help="clips made and judged at once (default: 2)")
    parser.add_argument("--program", type=Path, default=REPOSITORY / ".build/release/zoetrope",
                        help="default: .build/release/zoetrope")
    parser.add_argument("--model", type=Path, default=REPOSITORY / "Weights/world", help="default: Weights/world")
    parser.add_argument("--further", default="", help="more arguments of generate, such as '--guidance 4'")
    parser.add_argument("--config", type=Path, help="the world the model was trained on (default: the file in "
                        "Scripts/training whose world has the size of the model's clips)")
    parser.add_argument("--output", type=Path, default=REPOSITORY / "out/judge",
                        help="clips, ceilings.json, report.json, report.md, contact sheets (default: out/judge)")
    parser.add_argument("--draw-prompts", action="store_true", help="draw the sets that Scripts/judging/prompts lacks, and stop")
    options = parser.parse_args()
    if options.quick:
        options.sets, options.limit = options.sets or QUICK, options.limit or QUICK_LIMIT
        options.ceilings = options.ceilings or "truth"
    options.sets = [name for name in CHOICES if name in (options.sets or EVERYTHING)]
    options.ceilings = options.ceilings or "all"
    return options


def main() -> int:
    options = arguments()
    cv2.setNumThreads(1)
    config = read_config(options.config) if options.config else config_of(options.model)
    world = World(config["world"])
    if options.draw_prompts:
        prompt_sets.write_sets(world)
        return 0
    judge = Judge(world)
    if options.check:
        return check(judge)
    further = ("--threads", "1", *options.further.split())
    tools = Tools(judge, Program(options.program.resolve(), str(options.model), further), options.model,
                  SecondJudge(world) if options.second else None)
    bench = sets.Bench(Crew(tools, options.workers), tools, options.output / name_of(options.model, further))
    report = {"model": options.model.name, "further": options.further, "sets": {}}
    for number, patch in enumerate(options.patch):
        for name in options.sets:
            for of, rows in measure(bench, name, patch, options, number == 0):
                report["sets"].setdefault(of, {}).update(rows)
                write_report(options.output, report)
    print((options.output / "report.md").read_text())
    return 0


def name_of(model: Path, further: tuple[str, ...]) -> str:
    """A folder's name for clips of a model: other weights or other arguments have another folder."""
    return f"{model.name}-{digest(' '.join(further).encode(), *contents(model))}"


def measure(bench: sets.Bench, name: str, patch: str, options: argparse.Namespace, bounds: bool):
    """Rows of tables, as pairs of a set's name and its rows; `bounds`: ceilings and floors too."""
    fixed = name in prompt_sets.SETS
    entries = prompt_sets.read_set(name if fixed else "seen")
    entries = entries[:options.limit] if fixed else entries[:min(options.limit or BLIND, BLIND)]
    if fixed and bounds:
        yield name, {f"ceiling: {source}": sets.ceiling(bench, name, entries, source)
                     for source in SOURCES[options.ceilings]}
    if options.only_ceilings:
        return
    if name == "seeds":
        yield name, {f"generated, {patch}": sets.seeds(bench, entries[:SEEDED], patch)}
    elif name == "blind":
        if bounds:
            yield from blind(bench, entries, patch, options.sets)
    elif name in prompt_sets.TRACK_SETS:
        for given in ("track", "picture"):
            words = "with the track" if given == "track" else "without it"
            yield name, {f"generated, {patch}, {words}": sets.facts(name, sets.generated(bench, name, entries, patch, given))}
    else:
        given = "picture" if name == "pictures" else "prompt"
        seen = sets.generated(bench, name, entries, patch, given)
        yield name, {f"generated, {patch}": sets.facts(name, seen) | sets.costs([one.report for one in seen])}
        write_contact_sheet(bench.output / patch.replace(":", "-") / name / "contact-sheet.png",
                            [one.frames for one in seen[:SHOWN]], [entry["prompt"] for entry in entries[:SHOWN]])
        if bounds and given == "prompt" and len(entries) > 1:
            others = sets.facts(name, sets.against(seen, entries[1:] + entries[:1]))
            yield name, {"floor: other clips' prompts": without(others)}


def blind(bench: sets.Bench, entries: list[dict], patch: str, names: list[str]):
    """Clips that no prompt went into, as answers to each text set's: their seeds are those of every set."""
    seen = sets.generated(bench, "blind", entries, patch, "nothing")
    for name in names:
        if name in prompt_sets.TEXT_SETS:
            facts = sets.facts(name, sets.against(seen, prompt_sets.read_set(name)))
            yield name, {"floor: no prompt, no guidance": without(facts)}


def without(facts: dict) -> dict:
    """A floor's facts: what does not depend on prompts says nothing there."""
    return {name: value for name, value in facts.items() if name not in ("flicker", "judges agree")}


if __name__ == "__main__":
    sys.exit(main())
