"""Where a sprite is in each frame: the named motions, and free curves that a user may draw."""

import numpy as np

NAMES = ("right", "left", "rises", "falls", "bounces", "spins", "grows", "shrinks", "circles", "still", "zigzags", "jumps")
PATH = len(NAMES)                          # the number of 'along a drawn path', a motion without a name
FREE_CURVES = ("line", "arc")              # families that training draws
UNSEEN_CURVES = ("s", "spiral", "polyline")     # families kept for judging
SPEEDS = (0.65, 1.0, 1.4)                  # slow, usual, fast
PHASE = np.pi                              # of one bounce


def move(name: str, progress: np.ndarray, travel: float, speed: float, random: np.random.Generator) -> np.ndarray:
    """Offsets and changes of one named motion, [F, 4]: x and y in units of the picture's side, scale, turn in radians.

    Args:
        progress: time of each frame, 0...1.
        travel: length of a straight way, in units of the picture's side.
        speed: 1 is usual; a slow one goes less far or turns fewer times.
        random: decides phases.
    """
    t, way = progress, travel * min(speed, 1.25)
    x, y, scale, turn = (np.zeros_like(t) for _ in range(4))
    scale += 1
    beats = {SPEEDS[0]: 1, SPEEDS[1]: 2, SPEEDS[2]: 3}[speed]
    match name:
        case "right": x = way * (t - 0.5)
        case "left": x = -way * (t - 0.5)
        case "rises": y = -way * (t - 0.5)
        case "falls": y = way * (t - 0.5)
        case "bounces": y = 0.15 - 0.30 * np.abs(np.sin(PHASE * beats * t))
        case "spins": turn = 2 * np.pi * 0.75 * speed * t * random.choice([-1, 1])
        case "grows": scale = 0.55 * (1 + 1.1 * min(speed, 1.25)) ** t
        case "shrinks": scale = 0.55 * (1 + 1.1 * min(speed, 1.25)) ** (1 - t)
        case "circles":
            angle = random.uniform(0, 2 * np.pi) + 2 * np.pi * speed * t * random.choice([-1, 1])
            x, y = 0.2 * np.cos(angle), 0.2 * np.sin(angle)
        case "zigzags":
            x = 0.19 * (2 / np.pi) * np.arcsin(np.sin(2 * np.pi * (1 + 0.5 * (beats - 2)) * t)) * random.choice([-1, 1])
            y = way * (t - 0.5)
        case "jumps":
            x, y = way * (t - 0.5), 0.13 - 0.26 * np.abs(np.sin(PHASE * beats * t))
    return np.stack([x, y, scale, turn], axis=1)


def free_curve(family: str, frames: int, random: np.random.Generator) -> np.ndarray:
    """Positions [F, 2] in 0...1 of a point that runs along a random curve of the family at constant pace."""
    t = np.linspace(0, 1, 200)
    angle, size = random.uniform(0, 2 * np.pi), random.uniform(0.35, 0.6)
    if family == "line":
        shape = np.stack([t - 0.5, 0 * t], 1) * size
    elif family == "arc":
        sweep = random.uniform(0.5, 1.4) * np.pi * random.choice([-1, 1])
        shape = np.stack([np.cos(sweep * (t - 0.5)), np.sin(sweep * (t - 0.5))], 1) * size / (2 * abs(np.sin(sweep / 2)) + 0.4)
    elif family == "s":
        shape = np.stack([t - 0.5, 0.32 * np.sin(2 * np.pi * t)], 1) * size * 1.1
    elif family == "spiral":
        turns = 2 * np.pi * random.uniform(1.1, 1.5) * random.choice([-1, 1]) * t
        shape = np.stack([np.cos(turns), np.sin(turns)], 1) * (0.06 + 0.24 * t)[:, None]
    else:
        corners = random.uniform(-0.28, 0.28, (4, 2))
        shape = np.stack([np.interp(t * 3, np.arange(4), corners[:, i]) for i in range(2)], 1)
    turned = shape @ np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    turned -= (turned.max(0) + turned.min(0)) / 2
    room = np.maximum(0, 0.36 - (turned.max(0) - turned.min(0)) / 2)
    points = 0.5 + turned + random.uniform(-1, 1, 2) * room
    length = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    even = np.linspace(0, length[-1], frames)
    return np.stack([np.interp(even, length, points[:, i]) for i in range(2)], 1)
