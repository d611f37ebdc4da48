"""What the tests share. The modules under test are on the path that Scripts/test-training sets."""

from functools import cache
from pathlib import Path

from configuration import read_config
from world import World

REPOSITORY = Path(__file__).resolve().parents[2]
MODEL, CONFIGURATION = REPOSITORY / "Weights/world", REPOSITORY / "Scripts/training/world-128.json"


@cache
def world() -> World:
    """That of the shipped model."""
    return World(read_config(CONFIGURATION)["world"])
