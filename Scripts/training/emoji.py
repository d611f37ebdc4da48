"""Subjects' pictures: the colour bitmaps inside the Noto Color Emoji font (images: Apache-2.0)."""

import io
from pathlib import Path

import numpy as np
from fontTools.ttLib import TTFont
from PIL import Image

VISIBLE_ALPHA = 0.05


def load_sprites(font_path: Path, characters: list[str], size: int) -> list[np.ndarray]:
    """Cuts one picture per character out of the font.

    Args:
        font_path: NotoColorEmoji.ttf with CBDT bitmaps (Debian: fonts-noto-color-emoji).
        characters: single emoji characters.
        size: side of the returned squares, in pixels.
    Returns:
        Per character, [size, size, 4] float RGBA in 0...1 with premultiplied alpha; the
        visible part is centred and its longer side fills the square.
    Raises:
        FileNotFoundError, KeyError: when the font or one of its bitmaps is absent.
    """
    if not Path(font_path).exists():
        raise FileNotFoundError(f"{font_path}: no such font. Install fonts-noto-color-emoji "
                                "or set 'font' in the configuration.")
    font = TTFont(font_path)
    glyphs, bitmaps = font.getBestCmap(), font["CBDT"].strikeData[0]
    sprites = []
    for character in characters:
        glyph = glyphs.get(ord(character[0]))
        if glyph not in bitmaps:
            raise KeyError(f"{font_path}: has no bitmap for '{character}'. Choose another subject.")
        picture = Image.open(io.BytesIO(bitmaps[glyph].imageData)).convert("RGBA")
        sprites.append(_centred_square(picture, size))
    return sprites


def _centred_square(picture: Image.Image, size: int) -> np.ndarray:
    """Crops to the visible part, pads to a square, scales; returns premultiplied RGBA [size, size, 4]."""
    pixels = np.asarray(picture, np.float32) / 255
    rows, columns = np.where(pixels[..., 3] > VISIBLE_ALPHA)
    pixels = pixels[rows.min():rows.max() + 1, columns.min():columns.max() + 1]
    height, width = pixels.shape[:2]
    side = max(height, width)
    square = np.zeros((side, side, 4), np.float32)
    top, left = (side - height) // 2, (side - width) // 2
    square[top:top + height, left:left + width] = pixels
    square[..., :3] *= square[..., 3:]
    scaled = [np.asarray(Image.fromarray(square[..., i]).resize((size, size), Image.Resampling.BOX))
              for i in range(4)]
    return np.stack(scaled, axis=-1)
