"""Watching: how soon a running watch shows an edit, near the top and near the bottom of the stack.

From the moment the piece is saved: the picture that a page can show, and the PNG in its place; medians and
the slowest, and the processor seconds to the picture. A piece of 2k with ten layers and one of 12 megapixels
with twenty, each watched twice, edited in turns: by a watch that keeps composites in memory, and by one that
begins each at the bottom. Edited are an opacity, a mask as a whole (a gradient) and one in a spot, second and
third from the top (high) and from the bottom (low).
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from composer.build.project import open_project
from composer.pixels.geometry import Extent
from composer.watch.builder import Wish
from composer.watch.events import Delivered, Ended, Event, Pictured
from composer.watch.watch import Watch

_SIZES = {"2k": (Extent(2048, 1365), 10), "12MP": (Extent(4000, 3000), 20)}
_HEAD = """\
[canvas]
width = {width}
height = {height}
"""
_MASKS = """
[mask.slope_{i}]
use = "gradient"
from = [0, 0]
to = [0, {foot}]
[mask.spot_{i}]
use = "shape"
shape = "ellipse"
box = [{left}, 300, 400, 400]
"""
_LAYER = """
[source.photo_{i}]
file = "photo_{i}.png"
[[layer]]
name = "layer {i}"
source = "photo_{i}"
place = {{ fit = "cover" }}
mask = "{mask}"
opacity = {opacity}
"""
_OUTPUT = '\n[output]\npng = "build/{piece}.png"\n'
_PATIENCE = 300.0  # seconds for one build


@dataclass(frozen=True)
class Took:
    """Seconds from the save: to the picture, to the PNG, and of the processor until the picture."""

    picture: float
    png: float
    processor: float


class Desk:
    """A piece in a folder, and a watch of it. Also a listener, which notes when things came."""

    def __init__(self, folder: Path, canvas: Extent, layers: int) -> None:
        self.canvas, self.layers = canvas, layers
        self._piece = folder / "piece.toml"
        self._ended = threading.Semaphore(0)
        self._pictured = self._delivered = self._processor = 0.0
        for i in range(layers):
            cv2.imwrite(str(folder / f"photo_{i}.png"), _photo(i, canvas), [cv2.IMWRITE_PNG_COMPRESSION, 1])

    def __call__(self, event: Event) -> None:
        now = time.perf_counter()
        if isinstance(event, Pictured) and not event.picture.is_draft:
            self._pictured, self._processor = now, time.process_time()
        elif isinstance(event, Delivered):
            self._delivered = now
        elif isinstance(event, Ended):
            self._ended.release()

    @contextmanager
    def watched(self, memory: int | None) -> Iterator[None]:
        """Watch it, from the end of the first build on."""
        self.save({})
        watch = Watch(open_project(self._piece), Wish(memory=memory))
        watch.subscribe(self)
        thread = threading.Thread(target=watch.run)
        thread.start()
        try:
            self._wait()
            yield
        finally:
            watch.stop()
            thread.join()

    def save(self, edits: dict[str, int]) -> None:
        """Write the piece. `edits`: a number by the kind of edit and the layer, such as `slope 1`."""
        width, height = self.canvas.width, self.canvas.height
        text = _HEAD.format(width=width, height=height)
        for i in range(self.layers):
            mask = "spot" if i in (2, self.layers - 3) else "slope"
            foot, left = height - 30 - edits.get(f"slope {i}", 0), 500 + edits.get(f"spot {i}", 0)
            text += _MASKS.format(i=i, foot=foot, left=left)
            opacity = 0.5 + 0.01 * edits.get(f"opacity {i}", 0)
            text += _LAYER.format(i=i, mask=f"{mask}_{i}", opacity=round(opacity, 4))
        self._piece.write_text(text + _OUTPUT, "utf-8")

    def edit(self, edits: dict[str, int]) -> Took:
        """Save, and wait for the end of the build."""
        saved, processor = time.perf_counter(), time.process_time()
        self.save(edits)
        self._wait()
        return Took(self._pictured - saved, self._delivered - saved, self._processor - processor)

    def _wait(self) -> None:
        if not self._ended.acquire(timeout=_PATIENCE):
            raise SystemExit("the watch did not come to an end")


def _photo(seed: int, canvas: Extent) -> np.ndarray:
    small = np.random.default_rng(seed).uniform(30, 220, (12, 16, 3)).astype(np.float32)
    smooth = cv2.resize(small, (canvas.width, canvas.height), interpolation=cv2.INTER_CUBIC)
    return np.clip(smooth, 0, 255).astype(np.uint8)


def main() -> None:
    """A table for each size."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=int, default=7, help="edits of each kind")
    parser.add_argument("--size", choices=_SIZES, action="append", help="only this one")
    parser.add_argument("--scratch", type=Path, help="where to write 6 GB for a while")
    options = parser.parse_args()
    for name in options.size or _SIZES:
        with tempfile.TemporaryDirectory(dir=options.scratch) as scratch:
            _measure(name, Path(scratch), options.runs)


def _measure(name: str, scratch: Path, runs: int) -> None:
    canvas, layers = _SIZES[name]
    print(f"{name}: {canvas} × {layers} layers")
    print(f"{'edit':<16}{'composites':<12}{'picture s':>10}{'slowest':>9}{'PNG s':>8}{'processor s':>13}")
    with ExitStack() as stack:
        desks: dict[str, Desk] = {}
        for kept, memory in (("whole", 0), ("kept", None)):
            folder = scratch / kept
            folder.mkdir()
            desks[kept] = Desk(folder, canvas, layers)
            before = _own_mib()
            stack.enter_context(desks[kept].watched(memory))
        for kind, place in (("opacity", 1), ("slope", 1), ("spot", 2)):
            for where, layer in (("high", layers - 1 - place), ("low", place)):
                _rows(f"{kind}, {where}", f"{kind} {layer}", desks, runs)
        print(f"memory taken by the watch that keeps composites: {_own_mib() - before:.0f} MiB\n")


def _rows(case: str, edit: str, desks: dict[str, Desk], runs: int) -> None:
    times: dict[str, list[Took]] = {kept: [] for kept in desks}
    for run in range(1, runs + 2):
        for kept, desk in desks.items():
            times[kept].append(desk.edit({edit: run}))
    for kept, took in times.items():
        again = took[1:]  # the first one also takes the last case's edit back
        picture = _medians(again, lambda each: each.picture)
        png, processor = _medians(again, lambda each: each.png), _medians(again, lambda each: each.processor)
        slowest = max(each.picture for each in again)
        cells = f"{picture:>10.2f}{slowest:>9.2f}{png:>8.2f}{processor:>13.3f}"
        print(f"{case:<16}{kept:<12}{cells}", flush=True)


def _medians(times: list[Took], of: Callable[[Took], float]) -> float:
    return statistics.median(map(of, times))


def _own_mib() -> float:
    """Memory of this process that is no file's, MiB; 0 where the system does not say."""
    try:
        lines = Path("/proc/self/status").read_text("ascii").splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("RssAnon:")), 0.0)


if __name__ == "__main__":
    main()
