"""Building: what a whole command costs – cold, unchanged, and after an edit of one opacity.

Runs the command as a process of its own on copies of the example pieces; prints wall seconds and peak
memory of that process, medians of several runs.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

_QUIET = (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)
PROJECTS = Path(__file__).parents[1] / "projects"


@dataclass(frozen=True)
class Cost:
    """One run: wall seconds, and the peak memory of its process in MiB."""

    seconds: float
    mebibytes: float


def main() -> None:
    """Print a row for each case of the pieces asked for."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("pieces", nargs="*", default=["cup"], help="names of example pieces")
    parser.add_argument("--runs", type=int, default=5, help="runs of each warm case")
    options = parser.parse_args()
    print(f"{'piece':<14}{'case':<22}{'wall s':>8}{'peak MiB':>10}")
    for piece in options.pieces:
        with tempfile.TemporaryDirectory() as scratch:
            _measure(piece, Path(scratch) / "projects", options.runs)


def _measure(piece: str, folder: Path, runs: int) -> None:
    shutil.copytree(PROJECTS, folder, ignore=shutil.ignore_patterns("build", ".composer", "paint", "gallery"))
    path = folder / f"{piece}.toml"
    _row(piece, "cold", [_build(path)])
    _row(piece, "nothing changed", [_build(path) for _ in range(runs)])
    text = path.read_text(encoding="utf-8")
    edits = []
    for count in range(runs):
        path.write_text(
            text + f"\n[[layer]]\nname = 'veil'\nfill = 'navy'\nopacity = 0.{count + 1}\n", "utf-8"
        )
        edits.append(_build(path))
    _row(piece, "one opacity edited", edits)


def _build(piece: Path) -> Cost:
    command = [sys.executable, "-m", "composer", "build", str(piece)]
    started = time.perf_counter()
    pid = os.posix_spawn(sys.executable, command, os.environ, file_actions=[_QUIET])
    _, status, usage = os.wait4(pid, 0)
    if status:
        raise SystemExit(f"{' '.join(command)} failed")
    return Cost(time.perf_counter() - started, usage.ru_maxrss / 1024)


def _row(piece: str, case: str, costs: list[Cost]) -> None:
    seconds = statistics.median(cost.seconds for cost in costs)
    print(f"{piece:<14}{case:<22}{seconds:>8.2f}{max(cost.mebibytes for cost in costs):>10.0f}", flush=True)


if __name__ == "__main__":
    main()
