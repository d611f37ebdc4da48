"""Makes the random models of Benchmarks/peers where they are missing: full, text, scaling; or tiny."""

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "Scripts/goldens_src"))

import torch  # noqa: E402
from published import PUBLISHED, UMT5_XXL  # noqa: E402
from random_checkpoint import SHAPES, make, write_model  # noqa: E402

STEM = "diffusion_pytorch_model"
WAN = PUBLISHED["wan2.1-t2v-1.3b-transformer"].config
VAE = PUBLISHED["wan2.1-vae"].config
TEXT = {**UMT5_XXL, "num_layers": 4, "num_decoder_layers": 4, "vocab_size": 4096}


def part(folder: Path, config: dict, stem: str, kind: torch.dtype) -> None:
    """One part of a model, unless it is there; written beside and renamed, so that a stop leaves no half."""
    if folder.exists():
        return
    beside = folder.with_name(folder.name + ".part")
    write_model(beside, config, stem, kind, {"SelfAttention.q.weight": UMT5_XXL["d_kv"] ** -0.5}, 0)
    beside.rename(folder)


def main() -> None:
    """Reads the arguments and makes what is missing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("models", type=Path)
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(2)
    options.models.mkdir(parents=True, exist_ok=True)
    if options.quick:
        part(options.models / "tiny/transformer", {**WAN, "num_layers": 1}, STEM, torch.bfloat16)
        part(options.models / "tiny/vae", VAE, STEM, torch.float32)
    elif not (options.models / "full").exists():
        make(options.models / "full.part", SHAPES["wan2.1-1.3b"], torch.bfloat16, "small", 0)
        (options.models / "full.part").rename(options.models / "full")
    part(options.models / "scaling/transformer", {**WAN, "num_layers": 2}, STEM, torch.bfloat16)
    part(options.models / "text/text_encoder", TEXT, "model", torch.bfloat16)


if __name__ == "__main__":
    main()
