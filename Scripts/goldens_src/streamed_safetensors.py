"""Writes safetensors files whose tensors are never in memory as a whole."""

import hashlib
import json
import math
from collections.abc import Callable, Iterator
from pathlib import Path

import torch

CHUNK = 2**23                               # values made at once
SHARD_BYTES = 5_000_000_000
NAMES = {torch.float32: "F32", torch.bfloat16: "BF16", torch.float16: "F16"}

Shapes = dict[str, list[int]]
Rows = Callable[[str, torch.Tensor], torch.Tensor]


def write(folder: Path, stem: str, shapes: Shapes, kind: torch.dtype, rows: Rows, seed: int):
    """Writes tensors of normal numbers, passed through `rows`, as one file or as shards with an index.

    Each tensor has its own generator, seeded by `seed` and its name; `rows` gets some whole rows at a time.
    """
    shards = split(shapes, kind.itemsize)
    files = [f"{stem}.safetensors"]
    if len(shards) > 1:
        files = [f"{stem}-{index + 1:05d}-of-{len(shards):05d}.safetensors" for index in range(len(shards))]
        index = {
            "metadata": {"total_size": kind.itemsize * sum(map(math.prod, shapes.values()))},
            "weight_map": {name: file for file, shard in zip(files, shards) for name in shard},
        }
        text = json.dumps(index, indent=2, sort_keys=True)
        (folder / f"{stem}.safetensors.index.json").write_text(text + "\n")
    for file, shard in zip(files, shards):
        with (folder / file).open("wb") as stream:
            stream.write(header(shard, kind))
            for name, shape in shard.items():
                for values in normal_rows(shape, seed_of(seed, name)):
                    stream.write(rows(name, values).to(kind).contiguous().view(torch.uint8).numpy().data)
        print(f"{folder / file}: {(folder / file).stat().st_size / 1e9:.2f} GB", flush=True)


def split(shapes: Shapes, itemsize: int) -> list[Shapes]:
    """Cuts a list of tensors into shards of at most SHARD_BYTES, or of one larger tensor."""
    shards, size = [{}], 0
    for name, shape in sorted(shapes.items()):
        length = math.prod(shape) * itemsize
        if shards[-1] and size + length > SHARD_BYTES:
            shards.append({})
            size = 0
        shards[-1][name] = shape
        size += length
    return shards


def header(shapes: Shapes, kind: torch.dtype) -> bytes:
    """Length and JSON that come before the tensors, padded to eight bytes."""
    entries, offset = {"__metadata__": {"format": "pt"}}, 0
    for name, shape in shapes.items():
        length = math.prod(shape) * kind.itemsize
        entries[name] = {"dtype": NAMES[kind], "shape": shape, "data_offsets": [offset, offset + length]}
        offset += length
    text = json.dumps(entries, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return len(text).to_bytes(8, "little") + text


def normal_rows(shape: list[int], seed: int) -> Iterator[torch.Tensor]:
    """Normal numbers of a shape, in runs of whole rows of at most CHUNK values."""
    generator = torch.Generator("cpu").manual_seed(seed)
    step = max(1, CHUNK // max(1, math.prod(shape[1:])))
    for start in range(0, shape[0], step):
        yield torch.randn([min(step, shape[0] - start), *shape[1:]], generator=generator)


def seed_of(seed: int, name: str) -> int:
    """A seed of its own for each tensor."""
    return int.from_bytes(hashlib.sha256(f"{seed} {name}".encode()).digest()[:6], "little")
