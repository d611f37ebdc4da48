"""Writes the golden cases of the chosen groups; `keys` writes the key lists in Weights/keys."""

import argparse
import importlib
from pathlib import Path

import torch

ROOT = Path(__file__).resolve().parents[2]
MODULES = {
    "transformer": "transformer", "patch-sizes": "several_patches",
    "patch-resizing": "patch_resizing", "umt5": "text_encoder", "t5": "text_encoder",
    "vae": "vae",
    "noise": "noise", "sampling": "sampling", "checkpoints": "checkpoints",
    "tokenizer": "tokenizer", "pictures": "pictures", "image_encoder": "image_encoder",
    "image_to_video": "image_to_video", "clip_quality": "clip_quality", "keys": "keys",
}


def main():
    """Reads the arguments and runs each group's module."""
    parser = argparse.ArgumentParser(prog="Scripts/goldens", description=__doc__)
    parser.add_argument("groups", nargs="*", metavar="GROUP",
                        help=f"one of {', '.join(MODULES)}; all when left out")
    parser.add_argument("--output", type=Path, default=ROOT / "Tests/Goldens",
                        help="folder of the golden cases")
    arguments = parser.parse_args()
    unknown = set(arguments.groups) - set(MODULES)
    if unknown:
        parser.error(f"no group {', '.join(sorted(unknown))}; there are {', '.join(MODULES)}")
    torch.set_num_threads(2)
    for name in dict.fromkeys(MODULES[group] for group in arguments.groups or MODULES):
        importlib.import_module(name).make(ROOT if name == "keys" else arguments.output)


if __name__ == "__main__":
    main()
