"""`composer new`: a piece to begin with, that builds at once; and git around it, when asked."""

from __future__ import annotations

import argparse
import filecmp
import shutil
from pathlib import Path

from ..errors import UsageError
from ..graph.schema import schema_text
from ..pixels.photograph import read_photograph
from ..revisions.setting_up import set_up
from ..store.replacing import replacing
from . import console
from .present import check_present

SCHEMA_FILE = "piece.schema.json"
_LONG_SIDE = 1600

_PIECE = """\
#:schema {schema}
title = {title}
seed  = 1

[canvas]
width      = {width}
height     = {height}
background = "#1b1d22"

[source.photo]
{source}

# A painting whose manner you like; then take the comment signs off here and at the end of the last layer.
# [style.painting]
# file = "styles/painting.jpg"

[mask.middle]                    # where the painterly base fades into the photo
use     = "shape"
shape   = "ellipse"
feather = {feather}

[[layer]]                        # layers stand bottom first, as they are painted
name   = "photo"
source = "photo"
place  = {{ fit = "cover" }}

[[layer]]
name   = "painterly base"
source = "photo"
place  = "photo"
mask   = "!middle"

[[layer.filter]]
use = "facet"

[[layer.filter]]
use = "kuwahara"

# [layer.style]
# use      = "moments"
# from     = ["painting"]
# strength = 0.6

[output]
psd = "build/{{piece}}.psd"
ora = "build/{{piece}}.ora"
png = "build/{{piece}}.png"
"""


def run(options: argparse.Namespace) -> int:
    """Make the piece file; nothing that exists is overwritten."""
    piece: Path = options.piece
    if piece.suffix != ".toml":
        raise UsageError(f"{piece} does not end in .toml", f"composer new {piece / 'piece.toml'}")
    if options.lfs and not options.git:
        raise UsageError("--lfs is about git", f"composer new {piece} --git --lfs")
    if options.git and piece.is_file() and options.photo is None:
        return _told(piece, lfs=options.lfs)
    if piece.exists():
        raise UsageError(f"{piece} exists already", "choose another name")
    width, height = 960, 720
    if options.photo is not None:
        width, height = _canvas(options.photo)
    piece.parent.mkdir(parents=True, exist_ok=True)
    source = (
        'sample = "coffee"' if options.photo is None else f'file = "{_copied(options.photo, piece.parent)}"'
    )
    with replacing(piece.parent / SCHEMA_FILE) as partial:
        partial.write_text(schema_text(), encoding="utf-8")
    title = '"' + piece.parent.resolve().name.replace("\\", "").replace('"', "") + '"'
    text = _PIECE.format(
        schema=SCHEMA_FILE, title=title, width=width, height=height, source=source, feather=width // 12
    )
    with replacing(piece) as partial:
        partial.write_text(text, encoding="utf-8")
    print(f"made {piece}; build it: composer build {piece}")
    return _told(piece, lfs=options.lfs) if options.git else 0


def _told(piece: Path, *, lfs: bool) -> int:
    """Set up git around the piece, and say what was done."""
    for line in set_up(piece, lfs=lfs):
        print(console.plain(line))
    return 0


def _canvas(photo: Path) -> tuple[int, int]:
    """The photo's size, scaled down to a long side of at most 1600 px. Raises InputError."""
    check_present(photo, "a picture")
    extent = read_photograph(photo, str(photo)).extent
    fitted = extent.scaled(min(1.0, _LONG_SIDE / extent.long_side))
    return fitted.width, fitted.height


def _copied(photo: Path, folder: Path) -> str:
    """The photo's path in the project; a photo from elsewhere is copied to photos/."""
    if photo.resolve().is_relative_to(folder.resolve()):
        return photo.resolve().relative_to(folder.resolve()).as_posix()
    target = folder / "photos" / photo.name
    if target.is_file() and filecmp.cmp(photo, target, shallow=False):  # by an attempt that went no further
        return f"photos/{photo.name}"
    if target.exists():
        raise UsageError(f"{target} exists already", "rename the photo, or delete the file there")
    with replacing(target) as partial:
        shutil.copyfile(photo, partial)
    return f"photos/{photo.name}"
