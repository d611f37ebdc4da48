"""Reads the files that say what is trained."""

import json
from pathlib import Path


def read_config(path: Path) -> dict:
    """The settings of a file; one with 'extends' says only what differs from the file named there."""
    own = json.loads(path.read_text())
    return merged(read_config(path.parent / own.pop("extends")), own) if "extends" in own else own


def merged(base: dict, changes: dict) -> dict:
    """Settings of `base` with those of `changes` in their place, at every depth."""
    both = {name: merged(base[name], value) if isinstance(value, dict) and isinstance(base.get(name), dict) else value
            for name, value in changes.items()}
    return {**base, **both}


def config_of(model: Path) -> dict:
    """The settings whose world has the size and length of a model's clips, by the model's generation.json.

    Raises:
        ValueError: no file beside this one has them.
    """
    sizes = ("width", "height", "frames")
    wanted = json.loads((model / "generation.json").read_text())
    for file in sorted(Path(__file__).parent.glob("world*.json"), key=lambda file: len(file.name)):
        config = read_config(file)
        if all(config["world"][size] == wanted[size] for size in sizes):
            return config
    raise ValueError(f"{model}: no configuration in {Path(__file__).parent} makes clips of "
                     f"{' x '.join(str(wanted[size]) for size in sizes)}. Name one with --config.")
