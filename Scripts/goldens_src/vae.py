"""Goldens of AutoencoderKLWan: a decoded latent, an encoded video, and the stages of both for two layouts."""

from dataclasses import dataclass, field
from pathlib import Path

import torch
from diffusers import AutoencoderKLWan

from case import Case
from random_weights import fill, normal, rounded

MAXIMUM_CLAMPED = 0.05
WAN_2_1 = {"dim_mult": [1, 2, 4, 4], "temperal_downsample": [False, True, True], "num_res_blocks": 2}
SMALL = {"dim_mult": [1, 2, 2], "temperal_downsample": [True, True], "num_res_blocks": 1}
PATCHES = {"patch_size": 2, "in_channels": 12, "out_channels": 12}
EMBEDDED = {
    **PATCHES, "is_residual": True, "dim_mult": [1, 2, 2], "temperal_downsample": [True, True],
    "num_res_blocks": 1, "z_dim": 16, "base_dim": 8,
}
WAN_2_2 = {
    **WAN_2_1, **PATCHES, "is_residual": True, "base_dim": 2, "decoder_base_dim": 3,
    "scale_factor_spatial": 16, "z_dim": 6,
}


@dataclass
class VaeCase:
    """A layout, the grid of its latent, and whether the stages inside are kept."""

    name: str
    grid: list[int]                         # f h w of the latent
    config: dict = field(default_factory=dict)
    kind: torch.dtype = torch.float32
    stages: bool = False


CASES = [
    VaeCase("wan-2.1", [3, 2, 3], {**WAN_2_1, "base_dim": 3}, stages=True),
    VaeCase("one-frame", [1, 3, 2], {**SMALL, "z_dim": 16}),
    VaeCase("five-frames", [5, 5, 3], {**SMALL, "z_dim": 16}),
    VaeCase("patches", [2, 3, 5], {**SMALL, **PATCHES}),
    VaeCase("residual", [3, 2, 3], EMBEDDED, stages=True),
    VaeCase("residual-five-frames", [5, 2, 3], {**EMBEDDED, "num_res_blocks": 2, "base_dim": 4}),
    VaeCase("residual-bf16", [2, 5, 3], EMBEDDED, torch.bfloat16),
    VaeCase("wan-2.2", [3, 3, 2], WAN_2_2),
    VaeCase("wan-2.1-bf16", [2, 3, 5], {**WAN_2_1, "num_res_blocks": 1}, torch.bfloat16),
]


def build(case: VaeCase, seed: int) -> AutoencoderKLWan:
    """A small autoencoder with random weights and random statistics of the latent."""
    config = {"base_dim": 4, "z_dim": 4, "patch_size": None, **case.config}
    levels = len(config["dim_mult"])
    config.setdefault("scale_factor_spatial", 2 ** (levels - 1) * (config["patch_size"] or 1))
    width = config["z_dim"]
    mean, deviation = 0.4 * normal([width], seed + 5), 1.5 + 0.5 * normal([width], seed + 6).tanh()
    config["latents_mean"] = [round(value, 4) for value in mean.tolist()]
    config["latents_std"] = [round(value, 4) for value in deviation.tolist()]
    model = AutoencoderKLWan(**config).eval()
    fill(model, seed, {"decoder.conv_out.weight": 0.4})
    return model


def store(model: AutoencoderKLWan, kind: torch.dtype, folder: Path):
    """Writes config and weights as diffusers does, and rounds the model to the stored type."""
    weights = rounded(model, kind)
    copy = AutoencoderKLWan.from_config(model.config)
    copy.load_state_dict(weights, assign=True)
    copy.save_pretrained(folder)


def keep_stages(part: torch.nn.Module, prefix: str, stages: dict[str, torch.Tensor]) -> list:
    """Hooks that keep each stage of an encoder or decoder as `prefix.CHUNK.STAGE`, [C, t, H, W]."""
    calls = {}

    def keep(name):
        def hook(module, arguments, output):
            chunk = calls.setdefault(name, 0)
            calls[name] += 1
            stages[f"{prefix}.{chunk}.{name}"] = output[0]
        return hook

    named = {"conv_in": part.conv_in, "mid_block": part.mid_block}
    kind = "up_blocks" if hasattr(part, "up_blocks") else "down_blocks"
    named |= {f"{kind}.{index}": block for index, block in enumerate(getattr(part, kind))}
    return [module.register_forward_hook(keep(name)) for name, module in named.items()]


def decode(model: AutoencoderKLWan, latent: torch.Tensor) -> torch.Tensor:
    """What WanPipeline does with the sampler's latent: un-normalise, then decode, clamped to -1...1."""
    mean, deviation = statistics(model)
    with torch.no_grad():
        return model.decode((latent * deviation + mean)[None]).sample[0]


def encode(model: AutoencoderKLWan, video: torch.Tensor) -> dict[str, torch.Tensor]:
    """The posterior's mean, as it comes and normalised for the sampler."""
    mean, deviation = statistics(model)
    with torch.no_grad():
        encoded = model.encode(video[None]).latent_dist.mode()[0]
    return {"encoded": encoded, "encoded_normalised": (encoded - mean) / deviation}


def statistics(model: AutoencoderKLWan) -> tuple[torch.Tensor, torch.Tensor]:
    """Mean and deviation of the latent's channels, ready to broadcast."""
    both = (model.config.latents_mean, model.config.latents_std)
    return tuple(torch.tensor(values).view(-1, 1, 1, 1) for values in both)


def clamped_share(frames: torch.Tensor) -> float:
    """Part of the values that the decoder cut to -1 or 1; stops when it is too large to test anything."""
    share = (frames.abs() >= 1).float().mean().item()
    if share > MAXIMUM_CLAMPED or frames.std() < 0.1:
        raise ValueError(f"{share:.1%} of the frames clamped, deviation {frames.std():.3f}")
    return share


def random_video(shape: list[int], seed: int) -> torch.Tensor:
    """A video in -1...1."""
    return normal(shape, seed).tanh()


def make(output: Path):
    """Writes all cases of the group."""
    for number, case in enumerate(CASES):
        seed = 4000 + 10 * number
        folder = Case(output, "vae", case.name, seed)
        model = build(case, seed)
        store(model, case.kind, folder.folder)
        latent = normal([model.config.z_dim, *case.grid], seed + 1)
        stages = {"latent": latent}
        hooks = keep_stages(model.decoder, "decoder", stages) if case.stages else []
        stages["frames"] = decode(model, latent)
        stages["video"] = random_video(list(stages["frames"].shape), seed + 2)
        hooks += keep_stages(model.encoder, "encoder", stages) if case.stages else []
        stages |= encode(model, stages["video"])
        folder.write_tensors(stages)
        clamped = clamped_share(stages["frames"])
        folder.finish(weights=str(case.kind), computed_in="torch.float32", clamped=clamped)
