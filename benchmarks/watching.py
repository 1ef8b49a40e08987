"""Watching: how soon a running watch shows an edit – a 2k piece of ten layers, an opacity or a mask edited.

From the moment the piece is saved: the picture that a page can show, and the PNG in its place. Prints medians
and the slowest.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import threading
import time
from pathlib import Path

import cv2
import numpy as np

from composer.build.project import open_project
from composer.watch.events import Delivered, Ended, Event, Pictured
from composer.watch.watch import Watch

_HEAD = """\
[canvas]
width = 2048
height = 1365
[mask.low]
use = "gradient"
from = [0, 0]
to = [0, 1300]
"""
_LAYERS = 10
_LAYER = """
[source.photo_{i}]
file = "photo_{i}.png"
[[layer]]
name = "layer {i}"
source = "photo_{i}"
place = {{ fit = "cover" }}
mask = "low"
opacity = 0.{i}5
"""
_OUTPUT = '\n[output]\npng = "build/{piece}.png"\n'
_PATIENCE = 120.0  # seconds for one edit


class Clock:
    """A listener that notes when the picture, the PNG and the end of the newest epoch came."""

    def __init__(self) -> None:
        self.ended = threading.Semaphore(0)
        self.pictured = self.delivered = 0.0

    def __call__(self, event: Event) -> None:
        now = time.perf_counter()
        if isinstance(event, Pictured) and not event.picture.is_draft:
            self.pictured = now
        elif isinstance(event, Delivered):
            self.delivered = now
        elif isinstance(event, Ended):
            self.ended.release()


def main() -> None:
    """Print a row for each kind of edit."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=int, default=7, help="edits of each kind")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        _measure(Path(scratch), options.runs)


def _measure(folder: Path, runs: int) -> None:
    for i in range(_LAYERS):
        small = np.random.default_rng(i).uniform(30, 220, (12, 16, 3)).astype(np.float32)
        photo = np.clip(cv2.resize(small, (2048, 1365), interpolation=cv2.INTER_CUBIC), 0, 255)
        cv2.imwrite(str(folder / f"photo_{i}.png"), photo.astype(np.uint8))
    piece = folder / "piece.toml"
    text = _HEAD + "".join(_LAYER.format(i=i) for i in range(_LAYERS)) + _OUTPUT
    piece.write_text(text, "utf-8")
    clock, watch = Clock(), Watch(open_project(piece))
    watch.subscribe(clock)
    thread = threading.Thread(target=watch.run)
    thread.start()
    try:
        _wait(clock)
        time.sleep(2)
        print(f"{'edit':<10}{'picture s':>11}{'slowest':>9}{'PNG s':>8}{'slowest':>9}")
        _row("opacity", [_edit(piece, text.replace("0.95", f"0.9{i}"), clock) for i in range(runs)])
        _row("mask", [_edit(piece, text.replace("[0, 0]", f"[0, {9 + i}]"), clock) for i in range(runs)])
    finally:
        watch.stop()
        thread.join()


def _edit(piece: Path, text: str, clock: Clock) -> tuple[float, float]:
    """Seconds from the save to the picture and to the PNG."""
    saved = time.perf_counter()
    piece.write_text(text, "utf-8")
    _wait(clock)
    return clock.pictured - saved, clock.delivered - saved


def _wait(clock: Clock) -> None:
    if not clock.ended.acquire(timeout=_PATIENCE):
        raise SystemExit("the watch did not come to an end")


def _row(case: str, times: list[tuple[float, float]]) -> None:
    pictured, delivered = zip(*times, strict=True)
    cells = [statistics.median(pictured), max(pictured), statistics.median(delivered), max(delivered)]
    print(f"{case:<10}{cells[0]:>11.2f}{cells[1]:>9.2f}{cells[2]:>8.2f}{cells[3]:>9.2f}", flush=True)


if __name__ == "__main__":
    main()
