"""The fixed sets of prompts: drawn once from the grammar, with their labels and seeds, before any result was seen."""

import json
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np

import motions
from world import ALONE, Scene, World

FOLDER = Path(__file__).resolve().parent / "prompts"
SEED = 20261127
# name: clips, held-out pairs, unseen phrases, families of curves (none: a named motion). A set's place here is part of
# its seed, so new ones go to the end.
SETS = {
    "seen": (200, False, False, ()),
    "held-out": (200, True, False, ()),
    "phrasings": (100, False, True, ()),
    "pictures": (60, False, False, ()),
    "lines": (60, False, False, motions.FREE_CURVES),
    "shapes": (60, False, False, motions.UNSEEN_CURVES),
    "two": (60, False, False, ()),
    "tuning": (168, False, False, ()),
    "tuning-held-out": (168, True, False, ()),
    "tuning-two": (84, False, False, ()),
}
TEXT_SETS, TRACK_SETS, PAIR_SETS = ("seen", "held-out", "phrasings"), ("lines", "shapes"), ("two", "tuning-two")
# For choosing settings, so that the others stay unseen until the end; of one subject. "tuning-two" is of two.
TUNING_SETS = ("tuning", "tuning-held-out")
FIRST_CLIP_SEED = 9000


def draw_set(world: World, name: str) -> list[dict]:
    """Entries with prompt, seed, scene and, for tracks, the curve [F, 2] in 0...1.

    Subjects take turns, so that each is there as often as any other, give or take one.
    """
    count, held_out, unseen, families = SETS[name]
    random = np.random.default_rng([SEED, list(SETS).index(name)])
    subjects = random.permutation(np.arange(count) % len(world.subjects))
    entries = []
    for i, subject in enumerate(subjects):
        scene = scene_with(world, random, int(subject), held_out, two=name in PAIR_SETS)
        entry = {"seed": FIRST_CLIP_SEED + i}
        if families:
            scene = replace(scene, motion=motions.PATH, speed=1, camera=0)
            curve = motions.free_curve(str(random.choice(families)), world.frames, random)
            entry["curve"] = [[round(float(v), 4) for v in point] for point in curve]
        entries.append({"prompt": world.caption(scene, random, unseen), **entry, "scene": asdict(scene)})
    return entries


def scene_with(world: World, random, subject: int, held_out: bool, two: bool = False) -> Scene:
    """A scene of one given subject, or of that and another one, which training may meet, or never does."""
    while True:
        scene = replace(world.random_scene(random, held_out), subject=subject)
        if (scene.other != ALONE) == two and scene.other != subject and world.held_out(scene) == held_out:
            return scene


def write_sets(world: World) -> None:
    """Draws the sets that are not there. A set is drawn once: the grammar has more words now than some were drawn from."""
    FOLDER.mkdir(exist_ok=True)
    for name in (name for name in SETS if not (FOLDER / f"{name}.json").exists()):
        lines = ",\n".join(json.dumps(entry) for entry in draw_set(world, name))
        (FOLDER / f"{name}.json").write_text(f"[\n{lines}\n]\n")


def read_set(name: str) -> list[dict]:
    return json.loads((FOLDER / f"{name}.json").read_text())


def scene_of(entry: dict) -> Scene:
    return Scene(**entry["scene"])
