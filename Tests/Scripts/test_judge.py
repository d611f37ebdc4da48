"""The judge's fixed prompts, and whether it reads drawn clips; `Scripts/judge --check` asks the latter of many more."""

import unittest
from dataclasses import replace

import numpy as np
import prompt_sets
from common import world
from measure import Judge
from pairs import look_at_two, pair_marks
from report import table
from world import ALONE, CAMERAS


class PromptSetTests(unittest.TestCase):
    def test_sets_are_of_the_kind_that_their_names_say(self):
        for name, (count, held_out, _, families) in prompt_sets.SETS.items():
            entries = prompt_sets.read_set(name)
            self.assertEqual(len(entries), count, name)
            for scene in map(prompt_sets.scene_of, entries):
                self.assertEqual(scene.other != ALONE, name in prompt_sets.PAIR_SETS, name)
                if not families:
                    self.assertEqual(world().held_out(scene), held_out, name)
            self.assertEqual(all("curve" in entry for entry in entries), bool(families), name)

    def test_sets_for_choosing_share_no_prompt_with_those_for_tables(self):
        prompts = {name: {entry["prompt"] for entry in prompt_sets.read_set(name)} for name in prompt_sets.SETS}
        choosing = [name for name in prompts if name.startswith("tuning")]
        self.assertEqual(len(choosing), 3)
        for name in choosing:
            for other in set(prompts) - set(choosing):
                self.assertFalse(prompts[name] & prompts[other], f"{name} and {other}")


class JudgeTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.judge = Judge(world())

    def scenes(self, count: int, two: bool = False) -> list:
        random = np.random.default_rng(21)
        return [prompt_sets.scene_with(world(), random, 7 * i % len(world().subjects), False, two) for i in range(count)]

    def frames(self, scene, seed: int) -> np.ndarray:
        return world().render(scene, np.random.default_rng(seed)).frames

    def test_drawn_clips_are_read(self):
        scenes = [replace(scene, camera=i % len(CAMERAS)) for i, scene in enumerate(self.scenes(10))]
        seen = [self.judge.look(self.frames(scene, i)).scene for i, scene in enumerate(scenes)]
        for name in ("subject", "motion", "background"):
            right = sum(getattr(found, name) == getattr(scene, name) for found, scene in zip(seen, scenes))
            self.assertGreaterEqual(right, 9, name)

    def test_drawn_pairs_are_read(self):
        scenes = self.scenes(6, two=True)
        marks = [pair_marks(look_at_two(self.judge, self.frames(scene, i)), scene) for i, scene in enumerate(scenes)]
        self.assertGreaterEqual(sum(mark["both, placed, motion"] for mark in marks), 5)

    def test_noise_is_no_answer_to_a_prompt(self):
        random = np.random.default_rng(4)
        scenes = self.scenes(4)
        seen = [self.judge.look(random.integers(0, 256, (17, 128, 128, 3), dtype=np.uint8)).scene for _ in scenes]
        right = [(one.subject, one.motion) == (other.subject, other.motion) for one, other in zip(seen, scenes)]
        self.assertFalse(any(right))


class ReportTests(unittest.TestCase):
    def test_half_a_percent_is_one_clip_of_200_and_is_shown(self):
        rows = {"floor: other": {"clips": 200, "subject": 0.005, "motion": 0.08},
                "generated": {"clips": 200, "subject": 0.945, "motion": 1.0, "flicker": 0.598}}
        self.assertEqual(table("seen", rows).splitlines(), [
            "| **seen** | clips | subject | motion | flicker |", "|---|---:|---:|---:|---:|",
            "| generated | 200 | 94.5 % | 100 % | 0.60 |", "| floor: other | 200 | 0.5 % | 8 % |  |"])


if __name__ == "__main__":
    unittest.main()
