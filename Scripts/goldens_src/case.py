"""One folder of expected tensors, with a record of where they come from."""

import hashlib
import json
import shutil
from pathlib import Path

import diffusers
import torch
import transformers
from safetensors.torch import save_file


class Case:
    """A golden case: model files, expected tensors and `provenance.json` in one folder."""

    def __init__(self, output: Path, group: str, name: str, seed: int):
        """Starts an empty folder `output/group/name`."""
        self.group = group
        self.seed = seed
        self.folder = output / group / name
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)

    def write_tensors(self, tensors: dict[str, torch.Tensor], file: str = "expected.safetensors"):
        """Writes `tensors` in their own types, sorted by name, each finite."""
        for name, tensor in tensors.items():
            if not torch.isfinite(tensor).all():
                raise ValueError(f"{self.folder.name}: '{name}' is not finite")
        plain = {name: tensors[name].detach().contiguous().clone() for name in sorted(tensors)}
        save_file(plain, self.folder / file)

    def write_json(self, content: dict, file: str):
        """Writes `content` readable and with a last newline."""
        (self.folder / file).write_text(json.dumps(content, indent=2) + "\n")

    def finish(self, **facts):
        """Writes `provenance.json`: versions, seed, `facts`, and the hash of every file of the case."""
        files = sorted(path for path in self.folder.rglob("*") if path.is_file())
        self.write_json(
            {
                "script": f"Scripts/goldens {self.group}",
                "seed": self.seed,
                "versions": versions(),
                "cpu_capability": torch.backends.cpu.get_cpu_capability(),
                **facts,
                "sha256": {str(path.relative_to(self.folder)): sha256(path) for path in files},
            },
            "provenance.json",
        )
        print(f"{self.group}/{self.folder.name}: {folder_bytes(self.folder) / 1e3:.0f} kB")


def versions() -> dict[str, str]:
    """The versions of the packages that made the tensors."""
    return {package.__name__: package.__version__ for package in (torch, diffusers, transformers)}


def sha256(path: Path) -> str:
    """Hash of a file, as hexadecimal text."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def folder_bytes(folder: Path) -> int:
    """Size of all files below `folder`."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
