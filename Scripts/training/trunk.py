"""The Wan transformer's blocks made quick to train: diffusers' weights and results, fewer and larger operations."""

from typing import NamedTuple

import torch
import torch.nn.functional as F

EPSILON = 1e-6               # of all norms, as in the configuration


def rms_norm(x: torch.Tensor, gain: torch.Tensor) -> torch.Tensor:
    return x * torch.rsqrt(x.float().pow(2).mean(-1, keepdim=True) + EPSILON).type_as(x) * gain.type_as(x)


def rotate(x: torch.Tensor, cos: torch.Tensor, sin: torch.Tensor) -> torch.Tensor:
    """Turns neighbouring channels of [B, N, L, D] by the tables [L, D / 2]."""
    pairs = x.unflatten(-1, (-1, 2))
    first, second = pairs[..., 0], pairs[..., 1]
    return torch.stack([first * cos - second * sin, first * sin + second * cos], -1).flatten(-2)


def heads(x: torch.Tensor, count: int) -> torch.Tensor:
    """[B, L, C] to [B, N, L, D]"""
    return x.unflatten(-1, (count, -1)).transpose(1, 2)


def attention(q, k, v, bias=None) -> torch.Tensor:
    """[B, N, L, D] to [B, L, C]; plain products on CPUs, where PyTorch's fused attention is slow backwards."""
    if q.is_cuda and bias is None:
        return F.scaled_dot_product_attention(q.type_as(v), k.type_as(v), v).transpose(1, 2).flatten(2)
    scores = q @ (k * q.shape[-1] ** -0.5).transpose(-1, -2)
    weights = (scores if bias is None else scores + bias).softmax(-1)
    return (weights.type_as(v) @ v).transpose(1, 2).flatten(2)


class BlockWeights(NamedTuple):
    """The tensors of one WanTransformerBlock; queries, keys and values lie together."""

    table: torch.Tensor
    qkv: torch.Tensor
    qkv_bias: torch.Tensor
    norm_q: torch.Tensor
    norm_k: torch.Tensor
    out: torch.Tensor
    out_bias: torch.Tensor
    text_norm: torch.Tensor
    text_norm_bias: torch.Tensor
    text_q: torch.Tensor
    text_q_bias: torch.Tensor
    text_kv: torch.Tensor
    text_kv_bias: torch.Tensor
    text_norm_q: torch.Tensor
    text_norm_k: torch.Tensor
    text_out: torch.Tensor
    text_out_bias: torch.Tensor
    up: torch.Tensor
    up_bias: torch.Tensor
    down: torch.Tensor
    down_bias: torch.Tensor


def weights_of(block) -> BlockWeights:
    own, text, ff = block.attn1, block.attn2, block.ffn.net
    joined = {name: torch.cat(parts) for name, parts in {
        "qkv": [own.to_q.weight, own.to_k.weight, own.to_v.weight],
        "qkv_bias": [own.to_q.bias, own.to_k.bias, own.to_v.bias],
        "text_kv": [text.to_k.weight, text.to_v.weight],
        "text_kv_bias": [text.to_k.bias, text.to_v.bias]}.items()}
    return BlockWeights(
        table=block.scale_shift_table, norm_q=own.norm_q.weight, norm_k=own.norm_k.weight,
        out=own.to_out[0].weight, out_bias=own.to_out[0].bias,
        text_norm=block.norm2.weight, text_norm_bias=block.norm2.bias,
        text_q=text.to_q.weight, text_q_bias=text.to_q.bias,
        text_norm_q=text.norm_q.weight, text_norm_k=text.norm_k.weight,
        text_out=text.to_out[0].weight, text_out_bias=text.to_out[0].bias,
        up=ff[0].proj.weight, up_bias=ff[0].proj.bias, down=ff[2].weight, down_bias=ff[2].bias, **joined)


def self_attention(w: BlockWeights, x, cos, sin, count: int) -> torch.Tensor:
    q, k, v = F.linear(x, w.qkv, w.qkv_bias).chunk(3, -1)
    q = rotate(heads(rms_norm(q, w.norm_q), count), cos, sin)
    k = rotate(heads(rms_norm(k, w.norm_k), count), cos, sin)
    return F.linear(attention(q, k, heads(v, count)), w.out, w.out_bias)


def cross_attention(w: BlockWeights, x, context, bias, count: int) -> torch.Tensor:
    q = rms_norm(F.linear(x, w.text_q, w.text_q_bias), w.text_norm_q)
    k, v = F.linear(context, w.text_kv, w.text_kv_bias).chunk(2, -1)
    q, k, v = (heads(part, count) for part in (q, rms_norm(k, w.text_norm_k), v))
    return F.linear(attention(q, k, v, bias), w.text_out, w.text_out_bias)


def block(w: BlockWeights, x, context, bias, time, cos, sin, count: int) -> torch.Tensor:
    """WanTransformerBlock.forward with a mask on the text.

    Args:
        x: [B, L, C].
        context, bias: text rows [B, S, C] and their attention bias [B, 1, 1, S].
        time: [B, 6, C].
        cos, sin: from patch_sizes.rotary_table.
        count: number of heads.
    """
    shift, scale, gate, ff_shift, ff_scale, ff_gate = (w.table + time.float()).chunk(6, 1)
    width = x.shape[-1:]
    normed = F.layer_norm(x, width, eps=EPSILON) * (1 + scale) + shift
    x = x + self_attention(w, normed, cos, sin, count) * gate
    normed = F.layer_norm(x, width, w.text_norm, w.text_norm_bias, EPSILON)
    x = x + cross_attention(w, normed, context, bias, count)
    normed = F.layer_norm(x, width, eps=EPSILON) * (1 + ff_scale) + ff_shift
    hidden = F.gelu(F.linear(normed, w.up, w.up_bias), approximate="tanh")
    return x + F.linear(hidden, w.down, w.down_bias) * ff_gate
