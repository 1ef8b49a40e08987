"""Readers: what other programs make of our layered files.

    python -m benchmarks.readers FILE.psd FILE.ora     files, beside which lies FILE.png
    python -m benchmarks.readers --cases [WORD]        every case whose name has WORD

Opens each file in every program that is installed, has it render to PNG, and prints the largest and
the mean difference to our own picture, in levels of 8 bit, and the layers as the program sees them.
"""

import sys
import tempfile
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from composer.composite.flatten import flatten
from composer.pixels.raster import FloatArray
from composer.pixels.stack import LayerStack
from composer.registry import find

from .cases import cases
from .programs import PROGRAMS, Program


def main(arguments: list[str]) -> int:
    """Print the comparison; 1 when a file is missing."""
    if arguments[:1] == ["--cases"]:
        return _compare_cases("".join(arguments[1:]))
    files = [Path(argument) for argument in arguments]
    missing = [str(file) for file in files if not file.is_file()]
    if missing or not files:
        print(f"no such file: {', '.join(missing)}" if missing else __doc__, file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as scratch:
        for file in files:
            for program in PROGRAMS:
                if program.reads(file):
                    print(f"{program.name} · {file.name}: {difference(program, file, Path(scratch))}")
                    print("\n".join(f"    {line}" for line in program.layers(file, Path(scratch))))
    return 0


def difference(program: Program, file: Path, scratch: Path) -> str:
    """Largest and mean difference between the program's picture and ours (the PNG beside the file)."""
    rendered = scratch / f"{program.name} {file.stem}.png"
    rendered.unlink(missing_ok=True)
    try:
        program.render(file, rendered)
    except (OSError, ValueError) as refusal:
        return f"not opened ({refusal})"
    if not rendered.is_file():
        return "not opened"
    ours, theirs = _read(file.with_suffix(".png")), _read(rendered)
    if ours.shape != theirs.shape:
        return f"size {theirs.shape[1]}×{theirs.shape[0]}"
    apart = np.abs(ours - theirs)
    return f"{apart.max():.0f} / {apart.mean():.3f}"


def write_case(name: str, stack: LayerStack, folder: Path) -> Path:
    """The case as PSD, ORA and PNG in the folder; returns the path without its suffix."""
    merged = flatten(stack)
    path = folder / name.replace(" ", "_").replace(",", "")
    for format_ in ("psd", "ora", "png"):
        export = find("export", format_)
        export.function(stack, merged, export.params(), path.with_suffix(export.suffix))
    return path


def _compare_cases(word: str) -> int:
    columns = [(program, suffix) for program in PROGRAMS for suffix in program.suffixes if program.is_here()]
    print("case | " + " | ".join(f"{program.name} {suffix}" for program, suffix in columns))
    with tempfile.TemporaryDirectory() as scratch:
        for name, stack in cases():
            if word not in name:
                continue
            path = write_case(name, stack, Path(scratch))
            found = [difference(program, path.with_suffix(s), Path(scratch)) for program, s in columns]
            print(f"{name} | " + " | ".join(found), flush=True)
    return 0


def _read(path: Path) -> FloatArray:
    """(H, W, 4) premultiplied, 0…255: colour where nothing shows is nobody's business."""
    image: Any = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    pixels: FloatArray = image.astype(np.float32) * np.float32(255 / np.iinfo(image.dtype).max)
    if pixels.ndim == 2:
        pixels = np.dstack([pixels] * 3)
    if pixels.shape[2] == 3:
        pixels = np.dstack([pixels, np.full(pixels.shape[:2], 255, np.float32)])
    pixels[..., :3] *= pixels[..., 3:] / 255
    return pixels


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
