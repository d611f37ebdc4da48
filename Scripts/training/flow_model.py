"""Text encoder and transformer trained as one: captions and noisy latents in, velocity out."""

import math

import torch
from diffusers import WanTransformer3DModel
from diffusers.models.transformers.transformer_wan import WanAttnProcessor
from torch import nn
from transformers import UMT5Config, UMT5EncoderModel

from tokenizer import END, PAD, TEXT_SLOTS

TRAINING_TIMESTEPS = 1000


class PaddedTextAttention(WanAttnProcessor):
    """Cross-attention over `n` text rows and one zero row that stands for all `512 - n` of them.

    Equal rows have equal keys, so their joint weight in the softmax is that of one row whose logit
    is raised by log(512 - n). `bias` [B, 1, 1, S] says so; it is shared by all blocks.
    """

    def __init__(self):
        super().__init__()
        self.bias: torch.Tensor | None = None

    def __call__(self, attn, hidden_states, encoder_hidden_states=None, attention_mask=None, rotary_emb=None):
        return super().__call__(attn, hidden_states, encoder_hidden_states, self.bias, rotary_emb)


class FlowModel(nn.Module):
    """UMT5 encoder + Wan transformer.

    Args:
        settings: 'text_encoder' and 'transformer' parts of the configuration.
        pieces: size of the vocabulary.
    """

    def __init__(self, settings: dict, pieces: int):
        super().__init__()
        self.text = UMT5EncoderModel(UMT5Config(
            vocab_size=pieces, pad_token_id=PAD, eos_token_id=END, decoder_start_token_id=PAD,
            **settings["text_encoder"]))
        self.transformer = WanTransformer3DModel(**settings["transformer"])
        self.text_attention = PaddedTextAttention()
        self._use_text_attention(self.text_attention)
        self._initialise()

    def _use_text_attention(self, processor: WanAttnProcessor) -> None:
        for block in self.transformer.blocks:
            block.attn2.set_processor(processor)

    def restore_standard_attention(self) -> None:
        """Back to diffusers' own processors, for the full 512 slots and for export."""
        self._use_text_attention(WanAttnProcessor())

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

    def context(self, ids: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Text rows [B, S + 1, C], the last one zero, and their attention bias [B, 1, 1, S + 1].

        Args:
            ids: [B, S] token ids, padded behind the end mark.
        """
        present = ids != PAD
        states = self.text(input_ids=ids, attention_mask=present.long()).last_hidden_state
        states = torch.cat([states, states.new_zeros(len(ids), 1, states.shape[-1])], dim=1)
        bias = states.new_zeros(states.shape[:2])
        bias[:, :-1].masked_fill_(~present, -math.inf)
        bias[:, -1] = (TEXT_SLOTS - present.sum(1)).log()
        return states, bias[:, None, None]

    def velocity(self, latents, noise_level, context, bias) -> torch.Tensor:
        """noise - data, [B, z, f, h, w].

        Args:
            latents: [B, z, f, h, w], normalised, mixed with noise.
            noise_level: [B], 0 is data and 1 is noise.
            context, bias: from `context(_:)`.
        """
        self.text_attention.bias = bias
        return self.transformer(hidden_states=latents, timestep=noise_level * TRAINING_TIMESTEPS,
                                encoder_hidden_states=context, return_dict=False)[0]

    def forward(self, latents, noise_level, ids) -> torch.Tensor:
        return self.velocity(latents, noise_level, *self.context(ids))


@torch.no_grad()
def slot_difference(model: FlowModel, latents, noise_level, ids) -> float:
    """Largest difference between the one-row padding and 512 real slots; rounding only, if both are right."""
    short = model(latents, noise_level, ids)
    context, _ = model.context(ids)
    full = context.new_zeros(len(ids), TEXT_SLOTS, context.shape[-1])
    present = (ids != PAD)[..., None]
    full[:, :ids.shape[1]] = context[:, :-1] * present
    model.restore_standard_attention()
    long = model.transformer(hidden_states=latents, timestep=noise_level * TRAINING_TIMESTEPS,
                             encoder_hidden_states=full, return_dict=False)[0]
    model._use_text_attention(model.text_attention)
    return (short - long).abs().max().item()
