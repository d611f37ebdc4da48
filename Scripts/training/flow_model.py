"""Text encoder and transformer trained as one: captions, noisy latents and conditions in, velocity out."""

import math

import torch
import torch.nn.functional as F
from diffusers import WanTransformer3DModel
from torch import nn
from transformers import UMT5Config, UMT5EncoderModel

import patch_sizes
import trunk
from patch_sizes import PatchSize
from text_slots import TextSlots
from tokenizer import END, PAD, TEXT_SLOTS

TRAINING_TIMESTEPS = 1000


class FlowModel(nn.Module):
    """UMT5 encoder, Wan transformer, and what the other patch sizes need beside it.

    Two small heads serve training alone: `slots` reads from the text's states what the caption says, and `probe`
    reads from the tokens half way up which subject is where.

    Args:
        settings: the configuration.
        pieces: size of the vocabulary.
    """

    def __init__(self, settings: dict, pieces: int):
        super().__init__()
        self.text = UMT5EncoderModel(UMT5Config(
            vocab_size=pieces, pad_token_id=PAD, eos_token_id=END, decoder_start_token_id=PAD,
            **settings["text_encoder"]))
        transformer = self.transformer = WanTransformer3DModel(**settings["transformer"])
        facts = transformer.config
        width, channels = facts.num_attention_heads * facts.attention_head_dim, (facts.in_channels, facts.out_channels)
        self.base = "x".join(map(str, facts.patch_size))
        self.sizes = nn.ModuleDict({name: PatchSize(patch_sizes.parse(name), channels, width)
                                    for name in settings["patch_sizes"]})
        subjects = len(settings["world"]["subjects"])
        self.slots = TextSlots(facts.text_dim, subjects, len(settings["world"]["tints"]))
        self.probe = nn.Linear(width, subjects + 1)
        self._initialise()

    @torch.no_grad()
    def _initialise(self) -> None:
        transformer = self.transformer
        for name, p in transformer.named_parameters():
            if name.endswith("bias"):
                p.zero_()
            elif p.dim() == 2:
                nn.init.xavier_uniform_(p)
                if "time_embedder" in name:
                    nn.init.normal_(p, std=0.02)
                elif "text_embedder" in name:
                    nn.init.normal_(p, std=1.4 * p.shape[1] ** -0.5)
                elif "to_out" in name or "ffn.net.2" in name:
                    p.mul_(0.5)
        nn.init.xavier_uniform_(transformer.patch_embedding.weight.flatten(1))
        transformer.proj_out.weight.zero_()
        for name, p in self.text.named_parameters():
            if "relative_attention_bias" in name:
                nn.init.normal_(p, std=0.5)      # position must count from the start: "left to right"

    @torch.no_grad()
    def start_from_base(self, name: str) -> None:
        """Begins a finer size with the base's weights: a cell stands for the whole patch that it lies in.

        Source: the resize of Beyer et al., "FlexiViT" (arXiv 2212.08013), for sizes that divide the base.
        """
        fine, base = self.sizes[name], self.transformer
        size = patch_sizes.parse(name)
        factors = [b // s for b, s in zip(base.config.patch_size, size)]
        weight = base.patch_embedding.weight
        parts = weight.reshape(*weight.shape[:2], *(n for s, f in zip(size, factors) for n in (s, f)))
        fine.patch_embedding.weight.copy_(parts.sum((3, 5, 7)))
        fine.patch_embedding.bias.copy_(base.patch_embedding.bias)
        rows = base.proj_out.weight.reshape(*(n for s, f in zip(size, factors) for n in (s, f)), base.config.out_channels, -1)
        fine.proj_out.weight.copy_(rows.mean((1, 3, 5)).reshape(fine.proj_out.weight.shape))
        bias = base.proj_out.bias.reshape(*(n for s, f in zip(size, factors) for n in (s, f)), base.config.out_channels)
        fine.proj_out.bias.copy_(bias.mean((1, 3, 5)).flatten())

    def context(self, ids: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Text rows [B, S + 1, C], the last one zero, and their attention bias [B, 1, 1, S + 1].

        The pipeline shows the transformer 512 rows, zeros behind the prompt. Equal rows have equal keys, so one
        zero row whose logit is raised by log(512 - n) stands for all of them.

        Args:
            ids: [B, S] token ids, padded behind the end mark.
        """
        present = ids != PAD
        states = self.text(input_ids=ids, attention_mask=present.long()).last_hidden_state
        states = torch.cat([states, states.new_zeros(len(ids), 1, states.shape[-1])], dim=1)
        bias = torch.zeros(states.shape[:2], device=states.device)
        bias[:, :-1].masked_fill_(~present, -math.inf)
        bias[:, -1] = (TEXT_SLOTS - present.sum(1)).log()
        return states, bias[:, None, None]

    def forward(self, latents, noise_level, context, bias, size: str | None = None, block=trunk.block):
        """Velocity noise - data, [B, z, f, h, w], and the tokens half way up, [B, L, C].

        Args:
            latents: [B, 36, f, h, w]: normalised latent mixed with noise, mask, image latent.
            noise_level: [B], 0 is data and 1 is noise.
            context, bias: from `context(_:)`.
            size: patch size, such as '1x4x4'; none is the base.
            block: trunk.block, or the same compiled.
        """
        transformer, size = self.transformer, size or self.base
        ends = transformer if size == self.base else self.sizes[size]
        sides, base = patch_sizes.parse(size), patch_sizes.parse(self.base)
        shape, count = latents.shape[2:], transformer.config.num_attention_heads
        cos, sin = patch_sizes.rotary_table(sides, base, tuple(shape), transformer.config.attention_head_dim, latents.device)
        embedder = transformer.condition_embedder
        with torch.autocast(latents.device.type, enabled=False):
            time = embedder.time_embedder(embedder.timesteps_proj(noise_level * TRAINING_TIMESTEPS).float())
            time = time if size == self.base else time + ends.marker
            modulation = embedder.time_proj(embedder.act_fn(time)).unflatten(1, (6, -1))
        text = embedder.text_embedder(context)
        x = patch_sizes.embed(patch_sizes.padded(latents, sides), ends.patch_embedding.weight,
                              ends.patch_embedding.bias, sides).float()
        for i, layer in enumerate(transformer.blocks):
            x = block(trunk.weights_of(layer), x, text, bias, modulation, cos, sin, count)
            middle = x if i == len(transformer.blocks) // 2 else middle if i else None
        shift, scale = (transformer.scale_shift_table + time[:, None]).chunk(2, 1)
        x = F.layer_norm(x, x.shape[-1:], eps=trunk.EPSILON) * (1 + scale) + shift
        return patch_sizes.unpatchify(ends.proj_out(x), sides, tuple(shape)), middle


@torch.no_grad()
def difference_from_diffusers(model: FlowModel, latents, noise_level, ids) -> float:
    """Largest difference between this forward pass and diffusers' own over 512 real rows; rounding only, if both are right."""
    context, bias = model.context(ids)
    short, _ = model(latents, noise_level, context, bias)
    full = context.new_zeros(len(ids), TEXT_SLOTS, context.shape[-1])
    full[:, :ids.shape[1]] = context[:, :-1] * (ids != PAD)[..., None]
    long = model.transformer(hidden_states=latents, timestep=noise_level * TRAINING_TIMESTEPS,
                             encoder_hidden_states=full, return_dict=False)[0]
    return (short - long).abs().max().item()
