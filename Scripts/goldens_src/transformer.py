"""Goldens of WanTransformer3DModel: one forward pass with the output of every stage."""

from dataclasses import dataclass, field
from pathlib import Path

import torch
from diffusers import WanTransformer3DModel
from diffusers.hooks import LayerSkipConfig, apply_layer_skip

from case import Case
from random_weights import fill, normal, rounded

CONTEXT_SLOTS = 512


@dataclass
class TransformerCase:
    """What one case varies; the rest of the config is the same everywhere."""

    name: str
    heads: int
    head_width: int
    latent: list[int]                       # z f h w
    layers: int = 2
    patch: tuple[int, int, int] = (1, 2, 2)
    kind: torch.dtype = torch.float32
    prompt_tokens: int = 9                  # nonzero rows of the context
    timestep: float = 637.0
    config: dict = field(default_factory=dict)
    shard_bytes: int | None = None
    image_tokens: tuple[int, int] | None = None     # images, tokens of each
    skipped: int | None = None              # a block of which one more pass does without


CASES = [
    TransformerCase("patch-1x2x2", 2, 32, [16, 3, 6, 10], skipped=0, config={"freq_dim": 256}),
    TransformerCase("patch-1x1x1", 2, 24, [16, 2, 5, 7], 3, (1, 1, 1), timestep=999.0,
                    config={"cross_attn_norm": False}),
    TransformerCase("patch-2x2x2", 3, 16, [16, 4, 6, 6], 2, (2, 2, 2), timestep=250.0),
    TransformerCase("full-context-bf16", 1, 128, [16, 2, 4, 6], 2, kind=torch.bfloat16, prompt_tokens=512),
    TransformerCase("head-64-fp16", 2, 64, [16, 3, 4, 6], 1, kind=torch.float16, timestep=3.0),
    TransformerCase("image-to-video", 2, 24, [36, 3, 4, 6], 2, config={"in_channels": 36}),
    TransformerCase("sharded", 2, 24, [48, 2, 6, 4], 2, shard_bytes=150_000,
                    config={"in_channels": 48, "out_channels": 48, "cross_attn_norm": False}),
    TransformerCase("one-token", 4, 12, [4, 1, 2, 2], 2, prompt_tokens=1, timestep=0.25,
                    config={"in_channels": 4, "out_channels": 4}),
    TransformerCase("image-encoder", 2, 24, [36, 3, 4, 6], 2, image_tokens=(1, 5),
                    config={"in_channels": 36, "image_dim": 28, "added_kv_proj_dim": 48}),
    TransformerCase("two-images", 2, 24, [36, 2, 4, 6], 1, image_tokens=(2, 3),
                    config={"in_channels": 36, "image_dim": 28, "added_kv_proj_dim": 48,
                            "pos_embed_seq_len": 6}),
]


def build(case: TransformerCase, seed: int) -> WanTransformer3DModel:
    """A small model with random weights."""
    config = {
        "patch_size": case.patch, "num_attention_heads": case.heads, "attention_head_dim": case.head_width,
        "num_layers": case.layers, "in_channels": 16, "out_channels": 16, "text_dim": 20, "freq_dim": 64,
        "ffn_dim": case.heads * case.head_width + 24, "cross_attn_norm": True, **case.config,
    }
    model = WanTransformer3DModel(**config).eval()
    fill(model, seed, {"norm_q.weight": 2.0, "time_proj.weight": 3.0, "pos_embed": 5.0})
    return model


def store(model: WanTransformer3DModel, case: TransformerCase, folder: Path):
    """Writes config and weights as diffusers does, and rounds the model to the stored type."""
    weights = rounded(model, case.kind)
    copy = WanTransformer3DModel.from_config(model.config)
    copy.load_state_dict(weights, assign=True)
    copy.save_pretrained(folder, max_shard_size=case.shard_bytes or "10GB")


def inputs(case: TransformerCase, config: dict, seed: int) -> dict[str, torch.Tensor]:
    """Latent, time, a context whose rows beyond the prompt are zero, and tokens of an image encoder."""
    context = torch.zeros(CONTEXT_SLOTS, config["text_dim"])
    context[: case.prompt_tokens] = normal([case.prompt_tokens, config["text_dim"]], seed + 1)
    latent, timestep = normal(case.latent, seed), torch.tensor([case.timestep])
    given = {"latent": latent, "timestep": timestep, "context": context}
    if case.image_tokens:
        given["image"] = normal([*case.image_tokens, config["image_dim"]], seed + 2)
    return given


def observe(model: WanTransformer3DModel, stages: dict[str, torch.Tensor]):
    """Hooks that put the output of each stage into `stages`, without the batch axis."""
    def keep(name):
        return lambda module, arguments, output: stages.update({name: output[0]})

    def keep_input(name):
        return lambda module, arguments: stages.update({name: arguments[0][0]})

    def keep_conditions(module, arguments, output):
        stages["time_embedding"] = output[0][0]
        stages["time_projection"] = output[1][0].unflatten(0, (6, -1))
        stages["text_embedding"] = output[2][0]
        if output[3] is not None:
            stages["image_embedding"] = output[3][0]

    def keep_rope(module, arguments, output):
        stages["rope_cos"], stages["rope_sin"] = (table[0, :, 0] for table in output)

    model.rope.register_forward_hook(keep_rope)
    model.condition_embedder.register_forward_hook(keep_conditions)
    model.blocks[0].register_forward_pre_hook(keep_input("patch_embedding"))
    model.blocks[0].norm2.register_forward_pre_hook(keep_input("block.0.after_self_attention"))
    model.blocks[0].norm3.register_forward_pre_hook(keep_input("block.0.after_cross_attention"))
    for index, block in enumerate(model.blocks):
        block.register_forward_hook(keep(f"block.{index}"))
    model.proj_out.register_forward_pre_hook(keep_input("norm_out"))


def check_every_weight_matters(model: WanTransformer3DModel, given: dict[str, torch.Tensor],
                               names: list[str] | None = None):
    """Stops when some parameter, or one of `names`, could be read wrongly without a visible change of the velocity."""
    expected = velocity_of(model, given)
    for name, parameter in model.named_parameters():
        if names is not None and name not in names:
            continue
        kept = parameter.detach().clone()
        parameter.data = kept * 1.1 + 0.1 * normal(list(kept.shape), 5)
        change = ((velocity_of(model, given) - expected).norm() / expected.norm()).item()
        parameter.data = kept
        if change < 1e-3:
            raise ValueError(f"'{name}' changes the velocity by only {change:.1e}")


def velocity_of(model: WanTransformer3DModel, given: dict[str, torch.Tensor]) -> torch.Tensor:
    """One pass, without the batch axis."""
    with torch.no_grad():
        batch = model(given["latent"][None], given["timestep"], given["context"][None], given.get("image"),
                      return_dict=False)
    return batch[0][0]


def velocity_without(model: WanTransformer3DModel, block: int, given: dict[str, torch.Tensor]) -> torch.Tensor:
    """The pass that diffusers' SkipLayerGuidance leads away from."""
    alone = WanTransformer3DModel.from_config(model.config).eval()
    alone.load_state_dict(model.state_dict())
    apply_layer_skip(alone, LayerSkipConfig(indices=[block], fqn="blocks"))
    return velocity_of(alone, given)


def make(output: Path):
    """Writes all cases of the group."""
    for number, case in enumerate(CASES):
        seed = 1000 + 10 * number
        folder = Case(output, "transformer", case.name, seed)
        model = build(case, seed)
        store(model, case, folder.folder)
        given = inputs(case, model.config, seed + 1)
        if case.name != "one-token":        # one key has all the attention, whatever the query
            check_every_weight_matters(model, given)
        stages = dict(given)
        observe(model, stages)
        stages["velocity"] = velocity_of(model, given)
        if case.skipped is not None:
            stages[f"velocity_without.{case.skipped}"] = velocity_without(model, case.skipped, given)
        folder.write_tensors(stages)
        folder.finish(weights=str(case.kind), computed_in="torch.float32", prompt_tokens=case.prompt_tokens)
