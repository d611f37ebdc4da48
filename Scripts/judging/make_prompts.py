"""Draws the fixed list of prompts, once, from the caption grammar: every subject, motion and background takes part."""

import json
import sys
from dataclasses import asdict
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "training"))

from world import Scene, World  # noqa: E402

COUNT, SEED, FIRST_CLIP_SEED = 50, 20261124, 9000


def draw_prompts(world: World) -> list[dict]:
    """Prompts with labels and seeds; subjects, motions and backgrounds each appear almost equally often."""
    random = np.random.default_rng(SEED)
    columns = []
    for count in world.counts:
        values = np.arange(COUNT) % count
        random.shuffle(values)
        columns.append(values)
    scenes = [Scene(*map(int, row)) for row in zip(*columns)]
    return [{"prompt": world.caption(scene, random), "seed": FIRST_CLIP_SEED + i, **asdict(scene)}
            for i, scene in enumerate(scenes)]


if __name__ == "__main__":
    config = json.loads((HERE.parent / "training" / "sprites.json").read_text())
    prompts = draw_prompts(World(config["world"]))
    lines = ",\n".join("  " + json.dumps(prompt) for prompt in prompts)
    (HERE / "prompts.json").write_text(f"[\n{lines}\n]\n")
