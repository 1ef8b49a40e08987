"""Loop: what an artist waits for while editing – a piece of 20 layers with 20 photographs of 12 MP.

Runs the command as a process of its own: nothing changed, photographs touched, one opacity, one mask. Beside
it the same no-op of doit and DVC over the same 20 files, where those programs are installed. Prints medians
of wall seconds, processor seconds and peak memory.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

_QUIET = (
    (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
    (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
)
PHOTOS = 20
_HEAD = """\
[canvas]
width = {width}
height = {height}

[mask.low]
use = "gradient"
from = [0, 0]
to = [0, {height}]
"""
_SOURCE = '[source.photo_{i}]\nfile = "photo_{i}.jpg"\n'
_LAYER = """
[[layer]]
name = "layer {i}"
source = "photo_{i}"
place = {{ fit = "cover" }}
mask = "low"
opacity = 0.{i:02d}
"""
_DOIT = """\
def task_layer():
    for i in range({count}):
        yield {{"name": str(i), "file_dep": [f"photo_{{i}}.jpg"], "targets": [f"out_{{i}}.bin"],
               "actions": [f"cp photo_{{i}}.jpg out_{{i}}.bin"]}}
"""


@dataclass(frozen=True)
class Cost:
    """One run of a program."""

    wall: float
    processor: float
    mebibytes: float


def main() -> None:
    """Print a row for each case."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=int, default=7, help="runs of each case")
    parser.add_argument("--width", type=int, default=2048, help="of the canvas, 3:2")
    parser.add_argument("--photographs", type=Path, help="only make the photographs, in this folder")
    options = parser.parse_args()
    if options.photographs is not None:
        _photographs(options.photographs)
        return
    print(f"{'case':<34}{'wall s':>8}{'cpu s':>8}{'peak MiB':>10}")
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        # By a process of its own: the peak memory of a program counts that of whoever started it.
        subprocess.run([sys.executable, "-m", "benchmarks.loop", "--photographs", scratch], check=True)
        _composer(folder, options.width, options.runs)
        _doit(folder, options.runs)
        _dvc(folder, options.runs)


def _photographs(folder: Path) -> None:
    """JPEGs of 4000×3000, each another picture of about 4 MB."""
    import cv2  # here, because the process that measures must stay small
    import numpy as np

    for i in range(PHOTOS):
        rng = np.random.default_rng(i)
        small = rng.uniform(30, 220, (12, 16, 3)).astype(np.float32)
        image = cv2.resize(small, (4000, 3000), interpolation=cv2.INTER_CUBIC)
        grain = cv2.resize(rng.normal(0, 14, (1500, 2000)).astype(np.float32), (4000, 3000))
        photo = np.clip(np.asarray(image) + np.asarray(grain)[..., None], 0, 255).astype(np.uint8)
        cv2.imwrite(str(folder / f"photo_{i}.jpg"), photo)


def _composer(folder: Path, width: int, runs: int) -> None:
    piece = folder / "piece.toml"
    text = _HEAD.format(width=width, height=width * 2 // 3)
    text += "".join(_SOURCE.format(i=i) for i in range(PHOTOS))
    text += "".join(_LAYER.format(i=i) for i in range(PHOTOS))
    outputs = '\n[output]\npng = "build/{piece}.png"\n'
    piece.write_text(text + outputs, "utf-8")
    build = [sys.executable, "-m", "composer", "build", str(piece)]
    _row("composer: cold", [_run(build, folder)])
    time.sleep(2.5)  # a file as young as the clock's grain is read again
    _row("composer: nothing changed", _runs(build, folder, runs))
    _row("composer: photographs touched", _runs(build, folder, runs, lambda _: _touch(folder)))

    def opacity(run: int) -> None:
        piece.write_text(text.replace("opacity = 0.19", f"opacity = 0.{21 + run}") + outputs, "utf-8")

    def mask(run: int) -> None:
        piece.write_text(text.replace("from = [0, 0]", f"from = [0, {run + 1}]") + outputs, "utf-8")

    _row("composer: an opacity, to the PNG", _runs(build, folder, runs, opacity))
    _row("composer: a mask, to the PNG", _runs(build, folder, runs, mask))


def _touch(folder: Path) -> None:
    for photo in folder.glob("photo_*.jpg"):
        os.utime(photo)


def _doit(folder: Path, runs: int) -> None:
    if shutil.which("doit") is None:
        print("doit: not installed")
        return
    (folder / "dodo.py").write_text(_DOIT.format(count=PHOTOS), "utf-8")
    _run(["doit"], folder)
    _row("doit: nothing changed", _runs(["doit"], folder, runs))


def _dvc(folder: Path, runs: int) -> None:
    if shutil.which("dvc") is None:
        print("dvc: not installed")
        return
    subprocess.run(["dvc", "init", "--no-scm", "-q"], cwd=folder, check=True)
    stages = "".join(
        f"  s{i}:\n    cmd: cp photo_{i}.jpg dvc_{i}.bin\n"
        f"    deps: [photo_{i}.jpg]\n    outs: [dvc_{i}.bin]\n"
        for i in range(PHOTOS)
    )
    (folder / "dvc.yaml").write_text(f"stages:\n{stages}", "utf-8")
    _run(["dvc", "repro", "-q"], folder)
    _row("dvc: nothing changed", _runs(["dvc", "repro", "-q"], folder, runs))


def _runs(
    command: list[str], folder: Path, count: int, before: Callable[[int], None] = lambda _run: None
) -> list[Cost]:
    costs = []
    for run in range(count):
        before(run)
        costs.append(_run(command, folder))
    return costs


def _run(command: list[str], folder: Path) -> Cost:
    program = shutil.which(command[0]) or command[0]
    here = Path.cwd()
    os.chdir(folder)
    try:
        started = time.perf_counter()
        pid = os.posix_spawn(program, command, os.environ, file_actions=_QUIET)
        _, status, usage = os.wait4(pid, 0)
        wall = time.perf_counter() - started
    finally:
        os.chdir(here)
    if status:
        raise SystemExit(f"{' '.join(command)} failed")
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def _row(case: str, costs: list[Cost]) -> None:
    wall = statistics.median(cost.wall for cost in costs)
    processor = statistics.median(cost.processor for cost in costs)
    print(f"{case:<34}{wall:>8.2f}{processor:>8.2f}{max(c.mebibytes for c in costs):>10.0f}", flush=True)


if __name__ == "__main__":
    main()
