"""Goldens of the measures between clips: PSNR, SSIM and flicker as Benchmarks/quality.py and numpy compute them."""

import sys
from pathlib import Path

import cv2
import numpy
import torch

from case import Case
from compare import peak_signal_to_noise

ROOT = Path(__file__).resolve().parents[2]
SIZES = {"larger-than-the-window": (3, 19, 26), "as-the-window": (2, 11, 11), "smaller-than-the-window": (2, 6, 4),
         "line": (1, 1, 12)}
SEED = 11


def smooth_clip(shape: tuple[int, int, int], random: numpy.random.Generator) -> numpy.ndarray:
    """Coloured blobs [F, H, W, 3] uint8 that change a little from frame to frame."""
    frames, height, width = shape
    first = random.uniform(0, 255, (height, width, 3))
    drift = random.normal(0, 12, (frames, height, width, 3)).cumsum(axis=0)
    clip = numpy.stack([cv2.blur(first + step, (3, 3)) for step in drift])
    return clip.clip(0, 255).round().astype(numpy.uint8)


def flicker(clip: numpy.ndarray) -> float:
    """Mean absolute difference of successive frames."""
    return float(numpy.abs(numpy.diff(clip.astype(float), axis=0)).mean()) if len(clip) > 1 else 0.0


def make(output: Path):
    """Writes one case for each size: a clip, a disturbed one, and what lies between them."""
    sys.path.insert(0, str(ROOT / "Benchmarks"))
    from quality import structural_similarity
    random = numpy.random.default_rng(SEED)
    for name, shape in SIZES.items():
        expected = smooth_clip(shape, random)
        noise = random.normal(0, 20, expected.shape)
        found = (expected * 0.9 + noise).clip(0, 255).round().astype(numpy.uint8)
        case = Case(output, "clip_quality", name, seed=SEED)
        case.write_tensors({
            "expected": torch.from_numpy(expected).float(), "found": torch.from_numpy(found).float(),
            **{key: torch.tensor([value]) for key, value in {
                "psnr": peak_signal_to_noise(found, expected), "ssim": structural_similarity(found, expected),
                "flicker": flicker(found), "expected_flicker": flicker(expected)}.items()},
        })
        case.finish(opencv=cv2.__version__, numpy=numpy.__version__)
