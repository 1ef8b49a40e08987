"""Sheet: the pictures of a history on one contact sheet, each with its revision under it.

Knows how a sheet is laid out. Does not know git nor how pictures come about.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from ..errors import UsageError
from ..store.replacing import replacing
from .frame import Frame
from .page import sheet_page, write_page

CELL = 320
"""The longest side of a picture on a sheet, in pixels."""
_LOW, _GAP, _TEXT, _LINE = 120, 24, 15, 20
_PAPER, _INK, _EMPTY = "#232427", "#e8e6e1", "#6b6d73"
_MOST_COLUMNS = 5
_FONTS = ("DejaVuSans.ttf", "NotoSans-Regular.ttf", "LiberationSans-Regular.ttf", "Arial.ttf", "arial.ttf")
_PAGES, _PICTURES = (".html", ".htm"), (".png", ".jpg", ".jpeg", ".webp")

Captioned = tuple[tuple[str, str], Frame]
Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


def check_sheet(path: Path) -> None:
    """Raises UsageError for a name that is none of a sheet."""
    if path.suffix.lower() not in (*_PAGES, *_PICTURES):
        raise UsageError(
            f'"{path.name}" is no name of a contact sheet', "name a .png, .jpg, .webp or .html file"
        )


def write_sheet(path: Path, title: str, frames: Sequence[Captioned]) -> None:
    """Write the frames, each with two lines of caption, as a picture or a page, by the file's suffix.

    Raises UsageError for another suffix or where another's page is, StoreError when it cannot be written.
    """
    check_sheet(path)
    if path.suffix.lower() in _PAGES:
        write_page(path, sheet_page(title, [(" · ".join(caption), frame) for caption, frame in frames]))
        return
    with replacing(path, f".{os.getpid()}") as partial:
        drawn_sheet(frames).save(partial, Image.registered_extensions()[path.suffix.lower()])


def drawn_sheet(frames: Sequence[Captioned]) -> Image.Image:
    """The sheet as one RGB picture, at most five frames in a row."""
    columns = min(_MOST_COLUMNS, max(1, len(frames)))
    rows = -(-len(frames) // columns)
    tall = max([frame.image.height for _, frame in frames if frame.image is not None] or [_LOW])
    height = max(tall, _LOW) + 2 * _LINE + _GAP
    cell = height - 2 * _LINE - _GAP
    sheet = Image.new("RGB", (_GAP + columns * (CELL + _GAP), _GAP + rows * height), _PAPER)
    draw, font = ImageDraw.Draw(sheet), _font()
    for index, (caption, frame) in enumerate(frames):
        left, top = _GAP + index % columns * (CELL + _GAP), _GAP + index // columns * height
        if frame.image is None:
            draw.rectangle((left, top, left + CELL - 1, top + cell - 1), outline=_EMPTY)
            _lines(draw, font, _wrapped(frame.words, font), left + _LINE, top + _LINE)
        else:
            shown = frame.image.convert("RGBA")
            inside = (left + (CELL - shown.width) // 2, top + (cell - shown.height) // 2)
            sheet.paste(shown, inside, shown)
        _lines(draw, font, [_cut(line, font) for line in caption], left, top + cell + 4)
    return sheet


def _lines(draw: ImageDraw.ImageDraw, font: Font, lines: Sequence[str], left: int, top: int) -> None:
    for number, line in enumerate(lines):
        draw.text((left, top + number * _LINE), line, _INK, font)


def _cut(text: str, font: Font) -> str:
    """The text, cut where it would run into the next frame."""
    if font.getlength(text) <= CELL:
        return text
    while text and font.getlength(f"{text}…") > CELL:
        text = text[:-1]
    return f"{text}…"


def _wrapped(text: str, font: Font) -> list[str]:
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if font.getlength(longer) <= CELL - 2 * _LINE:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _font() -> Font:
    """A font of the system, since Pillow's own knows no letters beyond ASCII; else that one."""
    for name in _FONTS:
        try:
            return ImageFont.truetype(name, _TEXT)
        except OSError:
            continue
    return ImageFont.load_default(_TEXT)
