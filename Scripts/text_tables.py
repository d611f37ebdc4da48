"""Writes the character tables of prompt cleaning as Swift source: `Scripts/python Scripts/text_tables.py`.

Named entities come from Python's `html.entities.html5` (the list of the HTML standard), classes of
characters and encodings from ftfy (Apache-2.0).
"""

import html.entities
import re
import textwrap
import unicodedata
from pathlib import Path

import ftfy
from ftfy.badness import MOJIBAKE_CATEGORIES
from ftfy.chardata import CHARMAP_ENCODINGS, UTF8_CLUES

FOLDER = Path(__file__).resolve().parents[1] / "Sources/TextEncoding/Cleaning"
COLUMNS = 110
CLASSES = {**MOJIBAKE_CATEGORIES, **UTF8_CLUES}


def entity_lines() -> list[str]:
    """`name=code` or `name=code,code` in hexadecimal; `name*code` when HTML needs no semicolon after it."""
    names = html.entities.html5
    entries = []
    for name in sorted(name[:-1] for name in names if name.endswith(";")):
        codes = ",".join(f"{ord(character):X}" for character in names[name + ";"])
        entries.append(f"{name}{'*' if name in names else '='}{codes}")
    return textwrap.wrap(" ".join(entries), COLUMNS - 8, break_long_words=False, break_on_hyphens=False)


def write_entities():
    """Writes `HTMLEntityTable.swift`."""
    lines = "\n".join("        " + line for line in entity_lines())
    (FOLDER / "HTMLEntityTable.swift").write_text(f'''\
// Made by Scripts/text_tables.py; do not edit.

/// The named entities of HTML 5.
///
/// - Source: Python 3.11 `html.entities.html5`, from
///   https://html.spec.whatwg.org/multipage/named-characters.html
enum HTMLEntityTable {{
    /// `name=code`, two codes with a comma; `name*code` when the name also counts without its semicolon.
    static let entries = """
{lines}
        """
}}
''')


def camel(name: str) -> str:
    """The Swift name of a Python name."""
    first, *rest = re.split("[_-]", name)
    return first + "".join(word.capitalize() for word in rest)


def literal(characters: str) -> str:
    """Swift literal of a text; characters that one cannot see, or that join others, as escapes."""
    def is_plain(character: str) -> bool:
        return unicodedata.category(character)[0] in "LNPS" and character not in '\\"'

    shown = "".join(
        character if is_plain(character) else f"\\u{{{ord(character):X}}}" for character in characters)
    return f'"{shown}"'


def ranges(pattern: str) -> str:
    """The inside of a character class, sorted and as short as ranges make it."""
    codes = sorted(code for code in range(0x10000) if re.match(f"[{pattern}]", chr(code)))
    runs = []
    for code in codes:
        if runs and code == runs[-1][1] + 1:
            runs[-1][1] = code
        else:
            runs.append([code, code])
    return "".join(
        chr(first) + ("" if last == first else chr(last) if last == first + 1 else "-" + chr(last))
        for first, last in runs)


def constant(name: str, text: str) -> str:
    """One constant, its text broken into lines."""
    parts = []
    while text:
        length = len(text)
        while len(literal(text[:length])) > COLUMNS - 14:
            length -= 1
        parts.append(literal(text[:length]))
        text = text[length:]
    if len(parts) == 1 and len(name) + len(parts[0]) < COLUMNS - 20:
        return f"    static let {name} = {parts[0]}\n"
    return f"    static let {name} =\n        " + "\n        + ".join(parts) + "\n"


def write_mojibake():
    """Writes `MojibakeTable.swift`."""
    classes = "".join(constant(camel(name), ranges(pattern)) for name, pattern in CLASSES.items())
    encodings = "".join(
        constant(camel(name.removeprefix("sloppy-")), bytes(range(0x80, 0x100)).decode(name))
        for name in CHARMAP_ENCODINGS if name != "latin-1")
    (FOLDER / "MojibakeTable.swift").write_text(f'''\
// Made by Scripts/text_tables.py; do not edit.

/// Characters that show that a text was decoded wrongly, as the insides of classes of regular expressions.
///
/// - Source: ftfy {ftfy.__version__} `badness.py` (`MOJIBAKE_CATEGORIES`) and `chardata.py` (`UTF8_CLUES`);
///   Apache-2.0
enum MojibakeClass {{
{classes}}}

/// What the bytes 80 to FF mean in the encodings that texts are wrongly read in.
///
/// Bytes without a meaning stand for the control character of the same number, as in the "sloppy" encodings
/// of ftfy.
///
/// - Source: ftfy {ftfy.__version__} `chardata.py` (`CHARMAP_ENCODINGS`), Python's codecs
enum UpperHalf {{
{encodings}}}
''')


if __name__ == "__main__":
    write_entities()
    write_mojibake()
