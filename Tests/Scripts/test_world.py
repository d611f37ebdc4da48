"""What clips are drawn and said: nothing that is kept for judging, everything that is asked for."""

import unittest
from dataclasses import asdict

import cv2
import grammar
import numpy as np
from common import world
from motions import NAMES
from world import ALONE, BACKGROUNDS, CAMERAS, MOTIONS, TOGETHER, Scene, render_many


class WorldTests(unittest.TestCase):
    def test_training_meets_every_value_and_no_pair_that_is_kept(self):
        random = np.random.default_rng(1)
        scenes = [world().random_scene(random) for _ in range(5000)]
        self.assertFalse([scene for scene in scenes if world().held_out(scene)])
        counts = {"subject": len(world().subjects), "motion": len(NAMES), "background": len(BACKGROUNDS),
                  "tint": len(world().tints), "camera": len(CAMERAS), "size": 3, "speed": 3, "relation": 4}
        for name, count in counts.items():
            self.assertEqual({asdict(scene)[name] for scene in scenes}, set(range(count)), name)
        pairs = [scene for scene in scenes if scene.other != ALONE]
        self.assertEqual({MOTIONS[scene.motion] for scene in pairs}, set(TOGETHER))

    def test_some_of_each_kind_of_pair_is_kept(self):
        cameras = [Scene(0, motion, 0, camera=camera) for motion in range(len(NAMES)) for camera in range(1, len(CAMERAS))]
        subjects = [Scene(subject, motion, 0) for subject in range(len(world().subjects)) for motion in range(len(NAMES))]
        for scenes in (cameras, subjects):
            share = np.mean([world().held_out(scene) for scene in scenes])
            self.assertTrue(0.02 < share < 0.4, share)

    def test_a_seed_decides_every_pixel(self):
        first, again, other = (render_many(world(), 3, seed) for seed in (5, 5, 6))
        for one, two in zip(first, again):
            np.testing.assert_array_equal(one.frames, two.frames)
        self.assertFalse(np.array_equal(first[0].frames, other[0].frames))
        self.assertEqual(first[0].frames.shape, (17, 128, 128, 3))

    def test_the_sprite_is_where_its_track_says(self):
        """Between two clips that differ in the subject alone, what differs lies around the track."""
        for motion in ("right", "rises", "circles", "zigzags"):
            scene = Scene(0, MOTIONS.index(motion), 1)
            clips = [world().render(Scene(subject, scene.motion, 1), np.random.default_rng(3)) for subject in (0, 6)]
            np.testing.assert_array_equal(clips[0].tracks, clips[1].tracks)
            for frame, other, (x, y, side, _) in zip(clips[0].frames, clips[1].frames, clips[0].tracks[0]):
                different = np.abs(frame.astype(int) - other).max(-1) > 8
                left, top, width, height = cv2.boundingRect(different.astype(np.uint8))
                self.assertLess(abs(left + width / 2 - x), side / 4, motion)
                self.assertLess(abs(top + height / 2 - y), side / 4, motion)


class CaptionTests(unittest.TestCase):
    def test_kept_phrases_are_never_said_in_training(self):
        random = np.random.default_rng(2)
        kept = {phrases[-1] for slot in (grammar.MOTIONS, grammar.BACKGROUNDS) for phrases in slot.values()}
        taught = {phrase for slot in (grammar.MOTIONS, grammar.BACKGROUNDS) for phrases in slot.values() for phrase in phrases[:-1]}
        kept = [phrase for phrase in kept if not any(phrase in other for other in taught)]
        self.assertGreater(len(kept), 15)
        captions = [world().caption(world().random_scene(random), random) for _ in range(3000)]
        self.assertFalse([caption for caption in captions for phrase in kept if phrase in caption])

    def test_kept_phrases_are_said_where_they_are_asked_for(self):
        random = np.random.default_rng(3)
        for motion, phrases in grammar.MOTIONS.items():
            if motion in NAMES:
                caption = world().caption(Scene(0, MOTIONS.index(motion), 0), random, unseen=True)
                self.assertIn(phrases[-1], caption)
                self.assertIn(grammar.BACKGROUNDS[BACKGROUNDS[0]][-1], caption)

    def test_all_values_are_said(self):
        scene = Scene(0, MOTIONS.index("right"), 1, tint=1, size=2, speed=2, camera=1, other=5, relation=2)
        caption = world().caption(scene, np.random.default_rng(4))
        words = world().words(scene)
        for name in ("subject", "other", "tint"):
            self.assertIn(words[name], caption)
        for name, known in (("motion", grammar.MOTIONS), ("background", grammar.BACKGROUNDS), ("camera", grammar.CAMERAS),
                            ("speed", grammar.SPEEDS), ("relation", grammar.RELATIONS)):
            self.assertTrue(any(phrase in caption for phrase in known[words[name]]), f"{name}: {caption}")


if __name__ == "__main__":
    unittest.main()
