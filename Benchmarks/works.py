"""What is measured, and who takes part with which number format."""

from dataclasses import dataclass, field


@dataclass
class Work:
    """One comparison; `peers` maps a name of the results to (program, precision)."""

    kind: str
    size: int                                   # tokens, or cells of a latent's side
    peers: dict[str, tuple[str, str]]
    model: str = "full"
    rows: int = 20                              # of the 512 text slots, those that are not zeros
    note: str = ""
    extra: list[str] = field(default_factory=list)


FP32 = {"zoetrope": ("zoetrope", "fp32"), "diffusers": ("torch", "fp32"), "OpenVINO": ("openvino", "fp32")}
SDCPP = {f"stable-diffusion.cpp {kind}": ("sdcpp", kind) for kind in ("f16", "q8_0")}
INT8 = {"zoetrope": ("zoetrope", "int8"), "torch dynamic int8": ("torch", "int8"), "OpenVINO": ("openvino", "int8")}
GROUPS = " OpenVINO is told to quantise activations in groups of 256 values."
MERGED = ("Zoetrope makes the prompt's keys and values once a run, the peers in each forward; and it merges the equal rows of "
          "the 512 text slots (20 are not zeros).")
NARROW = {"zoetrope": ("zoetrope", "fp32"), "diffusers bf16": ("torch", "bf16"), "diffusers fp16": ("torch", "fp16")}

WORKS = {
    "forward-fp32-320": Work("forward", 320, FP32, note=MERGED),
    "forward-int8-320": Work("forward", 320, INT8 | SDCPP, note=MERGED + GROUPS + " stable-diffusion.cpp has 256 rows of zeros."),
    "forward-int8-320-distinct": Work("forward", 320, INT8, rows=512, note="All 512 text slots differ; Zoetrope makes their keys and values once a run." + GROUPS),
    "forward-narrow-320": Work("forward", 320, NARROW, note="For information: 16-bit arithmetic of the peers."),
    "forward-fp32-1280": Work("forward", 1280, FP32, note=MERGED),
    "forward-int8-1280": Work("forward", 1280, INT8, note=MERGED + GROUPS),
    "forward-int8-4096": Work("forward", 4096, INT8, note=MERGED + GROUPS),
    "attention-4096": Work("attention", 4096, {"zoetrope": ("zoetrope", "fp32"), "zoetrope int8": ("zoetrope", "int8"), "torch SDPA fp32": ("torch", "fp32"),
                                               "torch SDPA bf16": ("torch", "bf16")}),
    "decode-5x32x32": Work("decode", 32, {"zoetrope": ("zoetrope", "fp32"), "diffusers": ("torch", "fp32")}),
    "encode-32": Work("encode", 32, {"zoetrope": ("zoetrope", "fp32"), "transformers bf16": ("torch", "bf16")},
                      model="text", note="Four layers of the shape of UMT5-XXL, which has 24."),
}
