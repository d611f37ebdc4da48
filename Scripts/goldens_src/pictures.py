"""Goldens of reading and scaling pictures: small files of many kinds, and their pixels as Pillow has them."""

from pathlib import Path

import numpy
import PIL
import torch
from PIL import Image, ImageOps

from case import Case

SEED = 5000
SIZE = (24, 18)
FILTERS = {"bicubic": Image.Resampling.BICUBIC, "lanczos": Image.Resampling.LANCZOS}
TARGETS = [(24, 18), (7, 18), (24, 5), (9, 7), (50, 40), (13, 31), (1, 1), (240, 3)]
ORIENTATION = 0x0112


def soft(size: tuple[int, int], channels: int) -> numpy.ndarray:
    """A soft picture [H, W, channels], no part of it like another one turned or mirrored."""
    width, height = size
    generator = numpy.random.default_rng(SEED)
    coarse = generator.uniform(0, 255, (4, 5, channels)).astype(numpy.uint8)
    layers = [Image.fromarray(coarse[..., channel]).resize(size, Image.Resampling.BILINEAR)
              for channel in range(channels)]
    return numpy.stack([numpy.asarray(layer) for layer in layers], -1).reshape(height, width, channels)


def upright(path: Path) -> numpy.ndarray:
    """RGB over white, turned as its EXIF says."""
    picture = ImageOps.exif_transpose(Image.open(path))
    if picture.mode == "I;16":
        picture = Image.fromarray((numpy.asarray(picture) / 257).round().astype(numpy.uint8))
    picture = picture.convert("RGBA")
    white = Image.new("RGBA", picture.size, "white")
    return numpy.asarray(Image.alpha_composite(white, picture).convert("RGB"))


def write_files(folder: Path):
    """One file of each kind."""
    rgb, rgba = Image.fromarray(soft(SIZE, 3)), Image.fromarray(soft(SIZE, 4))
    rgb.save(folder / "rgb.png")
    rgba.save(folder / "rgba.png")
    rgb.convert("L").save(folder / "grey.png")
    rgba.convert("LA").save(folder / "grey-alpha.png")
    Image.fromarray(numpy.asarray(rgb.convert("L")).astype(numpy.uint16) * 257).save(folder / "grey-16.png")
    palette = rgb.quantize(16)
    palette.save(folder / "palette.png")
    palette.save(folder / "palette-transparent.png", transparency=3)
    palette.save(folder / "still.gif")
    palette.save(folder / "moving.gif", save_all=True, append_images=[rgb.rotate(180).quantize(16)])
    rgb.save(folder / "rgb.bmp")
    rgb.save(folder / "rgb.tiff")
    rgb.save(folder / "rgb.ppm")
    rgb.convert("L").save(folder / "grey.pgm")
    rgb.save(folder / "lossless.webp", lossless=True)
    rgba.save(folder / "lossless-alpha.webp", lossless=True, exact=True)
    rgb.save(folder / "lossy.webp", quality=95)
    rgb.save(folder / "full-colour.jpg", quality=97, subsampling=0)
    rgb.save(folder / "half-colour.jpg", quality=97, subsampling=2)
    rgb.save(folder / "progressive.jpg", quality=97, subsampling=0, progressive=True)
    rgb.convert("L").save(folder / "grey.jpg", quality=97)
    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[ORIENTATION] = orientation
        rgb.save(folder / f"orientation-{orientation}.jpg", quality=97, subsampling=0, exif=exif)


def make(output: Path):
    """Writes the case."""
    case = Case(output, "pictures", "formats", SEED)
    write_files(case.folder)
    pixels = {path.name: upright(path) for path in sorted(case.folder.iterdir())}
    base = Image.fromarray(soft(SIZE, 3))
    for name, kind in FILTERS.items():
        for size in TARGETS:
            pixels[f"{name}.{size[0]}x{size[1]}"] = numpy.asarray(base.resize(size, kind))
    case.write_tensors({name: torch.from_numpy(values.copy()).float() for name, values in pixels.items()})
    case.finish(pillow=PIL.__version__, pixels="[H, W, 3], 0 to 255, over white")
