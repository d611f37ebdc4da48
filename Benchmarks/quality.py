"""Compares clips made with some options of `zoetrope generate` with clips made without them, at equal prompts and seeds:
latents by relative L2, frames by PSNR and SSIM."""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import cv2
import numpy
from safetensors.numpy import load_file

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "Scripts/goldens_src"))

from compare import peak_signal_to_noise, relative_difference  # noqa: E402

SUBJECTS = ["red balloon", "duck", "penguin", "orange butterfly", "yellow fish", "gray rocket", "blue car", "green apple",
            "golden star", "snowman"]
MOVES = ["moves from left to right over the sea", "rises in front of a green meadow", "falls across the night sky",
         "moves to the left over the desert"]
PROMPTS = [f"a {subject} {MOVES[(index + turn) % 4]}" for turn in (0, 2) for index, subject in enumerate(SUBJECTS)]


def structural_similarity(found: numpy.ndarray, expected: numpy.ndarray) -> float:
    """Mean SSIM over frames and colours: Wang et al. 2004, Gaussian window of 11 pixels with deviation 1.5."""
    def smooth(x: numpy.ndarray) -> numpy.ndarray:
        return cv2.GaussianBlur(x, (11, 11), 1.5)

    values = []
    for a, b in zip(found.astype(numpy.float64), expected.astype(numpy.float64)):
        mean_a, mean_b = smooth(a), smooth(b)
        variance_a, variance_b = smooth(a * a) - mean_a**2, smooth(b * b) - mean_b**2
        covariance = smooth(a * b) - mean_a * mean_b
        likeness = (2 * mean_a * mean_b + 6.5025) * (2 * covariance + 58.5225)
        values.append((likeness / ((mean_a**2 + mean_b**2 + 6.5025) * (variance_a + variance_b + 58.5225))).mean())
    return float(numpy.mean(values))


def run(model: str, prompt: str, seed: int, options: list[str], folder: Path) -> tuple[numpy.ndarray, numpy.ndarray, dict]:
    """Frames, latents and report of one clip."""
    command = [ROOT / ".build/release/zoetrope", "generate", prompt, "--model", model, "--seed", str(seed), "--quiet",
               "--json", "--save-latents", folder / "latents.safetensors", "-o", f"{folder}/frames/", *options]
    folder.mkdir(parents=True)
    report = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    frames = numpy.stack([cv2.imread(str(path)) for path in sorted((folder / "frames").glob("*.png"))])
    return frames, load_file(folder / "latents.safetensors")["latents"], report


def skipped_passes(report: dict) -> int:
    """Passes of the transformer that a run took from earlier steps or left out, of two a step."""
    return sum(kind != "computed" for step in report["stepPasses"] for kind in step.values())


def compare(model: str, prompt: str, seed: int, options: list[str], common: list[str], folder: Path) -> dict:
    """The figures of one prompt; `common` are options of both runs."""
    expected, exact, plain = run(model, prompt, seed, common, folder / "plain")
    found, latents, changed = run(model, prompt, seed, [*common, *options], folder / "changed")
    if not numpy.isfinite(latents).all():
        sys.exit(f"'{prompt}' with {' '.join(options)}: the latents are not finite")
    return {
        "prompt": prompt, "seed": seed, "psnr": peak_signal_to_noise(found, expected),
        "ssim": structural_similarity(found, expected), "latents_relative_l2": relative_difference(latents, exact),
        "skipped_passes": skipped_passes(changed),
        "sample_seconds": changed["seconds"]["sample"], "plain_sample_seconds": plain["seconds"]["sample"],
    }


def main() -> None:
    """Compares all prompts, prints a table and writes results/quality-NAME.json where a name is given."""
    parser = argparse.ArgumentParser(prog="Benchmarks/quality", description=__doc__)
    parser.add_argument("--model", default="sprites")
    parser.add_argument("--prompts", type=int, default=len(PROMPTS), help="use only the first so many")
    parser.add_argument("--steps", help="steps of both runs; left out: the model's own")
    parser.add_argument("--name", help="write results/quality-NAME.json")
    parser.add_argument("options", nargs="+", help="after --: options of `zoetrope generate`")
    arguments = parser.parse_args()
    common = ["--steps", arguments.steps] if arguments.steps else []
    results = []
    print(f"{'PSNR dB':>8} {'SSIM':>7} {'latent L2':>10}  prompt")
    with tempfile.TemporaryDirectory() as temporary:
        for seed, prompt in enumerate(PROMPTS[: arguments.prompts]):
            figures = compare(arguments.model, prompt, seed, arguments.options, common, Path(temporary) / str(seed))
            results.append(figures)
            print(f"{figures['psnr']:8.2f} {figures['ssim']:7.4f} {figures['latents_relative_l2']:10.2e}  {prompt}", flush=True)
    names = ("psnr", "ssim", "latents_relative_l2", "skipped_passes", "sample_seconds", "plain_sample_seconds")
    medians = {name: float(numpy.median([figures[name] for figures in results])) for name in names}
    report = {"model": arguments.model, "options": arguments.options, "common": common, "medians": medians,
              "least_psnr": min(figures["psnr"] for figures in results), "prompts": results}
    print(json.dumps({"medians": medians, "least_psnr": report["least_psnr"]}, indent=1))
    if arguments.name:
        path = ROOT / f"Benchmarks/results/quality-{arguments.name}.json"
        path.write_text(json.dumps(report, indent=2) + "\n")


if __name__ == "__main__":
    main()
