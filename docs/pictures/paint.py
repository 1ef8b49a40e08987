"""Paints the pictures of docs/styles.md and docs/photobash.md: each from a small piece, by the command.

    python docs/pictures/paint.py [NAME ...]

Knows the pieces and how their pictures are joined to a strip. Takes some minutes.
"""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from runpy import run_path

from PIL import Image

from composer.cli.main import main

HERE = Path(__file__).parent
STYLES = HERE.parents[1] / "projects" / "styles"
SIDE, GAP, WIDTH = 320, 6, 1400

HEAD = f"""
seed = 7
[canvas]
width = {SIDE}
height = {SIDE}
[source.astronaut]
sample = "astronaut"
[style.oils]
file = "impasto.jpg"
scale = SCALE
[style.washes]
file = "ink_wash.jpg"
[mask.figure]
use = "shape"
shape = "polygon"
points = [[118, 20], [158, 8], [192, 28], [190, 98], [212, 150], [232, 180], [252, 216], [300, 216],
          [320, 240], [320, 320], [0, 320], [0, 235], [40, 185], [105, 150], [124, 95]]
feather = 6
[mask.face]
use = "shape"
shape = "ellipse"
box = [104, 24, 76, 96]
feather = 10
[[layer]]
name = "ground"
fill = "#274a5c"
[[layer]]
name = "photo"
source = "astronaut"
place = {{ fit = "cover" }}
"""


def painted(style: str, scale: float = 1.0) -> str:
    """The piece whose photo has that style table."""
    return f"{HEAD.replace('SCALE', str(scale))}[layer.style]\n{style}\n"


def on_coffee(piece: str) -> str:
    """The piece with another photo below."""
    source = '[source.coffee]\nsample = "coffee"\n[style.oils]'
    cup = 'source = "coffee"\nplace = { fit = "cover" }'
    return piece.replace("[style.oils]", source, 1).replace('fill = "#274a5c"', cup, 1)


def moments(**knobs: str | float) -> str:
    """A style table of the default engine in oils."""
    told = {"use": "moments", "from": ["oils"]} | knobs
    return "\n".join(f"{key} = {_toml(value)}" for key, value in told.items())


def _toml(value: object) -> str:
    return str(value) if not isinstance(value, str) else f'"{value}"'


Picture = str | tuple[str, str]
"""A piece; or a piece and the mask of it that is shown over what it cuts out."""


def strips() -> Iterator[tuple[str, list[Picture]]]:
    """The name of each picture, and the pieces that stand in it from left to right."""
    yield from run_path(str(HERE / "photobash.py"))["strips"]()
    photo = HEAD.replace("SCALE", "1.0")
    regions = 'use = "moments"\nfrom = ["washes"]\nregions = { figure = "oils" }'
    yield "strength", [painted(moments(strength=s)) for s in (0, 0.25, 0.5, 0.75, 1)]
    yield "structure", [painted(moments(structure=s, strength=0.9)) for s in (0, 0.5, 1)]
    yield "scale", [painted(moments(), scale) for scale in (0.35, 0.7, 1.4)]
    yield "color", [painted(moments(color=c)) for c in ("style", "content", "luminance", "match")]
    yield "mix", [painted(f'use = "moments"\nfrom = {styles}') for styles in MIXES]
    yield "regions", [photo, painted(regions)]
    yield "protect", [painted(moments()), painted(moments(protect="face"))]
    starts = (painted(moments(init=init, structure=0.3)) for init in ("content", "below", "noise"))
    yield "init", [on_coffee(piece) for piece in (f"{photo}visible = false\n", *starts)]
    yield "engines", [photo, painted(moments(use="draft")), painted(moments())]


MIXES = ('["oils"]', '["oils", "washes"]', '["washes"]')


def built(wanted: Picture) -> Image.Image:
    """The picture of a piece, or of one of its masks."""
    piece, mask = wanted if isinstance(wanted, tuple) else (wanted, None)
    with tempfile.TemporaryDirectory() as folder:
        for style in ("impasto", "ink_wash"):
            (Path(folder) / f"{style}.jpg").write_bytes((STYLES / f"{style}.jpg").read_bytes())
        path = Path(folder) / "piece.toml"
        path.write_text(piece + '[output]\npng = "piece.png"\n', encoding="utf-8")
        words = (
            ["build", str(path)] if mask is None else ["mask", str(path), mask, "-o", f"{folder}/piece.png"]
        )
        if main(words):
            raise SystemExit(f"this piece did not build:\n{piece}")
        shown = "piece.png" if mask is None else "piece.over.png"
        with Image.open(Path(folder) / shown) as picture:
            return picture.convert("RGB")


def strip(pictures: list[Image.Image]) -> Image.Image:
    """Pictures side by side, no wider than WIDTH."""
    joined = Image.new("RGB", (len(pictures) * (SIDE + GAP) - GAP, SIDE), "white")
    for i, picture in enumerate(pictures):
        joined.paste(picture, (i * (SIDE + GAP), 0))
    joined.thumbnail((WIDTH, SIDE), Image.Resampling.LANCZOS)
    return joined


if __name__ == "__main__":
    for name, pieces in strips():
        if not sys.argv[1:] or name in sys.argv[1:]:
            strip([built(piece) for piece in pieces]).save(HERE / f"{name}.jpg", quality=86)
