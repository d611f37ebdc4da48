"""What is said of a scene: phrases for each slot, some of which no training caption ever uses."""

import numpy as np

# The last phrase of each motion and background, and the last pattern, are kept for judging.
MOTIONS = {
    "right": ["moves from left to right", "moves to the right", "goes from left to right", "glides to the right",
              "travels from left to right", "goes right", "heads to the right"],
    "left": ["moves from right to left", "moves to the left", "goes from right to left", "glides to the left",
             "travels from right to left", "goes left", "heads to the left"],
    "rises": ["rises", "floats up", "moves up", "goes up", "rises from bottom to top", "travels up"],
    "falls": ["falls", "drops down", "moves down", "goes down", "falls from top to bottom", "travels down"],
    "bounces": ["bounces", "bounces in place", "bounces up and down", "keeps bouncing", "is bouncing"],
    "spins": ["spins", "spins around", "turns around", "rotates", "is spinning", "spins in place", "keeps spinning"],
    "grows": ["grows", "grows larger", "gets bigger", "becomes larger", "gets larger"],
    "shrinks": ["shrinks", "shrinks away", "gets smaller", "keeps shrinking", "becomes smaller"],
    "circles": ["circles", "circles around", "moves in a circle", "goes in circles", "travels in a circle"],
    "still": ["stays still", "does not move", "rests", "stands still", "is still"],
    "zigzags": ["zigzags", "zigzags down", "falls in a zigzag", "moves down in a zigzag", "drops in a zigzag"],
    "jumps": ["jumps", "jumps to the right", "hops to the right", "hops from left to right", "jumps from left to right"],
    "path": ["", "follows the path", "moves along the path", "moves along a line", "moves", "follows a path"],
}
BACKGROUNDS = {
    "sea": ["the sea", "the blue sea", "the ocean", "the open sea"],
    "meadow": ["a green meadow", "a meadow", "the green grass", "the meadow"],
    "night": ["the night sky", "a starry sky", "the dark sky", "a sky at night"],
    "desert": ["a sandy desert", "the desert", "a desert", "the hot desert"],
    "snow": ["a snowy field", "the snow", "a field of snow", "the white snow"],
    "sunset": ["a sunset", "the sunset", "an evening sky", "the evening sun"],
    "city": ["a city", "the city", "a row of houses", "the city houses"],
    "forest": ["a forest", "the forest", "dark trees", "a dark forest"],
    "underwater": ["the deep water", "an underwater scene", "bubbles under water", "the water"],
    "mountains": ["the mountains", "high mountains", "a row of mountains", "some mountains"],
    "beach": ["a beach", "the beach", "a sandy beach", "a sunny beach"],
    "room": ["a room", "the room", "a living room", "the living room"],
}
PREPOSITIONS = ["in front of", "over", "before", "above", "across"]
SIZES = {"small": ["small", "tiny", "little"], "usual": [""], "big": ["big", "large", "huge"]}
SPEEDS = {"slow": ["slowly"], "usual": [""], "fast": ["quickly", "fast"]}
CAMERAS = {
    "still": [""],
    "pan left": ["the camera pans left", "camera pans to the left", "camera moves left"],
    "pan right": ["the camera pans right", "camera pans to the right", "camera moves right"],
    "zoom in": ["the camera zooms in", "zoom in", "camera moves closer"],
    "zoom out": ["the camera zooms out", "zoom out", "camera moves away"],
}
RELATIONS = {"left": ["to the left of", "left of"], "right": ["to the right of", "right of"],
             "above": ["above", "on top of"], "below": ["below", "under"]}
PATTERNS = ["{who} {does} {where}{camera}", "{who} {does} {where}{camera}", "{who} {does} {where}{camera}.",
            "{where}, {who} {does}{camera}", "a video of {who} that {does} {where}{camera}",
            "{who} that {does} {where}{camera}", "there is {who} that {does} {where}{camera}",
            "a clip of {who}, which {does} {where}{camera}", "{who} {where}, and it {does}{camera}"]
UNSEEN_PATTERN = "we see {who}: it {does} {where}{camera}"
CONSONANTAL = ("ufo",)                     # written with a vowel, said with a consonant
FILLERS = ("here", "now", "there", "this", "that", "one", "nice", "old", "new", "funny", "then", "again", "please", "show",
           "me", "of", "with", "and", "just", "very", "scene", "picture", "short", "film", "in", "while", "day", "it")
MUDDLED_SHARE = 0.25


def article(noun: str) -> str:
    return f"an {noun}" if noun[0] in "aeiou" and not noun.startswith(CONSONANTAL) else f"a {noun}"


def muddled(sentence: str, random: np.random.Generator) -> str:
    """The sentence, now and then with a word or two in it that say nothing: people write as they like."""
    if random.random() >= MUDDLED_SHARE or not sentence:
        return sentence
    words = sentence.split(" ")
    for _ in range(random.integers(1, 3)):
        words.insert(random.integers(len(words) + 1), str(random.choice(FILLERS)))
    return " ".join(words)


def pick(phrases: list[str], random: np.random.Generator, unseen: bool) -> str:
    """One of the phrases; the last one is for judging alone."""
    return phrases[-1] if unseen else str(random.choice(phrases[:-1]))


def say(words: dict[str, str], random: np.random.Generator, unseen: bool = False) -> str:
    """A sentence for a scene.

    Args:
        words: its values by name: subject, tint ('' for none), size, motion, speed, background, camera, and for
            two subjects also other and relation.
        unseen: use the phrases that training never uses.
    """
    adjectives = [str(random.choice(SIZES[words["size"]])), words["tint"], words["subject"]]
    who = article(" ".join(filter(None, adjectives)))
    if words.get("other"):
        who += f" {random.choice(RELATIONS[words['relation']])} {article(words['other'])}"
    does = pick(MOTIONS[words["motion"]], random, unseen and words["motion"] != "path")
    does = " ".join(filter(None, [does, str(random.choice(SPEEDS[words["speed"]]))])) or "moves"
    where = f"{random.choice(PREPOSITIONS)} {pick(BACKGROUNDS[words['background']], random, unseen)}"
    camera = str(random.choice(CAMERAS[words["camera"]]))
    pattern = UNSEEN_PATTERN if unseen else str(random.choice(PATTERNS))
    return pattern.format(who=who, does=does, where=where, camera=camera and f", {camera}")
