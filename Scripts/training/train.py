"""Command line of the training: renders, trains and exports the embedded model. See --help."""

import argparse
import functools
import os
import sys
from pathlib import Path

import torch

from configuration import read_config

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parents[1]
STAGES = ["vae", "text", "latents", "transformer", "clauses", "decoder", "export"]
WAY_BACK = "import"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="Scripts/train", formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Trains the small video model that ships in Weights/.\n\n"
        "  vae          renders clips and trains the autoencoder\n"
        "  text         teaches the text encoder to read captions\n"
        "  latents      renders fresh clips and keeps their latents\n"
        "  transformer  trains the transformer, and the text encoder with it, on those latents\n"
        "  clauses      teaches the text encoder that the camera's clause changes no other word\n"
        "  decoder      goes on with the autoencoder's decoder alone\n"
        "  export       writes a diffusers directory with half-precision weights\n"
        "  import       the way back: an empty state gets the weights of --start, to train on\n\n"
        "Each stage takes up where its checkpoint in the state directory stops; run the same\n"
        "command again after an interruption.")
    parser.add_argument("--stage", choices=[*STAGES, WAY_BACK, "all"], default="all",
                        help="what to run (default: all but import, in order)")
    parser.add_argument("--minutes", type=float, help="stop each training stage after this long; "
                        "the schedule itself is in the configuration")
    parser.add_argument("--state", type=Path, default=REPOSITORY / ".training",
                        help="checkpoints, logs, contact sheets (default: .training/)")
    parser.add_argument("--config", type=Path, default=HERE / "world.json",
                        help="all settings (default: Scripts/training/world.json)")
    parser.add_argument("--output", type=Path, default=REPOSITORY / "Weights" / "world",
                        help="where export writes (default: Weights/world)")
    parser.add_argument("--start", type=Path, default=REPOSITORY / "Weights" / "world", metavar="DIR",
                        help="what import reads (default: Weights/world)")
    parser.add_argument("--autoencoder", action="store_true", help="import the autoencoder alone")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda or cuda:N (default: auto)")
    parser.add_argument("--workers", type=int, default=2, help="single-threaded processes that train together on "
                        "a CPU (default: 2); with 1, --threads counts")
    parser.add_argument("--threads", type=int, default=2, help="CPU threads of a single process (default: 2)")
    return parser.parse_args()


def main() -> None:
    options = arguments()
    torch.set_num_threads(options.threads)
    device = options.device
    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    options.state.mkdir(parents=True, exist_ok=True)
    config = read_config(options.config)
    for stage in STAGES if options.stage == "all" else [options.stage]:
        run_stage(stage, config, options, device)


def run_stage(stage: str, config: dict, options: argparse.Namespace, device: str) -> None:
    """Runs one stage; the modules are imported late because each needs other packages."""
    if stage == "export":
        from export import export_model
        return export_model(config, options.state, options.output)
    if stage == WAY_BACK:
        from import_state import import_model
        return import_model(config, options.start, options.state, options.autoencoder)
    from workers import run_together
    on_cpu = device == "cpu"
    count, renderers = (options.workers, 1) if on_cpu else (1, os.cpu_count())       # a GPU has one process
    if not on_cpu:
        torch.backends.cudnn.benchmark = True
        torch.set_float32_matmul_precision("high")
    if stage in ("text", "transformer", "clauses"):
        from tokenizer import load_tokenizer
        load_tokenizer(config, options.state)               # trained once, before the workers meet
    run_together(count, renderers, functools.partial(work, stage, config, options, device))


def work(stage: str, config: dict, options: argparse.Namespace, device: str, workers) -> None:
    """What one process does of a stage."""
    if stage == "vae":
        from vae_training import VAETrainer
        VAETrainer(config, options.state, device, workers).run(options.minutes)
    elif stage == "decoder":
        from vae_training import DecoderTrainer
        DecoderTrainer(config, options.state, device, workers).run(options.minutes)
    elif stage == "text":
        from text_training import TextTrainer
        TextTrainer(config, options.state, device, workers).run(options.minutes)
    elif stage == "clauses":
        from clause_training import ClauseTrainer
        ClauseTrainer(config, options.state, device, workers).run(options.minutes)
    elif stage == "latents":
        from latents import cache_latents
        cache_latents(config, options.state, device, workers)
    else:
        from flow_training import FlowTrainer
        FlowTrainer(config, options.state, device, workers).run(options.minutes)


if __name__ == "__main__":
    sys.exit(main())
