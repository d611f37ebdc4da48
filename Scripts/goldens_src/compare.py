"""Compares clips of Zoetrope with clips that diffusers makes from the same model, prompts and seeds."""

import argparse
import json
import math
import sys
import tempfile
import time
from dataclasses import asdict, fields
from pathlib import Path

import numpy
import torch
from PIL import Image

from case import versions
from diffusers_run import Clip, DiffusersRun, Settings
from zoetrope_run import COMMAND, ZoetropeRun

ROOT = Path(__file__).resolve().parents[2]
IDENTICAL = 120.0                           # decibels said of frames without any difference
PROMPTS = [
    "a red balloon rises over the sea",
    "a cat moves to the left in front of a forest",
    "an orange fish moves to the right at night",
    "a rocket rises over a desert",
    "a blue butterfly falls in front of the snow",
    "a car moves to the right through the city, seen from the side",
    "an owl",
    "Ein Käfer läuft  über… 日本 🎈",
]


def peak_signal_to_noise(found: numpy.ndarray, expected: numpy.ndarray) -> float:
    """Decibels over all values of two clips of bytes."""
    difference = found.astype(numpy.float64) - expected.astype(numpy.float64)
    error = numpy.mean(difference**2)
    return IDENTICAL if error == 0 else 10 * math.log10(255**2 / error)


def relative_difference(found: numpy.ndarray, expected: numpy.ndarray) -> float:
    """L2 norm of the difference over that of the expected values."""
    found, expected = found.astype(numpy.float64), expected.astype(numpy.float64)
    return float(numpy.linalg.norm(found - expected) / numpy.linalg.norm(expected))


def judge(found: Clip, expected: Clip) -> dict:
    """The figures of one prompt; raises when the clips cannot be compared."""
    for name in ("frames", "latents"):
        shapes = [getattr(clip, name).shape for clip in (found, expected)]
        if shapes[0] != shapes[1]:
            raise RuntimeError(f"{name} have shape {list(shapes[0])}, diffusers' {list(shapes[1])}")
    for clip, program in ((found, "Zoetrope"), (expected, "diffusers")):
        if not numpy.isfinite(clip.latents).all():
            raise RuntimeError(f"{program}'s latents are not finite")
    difference = numpy.abs(found.frames.astype(int) - expected.frames.astype(int))
    return {
        "psnr": peak_signal_to_noise(found.frames, expected.frames),
        "largest_byte_difference": int(difference.max()),
        "differing_bytes": float((difference > 0).mean()),
        "latents_relative_l2": relative_difference(found.latents, expected.latents),
    }


def compare(reference: DiffusersRun, program: ZoetropeRun, prompt: str, seed: int, folder: Path) -> list[dict]:
    """Runs one prompt through both: text alone, and for models that take pictures also with the first frame of that
    clip, and with its first and last frame."""
    expected, result = run_both(reference, program, prompt, seed, folder / "text", {})
    if not reference.takes_pictures:
        return [result]
    first, last = folder / "first.png", folder / "last.png"
    Image.fromarray(expected.frames[0]).save(first)
    Image.fromarray(expected.frames[-1]).save(last)
    pictures = [{"image": first}, {"image": first, "last_image": last}]
    return [result] + [run_both(reference, program, prompt, seed + 1000, folder / "+".join(given), given)[1]
                       for given in pictures]


def run_both(reference: DiffusersRun, program: ZoetropeRun, prompt: str, seed: int, folder: Path,
             pictures: dict[str, Path]) -> tuple[Clip, dict]:
    """diffusers' clip and the figures; a failure of Zoetrope's becomes an entry of them."""
    folder.mkdir(parents=True, exist_ok=True)
    result = {"prompt": prompt, "seed": seed, "pictures": list(pictures)}
    start = time.monotonic()
    expected = reference.generate(prompt, seed, **pictures)
    result["seconds_diffusers"] = round(time.monotonic() - start, 2)
    start = time.monotonic()
    try:
        result |= judge(program.generate(prompt, seed, folder, **pictures), expected)
    except (RuntimeError, OSError, KeyError) as error:
        result["error"] = str(error)
    result["seconds_zoetrope"] = round(time.monotonic() - start, 2)
    return expected, result


def summary(results: list[dict], minimum: float) -> dict:
    """Smallest and median figure, and whether all prompts pass."""
    decibels = [result["psnr"] for result in results if "psnr" in result]
    passed = len(decibels) == len(results) and all(value >= minimum for value in decibels)
    if not decibels:
        return {"passed": False}
    return {
        "passed": passed,
        "minimum_psnr": min(decibels),
        "median_psnr": float(numpy.median(decibels)),
        "largest_latents_relative_l2": max(result.get("latents_relative_l2", 0) for result in results),
    }


def line(result: dict) -> str:
    """One row of the table."""
    what = " + ".join([result["prompt"], *result["pictures"]])
    if "error" in result:
        return f"{result['seed']:>5}  {'failed':>8}  {'':>9}  {what}\n       {result['error']}"
    figures = f"{result['psnr']:8.2f}  {result['latents_relative_l2']:9.2e}"
    return f"{result['seed']:>5}  {figures}  {what}"


def settings_of(arguments: argparse.Namespace) -> Settings:
    """The model's generation.json, with the options that were given on top."""
    file = arguments.model / "generation.json"
    values = json.loads(file.read_text()) if file.exists() else {}
    names = {entry.name for entry in fields(Settings)}
    values = {name: value for name, value in values.items() if name in names}
    values |= {name: value for name, value in vars(arguments).items() if name in names and value is not None}
    missing = sorted(names - set(values))
    if missing:
        sys.exit(f"{file} does not say {', '.join(missing)}; give --{' --'.join(missing)}")
    return Settings(**values)


def read_arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="Scripts/compare-diffusers", description=__doc__)
    parser.add_argument("--model", type=Path, default=ROOT / "Weights/sprites",
                        help="directory in diffusers' layout")
    parser.add_argument("--prompts", type=int, default=len(PROMPTS), help="use only the first so many")
    parser.add_argument("--seed", type=int, default=0, help="of the first prompt; the next ones count up")
    for name, kind in (("width", int), ("height", int), ("frames", int), ("steps", int), ("guidance", float),
                       ("shift", float)):
        parser.add_argument(f"--{name}", type=kind, help="default: the model's generation.json")
    parser.add_argument("--sampler", choices=["unipc", "euler"], help="default: the model's generation.json")
    parser.add_argument("--minimum", type=float, default=45.0, help="decibels that every prompt must reach")
    parser.add_argument("--threads", type=int, default=2, help="of diffusers")
    parser.add_argument("--command", default=COMMAND, help="template of Zoetrope's command line")
    parser.add_argument("--keep", type=Path, help="keep Zoetrope's frames and latents in this folder")
    parser.add_argument("--json", type=Path, help="write all figures here")
    arguments = parser.parse_args()
    arguments.model = arguments.model.resolve()
    return arguments


def main() -> int:
    """Compares all prompts, prints the table and returns the exit status."""
    arguments = read_arguments()
    torch.set_num_threads(arguments.threads)
    settings = settings_of(arguments)
    reference = DiffusersRun(arguments.model, settings)
    program = ZoetropeRun(arguments.command, arguments.model, settings, ROOT)
    results = []
    print(f"{'seed':>5}  {'PSNR dB':>8}  {'latent L2':>9}  prompt", flush=True)
    with tempfile.TemporaryDirectory() as temporary:
        for index, prompt in enumerate(PROMPTS[: arguments.prompts]):
            folder = (arguments.keep or Path(temporary)).resolve() / f"prompt-{index}"
            for result in compare(reference, program, prompt, arguments.seed + index, folder):
                results.append(result)
                print(line(result), flush=True)
    verdict = summary(results, arguments.minimum)
    print(json.dumps(verdict))
    if arguments.json:
        report = {**verdict, "minimum": arguments.minimum, "settings": asdict(settings),
                  "versions": versions(), "command": arguments.command, "prompts": results}
        arguments.json.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n")
    return 0 if verdict["passed"] else 1


if __name__ == "__main__":
    sys.exit(main())
