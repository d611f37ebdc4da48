"""The configs of the published checkpoints, and what is known of how their tensors are stored."""

from dataclasses import dataclass, field

WAN_TRANSFORMER = {
    "_class_name": "WanTransformer3DModel", "_diffusers_version": "0.33.0.dev0",
    "added_kv_proj_dim": None, "attention_head_dim": 128, "cross_attn_norm": True, "eps": 1e-6,
    "ffn_dim": 8960, "freq_dim": 256,
    "image_dim": None, "in_channels": 16, "num_attention_heads": 12, "num_layers": 30, "out_channels": 16,
    "patch_size": [1, 2, 2], "qk_norm": "rms_norm_across_heads", "rope_max_seq_len": 1024, "text_dim": 4096,
}
WIDTH_3072 = {"num_attention_heads": 24, "ffn_dim": 14336, "in_channels": 48, "out_channels": 48}
WIDTH_5120 = {"num_attention_heads": 40, "num_layers": 40, "ffn_dim": 13824}
WAN_VAE = {
    "_class_name": "AutoencoderKLWan", "_diffusers_version": "0.33.0.dev0", "attn_scales": [], "base_dim": 96,
    "dim_mult": [1, 2, 4, 4], "dropout": 0.0,
    "latents_mean": [
        -0.7571, -0.7089, -0.9113, 0.1075, -0.1745, 0.9653, -0.1517, 1.5508,
        0.4134, -0.0715, 0.5517, -0.3632, -0.1922, -0.9497, 0.2503, -0.2921,
    ],
    "latents_std": [
        2.8184, 1.4541, 2.3275, 2.6558, 1.2196, 1.7708, 2.6052, 2.0743,
        3.2687, 2.1526, 2.8652, 1.5579, 1.6382, 1.1253, 2.8251, 1.9160,
    ],
    "num_res_blocks": 2, "temperal_downsample": [False, True, True], "z_dim": 16,
}
WAN_VAE_48 = {
    **WAN_VAE, "_diffusers_version": "0.35.0.dev0", "base_dim": 160, "clip_output": False,
    "decoder_base_dim": 256, "in_channels": 12, "is_residual": True,
    "latents_mean": [
        -0.2289, -0.0052, -0.1323, -0.2339, -0.2799, 0.0174, 0.1838, 0.1557, -0.1382, 0.0542, 0.2813, 0.0891,
        0.1570, -0.0098, 0.0375, -0.1825, -0.2246, -0.1207, -0.0698, 0.5109, 0.2665, -0.2108, -0.2158, 0.2502,
        -0.2055, -0.0322, 0.1109, 0.1567, -0.0729, 0.0899, -0.2799, -0.1230, -0.0313, -0.1649, 0.0117, 0.0723,
        -0.2839, -0.2083, -0.0520, 0.3748, 0.0152, 0.1957, 0.1433, -0.2944, 0.3573, -0.0548, -0.1681, -0.0667,
    ],
    "latents_std": [
        0.4765, 1.0364, 0.4514, 1.1677, 0.5313, 0.4990, 0.4818, 0.5013, 0.8158, 1.0344, 0.5894, 1.0901,
        0.6885, 0.6165, 0.8454, 0.4978, 0.5759, 0.3523, 0.7135, 0.6804, 0.5833, 1.4146, 0.8986, 0.5659,
        0.7069, 0.5338, 0.4889, 0.4917, 0.4069, 0.4999, 0.6866, 0.4093, 0.5709, 0.6065, 0.6415, 0.4944,
        0.5726, 1.2042, 0.5458, 1.6887, 0.3971, 1.0600, 0.3943, 0.5537, 0.5444, 0.4089, 0.7468, 0.7744,
    ],
    "out_channels": 12, "patch_size": 2, "scale_factor_spatial": 16, "scale_factor_temporal": 4,
    "z_dim": 48,
}
UMT5_XXL = {
    "architectures": ["UMT5EncoderModel"], "classifier_dropout": 0.0, "d_ff": 10240, "d_kv": 64,
    "d_model": 4096, "decoder_start_token_id": 0, "dense_act_fn": "gelu_new", "dropout_rate": 0.1,
    "eos_token_id": 1, "feed_forward_proj": "gated-gelu", "initializer_factor": 1.0,
    "is_encoder_decoder": True, "is_gated_act": True, "layer_norm_epsilon": 1e-6,
    "model_type": "umt5", "num_decoder_layers": 24, "num_heads": 64, "num_layers": 24,
    "output_past": True, "pad_token_id": 0, "relative_attention_max_distance": 128,
    "relative_attention_num_buckets": 32, "scalable_attention": True, "tie_word_embeddings": False,
    "use_cache": True, "vocab_size": 256384,
}
CLIP_VIT_H = {
    "architectures": ["CLIPVisionModel"], "attention_dropout": 0.0, "dropout": 0.0, "hidden_act": "gelu",
    "hidden_size": 1280, "image_size": 224, "initializer_factor": 1.0, "initializer_range": 0.02,
    "intermediate_size": 5120, "layer_norm_eps": 1e-5, "model_type": "clip_vision_model",
    "num_attention_heads": 16, "num_channels": 3, "num_hidden_layers": 32, "patch_size": 14,
    "projection_dim": 1024,
}


@dataclass
class Published:
    """One set of files: where it is published, its config, its type on disk and what was assumed."""

    repository: str
    config: dict
    kind: str = "F32"
    notes: list[str] = field(default_factory=list)


UNUSED_NORM = (
    "blocks.N.attn2.norm_added_q.weight is in the published files, is all zero and is not used; "
    "diffusers ignores it"
)
SHARED_ONLY = (
    "transformers writes the embedding once, as shared.weight; files made elsewhere may hold "
    "encoder.embed_tokens.weight instead or as well, with the same values"
)
FLOAT_TYPE = "F32 is assumed; loading takes any floating-point type"

PUBLISHED = {
    "wan2.1-t2v-1.3b-transformer": Published(
        "Wan-AI/Wan2.1-T2V-1.3B-Diffusers/transformer", WAN_TRANSFORMER, notes=[FLOAT_TYPE]),
    "wan2.1-i2v-14b-480p-transformer": Published(
        "Wan-AI/Wan2.1-I2V-14B-480P-Diffusers/transformer",
        {**WAN_TRANSFORMER, **WIDTH_5120, "in_channels": 36, "image_dim": 1280, "added_kv_proj_dim": 5120},
        notes=[FLOAT_TYPE, UNUSED_NORM]),
    "wan2.2-i2v-a14b-transformer": Published(
        "Wan-AI/Wan2.2-I2V-A14B-Diffusers/transformer and transformer_2",
        {**WAN_TRANSFORMER, **WIDTH_5120, "_diffusers_version": "0.35.0.dev0", "in_channels": 36,
         "pos_embed_seq_len": None},
        notes=[FLOAT_TYPE]),
    "wan2.2-ti2v-5b-transformer": Published(
        "Wan-AI/Wan2.2-TI2V-5B-Diffusers/transformer",
        {**WAN_TRANSFORMER, **WIDTH_3072, "_diffusers_version": "0.35.0.dev0", "pos_embed_seq_len": None},
        notes=[FLOAT_TYPE]),
    "wan2.1-i2v-14b-480p-image-encoder": Published(
        "Wan-AI/Wan2.1-I2V-14B-480P-Diffusers/image_encoder", CLIP_VIT_H,
        notes=[FLOAT_TYPE, "the vision model of CLIP ViT-H/14; the names are those that transformers saves"]),
    "wan2.1-vae": Published("Wan-AI/Wan2.1-T2V-1.3B-Diffusers/vae", WAN_VAE, notes=[FLOAT_TYPE]),
    "wan2.2-vae": Published("Wan-AI/Wan2.2-TI2V-5B-Diffusers/vae", WAN_VAE_48, notes=[FLOAT_TYPE]),
    "umt5-xxl-encoder": Published(
        "Wan-AI/Wan2.2-TI2V-5B-Diffusers/text_encoder", UMT5_XXL, "BF16",
        ["the Wan2.1 repositories hold the same keys as F32", SHARED_ONLY]),
}
