"""Contact sheets: one row per clip, five frames of it, with its caption above."""

from pathlib import Path

import cv2
import numpy as np

CAPTION_HEIGHT = 11          # pixels
SHOWN_FRAMES = 5


def write_contact_sheet(path: Path, clips: list[np.ndarray], captions: list[str], columns: int = 3) -> None:
    """Writes a PNG.

    Args:
        path: file to write.
        clips: [F, H, W, 3] uint8 each, all of one size.
        captions: one per clip, drawn above it.
        columns: clips beside each other.
    """
    strips = [_strip(clip, caption) for clip, caption in zip(clips, captions)]
    strips += [np.full_like(strips[0], 255)] * (-len(strips) % columns)
    rows = [np.concatenate(strips[i:i + columns], axis=1) for i in range(0, len(strips), columns)]
    cv2.imwrite(str(path), np.concatenate(rows, axis=0)[..., ::-1])


def _strip(clip: np.ndarray, caption: str) -> np.ndarray:
    """Five frames from first to last in a row, under a white bar with the caption."""
    shown = np.linspace(0, len(clip) - 1, SHOWN_FRAMES).round().astype(int)
    pictures = np.concatenate([clip[i] for i in shown], axis=1)
    bar = np.full((CAPTION_HEIGHT, pictures.shape[1], 3), 255, np.uint8)
    cv2.putText(bar, caption, (2, 9), cv2.FONT_HERSHEY_SIMPLEX, 0.33, (0, 0, 0), 1, cv2.LINE_AA)
    border = np.full((CAPTION_HEIGHT + clip.shape[1], 3, 3), 255, np.uint8)
    return np.concatenate([np.concatenate([bar, pictures], axis=0), border], axis=1)
