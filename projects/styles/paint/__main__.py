"""Paints the style images: `python -m paint` in the folder above for all of them, or with names for some.

Knows where the pictures go and how they are stored. A picture's seed is the checksum of its name, so that
adding one changes no other.
"""

import argparse
import sys
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from . import TECHNIQUES, surface

HERE = Path(__file__).resolve().parent.parent
QUALITY = 90


def picture(name: str, scale: float = 1.0) -> NDArray[np.uint8]:
    """The finished picture of a technique, (H, W, 3) uint8, sRGB; scale shrinks it, strokes and all."""
    technique = TECHNIQUES[name]
    width, height = (round(side * scale) for side in technique.SIZE)
    rng = np.random.default_rng(zlib.crc32(name.encode()))
    return surface.developed(technique.paint(rng, surface.working_frame(width, height)), width, height)


def main(arguments: list[str]) -> int:
    """Paint the named pictures, all when none is named, into a folder as JPEG."""
    parser = argparse.ArgumentParser(prog="paint", description="Paint the style images.")
    parser.add_argument("names", nargs="*", choices=[*sorted(TECHNIQUES), "all"], default="all")
    parser.add_argument("--into", type=Path, default=HERE, help="folder for the JPEG files")
    parser.add_argument(
        "--scale", type=float, default=1.0, help="size of the pictures, 1 = about 768 pixels long"
    )
    chosen = parser.parse_args(arguments)
    names = sorted(TECHNIQUES) if "all" in chosen.names else chosen.names
    for name in names:
        file = chosen.into / f"{name}.jpg"
        Image.fromarray(picture(name, chosen.scale)).save(file, quality=QUALITY)
        sys.stdout.write(f"{file.name}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
