"""Gets the clips that are to be judged: made by the program, or drawn by the world."""

import hashlib
import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from prompt_sets import scene_of
from world import Clip, World


@dataclass(frozen=True)
class Program:
    """How zoetrope is called: its path, the model (empty where the arguments name it), further arguments such as --steps
    20."""

    path: Path
    model: str
    further: tuple[str, ...] = ()

    def make(self, folder: Path, prompt: str, seed: int, *arguments: str) -> tuple[np.ndarray, dict]:
        """One clip [F, H, W, 3] uint8 and the program's report; what an earlier run left in `folder` is taken."""
        report = folder.with_suffix(".json")
        if not report.exists():
            model = ("--model", self.model) if self.model else ()
            command = [str(self.path), "generate", prompt, *model, "--seed", str(seed), "-o", f"{folder}/",
                       "--json", "--quiet", *arguments, *self.further]
            done = subprocess.run(command, capture_output=True, text=True)
            if done.returncode:
                raise RuntimeError(f"{' '.join(command)} left with {done.returncode}: {done.stderr.strip()}")
            write_text(report, done.stdout)
        return read_frames(folder), json.loads(report.read_text())


def write_text(file: Path, text: str) -> None:
    """Writes a file that is whole or not there."""
    partial = file.with_suffix(".partial")
    partial.write_text(text)
    partial.replace(file)


def digest(*parts: bytes) -> str:
    """A name for contents."""
    return hashlib.sha256(b"".join(len(part).to_bytes(8) + part for part in parts)).hexdigest()[:12]


def contents(model: Path) -> list[bytes]:
    """All of a model's settings and weights."""
    files = sorted(file for file in model.rglob("*") if file.suffix in (".json", ".safetensors", ".model"))
    return [file.read_bytes() for file in files]


def read_frames(folder: Path) -> np.ndarray:
    """[F, H, W, 3] uint8 of a folder of PNG files, in the order of their names."""
    return np.stack([cv2.imread(str(file)) for file in sorted(folder.glob("*.png"))])[..., ::-1]


def render(world: World, entry: dict) -> Clip:
    """The clip that the world itself draws for an entry."""
    curve = np.array(entry["curve"]) if "curve" in entry else None
    return world.render(scene_of(entry), np.random.default_rng(entry["seed"]), curve)


def write_picture(path: Path, frame: np.ndarray) -> Path:
    cv2.imwrite(str(path), np.ascontiguousarray(frame[..., ::-1]))
    return path


def write_trajectory(path: Path, places: np.ndarray) -> Path:
    """One track through places [F, 2] in 0...1, one for each frame; see docs/trajectories.md."""
    points = [{"frame": frame, "x": round(float(x), 5), "y": round(float(y), 5)} for frame, (x, y) in enumerate(places)]
    path.write_text(json.dumps({"version": 1, "tracks": [{"points": points}]}))
    return path
