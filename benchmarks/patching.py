"""Patching: what the rest of a build costs when a part of one layer changed, and what a region saves of it.

Run as `python -m benchmarks.patching`. Ten layers of 12 megapixels with masks lie in a store, as after a
build; a process of its own reads them, flattens all of the canvas or a twentieth of it, keeps the result
and writes the files. Prints processor and wall seconds of each part.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from composer.composite.flatten import flatten
from composer.digest import Json
from composer.pixels import codec
from composer.pixels.geometry import Bounds
from composer.pixels.raster import Mask, Raster
from composer.pixels.stack import LayerStack, PaintLayer
from composer.registry import Kind, find, find_blend
from composer.store.store import Store

from .compositing import CANVAS, MODES, layers

DIRTY = Bounds(1000, 1000, 1860, 1660)  # 4.7 % of the canvas
FORMATS = ("png", "psd", "ora")


def main(arguments: list[str]) -> None:
    """Fill a store, then measure in another process."""
    if arguments:
        measure(Path(arguments[0]))
        return
    with tempfile.TemporaryDirectory() as folder:
        fill(Store(Path(folder)))
        subprocess.run([sys.executable, "-m", "benchmarks.patching", folder], check=True)


def fill(store: Store) -> None:
    """Ten layers of smooth colours, which compress as pictures do, with their masks, and their composite."""
    stack = layers()
    smooth = np.linspace(0, 255, CANVAS.width, dtype=np.uint8)[None, :, None]
    digests: list[Json] = []
    for layer in stack.walk():
        assert isinstance(layer, PaintLayer)
        colors = layer.raster.pixels[..., :3]
        colors[:] = colors // 16 + smooth // 2
        digests.append([_put(store, layer.raster), None if layer.mask is None else _put(store, layer.mask)])
    store.remember("layers", digests)
    store.remember("merged", _put(store, flatten(stack)))


def _put(store: Store, value: Raster | Mask) -> str:
    return store.put(codec.encode(value))


def measure(folder: Path) -> None:
    """Each part of what follows a patched layer, once, in this cold process."""
    print(f"{'part':<44}{'processor s':>12}{'wall s':>8}")
    store = Store(folder)
    with told("read ten layers and masks (mapped)"):
        stack = _stack(store)
    with told("flatten all of it, first in this process"):
        merged = flatten(stack)
    with told("flatten all of it"):
        flatten(stack)
    with told("read the last composite, flatten 4.7 % into it"):
        _spliced(store, stack)
    with told("keep the composite"):
        _put(store, merged)
    for name in FORMATS:
        export = find(Kind.EXPORT, name)
        with told(f"write {name}"), store.temporary(export.suffix) as path:
            export.function(stack, merged, export.params(), path)
            store.put_file(path)


def _spliced(store: Store, stack: LayerStack) -> Raster:
    last = _value(store, store.recall("merged"))
    assert isinstance(last, Raster)
    pixels = last.pixels.copy()
    pixels[DIRTY.slices] = flatten(stack, DIRTY).pixels
    return last.with_pixels(pixels)


def _stack(store: Store) -> LayerStack:
    known = store.recall("layers")
    assert isinstance(known, list)
    painted = []
    for mode, kept in zip(MODES, known, strict=True):
        assert isinstance(kept, list)
        raster, mask = kept
        pixels, shown = _value(store, raster), None if mask is None else _value(store, mask)
        assert isinstance(pixels, Raster)
        assert shown is None or isinstance(shown, Mask)
        painted.append(PaintLayer(mode, pixels, find_blend(mode), shown, 0.8 if shown else 1.0))
    return LayerStack(CANVAS, tuple(painted))


def _value(store: Store, digest: object) -> Raster | Mask:
    return codec.decode(store.open(str(digest)))


@contextmanager
def told(part: str) -> Iterator[None]:
    """Print what the body costs."""
    processor, wall = time.process_time(), time.perf_counter()
    yield
    print(f"{part:<44}{time.process_time() - processor:>12.2f}{time.perf_counter() - wall:>8.2f}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
