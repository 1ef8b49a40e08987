"""Readers: what other programs make of our layered files.

    python -m benchmarks.readers FILE.psd FILE.ora     files, beside which lies FILE.png
    python -m benchmarks.readers --layers PIECE.toml   the piece, with its finishing copies hidden
    python -m benchmarks.readers --cases [WORD]        every case whose name has WORD

Opens each file in every program that is installed, has it render to PNG, and prints the largest and
the mean difference to our own picture, in levels of 8 bit, with the share of channel values that lie
more than one level apart if there are any, and the layers as the program sees them.

A layer that copies all below hides it: programs then show our own composite. With the copies
hidden they have to blend the layers themselves.
"""

import re
import shutil
import subprocess
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

_COPY = re.compile(r'^copy *= *"below".*$', re.MULTILINE)
_ONE = 1.001  # level; what is stored in more than 8 bits rounds
_LEFT_OUT = shutil.ignore_patterns("build", ".composer", "paint", "gallery")


def main(arguments: list[str]) -> int:
    """Print the comparison; 1 when a file is missing."""
    if arguments[:1] == ["--cases"]:
        return _compare_cases("".join(arguments[1:]))
    layers = arguments[:1] == ["--layers"]
    files = [Path(argument) for argument in arguments[layers:]]
    missing = [str(file) for file in files if not file.is_file()]
    if missing or not files:
        print(f"no such file: {', '.join(missing)}" if missing else __doc__, file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        for file in files:
            _compare(unfinished(file, scratch) if layers else [file], scratch)
    return 0


def unfinished(piece: Path, scratch: Path) -> list[Path]:
    """The piece, whose [output] stands last, in 8 and in 16 bits with nothing over its layers.

    Built in the scratch folder. Raises CalledProcessError if it does not build.
    """
    folder = scratch / piece.stem
    shutil.copytree(piece.parent, folder, ignore=_LEFT_OUT)
    layers, _, _ = piece.read_text("utf-8").partition("\n[output]")
    bare = _COPY.sub(r"\g<0>\nvisible = false", layers)
    files = []
    for depth, suffixes in ((8, (".psd", ".ora")), (16, (".psd",))):
        name = f"{piece.stem} in {depth} bits"
        tables = [
            f'{suffix[1:]} = {{ path = "{name}{suffix}", depth = {depth} }}' for suffix in (*suffixes, ".png")
        ]
        (folder / f"{name}.toml").write_text("\n".join([bare, "[output]", *tables, ""]), "utf-8")
        command = [sys.executable, "-m", "composer", "build", str(folder / f"{name}.toml")]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        files += [folder / f"{name}{suffix}" for suffix in suffixes]
    return files


def _compare(files: list[Path], scratch: Path) -> None:
    for file in files:
        for program in PROGRAMS:
            if program.reads(file):
                print(f"{program.name} · {file.name}: {difference(program, file, scratch)}")
                print("\n".join(f"    {line}" for line in _layers(program, file, scratch)), flush=True)


def _layers(program: Program, file: Path, scratch: Path) -> list[str]:
    try:
        return program.layers(file, scratch)
    except OSError as refusal:
        return [f"layers not listed ({refusal})"]


def difference(program: Program, file: Path, scratch: Path) -> str:
    """Largest and mean difference between the program's picture and ours (the PNG beside the file).

    And the share of channel values that differ by more than one level, if any do.
    """
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
    beyond = float((apart > _ONE).mean())
    return f"{apart.max():.1f} / {apart.mean():.3f}" + (f" / {100 * beyond:.2g} %" if beyond else "")


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
