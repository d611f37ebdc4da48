"""Procedural backgrounds: smooth shapes only, because a small decoder cannot carry per-pixel noise."""

import numpy as np

# name: (top, bottom of the far part), (near part or None), decoration
COLOURS = {
    "sea":        ((206, 232, 250), (170, 212, 242), (32, 104, 176), (86, 158, 214)),
    "meadow":     ((150, 205, 246), (196, 228, 250), (104, 182, 84), (250, 236, 150)),
    "night":      ((10, 12, 40), (44, 40, 96), None, (206, 210, 236)),
    "desert":     ((250, 226, 184), (252, 238, 210), (230, 182, 116), (206, 152, 90)),
    "snow":       ((176, 190, 208), (206, 216, 228), (240, 244, 250), (212, 222, 236)),
    "sunset":     ((120, 60, 130), (252, 150, 86), (84, 46, 84), (255, 214, 120)),
    "city":       ((164, 176, 190), (206, 210, 214), (92, 96, 104), (124, 132, 148)),
    "forest":     ((120, 166, 140), (168, 200, 168), (52, 84, 50), (34, 66, 46)),
    "underwater": ((36, 140, 186), (10, 58, 116), None, (96, 178, 214)),
    "mountains":  ((140, 186, 232), (214, 230, 244), (96, 128, 96), (120, 118, 136)),
    "beach":      ((120, 200, 240), (60, 160, 210), (244, 226, 176), (226, 204, 148)),
    "room":       ((226, 206, 190), (216, 194, 176), (142, 92, 58), (118, 74, 46)),
}


def paint_background(name: str, width: int, height: int, random: np.random.Generator) -> np.ndarray:
    """A still picture [height, width, 3] of floats in 0...255.

    Args:
        name: one of COLOURS.
        random: decides horizon, waves, hills, houses, flowers and stars.
    """
    top, bottom, near, decoration = (None if c is None else np.array(c, np.float32) for c in COLOURS[name])
    down = np.linspace(0, 1, height, dtype=np.float32)[:, None, None]
    picture = np.repeat(top * (1 - down) + bottom * down, width, axis=1)
    if near is None:
        lowest = 0.0
        radius = (1.1, 1.7) if name == "night" else (1.5, 2.6)
        return _with_dots(picture, decoration, random, count=width // 5, radius=radius, lowest=lowest)
    horizon = _horizon(name, width, height, random)
    if name in ("city", "forest", "mountains"):
        picture = _with_skyline(name, picture, decoration, horizon, random)
    if name == "sunset":
        picture = _with_sun(picture, decoration, horizon, random)
    below = np.clip(np.arange(height)[:, None] - horizon[None], 0, 1)[..., None].astype(np.float32)
    picture = picture * (1 - below) + near * below
    if name == "meadow":
        return _with_dots(picture, decoration, random, count=width // 8, radius=(1.1, 1.6), lowest=0.62)
    if name in ("sea", "desert", "snow", "beach", "room"):
        return _with_stripes(picture, decoration, below, name, random)
    return picture


def _horizon(name: str, width: int, height: int, random: np.random.Generator) -> np.ndarray:
    """Height of the horizon in pixels from the top, per column: straight by the water and indoors, else rolling."""
    level = height * (0.55 + random.uniform(-0.05, 0.05))
    if name in ("sea", "sunset", "room", "city"):
        return np.full(width, level)
    columns = np.arange(width) / width
    return level + height * 0.04 * np.sin(columns * random.uniform(4, 8) + random.uniform(0, 2 * np.pi))


def _with_skyline(name, picture, colour, horizon, random) -> np.ndarray:
    """Houses, tree tops or peaks that stand on the horizon."""
    height, width = picture.shape[:2]
    columns = np.arange(width, dtype=np.float32)
    rise = np.zeros(width, np.float32)
    spacing, tall = {"city": (9, 0.30), "forest": (8, 0.26), "mountains": (26, 0.34)}[name]
    for x in np.arange(-spacing, width + spacing, spacing) + random.uniform(-2, 2):
        top, half = height * tall * random.uniform(0.45, 1.0), spacing * random.uniform(0.42, 0.7)
        away = np.abs(columns - x) / half
        shape = {"city": (away < 0.9) * 1.0, "forest": np.sqrt(np.clip(1 - away ** 2, 0, 1)),
                 "mountains": np.clip(1 - away * 0.7, 0, 1)}[name]
        rise = np.maximum(rise, top * shape)
    cover = np.clip(np.arange(height)[:, None] - (horizon - rise)[None] + 0.5, 0, 1)[..., None]
    return picture * (1 - cover) + colour * cover


def _with_sun(picture, colour, horizon, random) -> np.ndarray:
    """A low, half-set sun."""
    height, width = picture.shape[:2]
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    x, y, radius = width * random.uniform(0.3, 0.7), horizon[0] - height * 0.04, height * random.uniform(0.11, 0.15)
    cover = np.clip(radius + 0.5 - np.hypot(columns - x, rows - y), 0, 1)[..., None]
    return picture * (1 - cover) + colour * cover


def _with_stripes(picture, colour, below, name, random) -> np.ndarray:
    """Soft stripes on the near part: wave crests, ripples of sand and snow, floor boards."""
    height, width = picture.shape[:2]
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    length, strength = {"sea": (24, .75), "desert": (48, .75), "snow": (60, .8), "beach": (56, .6), "room": (1e6, .7)}[name]
    bend = 1.8 * np.sin(2 * np.pi * columns / length + random.uniform(0, 2 * np.pi))
    stripes = np.sin(2 * np.pi * (rows + bend) / 11.0 + random.uniform(0, 2 * np.pi))
    cover = (strength * np.clip(stripes, 0, 1))[..., None] * below
    return picture * (1 - cover) + colour * cover


def _with_dots(picture, colour, random, count, radius, lowest) -> np.ndarray:
    """Soft discs more than a pixel wide: stars and bubbles, or flowers when kept below `lowest` of the height."""
    height, width = picture.shape[:2]
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    for _ in range(count):
        x, y = random.uniform(2, width - 2), random.uniform(max(2, lowest * height), height - 2)
        distance = np.hypot(columns - x, rows - y)
        cover = np.clip(random.uniform(*radius) + 0.5 - distance, 0, 1)[..., None]
        picture = picture * (1 - cover) + colour * cover
    return picture
