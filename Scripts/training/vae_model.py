"""AutoencoderKLWan made quick to train: same weights and results as diffusers' class, other order of work."""

import torch
import torch.nn.functional as F
from diffusers import AutoencoderKLWan
from diffusers.models.autoencoders import autoencoder_kl_wan as wan

OLDER_TAPS, NEWEST_TAP = 0.1, 3 ** 0.5       # a 3D kernel that starts as an inflated 2D one


class _ChannelNorm(torch.autograd.Function):
    """x / |x| over channels, times a gain [C, 1, ...]; one pass forward, one back."""

    @staticmethod
    def forward(context, x, gain):
        inverse = (x * x).sum(1, keepdim=True).clamp_(min=1e-24).rsqrt_()
        context.save_for_backward(x, inverse, gain)
        return x * inverse * gain

    @staticmethod
    def backward(context, gradient):
        x, inverse, gain = context.saved_tensors
        unit, scaled = x * inverse, gradient * gain
        along = (scaled * unit).sum(1, keepdim=True)
        gain_gradient = (gradient * unit).sum(dim=[0, *range(2, x.dim())], keepdim=True)[0]
        return scaled.addcmul_(unit, along, value=-1).mul_(inverse), gain_gradient


def _norm_forward(self, x):
    return _ChannelNorm.apply(x, self.scale * self.gamma)


def _causal_forward(self, x, cache_x=None):
    """A single frame without a past meets only the newest time tap: a plain 2D convolution."""
    alone = cache_x is None and x.shape[2] == 1 and self.kernel_size[0] == 3 and self.stride[0] == 1
    if alone:
        padding = (self._padding[2], self._padding[0])
        return F.conv2d(x[:, :, 0], self.weight[:, :, -1], self.bias, padding=padding).unsqueeze(2)
    padding = list(self._padding)
    if cache_x is not None and self._padding[4] > 0:
        x = torch.cat([cache_x, x], dim=2)
        padding[4] -= cache_x.shape[2]
    return torch.nn.Conv3d.forward(self, F.pad(x, padding))


def quicken() -> None:
    """Replaces two forward methods of diffusers' module by faster twins, for this process."""
    wan.WanRMS_norm.forward = _norm_forward
    wan.WanCausalConv3d.forward = _causal_forward


def build_vae(settings: dict) -> AutoencoderKLWan:
    """The model of the 'vae.model' settings, initialised so that it starts as an image autoencoder."""
    z = settings["z_dim"]
    vae = AutoencoderKLWan(**settings, latents_mean=[0.0] * z, latents_std=[1.0] * z)
    with torch.no_grad():
        for name, module in vae.named_modules():
            if isinstance(module, wan.WanCausalConv3d) and module.kernel_size[0] == 3:
                _start_temporal(module) if name.endswith("time_conv") else _start_as_2d(module)
            if name.endswith("conv2"):
                module.weight.zero_(), module.bias.zero_()
    for p in vae.parameters():
        if p.dim() == 5:
            p.data = p.data.contiguous(memory_format=torch.channels_last_3d)
    return vae


def _start_as_2d(convolution) -> None:
    convolution.weight[:, :, -1] *= NEWEST_TAP
    convolution.weight[:, :, :-1] *= OLDER_TAPS


def _start_temporal(convolution) -> None:
    """Down-sampling in time starts as a mean of two frames, up-sampling as a copy to both."""
    convolution.bias.zero_()
    convolution.weight.mul_(0.2)
    channels = convolution.weight.shape[1]
    identity = torch.eye(channels)
    if convolution.stride[0] == 2:
        convolution.weight[:, :, 1:, 0, 0] += 0.5 * identity[:, :, None]
    else:
        convolution.weight[:channels, :, 2, 0, 0] += identity
        convolution.weight[channels:, :, 2, 0, 0] += identity


def encode(vae: AutoencoderKLWan, video: torch.Tensor) -> torch.Tensor:
    """Posterior means [B, z, f, h, w] of videos [B, 3, F, H, W] in -1...1; all later frames as one chunk."""
    vae.clear_cache()
    x = wan.patchify(video, vae.config.patch_size)
    parts = []
    for chunk in (x[:, :, :1], x[:, :, 1:]):
        if chunk.shape[2]:
            vae._enc_conv_idx = [0]
            parts.append(vae.encoder(chunk, feat_cache=vae._enc_feat_map, feat_idx=vae._enc_conv_idx))
    vae.clear_cache()
    return vae.quant_conv(torch.cat(parts, 2))[:, :vae.config.z_dim]


def decode(vae: AutoencoderKLWan, latents: torch.Tensor) -> torch.Tensor:
    """Videos [B, 3, F, H, W], not clamped, of latents [B, z, f, h, w]; all later frames as one chunk."""
    vae.clear_cache()
    x = vae.post_quant_conv(latents)
    vae._conv_idx = [0]
    parts = [vae.decoder(x[:, :, :1], feat_cache=vae._feat_map, feat_idx=vae._conv_idx, first_chunk=True)]
    if x.shape[2] > 1:
        vae._conv_idx = [0]
        parts.append(vae.decoder(x[:, :, 1:], feat_cache=vae._feat_map, feat_idx=vae._conv_idx))
    vae.clear_cache()
    return wan.unpatchify(torch.cat(parts, 2), vae.config.patch_size)


def to_video(frames: torch.Tensor) -> torch.Tensor:
    """uint8 [B, F, H, W, 3] to float [B, 3, F, H, W] in -1...1."""
    return frames.permute(0, 4, 1, 2, 3).float() / 127.5 - 1


def to_frames(video: torch.Tensor) -> torch.Tensor:
    """float [B, 3, F, H, W] in -1...1 to uint8 [B, F, H, W, 3]."""
    return ((video.clamp(-1, 1) + 1) * 127.5).round().byte().permute(0, 2, 3, 4, 1)
