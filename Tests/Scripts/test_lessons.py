"""What the stage `clauses` reads: no caption of a pair that is kept for judging, and words that are shared as it says."""

import unittest

import grammar
import numpy as np
from clauses import Lessons
from common import world
from world import CAMERAS, MOTIONS, Scene


def by_length(phrases: dict[str, list[str]]) -> list[tuple[str, str]]:
    """Phrase and value, long phrases first: "moves to the right" before "moves"."""
    pairs = [(phrase, value) for value, known in phrases.items() for phrase in known if phrase]
    return sorted(pairs, key=lambda pair: -len(pair[0]))


CAMERA_PHRASES, MOTION_PHRASES = by_length(grammar.CAMERAS), by_length(grammar.MOTIONS)


def camera_in(caption: str) -> str | None:
    return next((camera for phrase, camera in CAMERA_PHRASES if caption.rstrip(".").endswith(phrase)), None)


def motion_in(caption: str) -> str | None:
    """None, too, for a phrase with a filler in its middle, which only a shorter one is left of."""
    return next((motion for phrase, motion in MOTION_PHRASES if f" {phrase} " in f" {caption.replace(',', ' ')} "), None)


class LessonTests(unittest.TestCase):
    def setUp(self):
        self.lessons = Lessons(world(), np.random.default_rng(7))

    def test_no_caption_is_of_a_kept_pair(self):
        kept = {(motion, camera) for motion in MOTIONS for camera in CAMERAS[1:]
                if world().held_out(Scene(self.subject_without_kept_motions(motion), MOTIONS.index(motion), 0,
                                          camera=CAMERAS.index(camera)))}
        self.assertTrue(kept)
        read, found = 0, []
        for _ in range(4000):
            lesson = self.lessons.draw()
            for caption in filter(None, (lesson.prompt, lesson.opening, lesson.closing)):
                motion, camera = motion_in(caption), camera_in(caption)
                read += motion is not None and camera is not None
                if (motion, camera) in kept and motion != "path":
                    found.append(caption)
        self.assertGreater(read, 2000)
        self.assertEqual(found, [])

    def subject_without_kept_motions(self, motion: str) -> int:
        """So that what is kept is the pair of motion and camera."""
        return next(subject for subject in range(len(world().subjects))
                    if not world().held_out(Scene(subject, MOTIONS.index(motion), 0)))

    def test_prompts_begin_as_their_openings_and_end_as_their_closings(self):
        closed = 0
        for _ in range(500):
            lesson = self.lessons.draw()
            self.assertTrue(lesson.prompt.split(",")[0].rstrip(".") in lesson.opening, lesson)
            if lesson.closing:
                closed += 1
                self.assertEqual(camera_in(lesson.prompt), camera_in(lesson.closing), lesson)
        self.assertGreater(closed, 50)

    def test_pairs_with_and_without_a_clause_are_of_the_kind_that_is_asked_for(self):
        for held_out in (False, True):
            told, plain = self.lessons.with_and_without(held_out)
            self.assertIsNotNone(camera_in(told))
            self.assertIsNone(camera_in(plain))
            self.assertTrue(told.startswith(plain.rstrip(".")))


if __name__ == "__main__":
    unittest.main()
