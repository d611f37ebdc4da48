"""The sprite world: one subject moves over one background. Everything is drawn from one random generator."""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from backgrounds import paint_background
from emoji import load_sprites

cv2.setNumThreads(1)
STORED_SPRITE = 64          # pixels; sprites are kept at this size and scaled when drawn
SUPERSAMPLING = 2


@dataclass(frozen=True)
class Scene:
    """What a caption can say about a clip: indices into the configuration's lists."""

    subject: int
    motion: int
    background: int


@dataclass(frozen=True)
class Clip:
    """frames [F, H, W, 3] uint8; track [F, 3] float: the sprite's centre x, y and side, in pixels."""

    scene: Scene
    frames: np.ndarray
    track: np.ndarray


class World:
    """Renders clips and says them in words, from the 'world' part of the configuration."""

    def __init__(self, settings: dict):
        self.settings = settings
        self.width, self.height = settings["width"], settings["height"]
        self.subjects, self.motions = settings["subjects"], settings["motions"]
        self.backgrounds = settings["backgrounds"]
        characters = [subject["emoji"] for subject in self.subjects]
        self.sprites = load_sprites(Path(settings["font"]), characters, STORED_SPRITE)

    @property
    def counts(self) -> tuple[int, int, int]:
        """Number of subjects, motions and backgrounds."""
        return len(self.subjects), len(self.motions), len(self.backgrounds)

    def random_scene(self, random: np.random.Generator) -> Scene:
        return Scene(*(int(random.integers(count)) for count in self.counts))

    def caption(self, scene: Scene, random: np.random.Generator) -> str:
        """One of the grammar's sentences for the scene, for example 'a red balloon rises over the sea'."""
        subject = self.subjects[scene.subject]
        words = [subject["name"]] if random.random() < 0.5 else [subject["colour"], subject["name"]]
        article = "an" if words[0][0] in "aeiou" else "a"
        motion = random.choice(self.motions[scene.motion]["phrases"])
        preposition = random.choice(self.settings["prepositions"])
        background = random.choice(self.backgrounds[scene.background]["phrases"])
        ending = random.choice(self.settings["endings"])
        return f"{article} {' '.join(words)} {motion} {preposition} {background}{ending}"

    def facing(self, scene: Scene) -> np.ndarray:
        """The subject's sprite [side, side, 4], mirrored when it would otherwise move backwards."""
        sprite = self.sprites[scene.subject]
        faces = self.subjects[scene.subject]["faces"]
        return sprite[:, ::-1] if {faces, self.motions[scene.motion]["name"]} == {"left", "right"} else sprite

    def render(self, scene: Scene, random: np.random.Generator) -> Clip:
        """Draws a clip; position, size, speed and the background's details vary with the generator."""
        settings = self.settings
        background = paint_background(self.backgrounds[scene.background]["name"],
                                      self.width, self.height, random)
        track = self._track(scene, random)
        sprite = np.ascontiguousarray(self.facing(scene))
        frames = np.empty((settings["frames"], self.height, self.width, 3), np.uint8)
        for frame, (x, y, side) in zip(frames, track):
            layer = self._place(sprite, x, y, side)
            frame[:] = np.clip(background * (1 - layer[..., 3:]) + layer[..., :3] * 255 + 0.5, 0, 255)
        return Clip(scene, frames, track)

    def _track(self, scene: Scene, random: np.random.Generator) -> np.ndarray:
        """A straight path through a jittered centre of the picture; [F, 3] of x, y, side."""
        settings = self.settings
        travel, side = random.uniform(*settings["travel"]), random.uniform(*settings["sprite_size"])
        direction = np.array(self.motions[scene.motion]["direction"], np.float32)
        jitter = random.uniform(-1, 1, 2) * settings["jitter"]
        jitter = jitter * np.where(direction == 0, 1.6, 0.6)      # more room beside the path than along it
        centre = np.array([self.width, self.height]) / 2 + jitter
        progress = np.linspace(-0.5, 0.5, settings["frames"])[:, None]
        positions = centre + progress * travel * direction
        return np.concatenate([positions, np.full_like(progress, side)], axis=1).astype(np.float32)

    def _place(self, sprite: np.ndarray, x: float, y: float, side: float) -> np.ndarray:
        """The sprite scaled to `side` around (x, y) on an empty premultiplied RGBA layer [H, W, 4]."""
        scale = SUPERSAMPLING * side / STORED_SPRITE
        shift = STORED_SPRITE / 2 * scale
        matrix = np.float32([[scale, 0, x * SUPERSAMPLING - shift], [0, scale, y * SUPERSAMPLING - shift]])
        large = cv2.warpAffine(sprite, matrix, (self.width * SUPERSAMPLING, self.height * SUPERSAMPLING),
                               flags=cv2.INTER_LINEAR)
        return cv2.resize(large, (self.width, self.height), interpolation=cv2.INTER_AREA)


def render_many(world: World, count: int, seed: int) -> list[Clip]:
    """`count` clips of random scenes; the seed decides them all."""
    random = np.random.default_rng(seed)
    return [world.render(world.random_scene(random), random) for _ in range(count)]
