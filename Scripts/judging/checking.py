"""Is the judge itself right? It reads drawn clips, and such whose background moves as no drawn one does."""

from dataclasses import replace

import numpy as np

import prompt_sets
from measure import Judge, scene_shares
from world import CAMERAS, Scene, World

SEED = 31337


class SlowCamera(World):
    """Cameras that go half as far as the world's."""

    def _backdrop(self, scene: Scene, random: np.random.Generator) -> list[np.ndarray]:
        pictures = super()._backdrop(scene, random)
        return [pictures[(len(pictures) + 2 * i) // 4] for i in range(len(pictures))]


class ChangingBackground(World):
    """Each clip's background turns into another of the same kind while the camera moves, as generated ones may."""

    def _backdrop(self, scene: Scene, random: np.random.Generator) -> list[np.ndarray]:
        first, second = super()._backdrop(scene, random), super()._backdrop(scene, random)
        return [a * (1 - t) + b * t for a, b, t in zip(first, second, np.linspace(0, 1, len(first)))]


# What is drawn, how many clips, whether a camera always moves, and the least share that must be read rightly.
CHECKS = {
    "drawn": (World, 100, False, {"subject": 0.97, "motion": 0.97, "background": 0.98, "tint": 0.95, "camera": 0.95}),
    "cameras half as far": (SlowCamera, 84, True, {"subject": 0.97, "motion": 0.95, "camera": 0.85}),
    "changing backgrounds": (ChangingBackground, 84, True, {"subject": 0.91, "motion": 0.92}),
}


def check(judge: Judge) -> int:
    """Prints the shares of each kind of clip beside their bounds; 1 if one is below."""
    passed = True
    for name, (kind, count, moving, bounds) in CHECKS.items():
        found = shares(judge, kind(judge.world.settings), count, moving)
        for slot, bound in bounds.items():
            passed = passed and found[slot] >= bound
            print(f"{name:22} {slot:12} {100 * found[slot]:5.1f} %   at least {100 * bound:.0f} %", flush=True)
    return 0 if passed else 1


def shares(judge: Judge, world: World, count: int, moving: bool) -> dict[str, float]:
    random = np.random.default_rng(SEED)
    scenes = [prompt_sets.scene_with(world, random, i % len(world.subjects), False) for i in range(count)]
    if moving:
        scenes = [replace(scene, camera=1 + i % (len(CAMERAS) - 1)) for i, scene in enumerate(scenes)]
    clips = (world.render(scene, np.random.default_rng(SEED + i)).frames for i, scene in enumerate(scenes))
    return scene_shares([judge.look(clip).scene for clip in clips], scenes)
