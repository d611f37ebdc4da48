"""One run of the Zoetrope program, from a template of its command line."""

import shlex
import shutil
import subprocess
from dataclasses import asdict
from pathlib import Path

import numpy
from PIL import Image
from safetensors.numpy import load_file

from diffusers_run import Clip, Settings

COMMAND = (
    "Scripts/zoetrope generate {prompt} --model {model} --seed {seed} --width {width} --height {height} "
    "--frames {frames} --steps {steps} --guidance {guidance} --shift {shift} --sampler {sampler} "
    "--autoguidance 0 --guidance-steps 0- -o {folder}/ --save-latents {latents}"
)


class ZoetropeRun:
    """Calls the program once for each clip and reads what it wrote."""

    def __init__(self, template: str, model: Path, settings: Settings, root: Path):
        """Keeps the template; each of its words may name a field in braces."""
        self.words = shlex.split(template)
        self.fields = {**asdict(settings), "model": model}
        self.root = root

    def generate(self, prompt: str, seed: int, folder: Path, image: Path | None = None,
                 last_image: Path | None = None) -> Clip:
        """Makes one clip in `folder`, in place of an older one."""
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        latents = folder / "latents.safetensors"
        fields = {"prompt": prompt, "seed": seed, "folder": folder / "frames", "latents": latents}
        command = [word.format(**self.fields, **fields) for word in self.words]
        for option, path in (("--image", image), ("--last-image", last_image)):
            command += [option, str(path)] if path else []
        done = subprocess.run(command, cwd=self.root, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"{shlex.join(command)} left with {done.returncode}:\n{done.stderr[-2000:]}")
        pictures = sorted((folder / "frames").glob("frame-*.png"))
        if not pictures:
            raise RuntimeError(f"{shlex.join(command)} wrote no frame-*.png into {folder / 'frames'}")
        frames = numpy.stack([numpy.asarray(Image.open(picture).convert("RGB")) for picture in pictures])
        return Clip(frames, load_file(latents)["latents"])
