"""Command line of the judge: do the clips show what their prompts say? See --help."""

import argparse
import json
import sys
from pathlib import Path

import numpy as np
import torch

HERE = Path(__file__).resolve().parent
SCRIPTS, REPOSITORY = HERE.parent, HERE.parents[1]
sys.path.insert(0, str(SCRIPTS / "training"))

import clips as sources  # noqa: E402
from contact_sheet import write_contact_sheet  # noqa: E402
from measure import Judge, Verdict, share_right  # noqa: E402
from world import World  # noqa: E402

COLUMNS = ("subject", "motion", "background", "both", "all")
ZOETROPE = f"{SCRIPTS / 'zoetrope'} generate {{prompt}} --seed {{seed}} -o {{output}}"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="Scripts/judge", formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Measures how often generated clips show the subject, the motion and the background\n"
        "that their prompts ask for, beside ceilings (clips drawn by program, and those through\n"
        "the autoencoder) and a floor (the clips against other clips' prompts).\n\n"
        "  Scripts/judge --generate diffusers          run the model in diffusers\n"
        "  Scripts/judge --generate zoetrope           run Scripts/zoetrope\n"
        "  Scripts/judge --clips DIR                   judge DIR/0000.mp4, 0001.npy, 0002/*.png, ...")
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--generate", choices=["diffusers", "zoetrope"], help="make the clips first")
    source.add_argument("--clips", type=Path, help="judge clips that are there, named by their prompt's number")
    parser.add_argument("--command", default=ZOETROPE, help="how to make one clip, with {prompt}, {seed} and {output} "
                        "(default: %(default)s)")
    parser.add_argument("--prompts", type=Path, default=HERE / "prompts.json", help="JSON list of prompt, seed and "
                        "labels (default: %(default)s)")
    parser.add_argument("--limit", type=int, help="only the first N prompts")
    parser.add_argument("--model", type=Path, default=REPOSITORY / "Weights" / "sprites",
                        help="diffusers directory (default: Weights/sprites)")
    parser.add_argument("--config", type=Path, default=SCRIPTS / "training" / "sprites.json",
                        help="the world the model was trained on (default: %(default)s)")
    parser.add_argument("--output", type=Path, default=REPOSITORY / "out" / "judge",
                        help="clips, report and contact sheet (default: out/judge)")
    for name, kind in (("steps", int), ("guidance", float), ("shift", float)):
        parser.add_argument(f"--{name}", type=kind, help="instead of generation.json's; diffusers only")
    parser.add_argument("--threads", type=int, default=2, help="CPU threads (default: 2)")
    return parser.parse_args()


def main() -> None:
    options = arguments()
    torch.set_num_threads(options.threads)
    prompts = sources.read_prompts(options.prompts)[:options.limit]
    judge = Judge(World(json.loads(options.config.read_text())["world"]))
    settings = json.loads((options.model / "generation.json").read_text())
    settings |= {k: v for k in ("steps", "guidance", "shift") if (v := getattr(options, k)) is not None}
    clips = make_clips(options, prompts, settings)
    truth = sources.render_truth(judge.world, prompts)
    rebuilt = sources.reconstruct_clips(options.model, truth)
    verdicts = [judge.look(clip) for clip in clips]
    wanted = [sources.scene_of(prompt) for prompt in prompts]
    rows = {"generated": share_right(verdicts, wanted),
            "ceiling: drawn by program": share_right([judge.look(clip) for clip in truth], wanted),
            "ceiling: through the autoencoder": share_right([judge.look(clip) for clip in rebuilt], wanted),
            "floor: other clips' prompts": share_right(verdicts, wanted[1:] + wanted[:1])}
    report = {"source": options.generate or str(options.clips), "clips": len(prompts), "settings": settings,
              "shares": rows, "verdicts": [describe(judge, p, v) for p, v in zip(prompts, verdicts)]}
    write_report(options.output, report, clips)


def make_clips(options: argparse.Namespace, prompts: list[dict], settings: dict) -> list[np.ndarray]:
    if options.clips:
        return sources.read_clips(options.clips, len(prompts))
    folder = options.output / options.generate
    if options.generate == "zoetrope":
        return sources.generate_with_command(options.command, prompts, folder)
    return sources.generate_with_diffusers(options.model, prompts, settings, folder)


def describe(judge: Judge, prompt: dict, verdict: Verdict) -> dict:
    """One clip's line in the report, in words."""
    world, found = judge.world, verdict.scene
    motion = world.motions[found.motion]["name"] if found.motion >= 0 else "unclear"
    return {"prompt": prompt["prompt"], "seed": prompt["seed"], "subject": world.subjects[found.subject]["name"],
            "motion": motion, "background": world.backgrounds[found.background]["name"],
            "right": found == sources.scene_of(prompt), "distance": round(verdict.distance, 4)}


def write_report(folder: Path, report: dict, clips: list[np.ndarray]) -> None:
    """report.json, report.md (also printed) and contact-sheet.png."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "report.json").write_text(json.dumps(report, indent=1) + "\n")
    lines = [f"{report['clips']} clips, right:", "", f"| | {' | '.join(COLUMNS)} |", "|---|" + "---:|" * len(COLUMNS)]
    lines += [f"| {name} | {' | '.join(f'{100 * shares[c]:.0f} %' for c in COLUMNS)} |"
              for name, shares in report["shares"].items()]
    wrong = [v for v in report["verdicts"] if not v["right"]]
    lines += ["", f"Not as asked: {len(wrong)}"]
    lines += [f"- \"{v['prompt']}\" (seed {v['seed']}): {v['subject']}, {v['motion']}, {v['background']}"
              for v in wrong]
    text = "\n".join(lines) + "\n"
    (folder / "report.md").write_text(text)
    print(text)
    write_contact_sheet(folder / "contact-sheet.png", clips, [v["prompt"] for v in report["verdicts"]])


if __name__ == "__main__":
    sys.exit(main())
