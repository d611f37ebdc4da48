"""Procedural backgrounds: smooth shapes only, because a small decoder cannot carry per-pixel noise."""

import numpy as np

COLOURS = {                  # name: (top, bottom of the far part), (near part or None), decoration
    "sea": ((206, 232, 250), (170, 212, 242), (32, 104, 176), (86, 158, 214)),
    "meadow": ((150, 205, 246), (196, 228, 250), (104, 182, 84), (250, 236, 150)),
    "night": ((10, 12, 40), (44, 40, 96), None, (206, 210, 236)),
    "desert": ((250, 226, 184), (252, 238, 210), (230, 182, 116), (206, 152, 90)),
}


def paint_background(name: str, width: int, height: int, random: np.random.Generator) -> np.ndarray:
    """A still picture [height, width, 3] of floats in 0...255.

    Args:
        name: 'sea', 'meadow', 'night' or 'desert'.
        random: decides horizon, waves, flowers and stars.
    """
    top, bottom, near, decoration = (None if c is None else np.array(c, np.float32) for c in COLOURS[name])
    down = np.linspace(0, 1, height, dtype=np.float32)[:, None, None]
    picture = np.repeat(top * (1 - down) + bottom * down, width, axis=1)
    if name == "night":
        return _with_dots(picture, decoration, random, count=9, radius=(1.1, 1.7), lowest=0.0)
    horizon = _horizon(name, width, height, random)
    below = np.clip(np.arange(height)[:, None] - horizon[None], 0, 1)[..., None].astype(np.float32)
    picture = picture * (1 - below) + near * below
    if name == "meadow":
        return _with_dots(picture, decoration, random, count=7, radius=(1.1, 1.6), lowest=0.68)
    return _with_waves(picture, decoration, below, name, random)


def _horizon(name: str, width: int, height: int, random: np.random.Generator) -> np.ndarray:
    """Height of the horizon in pixels from the top, per column: straight for the sea, rolling on land."""
    level = height * (0.52 + random.uniform(-0.05, 0.05))
    if name == "sea":
        return np.full(width, level)
    columns = np.arange(width) / width
    return level + height * 0.045 * np.sin(columns * random.uniform(4, 8) + random.uniform(0, 2 * np.pi))


def _with_waves(picture, colour, below, name, random) -> np.ndarray:
    """Soft stripes on the near part: wave crests on the sea, wind ripples on the sand."""
    height, width = picture.shape[:2]
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    length = {"sea": 24.0, "desert": 48.0}[name]
    bend = 1.8 * np.sin(2 * np.pi * columns / length + random.uniform(0, 2 * np.pi))
    stripes = np.sin(2 * np.pi * (rows + bend) / 11.0 + random.uniform(0, 2 * np.pi))
    strength = (0.75 * np.clip(stripes, 0, 1))[..., None] * below
    return picture * (1 - strength) + colour * strength


def _with_dots(picture, colour, random, count, radius, lowest) -> np.ndarray:
    """Soft discs more than a pixel wide: stars, or flowers when kept below `lowest` of the height."""
    height, width = picture.shape[:2]
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    for _ in range(count):
        x, y = random.uniform(2, width - 2), random.uniform(max(2, lowest * height), height - 2)
        distance = np.hypot(columns - x, rows - y)
        cover = np.clip(random.uniform(*radius) + 0.5 - distance, 0, 1)[..., None]
        picture = picture * (1 - cover) + colour * cover
    return picture
