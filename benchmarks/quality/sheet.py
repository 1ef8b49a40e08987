"""Sheet: one picture of a pair – photograph, painting and renders side by side, each with a caption.

Knows rasters and captions. Does not know what the renders are.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw

from composer.pixels.raster import Raster

COLUMNS, CAPTION, GAP = 4, 16, 4


@dataclass(frozen=True, eq=False, slots=True)
class Tile:
    """A picture and what is written below it."""

    caption: str
    picture: Raster


def write_sheet(tiles: Sequence[Tile], path: Path) -> None:
    """The tiles at their own sizes, row by row, as a JPEG at `path`."""
    width = max(tile.picture.extent.width for tile in tiles) + GAP
    height = max(tile.picture.extent.height for tile in tiles) + CAPTION
    sheet = Image.new("RGB", (width * min(COLUMNS, len(tiles)), height * -(-len(tiles) // COLUMNS)), "white")
    for index, tile in enumerate(tiles):
        row, column = divmod(index, COLUMNS)
        sheet.paste(Image.fromarray(tile.picture.pixels[..., :3]), (column * width, row * height))
        below = row * height + tile.picture.extent.height
        ImageDraw.Draw(sheet).text((column * width + 2, below + 2), tile.caption, fill="black")
    path.parent.mkdir(parents=True, exist_ok=True)
    sheet.save(path, quality=92)
