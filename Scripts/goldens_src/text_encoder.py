"""Goldens of the text encoders: UMT5 (a relative bias in each layer) and T5 v1.1 (one in the first layer)."""

from dataclasses import dataclass, field
from pathlib import Path

import torch
from safetensors.torch import save_file
from transformers import T5Config, T5EncoderModel, UMT5Config, UMT5EncoderModel

from case import Case
from random_weights import fill, rounded

SLOTS = 512
END = 1
CLASSES = {"umt5": (UMT5Config, UMT5EncoderModel), "t5": (T5Config, T5EncoderModel)}


@dataclass
class TextCase:
    """A prompt length with the sizes and the stored type of the model that encodes it."""

    group: str
    name: str
    tokens: int
    kind: torch.dtype = torch.float32
    keys: str = "shared"                    # which names the embedding is stored under
    config: dict = field(default_factory=dict)


CASES = [
    TextCase("umt5", "1-token", 1),
    TextCase("umt5", "7-tokens", 7, keys="both", config={"d_model": 48, "d_kv": 16, "num_heads": 2}),
    TextCase("umt5", "40-tokens", 40, keys="embed_tokens", config={"num_layers": 3}),
    TextCase("umt5", "200-tokens-bf16", 200, torch.bfloat16, keys="both"),
    TextCase("umt5", "40-tokens-bf16", 40, torch.bfloat16, config={"d_model": 24, "d_kv": 12}),
    TextCase("t5", "7-tokens", 7, config={"num_layers": 3}),
    TextCase("t5", "40-tokens-bf16", 40, torch.bfloat16),
    TextCase("t5", "200-tokens", 200, keys="both"),
]


def build(case: TextCase, seed: int):
    """A small encoder with random weights."""
    settings, encoder = CLASSES[case.group]
    config = settings(**{
        "vocab_size": 120, "d_model": 32, "d_kv": 8, "d_ff": 56, "num_layers": 2, "num_heads": 4,
        "feed_forward_proj": "gated-gelu", "dropout_rate": 0.0, "tie_word_embeddings": False, **case.config,
    })
    model = encoder(config).eval()
    fill(model, seed, {"SelfAttention.q.weight": config.d_kv**-0.5})
    return model


def store(model, case: TextCase, folder: Path):
    """Writes config and weights, with the embedding under the names that published checkpoints use."""
    model.config.save_pretrained(folder)
    weights = rounded(model, case.kind)
    embedding = weights.pop("shared.weight")
    weights.pop("encoder.embed_tokens.weight", None)
    if case.keys in ("shared", "both"):
        weights["shared.weight"] = embedding
    if case.keys in ("embed_tokens", "both"):
        weights["encoder.embed_tokens.weight"] = embedding.clone()
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})


def observe(model, stages: dict[str, torch.Tensor]):
    """Hooks that put the embedding and the output of each block into `stages`."""
    def keep(name):
        def hook(module, arguments, output):
            stages[name] = (output[0] if isinstance(output, tuple) else output)[0]
        return hook

    model.encoder.embed_tokens.register_forward_hook(keep("embedding"))
    for index, block in enumerate(model.encoder.block):
        block.register_forward_hook(keep(f"block.{index}"))


def relative_biases(model, tokens: int) -> dict[str, torch.Tensor]:
    """The bias that each layer with a table adds to its scores, whole and by distance (key minus query)."""
    biases = {}
    for index, block in enumerate(model.encoder.block):
        attention = block.layer[0].SelfAttention
        if attention.has_relative_attention_bias:
            bias = attention.compute_bias(tokens, tokens)[0]
            by_distance = torch.cat([bias[:, 1:, 0].flip(1), bias[:, 0]], dim=1)
            biases[f"relative_bias_by_distance.{index}"] = by_distance
            if tokens <= 40:
                biases[f"relative_bias.{index}"] = bias
    return biases


def encode(model, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """Last hidden state, without the batch axis."""
    with torch.no_grad():
        return model(ids[None], attention_mask=mask[None]).last_hidden_state[0]


def check_padding(model, ids: torch.Tensor, expected: torch.Tensor):
    """Stops unless a masked run of all slots gives the rows of the run of the prompt alone."""
    padded = torch.zeros(SLOTS, dtype=torch.int64)
    padded[: len(ids)] = ids
    found = encode(model, padded, (torch.arange(SLOTS) < len(ids)).long())[: len(ids)]
    difference = (found - expected).abs().max().item()
    if not difference <= 1e-5:
        raise ValueError(f"padding changes the output by {difference:.1e}")
    return difference


def make(output: Path):
    """Writes all cases of both groups."""
    for number, case in enumerate(CASES):
        seed = 3000 + 10 * number
        folder = Case(output, case.group, case.name, seed)
        model = build(case, seed)
        store(model, case, folder.folder)
        generator = torch.Generator("cpu").manual_seed(seed + 1)
        ids = torch.randint(2, model.config.vocab_size, [case.tokens], generator=generator)
        ids[-1] = END
        stages = {"ids": ids, **relative_biases(model, case.tokens)}
        padding = check_padding(model, ids, encode(model, ids, torch.ones_like(ids)))
        observe(model, stages)
        stages["output"] = encode(model, ids, torch.ones_like(ids))
        folder.write_tensors(stages)
        folder.finish(weights=str(case.kind), computed_in="torch.float32", embedding_keys=case.keys,
                      largest_difference_of_padded_run=padding)
