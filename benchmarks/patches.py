"""Patches: how what is painted anew fits into what stays, and what it costs.

    python -m benchmarks.patches [--size 768]

A box in the middle of scikit-image's astronaut turns green; `seam` is the difference from pixel to pixel
along the border of what is painted anew, over that of lines near it: 1 is no seam. The bar is 1.05, or what
the painting has there already. `seconds` are of the processor. Knows the engine; does not judge style.
"""

import argparse
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from composer.build.device import choose_precision
from composer.neural.compact import ENGINE
from composer.neural.controls import Controls
from composer.neural.render import render
from composer.operation import REACH, Parent, PlainBench, StyleImage, StyleSet
from composer.pixels.geometry import Bounds, Extent
from composer.pixels.raster import Array, Mask, Raster

from .styling import picture

_CASES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("impasto", {}),
    ("watercolour", {}),
    ("palette_knife", {}),
    ("impasto", {"strength": 1.0}),
    ("impasto", {"structure": 0.0}),
    ("impasto", {"structure": 1.0}),
    ("impasto", {"strength": 1.0, "structure": 0.0}),
)
_GREEN = (60, 160, 40)
_SHARE = 0.1  # of the picture's sides


@dataclass(frozen=True, slots=True)
class Row:
    """Seams where the patch ends – before, patched, painted whole – and seconds, whole and patched."""

    seams: tuple[float, float, float]
    whole: float
    patched: float


def rows(extent: Extent, threads: int) -> Iterator[tuple[str, Row]]:
    """Each case as it is measured, one after the other in this process."""
    content = picture("astronaut", (extent.width, extent.height))
    box = _box(extent)
    edited = content.with_pixels(content.pixels.copy())
    edited.pixels[(*box.slices, slice(3))] = _GREEN
    dirty = Mask(np.zeros((extent.height, extent.width), np.uint8))
    dirty.values[box.slices] = 255
    bench = PlainBench(threads=threads, precision=choose_precision("cpu"))
    for name, knobs in _CASES:
        styles = StyleSet((StyleImage(picture(name)),), seed=0, canvas_long_side=extent.long_side)
        before, _ = _timed(content, styles, knobs, bench)
        anew, whole = _timed(edited, styles, knobs, bench)
        parent = Parent(content, before, dirty)
        patch, seconds = _timed(edited, replace(styles, parent=parent), knobs, bench)
        border = box.pad(REACH)
        seams = (seam(before, border), seam(patch, border), seam(anew, border))
        yield f"{name} {knobs or ''}", Row(seams, whole, seconds)


def _timed(
    content: Raster, styles: StyleSet, knobs: dict[str, Any], bench: PlainBench
) -> tuple[Raster, float]:
    began = time.process_time()
    painted = render(content, styles, Controls(**knobs), ENGINE, bench)
    return painted, time.process_time() - began


def _box(extent: Extent) -> Bounds:
    width, height = round(extent.width * _SHARE), round(extent.height * _SHARE)
    left, top = (extent.width - width) // 2, (extent.height - height) // 2
    return Bounds(left, top, left + width, top + height)


def seam(image: Raster, border: Bounds) -> float:
    """The mean step across the sides of a box over that across boxes 4 to 8 pixels larger and smaller."""
    rgb = image.pixels[..., :3].astype(np.float32)
    near = [_steps(rgb, border.pad(by)) for by in (-8, -6, -4, 4, 6, 8)]
    return float(_steps(rgb, border) / np.mean(near))


def _steps(rgb: Array, box: Bounds) -> float:
    down, across = np.abs(np.diff(rgb, axis=0)), np.abs(np.diff(rgb, axis=1))
    rows_, columns = box.slices
    sides = (
        down[box.top - 1, columns],
        down[box.bottom - 1, columns],
        across[rows_, box.left - 1],
        across[rows_, box.right - 1],
    )
    return float(np.mean([side.mean() for side in sides]))


def main() -> None:
    """Measure every case and print a line for each."""
    parser = argparse.ArgumentParser(prog=f"python -m benchmarks.{Path(__file__).stem}")
    parser.add_argument("--size", type=int, default=400, help="width in pixels; the height is two thirds")
    parser.add_argument("--threads", type=int, default=2)
    given = parser.parse_args()
    extent = Extent(given.size, round(given.size * 2 / 3))
    print(f"{extent}{'seam before':>44}{'patched':>9}{'whole':>8}{'whole s':>10}{'patched s':>11}")
    for title, row in rows(extent, given.threads):
        before, patched, whole = row.seams
        print(
            f"{title:46}{before:8.2f}{patched:9.2f}{whole:8.2f}{row.whole:10.1f}{row.patched:11.1f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
