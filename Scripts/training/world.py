"""The sprite world: subjects move over backgrounds. Everything is drawn from one random generator."""

import zlib
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import cv2
import numpy as np

import grammar
import motions
from backgrounds import COLOURS, paint_background
from emoji import load_sprites

cv2.setNumThreads(1)
STORED_SPRITE = 64           # pixels at a picture of DRAWN_FOR; sprites are kept at this size and scaled when drawn
SUPERSAMPLING = 2
DRAWN_FOR = 64               # pixels of a picture's side that the configuration's lengths and the backgrounds are made for
CANVAS = 96                  # pixels of a painted background: room for the camera around those 64
ALONE = -1                   # `other` of a scene with one subject
SIZES, SPEEDS, CAMERAS = (list(d) for d in (grammar.SIZES, grammar.SPEEDS, grammar.CAMERAS))
RELATIONS, BACKGROUNDS = list(grammar.RELATIONS), list(COLOURS)
MOTIONS = [*motions.NAMES, "path"]
APART = {"left": (-1, 0), "right": (1, 0), "above": (0, -1), "below": (0, 1)}     # of the first from the second
TOGETHER = ("right", "left", "rises", "falls", "bounces", "spins", "still")       # motions that two can share
LUMA = np.array([0.299, 0.587, 0.114], np.float32)


@dataclass(frozen=True)
class Scene:
    """What a caption can say about a clip: indices into the lists above and the configuration's subjects and tints.

    tint 0 is none; size, speed 1 and camera 0 are the usual ones, of which a caption says nothing.
    """

    subject: int
    motion: int
    background: int
    tint: int = 0
    size: int = 1
    speed: int = 1
    camera: int = 0
    other: int = ALONE
    relation: int = 0


@dataclass(frozen=True)
class Clip:
    """frames [F, H, W, 3] uint8; tracks [1 or 2, F, 4] float: each sprite's centre x, y, its side (pixels), its turn."""

    scene: Scene
    frames: np.ndarray
    tracks: np.ndarray


class World:
    """Renders clips and says them in words, from the 'world' part of the configuration."""

    def __init__(self, settings: dict):
        self.settings, self.side, self.frames = settings, settings["width"], settings["frames"]
        self.scale = self.side / DRAWN_FOR
        self.subjects, self.tints = settings["subjects"], [None, *settings["tints"].values()]
        self.tint_names = ["", *settings["tints"]]
        self.stored = round(STORED_SPRITE * self.scale)
        self.sprites = load_sprites(Path(settings["font"]), [s["emoji"] for s in self.subjects], self.stored)

    def held_out(self, scene: Scene) -> bool:
        """Whether a pair of the scene's values, each of which training meets, is kept for judging."""
        name = self.subjects[scene.subject]["name"]
        pairs = [f"{name}+{MOTIONS[scene.motion]}", f"{name}+{BACKGROUNDS[scene.background]}"]
        if scene.tint:
            pairs.append(f"{name}+{self.tint_names[scene.tint]}")
        if scene.camera:
            pairs.append(f"{MOTIONS[scene.motion]}+{CAMERAS[scene.camera]}")
        return any(zlib.crc32(pair.encode()) % 100 < self.settings["held_out_percent"] for pair in pairs)

    def random_scene(self, random: np.random.Generator, held_out: bool = False) -> Scene:
        """A scene that training may meet, or one that it never does."""
        while True:
            scene = self._any_scene(random)
            if self.held_out(scene) == held_out:
                return scene

    def _any_scene(self, random: np.random.Generator) -> Scene:
        share = self.settings["shares"]
        two = random.random() < share["two"]
        names = TOGETHER if two else motions.NAMES
        motion = MOTIONS.index(str(random.choice(names)))
        scene = Scene(int(random.integers(len(self.subjects))), motion, int(random.integers(len(BACKGROUNDS))))
        if random.random() < share["tint"]:
            scene = replace(scene, tint=int(random.integers(1, len(self.tints))))
        if random.random() < share["camera"]:
            scene = replace(scene, camera=int(random.integers(1, len(CAMERAS))))
        if MOTIONS[motion] != "still" and random.random() < share["speed"]:
            scene = replace(scene, speed=int(random.choice([0, 2])))
        if two:
            return replace(scene, other=int(random.integers(len(self.subjects))), relation=int(random.integers(4)))
        if random.random() < share["size"]:
            scene = replace(scene, size=int(random.choice([0, 2])))
        return scene

    def words(self, scene: Scene) -> dict[str, str]:
        """The scene's values by their names; see grammar.say."""
        words = {"subject": self.subjects[scene.subject]["name"], "tint": self.tint_names[scene.tint],
                 "size": SIZES[scene.size], "motion": MOTIONS[scene.motion], "speed": SPEEDS[scene.speed],
                 "background": BACKGROUNDS[scene.background], "camera": CAMERAS[scene.camera]}
        if scene.other != ALONE:
            words |= {"other": self.subjects[scene.other]["name"], "relation": RELATIONS[scene.relation]}
        return words

    def caption(self, scene: Scene, random: np.random.Generator, unseen: bool = False) -> str:
        return grammar.say(self.words(scene), random, unseen)

    def sprite(self, subject: int, motion: int, tint: int) -> np.ndarray:
        """Premultiplied RGBA [side, side, 4] in 0...1, mirrored when it would otherwise move backwards."""
        sprite, faces = self.sprites[subject], self.subjects[subject]["faces"]
        heading = {"right": "right", "jumps": "right", "left": "left"}.get(MOTIONS[motion])
        if heading and faces and heading != faces:
            sprite = sprite[:, ::-1]
        return tinted(sprite, self.tints[tint])

    def render(self, scene: Scene, random: np.random.Generator, curve: np.ndarray | None = None) -> Clip:
        """Draws a clip; place, exact size and the background's details vary with the generator.

        Args:
            curve: positions [F, 2] in 0...1 of the subject, for the motion 'path'.
        """
        tracks = self._tracks(scene, random, curve)
        backdrop = self._backdrop(scene, random)
        sprites = [self.sprite(scene.subject, scene.motion, scene.tint)]
        if scene.other != ALONE:
            sprites.append(self.sprite(scene.other, scene.motion, 0))
        frames = np.empty((self.frames, self.side, self.side, 3), np.uint8)
        for i, frame in enumerate(frames):
            picture = backdrop[i % len(backdrop)]
            for sprite, track in zip(sprites, tracks):
                layer = self._place(np.ascontiguousarray(sprite), *track[i])
                picture = picture * (1 - layer[..., 3:]) + layer[..., :3] * 255
            frame[:] = np.clip(picture + 0.5, 0, 255)
        return Clip(scene, frames, tracks)

    def _tracks(self, scene: Scene, random: np.random.Generator, curve: np.ndarray | None) -> np.ndarray:
        """[subjects, F, 4] of x, y, side in pixels and turn in radians."""
        settings, name = self.settings, MOTIONS[scene.motion]
        progress = np.linspace(0, 1, self.frames)
        sizes = settings["sides_of_two"] if scene.other != ALONE else settings["sides"][SIZES[scene.size]]
        side = random.uniform(*sizes) * self.scale
        if curve is not None:
            positions, scale, turn = curve, np.ones(self.frames), np.zeros(self.frames)
        else:
            way = motions.move(name, progress, random.uniform(*settings["travel"]), motions.SPEEDS[scene.speed], random)
            free = {"right": (0.08, 0.2), "left": (0.08, 0.2), "rises": (0.2, 0.08), "falls": (0.2, 0.08),
                    "zigzags": (0.06, 0.06), "jumps": (0.06, 0.06), "circles": (0.07, 0.07)}.get(name, (0.16, 0.16))
            if scene.other != ALONE:
                free = (0.05, 0.05)
            positions = 0.5 + random.uniform(-1, 1, 2) * free + way[:, :2]
            scale, turn = way[:, 2], way[:, 3]
        base = np.stack([positions[:, 0] * self.side, positions[:, 1] * self.side, side * scale, turn], 1)
        if scene.other == ALONE:
            return base[None].astype(np.float32)
        half = np.array(APART[RELATIONS[scene.relation]]) * side * random.uniform(0.55, 0.65)
        apart = np.concatenate([half, [0, 0]])
        return np.stack([base + apart, base - apart]).astype(np.float32)

    def _backdrop(self, scene: Scene, random: np.random.Generator) -> list[np.ndarray]:
        """The background of each frame, or a single one where the camera stands still. The subject is not moved by it."""
        painted = paint_background(BACKGROUNDS[scene.background], CANVAS, CANVAS, random)
        camera, pictures = CAMERAS[scene.camera], []
        for t in np.linspace(0, 1, self.frames if scene.camera else 1):
            zoom, shift = 1.0, 0.0
            match camera:
                case "pan right": shift = 0.44 * (t - 0.5)
                case "pan left": shift = -0.44 * (t - 0.5)
                case "zoom in": zoom = 0.72 * 1.7 ** t
                case "zoom out": zoom = 0.72 * 1.7 ** (1 - t)
            centre, zoom = CANVAS / 2 + shift * DRAWN_FOR, zoom * self.scale
            matrix = np.float32([[zoom, 0, self.side / 2 - zoom * centre],
                                 [0, zoom, self.side / 2 - zoom * CANVAS / 2]])
            pictures.append(cv2.warpAffine(painted, matrix, (self.side, self.side), flags=cv2.INTER_LINEAR,
                                           borderMode=cv2.BORDER_REPLICATE))
        return pictures

    def _place(self, sprite: np.ndarray, x: float, y: float, side: float, turn: float) -> np.ndarray:
        """The sprite scaled to `side` and turned around (x, y) on an empty premultiplied RGBA layer [H, W, 4]."""
        scale = SUPERSAMPLING * side / self.stored
        cos, sin = scale * np.cos(turn), scale * np.sin(turn)
        middle = self.stored / 2
        matrix = np.float32([[cos, -sin, x * SUPERSAMPLING - middle * (cos - sin)],
                             [sin, cos, y * SUPERSAMPLING - middle * (sin + cos)]])
        large = cv2.warpAffine(sprite, matrix, (self.side * SUPERSAMPLING,) * 2, flags=cv2.INTER_LINEAR)
        return cv2.resize(large, (self.side, self.side), interpolation=cv2.INTER_AREA)


def tinted(sprite: np.ndarray, colour: list[int] | None) -> np.ndarray:
    """The sprite in shades of one colour that keep its lights and darks; unchanged for no colour."""
    if colour is None:
        return sprite
    alpha = sprite[..., 3:]
    luma = 0.12 + 0.68 * (sprite[..., :3] @ LUMA)[..., None] / np.maximum(alpha, 1e-3)
    target = np.array(colour, np.float32) / 255
    shades = np.where(luma < 0.5, target * luma * 2, target + (1 - target) * (luma * 2 - 1))
    return np.concatenate([np.clip(shades, 0, 1) * alpha, alpha], -1).astype(np.float32)


def render_many(world: World, count: int, seed: int) -> list[Clip]:
    """`count` clips of random scenes that training may meet; the seed decides them all."""
    random = np.random.default_rng(seed)
    return [render_random(world, random) for _ in range(count)]


def random_scenes(world: World, count: int, random: np.random.Generator, held_out: bool = False) -> list[Scene]:
    """Random scenes, a share of which moves along a free curve."""
    scenes = []
    for _ in range(count):
        scene = world.random_scene(random, held_out)
        if scene.other == ALONE and random.random() < world.settings["shares"]["path"]:
            scene = replace(scene, motion=motions.PATH, speed=1)
        scenes.append(scene)
    return scenes


def render_random(world: World, random: np.random.Generator, held_out: bool = False) -> Clip:
    """A clip of a random scene; see random_scenes."""
    scene, = random_scenes(world, 1, random, held_out)
    if scene.motion != motions.PATH:
        return world.render(scene, random)
    curve = motions.free_curve(str(random.choice(motions.FREE_CURVES)), world.frames, random)
    return world.render(scene, random, curve)
