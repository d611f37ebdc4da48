"""Captions that end in a clause about the camera, and what each part of them should sound like beside another partner.

A text encoder trained along with a transformer learns which values go together: in a world where what goes right is
never panned over, the word "right" came to mean left beside "the camera pans". Here a caption's words before the clause
are paired with other clauses, and the clause with other scenes, all of which training may meet.
"""

from dataclasses import dataclass, replace

import numpy as np

import grammar
from world import CAMERAS, MOTIONS, Scene, World

MOVING = range(1, len(CAMERAS))
GIVEN_A_CAMERA = 0.6                     # of the scenes without one
UNKNOWN_SHARE = 0.4                      # of the clauses say what the world does not know
STILL_SHARE = 0.5                        # of those say nothing of a camera that moves
SIDEWAYS = ("left", "right")             # motions, and words that random clauses behind them do not have
# Clauses that mean nothing here, with words that those of CAMERAS have too: a caption's other words must not mind them.
UNKNOWN_VERBS = ("pans", "tilts", "moves", "turns", "slides", "drifts", "looks", "camera", "cranes", "swings")
UNKNOWN_WAYS = ("up", "down", "upwards", "around", "slowly", "back", "along", "forward", "to the top", "higher", "lower",
                "up and down", "diagonally")
SIDES = ("with {thing} on the {side}", "{thing} on the {side}", "seen from the {side}", "{thing} to the {side}",
         "lit from the {side}", "the {side} side is dark", "{thing} at {side}")


@dataclass(frozen=True)
class Lesson:
    """prompt: what is read; the states of the words that it shares with the start of `opening`, and with the end of
    `closing` if that is given, are to be those of these prompts."""

    prompt: str
    opening: str
    closing: str | None = None


class Lessons:
    """Draws lessons from the captions of scenes that training may meet."""

    def __init__(self, world: World, random: np.random.Generator):
        self.world, self.random = world, random
        phrases = [phrase for values in (grammar.MOTIONS, grammar.BACKGROUNDS) for known in values.values()
                   for phrase in known[:-1]]
        names = [subject["name"] for subject in world.subjects]
        self.words = sorted({word for phrase in [*phrases, *names, *grammar.FILLERS, *filter(None, world.tint_names)]
                             for word in phrase.split()})

    def draw(self) -> Lesson:
        scene = self.world.random_scene(self.random)
        text, stop = self._without_camera(scene)
        if not scene.camera and self.random.random() < GIVEN_A_CAMERA:
            scene = replace(scene, camera=self._camera_for(scene))
        if not scene.camera:
            return Lesson(text + stop, text + stop)
        partner = text + self._clause(self._camera_for(scene)) + stop
        if self.random.random() < UNKNOWN_SHARE:
            still = self.random.random() < STILL_SHARE
            return Lesson(f"{text}, {self._unknown(scene)}{stop}", text + stop if still else partner)
        clause = self._clause(scene.camera) + stop
        return Lesson(text + clause, partner, self._without_camera(self._scene_for(scene.camera))[0] + clause)

    def with_and_without(self, held_out: bool) -> tuple[str, str]:
        """A caption with a clause about the camera, for a motion that training met or did not meet with it, and without."""
        while True:
            scene = self.world.random_scene(self.random)
            camera = int(self.random.choice(MOVING))
            if self.world.held_out(replace(scene, camera=camera)) == held_out:
                text, stop = self._without_camera(scene)
                return text + self._clause(camera) + stop, text + stop

    def _without_camera(self, scene: Scene) -> tuple[str, str]:
        """A caption that says nothing of the camera, and its full stop if it has one."""
        words = self.world.words(replace(scene, camera=0))
        text = grammar.muddled(grammar.say(words, self.random), self.random)
        return (text[:-1], ".") if text.endswith(".") else (text, "")

    def _clause(self, camera: int) -> str:
        return f", {self.random.choice(grammar.CAMERAS[CAMERAS[camera]])}" if camera else ""

    def _camera_for(self, scene: Scene) -> int:
        """A move that training may meet with the scene's motion; 0 where there is none."""
        met = [camera for camera in MOVING if not self.world.held_out(replace(scene, camera=camera))]
        return int(self.random.choice(met or [0]))

    def _scene_for(self, camera: int) -> Scene:
        """A scene that training may meet under a move."""
        while True:
            scene = self.world.random_scene(self.random)
            if not self.world.held_out(replace(scene, camera=camera)):
                return scene

    def _unknown(self, scene: Scene) -> str:
        """A clause that means nothing in this world, in three kinds."""
        random, kind = self.random, self.random.random()
        if kind < 0.5:
            return f"{random.choice(('the camera ', 'camera ', ''))}{random.choice(UNKNOWN_VERBS)} {random.choice(UNKNOWN_WAYS)}"
        if kind < 0.75:
            thing = grammar.article(str(random.choice(self.world.subjects)["name"]))
            return str(random.choice(SIDES)).format(thing=thing, side=random.choice(("left", "right")))
        banned = SIDEWAYS if MOTIONS[scene.motion] in SIDEWAYS else ()
        words = [str(word) for word in random.choice(self.words, random.integers(2, 6)) if word not in banned]
        return " ".join(words or ["camera"])
