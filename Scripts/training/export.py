"""Writes the trained model as a diffusers directory with half-precision weights."""

import json
import shutil
from pathlib import Path

import torch
from diffusers import AutoencoderKLWan, UniPCMultistepScheduler, WanImageToVideoPipeline
from safetensors.torch import save_file

from flow_model import FlowModel
from latents import load_statistics, load_vae
from run_state import load_averaged
from tokenizer import PromptTokenizer, transformers_tokenizer

LARGEST_FILE = "30MB"        # of weights: repositories dislike large ones


def export_model(config: dict, state: Path, output: Path) -> None:
    """Averaged weights of both trainings, tokenizer, scheduler and generation.json into `output`.

    A transformer that has not been trained yet is exported as initialised, for its file layout.
    """
    tokenizer_path = state / "spiece.model"
    flow = FlowModel(config, len(PromptTokenizer(tokenizer_path)))
    if (state / "flow.pt").exists():
        load_averaged(state / "flow.pt", flow)
    if (state / "clauses.pt").exists():
        load_averaged(state / "clauses.pt", flow.text)
    pipeline = WanImageToVideoPipeline(
        image_encoder=None, image_processor=None, tokenizer=transformers_tokenizer(tokenizer_path), text_encoder=flow.text.bfloat16(),
        transformer=flow.transformer.bfloat16(), vae=_vae_with_statistics(config, state).half(),
        scheduler=UniPCMultistepScheduler(prediction_type="flow_prediction", use_flow_sigmas=True,
                                          flow_shift=config["generation"]["shift"]))
    shutil.rmtree(output, ignore_errors=True)
    pipeline.save_pretrained(output, safe_serialization=True, max_shard_size=LARGEST_FILE)
    _save_patch_sizes(flow, output / "transformer" / "patch_sizes.safetensors")
    shutil.copy(tokenizer_path, output / "tokenizer" / "spiece.model")
    for name in ("model_index.json", "tokenizer/tokenizer_config.json"):      # a name that older versions know too
        path = output / name
        path.write_text(path.read_text().replace("TokenizersBackend", "PreTrainedTokenizerFast"))
    (output / "generation.json").write_text(json.dumps(config["generation"], indent=2) + "\n")
    for path in sorted(output.rglob("*")):
        if path.is_file():
            path.chmod(0o644)                # safetensors writes files that only their owner can read
            print(f"{path.stat().st_size:10,}  {path.relative_to(output)}")


def _save_patch_sizes(flow: FlowModel, path: Path) -> None:
    """The embedding, head and marker of every size but the base, which is in the transformer's own file."""
    tensors = {f"{size}.{name}": value.bfloat16().contiguous()
               for size, part in flow.sizes.items() for name, value in part.state_dict().items()}
    save_file(tensors, path, metadata={"format": "zoetrope.patch_sizes", "version": "1", "base": flow.base})


def _vae_with_statistics(config: dict, state: Path) -> AutoencoderKLWan:
    """The trained autoencoder, with the latents' measured mean and deviation in its configuration."""
    trained = load_vae(config, state, "cpu")
    try:
        mean, deviation = load_statistics(state / "latents")
    except FileNotFoundError:
        mean = torch.zeros(config["vae"]["model"]["z_dim"])
        deviation = mean + 1
    vae = AutoencoderKLWan(**config["vae"]["model"], latents_mean=[round(v, 5) for v in mean.tolist()],
                           latents_std=[round(v, 5) for v in deviation.tolist()])
    vae.load_state_dict(trained.state_dict())
    return vae
