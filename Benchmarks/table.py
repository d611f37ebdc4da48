"""README's figures from the files of Benchmarks/results. Standard library only."""

import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
START, END = "<!-- benchmarks -->\n", "<!-- end of benchmarks -->\n"
WORKS = {
    "forward-fp32-320": "transformer, 320 tokens, fp32", "forward-narrow-320": "the same; peers in 16 bits",
    "forward-fp32-1280": "transformer, 1,280 tokens, fp32",
    "forward-int8-320": "transformer, 320 tokens, int8",
    "forward-int8-320-distinct": "the same, 512 distinct rows of text",
    "forward-int8-1280": "transformer, 1,280 tokens, int8", "forward-int8-4096": "transformer, 4,096 tokens, int8",
    "attention-4096": "self-attention, 4,096 tokens, 12 heads of 128",
    "decode-5x32x32": "decoding 17 frames of 256x256, fp32", "encode-32": "4 layers of UMT5-XXL's shape, 32 tokens",
}


def load(name: str) -> dict | None:
    """One file of results, if it is there."""
    path = ROOT / f"Benchmarks/results/{name}.json"
    return json.loads(path.read_text()) if path.exists() else None


def seconds(value: float) -> str:
    """Two or three figures that count."""
    return f"{value:.2f} s" if value < 10 else f"{value:.1f} s"


def memory(mebibytes: float) -> str:
    """MiB, or GiB from 1,000 MiB on."""
    return f"{mebibytes:.0f} MiB" if mebibytes < 1000 else f"{mebibytes / 1024:.1f} GiB"


def embedded(results: dict) -> list[str]:
    """The table of the default clip."""
    own, other = results["zoetrope"], results["diffusers"]
    lines = ["| | Zoetrope | diffusers 0.42.1 | ratio |", "|---|---|---|---|"]
    for name, what, show in (("sample", "text and sampling", seconds), ("decode", "decoding", seconds),
                             ("wall", "whole process, from a cold start", seconds),
                             ("peak_mib", "peak resident memory", memory)):
        a, b = own[name]["median"], other[name]["median"]
        lines.append(f"| {what} | {show(a)} | {show(b)} | {b / a:.2g} |")
    return lines


def peers(results: dict) -> list[str]:
    """The table of the 1.3B shape: each peer's time, ratio to Zoetrope's and memory."""
    lines = ["| work | Zoetrope | peers |", "|---|---|---|"]
    for name, what in WORKS.items():
        entries = results["works"].get(name, {}).get("peers", {})
        own = entries.get("zoetrope", {})
        if "seconds" not in own:
            continue
        extra = entries.get("zoetrope int8")
        mine = f"{seconds(own['seconds']['median'])}, {memory(own['peak_mib']['median'])}"
        mine += f"; in int8 {seconds(extra['seconds']['median'])}" if extra else ""
        others = [f"{peer} {seconds(entry['seconds']['median'])} ({entry['ratio']:.2g}x), "
                  f"{memory(entry['peak_mib']['median'])}"
                  for peer, entry in entries.items() if not peer.startswith("zoetrope") and "seconds" in entry]
        lines.append(f"| {what} | {mine} | {'; '.join(others)} |")
    return lines


def counts(results: dict) -> str:
    """How often each was measured, and what was measured less often."""
    found = {name: max(len(entry.get("times", [])) for entry in work["peers"].values())
             for name, work in results["works"].items()}
    most = max(found.values())
    fewer = [WORKS[name] for name in WORKS if 0 < found.get(name, 0) < most]
    if most == 1:
        return "one run of each"
    seldom = {peer for name, work in results["works"].items() for peer, entry in work["peers"].items()
              if 0 < len(entry.get("times", [])) < found[name]}
    less = [*fewer, *sorted(seldom)]
    return f"medians of {most} runs" + (f" (fewer of: {'; '.join(less)})" if less else "")


def openvino(results: dict) -> str:
    """What has to be said of OpenVINO, where it took part or did not."""
    if any("groups of 256" in work["note"] for work in results["works"].values()):
        return " OpenVINO's int8 is told to quantise activations in groups of 256 values."
    if any("OpenVINO" in work["peers"] for work in results["works"].values()):
        return " OpenVINO's int8 has 8-bit weights; whether its activations are quantised was not confirmed."
    return " OpenVINO and stable-diffusion.cpp took no part in this run."


def scaling(results: dict) -> list[str]:
    """The table of one forward at growing numbers of tokens."""
    lines = ["| tokens | forward | of it attention | a token without attention | peak |", "|---:|---:|---:|---:|---:|"]
    return lines + [f"| {row['tokens']:,} | {seconds(row['forwardSeconds'])} | {seconds(row['attentionSeconds'])} "
                    f"| {row['microsecondsPerTokenWithoutAttention'] / 1000:.2f} ms | {memory(row['peakMiB'])} |"
                    for row in results["rows"]]


def text() -> str:
    """Everything between the marks."""
    lines = []
    if results := load("embedded"):
        lines += [f"The default clip of `sprites` (64x64, 17 frames, {results['settings']['steps']} steps with guidance) on two "
                  f"cores of a server CPU, medians of {results['repeats']} runs in turn, both in fp32 with two threads",
                  "([results](Benchmarks/results/embedded.json), made by `Benchmarks/side-by-side`):", "", *embedded(results), ""]
    if results := load("peers-amx"):
        lines += ["One random checkpoint of the shape of Wan 2.1 1.3B (bf16 weights) in all programs, two threads, "
                  f"{counts(results)} in turn; in brackets how many times Zoetrope's time; memory is the peak of the process",
                  "([results](Benchmarks/results/peers-amx.json), made by `Benchmarks/peers` on an Intel Xeon, Emerald Rapids, with AMX). Zoetrope reads the "
                  "padding of a prompt as one row, which the peers do not; where rows are distinct it cannot." + openvino(results), "",
                  *peers(results), ""]
    for name, cpu in (("peers", "an Emerald Rapids whose virtual machine hides AMX, by an earlier commit"),
                      ("peers-zen4", "a Zen 4 with AVX-512"), ("peers-avx2", "a third Zen, which has AVX2 alone")):
        if results := load(name):
            lines += [f"The same on {cpu}; {counts(results)} in turn",
                      f"([results](Benchmarks/results/{name}.json))." + openvino(results), "", *peers(results), ""]
    if results := load("scaling"):
        lines += [f"How a forward grows with its tokens: two of the 30 blocks of that shape, in fp32 on {results['machine']['cpu']}, medians of three",
                  "([results](Benchmarks/results/scaling.json), made by `zoetrope-bench scaling`; "
                  "[the same](Benchmarks/results/scaling-avx2.json) with AVX2 alone, [and](Benchmarks/results/scaling-amx.json) with AMX):", "", *scaling(results), ""]
    if results := load("quality-int8"):
        medians = results["medians"]
        lines += [f"`--precision int8` against fp32, {len(results['prompts'])} prompts with equal seeds: median PSNR "
                  f"{medians['psnr']:.1f} dB (least {results['least_psnr']:.1f} dB), SSIM {medians['ssim']:.4f}, relative L2 of the "
                  f"latents {medians['latents_relative_l2']:.3f}",
                  "([results](Benchmarks/results/quality-int8.json), made by `Benchmarks/quality`).", ""]
    return "\n".join(lines)


def main() -> None:
    """Rewrites README.md, or compares with it."""
    readme = README.read_text()
    before, rest = readme.split(START)
    found, after = rest.split(END)
    wanted = text()
    if "--check" in sys.argv:
        if found != wanted:
            sys.exit("Benchmarks/table: README.md's figures are not those of Benchmarks/results; run Benchmarks/table")
    else:
        README.write_text(before + START + wanted + END + after)


if __name__ == "__main__":
    main()
