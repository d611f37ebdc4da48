"""Goldens of image to video: small models for WanImageToVideoPipeline, their conditions and their latents.

`shared` holds the parts that all models have, two pictures and a trajectory; every other case holds a transformer,
an image encoder where it has one, and what diffusers computes.
"""

import json
import sys
from dataclasses import dataclass, field
from pathlib import Path

import numpy
import torch
from diffusers import AutoencoderKLWan, UniPCMultistepScheduler, WanImageToVideoPipeline, WanTransformer3DModel
from PIL import Image
from transformers import UMT5Config, UMT5EncoderModel

import image_encoder
import small_tokenizer
import vae
from case import Case
from pictures import soft
from random_weights import fill

sys.path.append(str(Path(__file__).resolve().parents[1] / "training"))
import conditions  # noqa: E402

SEED = 7000
WIDTH, HEIGHT, FRAMES = 48, 32, 9
PROMPT, NEGATIVE, NOISE_SEED = "a red cat runs over the sea", "dark", 11
STEPS, GUIDANCE, SHIFT = 3, 3.0, 3.0
TEXT_WIDTH, IMAGE_WIDTH, SIDE, PATCH = 20, 32, 28, 14
IMAGE_TOKENS = 1 + (SIDE // PATCH) ** 2
TRAJECTORY = {
    "version": 1,
    "tracks": [
        {"points": [{"time": 0, "x": 0.1, "y": 0.2}, {"time": 1, "x": 0.9, "y": 0.8}]},
        {"points": [{"frame": 0, "x": 0.9, "y": 0.8}, {"frame": 3, "x": 0.5, "y": 0.5, "visible": False},
                    {"frame": 7, "x": 0.95, "y": 0.9}]},
        {"anchor": {"x": 0.9, "y": 0.8}},
        {"points": [{"time": 0.25, "x": 0.4, "y": 0.6}, {"time": 0.75, "x": 1.4, "y": 0.6}]},
    ],
}
MODEL = {"added_kv_proj_dim": 48, "image_dim": IMAGE_WIDTH}


@dataclass
class Model:
    """What a model's config varies, and which pictures it is shown."""

    name: str
    config: dict = field(default_factory=dict)
    last: bool = False
    tracks: bool = False

    @property
    def has_encoder(self) -> bool:
        return "image_dim" in self.config


MODELS = [
    Model("no-encoder", last=True, tracks=True),
    Model("image-encoder", MODEL),
    Model("two-images", {**MODEL, "pos_embed_seq_len": 2 * IMAGE_TOKENS}, last=True),
]


def build_transformer(model: Model, seed: int) -> WanTransformer3DModel:
    """A small transformer of 36 channels."""
    transformer = WanTransformer3DModel(**{
        "patch_size": (1, 2, 2), "num_attention_heads": 2, "attention_head_dim": 24, "num_layers": 2,
        "in_channels": 36, "out_channels": 16, "text_dim": TEXT_WIDTH, "freq_dim": 32, "ffn_dim": 64,
        "cross_attn_norm": True, **model.config}).eval()
    fill(transformer, seed, {"norm_q.weight": 2.0, "time_proj.weight": 3.0, "pos_embed": 5.0})
    return transformer


def build_text_encoder(pieces: int, seed: int) -> UMT5EncoderModel:
    """A small text encoder for the small tokenizer."""
    encoder = UMT5EncoderModel(UMT5Config(
        vocab_size=pieces, d_model=TEXT_WIDTH, d_kv=8, d_ff=24, num_layers=1, num_heads=2,
        feed_forward_proj="gated-gelu", dropout_rate=0.0, tie_word_embeddings=False)).eval()
    fill(encoder, seed, {"SelfAttention.q.weight": 8**-0.5})
    return encoder


def build_scheduler() -> UniPCMultistepScheduler:
    """The scheduler of Wan's checkpoints."""
    config = json.loads(Path(__file__).with_name("wan_scheduler_config.json").read_text())
    return UniPCMultistepScheduler.from_config({**config, "flow_shift": SHIFT})


def make_shared(output: Path) -> dict:
    """Writes and returns what all models have in common."""
    case = Case(output, "image_to_video", "shared", SEED)
    pieces = small_tokenizer.make(case.folder / "tokenizer")
    tokenizer = small_tokenizer.PreTrainedTokenizerFast.from_pretrained(case.folder / "tokenizer")
    (case.folder / "tokenizer/tokenizer.json").unlink()
    autoencoder = vae.build(vae.VaeCase("", [], {**vae.EMBEDDED, "base_dim": 4}), SEED + 1)
    text_encoder = build_text_encoder(pieces, SEED + 2)
    parts = {"tokenizer": tokenizer, "vae": autoencoder, "text_encoder": text_encoder, "scheduler": build_scheduler()}
    for name in ("vae", "text_encoder", "scheduler"):
        parts[name].save_pretrained(case.folder / name)
    first = Image.fromarray(soft((WIDTH, HEIGHT), 3))
    last = Image.fromarray(255 - soft((WIDTH, HEIGHT), 3)[::-1])
    first.save(case.folder / "first.png")
    last.save(case.folder / "last.png")
    case.write_json(TRAJECTORY, "trajectory.json")
    case.finish()
    return {**parts, "first": first, "last": last}


def points() -> numpy.ndarray:
    """The trajectory at every frame, [N, F, 2] in pixels; unseen points lie outside."""
    times = numpy.arange(FRAMES)
    tracks = []
    for track in TRAJECTORY["tracks"]:
        given = track.get("points") or [{"frame": 0, **track["anchor"]}]
        at = numpy.array([point.get("frame", point.get("time", 0) * (FRAMES - 1)) for point in given])
        path = numpy.stack([numpy.interp(times, at, [point[axis] for point in given]) for axis in ("x", "y")], -1)
        latest = numpy.maximum(numpy.searchsorted(at, times, side="right") - 1, 0)
        seen = numpy.array([given[index].get("visible", True) for index in latest])
        path[~seen] = -1
        tracks.append(path * (WIDTH, HEIGHT))
    return numpy.stack(tracks)


class SeededOrder:
    """Stands in for numpy's generator: the order in which Zoetrope draws for a seed."""

    @staticmethod
    def permutation(count: int) -> list[int]:
        generator = torch.Generator("cpu").manual_seed(NOISE_SEED)
        return torch.randn(count, generator=generator).argsort().tolist()


@torch.no_grad()
def denoise(pipeline, conditional: torch.Tensor, unconditional: torch.Tensor, image: torch.Tensor | None):
    """The loop of the pipeline, with a condition [20, f, h, w] for each branch."""
    contexts = pipeline.encode_prompt(PROMPT, NEGATIVE, max_sequence_length=512)
    latents = torch.randn(1, 16, *conditional.shape[1:], generator=torch.Generator("cpu").manual_seed(NOISE_SEED))
    scheduler = build_scheduler()
    scheduler.set_timesteps(STEPS)
    for time in scheduler.timesteps:
        velocities = [
            pipeline.transformer(torch.cat([latents, condition[None]], 1), time.expand(1), context, image,
                                 return_dict=False)[0]
            for condition, context in zip((conditional, unconditional), contexts)]
        velocity = velocities[1] + GUIDANCE * (velocities[0] - velocities[1])
        latents = scheduler.step(velocity, time, latents, return_dict=False)[0]
    return latents[0]


@torch.no_grad()
def run(pipeline: WanImageToVideoPipeline, pictures: dict) -> dict[str, torch.Tensor]:
    """Condition and latents as the pipeline itself makes them."""
    kept = {}
    prepare = pipeline.prepare_latents

    def keep(*arguments, **named):
        latents, condition = prepare(*arguments, **named)
        kept["condition"] = condition[0]
        return latents, condition

    pipeline.prepare_latents = keep
    kept["latents"] = pipeline(
        prompt=PROMPT, negative_prompt=NEGATIVE, width=WIDTH, height=HEIGHT, num_frames=FRAMES,
        num_inference_steps=STEPS, guidance_scale=GUIDANCE, output_type="latent",
        generator=torch.Generator("cpu").manual_seed(NOISE_SEED), **pictures).frames[0]
    return kept


def with_tracks(pipeline: WanImageToVideoPipeline, expected: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """The drawn condition, latents under it, and latents without any picture; the loop is checked first."""
    condition = expected["condition"]
    difference = (denoise(pipeline, condition, condition, None) - expected["latents"]).abs().max()
    if difference > 1e-5:
        raise ValueError(f"the loop differs from the pipeline by {difference:.1e}")
    drawn = conditions.draw(condition, points(), SeededOrder)
    nothing = torch.zeros_like(condition)
    return {"drawn_condition": drawn, "drawn_latents": denoise(pipeline, drawn, condition, None),
            "text_latents": denoise(pipeline, nothing, nothing, None)}


def make(output: Path):
    """Writes the shared parts and all models."""
    shared = make_shared(output)
    for number, model in enumerate(MODELS):
        seed = SEED + 10 * (number + 1)
        case = Case(output, "image_to_video", model.name, seed)
        transformer = build_transformer(model, seed)
        transformer.save_pretrained(case.folder / "transformer")
        encoder = processor = None
        if model.has_encoder:
            encoder = image_encoder.build(image_encoder.ImageCase("", (0, 0), SIDE, PATCH, layers=2), seed + 1)
            processor = image_encoder.processor(SIDE)
            (case.folder / "image_encoder").mkdir()
            image_encoder.store(encoder, torch.float32, image_encoder.PREFIX, case.folder / "image_encoder")
            processor.save_pretrained(case.folder / "image_processor")
        pipeline = WanImageToVideoPipeline(
            tokenizer=shared["tokenizer"], text_encoder=shared["text_encoder"], vae=shared["vae"],
            scheduler=shared["scheduler"], transformer=transformer, image_encoder=encoder, image_processor=processor)
        pipeline.set_progress_bar_config(disable=True)
        case.write_json({
            "_class_name": "WanImageToVideoPipeline", "boundary_ratio": None, "expand_timesteps": False,
            "image_encoder": ["transformers", "CLIPVisionModel"] if encoder else [None, None],
            "image_processor": ["transformers", "CLIPImageProcessor"] if encoder else [None, None],
        }, "model_index.json")
        pictures = {"image": shared["first"]} | ({"last_image": shared["last"]} if model.last else {})
        expected = run(pipeline, pictures)
        if model.tracks:
            expected |= with_tracks(pipeline, expected)
        case.write_tensors(expected)
        case.finish(prompt=PROMPT, negative_prompt=NEGATIVE, noise_seed=NOISE_SEED, steps=STEPS, guidance=GUIDANCE,
                    shift=SHIFT, size=[WIDTH, HEIGHT, FRAMES], last_image=model.last)
