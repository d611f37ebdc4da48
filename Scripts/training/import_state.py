"""The way back from a diffusers directory to a training state, so that a later session can go on where one ended."""

import shutil
from pathlib import Path

import torch
from diffusers import AutoencoderKLWan, WanTransformer3DModel
from safetensors.torch import load_file
from transformers import UMT5EncoderModel

from flow_model import FlowModel
from run_state import save_weights
from tokenizer import PromptTokenizer


def import_model(config: dict, source: Path, state: Path, autoencoder_alone: bool) -> None:
    """Writes tokenizer, autoencoder, latent statistics, text encoder and transformer of `source` into `state`.

    Optimisers start anew, and so do the two heads that serve training alone (slots, probe).

    Args:
        autoencoder_alone: take nothing else; its latents will have statistics of their own.

    Raises:
        FileExistsError: the state already holds a training; it is left as it is.
        FileNotFoundError: `source` is no such directory; without this, diffusers would look for it on the network.
    """
    if not (source / "vae" / "config.json").exists():
        raise FileNotFoundError(f"{source}: {source / 'vae' / 'config.json'} is missing. Name a model in diffusers layout with --start.")
    for name in ("vae.pt", "text.pt", "flow.pt", "clauses.pt"):
        if (state / name).exists():
            raise FileExistsError(f"{state / name} is there already: import into an empty --state.")
    vae = AutoencoderKLWan.from_pretrained(source / "vae", torch_dtype=torch.float32)
    save_weights(state / "vae.pt", vae.state_dict())
    if autoencoder_alone:
        return
    shutil.copy(source / "tokenizer" / "spiece.model", state / "spiece.model")
    (state / "latents").mkdir(exist_ok=True)
    torch.save({"mean": torch.tensor(vae.config.latents_mean), "deviation": torch.tensor(vae.config.latents_std)},
               state / "latents" / "statistics.pt")
    save_weights(state / "flow.pt", _flow(config, source, state).state_dict())


def _flow(config: dict, source: Path, state: Path) -> FlowModel:
    """The model of the configuration with the weights of the directory."""
    flow = FlowModel(config, len(PromptTokenizer(state / "spiece.model")))
    flow.text.load_state_dict(UMT5EncoderModel.from_pretrained(source / "text_encoder", dtype=torch.float32).state_dict())
    stored = WanTransformer3DModel.from_pretrained(source / "transformer", torch_dtype=torch.float32)
    flow.transformer.load_state_dict(stored.state_dict())
    extra = load_file(source / "transformer" / "patch_sizes.safetensors")
    for size, part in flow.sizes.items():
        part.load_state_dict({name: extra[f"{size}.{name}"].float() for name in part.state_dict()})
    return flow
