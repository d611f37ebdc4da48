"""One measurement of one peer, in a process of its own: prints its seconds as JSON."""

import argparse
import json
import os
import time
from pathlib import Path

import torch

from original_names import AUTOENCODER, TRANSFORMER, rewritten

GRIDS = {320: (5, 16, 16), 1280: (5, 32, 32), 4096: (16, 32, 32), 16: (1, 8, 8)}   # latent frames, rows, columns


def timed(body, warm: bool = True) -> float:
    """Seconds of one call, after one that does not count."""
    with torch.no_grad():
        if warm:
            body()
        start = time.monotonic()
        body()
        return time.monotonic() - start


def inputs(model, tokens: int, rows: int, kind: torch.dtype) -> dict:
    """Latent, time and the 512 text slots, of which `rows` are not zeros."""
    random = torch.Generator("cpu").manual_seed(7)
    context = torch.zeros(1, 512, model.config.text_dim)
    context[:, :rows] = torch.randn(1, rows, model.config.text_dim, generator=random)
    latent = torch.randn(1, model.config.in_channels, *GRIDS[tokens], generator=random)
    return {"hidden_states": latent.to(kind), "timestep": torch.tensor([500]),
            "encoder_hidden_states": context.to(kind)}


def load(folder: Path, kind: torch.dtype):
    """The transformer of diffusers."""
    from diffusers import WanTransformer3DModel
    return WanTransformer3DModel.from_pretrained(folder / "transformer", torch_dtype=kind).eval()


def torch_forward(options) -> float:
    """diffusers in fp32, bf16 or fp16; int8 is torch's dynamically quantised Linear in fp32 surroundings."""
    kind = {"bf16": torch.bfloat16, "fp16": torch.float16}.get(options.precision, torch.float32)
    model = load(options.model, kind)
    if options.precision == "int8":
        for block in model.blocks:
            torch.ao.quantization.quantize_dynamic(block, {torch.nn.Linear}, dtype=torch.qint8, inplace=True)
    given = inputs(model, options.size, options.rows, kind)
    return timed(lambda: model(**given, return_dict=False))


class Traceable(torch.nn.Module):
    """The transformer with its three inputs by position and a tensor as its result, which tracing needs."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, latent, time, context):
        """One forward."""
        return self.model(latent, time, context, return_dict=False)[0]


def openvino_model(options):
    """Converts once and keeps the result beside the model: fp32, or int8 weights."""
    import nncf
    import openvino
    path = options.work / f"openvino-{options.model.name}-{options.precision}-{options.size}.xml"
    if not path.exists():
        model = load(options.model, torch.float32)
        given = inputs(model, options.size, options.rows, torch.float32)
        with torch.no_grad():
            converted = openvino.convert_model(Traceable(model), example_input=tuple(given.values()))
        if options.precision == "int8":
            converted = nncf.compress_weights(converted, mode=nncf.CompressWeightsMode.INT8_SYM)
        openvino.save_model(converted, path, compress_to_fp16=False)
    return path


def openvino_forward(options) -> float:
    """OpenVINO; int8 may quantise activations while computing, in groups of 256 values of a row.

    The fastest of 32 (its default), 128, 256, 512 and 1536 at 320 tokens on an Emerald Rapids; with 4096 and more it takes
    twice as long.
    """
    import openvino
    path = openvino_model(options)
    if options.convert:
        return 0.0
    config = {"INFERENCE_NUM_THREADS": options.threads, "INFERENCE_PRECISION_HINT": "f32"}
    if options.precision == "int8":
        config["DYNAMIC_QUANTIZATION_GROUP_SIZE"] = "256"
    compiled = openvino.Core().compile_model(path, "CPU", config)
    sizes = json.loads((options.model / "transformer/config.json").read_text())
    model = argparse.Namespace(config=argparse.Namespace(**sizes))
    given = {name: value.numpy() for name, value in
             inputs(model, options.size, options.rows, torch.float32).items()}
    return timed(lambda: compiled(list(given.values())))


def sdcpp_forward(options) -> float:
    """stable-diffusion.cpp, from its second step to its third: it has no call for one forward.

    It gets no text encoder, which it replaces by 256 rows of zeros; in real use it has 512 rows.
    """
    import stable_diffusion_cpp
    work = options.work / f"original-{options.model.name}"
    work.mkdir(exist_ok=True)
    transformer = rewritten(options.model / "transformer", work / "transformer.safetensors", TRANSFORMER)
    autoencoder = rewritten(options.model / "vae", work / "vae.safetensors", AUTOENCODER)
    if options.convert:
        return 0.0
    ends = []

    def stepped(step: int, steps: int, seconds: float) -> None:
        # Also called while weights load, with other numbers of steps; the decoder that follows is not of interest.
        if steps == 3:
            ends.append(time.monotonic())
        if len(ends) > 1 and step == 3:
            print(json.dumps({"seconds": [ends[-1] - ends[-2]]}), flush=True)
            os._exit(0)

    program = stable_diffusion_cpp.StableDiffusion(
        diffusion_model_path=str(transformer), vae_path=str(autoencoder), wtype=options.precision,
        n_threads=options.threads, diffusion_flash_attn=True, verbose=True)
    frames, rows, columns = GRIDS[options.size]
    program.generate_video(
        prompt="", width=8 * columns, height=8 * rows, video_frames=4 * frames - 3, sample_steps=3,
        cfg_scale=1.0, seed=7, progress_callback=stepped)
    raise RuntimeError("stable-diffusion.cpp told of no steps")


def torch_attention(options) -> float:
    """scaled_dot_product_attention of 12 heads of 128."""
    kind = torch.bfloat16 if options.precision == "bf16" else torch.float32
    q, k, v = (torch.randn(1, 12, options.size, 128, dtype=kind) for _ in range(3))
    return timed(lambda: torch.nn.functional.scaled_dot_product_attention(q, k, v))


def torch_decode(options) -> float:
    """AutoencoderKLWan in fp32."""
    from diffusers import AutoencoderKLWan
    model = AutoencoderKLWan.from_pretrained(options.model / "vae").eval()
    latent = torch.randn(1, 16, 5, options.size, options.size)
    return timed(lambda: model.decode(latent), warm=False)


def torch_encode(options) -> float:
    """UMT5 in bf16."""
    from transformers import UMT5EncoderModel
    model = UMT5EncoderModel.from_pretrained(options.model / "text_encoder", dtype=torch.bfloat16).eval()
    ids = torch.arange(options.size)[None] * 37 % model.config.vocab_size
    return timed(lambda: model(ids))


RUNS = {("torch", "forward"): torch_forward, ("openvino", "forward"): openvino_forward,
        ("sdcpp", "forward"): sdcpp_forward,
        ("torch", "attention"): torch_attention, ("torch", "decode"): torch_decode, ("torch", "encode"): torch_encode}


def main():
    """The command line of one measurement; Benchmarks/peers makes it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("peer")
    parser.add_argument("kind")
    parser.add_argument("--precision", default="fp32")
    parser.add_argument("--size", type=int, required=True)
    parser.add_argument("--rows", type=int, default=20)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--model", type=Path)
    parser.add_argument("--work", type=Path)
    parser.add_argument("--convert", action="store_true", help="only prepare what later runs read")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    print(json.dumps({"seconds": [RUNS[options.peer, options.kind](options)]}))


if __name__ == "__main__":
    main()
