"""Kills: builds and watches killed at random moments; the build after each must equal a clean one.

A process that has everything imported forks a build, a watch that sees edits, or both at once, lets them live
for a moment and kills them with SIGKILL; then a build runs to its end, and its outputs and lock file are
compared with those of the same piece built in an untouched folder. Before some kills the store is emptied, so
that there is work to be caught at. Without neural layers: what they keep is tested in tests/e2e.
"""

from __future__ import annotations

import argparse
import importlib
import itertools
import os
import random
import re
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import cv2
import numpy as np

from composer.build.written import RECORD
from composer.cli.main import main as command
from composer.store.store import Store

PIECE = """\
title = "Killed"

[canvas]
width = 96
height = 64
background = "#203040"

[source.hill]
file = "photos/hill.png"

[source.sun]
file = "photos/sun.png"

[mask.low]
use = "gradient"
from = [0, 20]
to = [0, 60]

[[layer]]
name = "hill"
source = "hill"

[[layer]]
name = "sun"
source = "sun"
place = { fit = "contain", anchor = "right" }
mask = "low"
opacity = OPACITY

[[layer.filter]]
use = "blur"
radius = RADIUS

[output]
png = "build/{piece}.png"
psd = "build/{piece}.psd"
ora = "build/{piece}.ora"
"""
STATES = tuple(itertools.product((1.5, 3.0, 6.0), (0.5, 0.8), (2, 3)))
"""Radius, opacity and photograph: what the artist changes."""
_IMPORTED = (
    "build.perform",
    "cli.build",
    "cli.rendering",
    "cli.watch",
    "exports.ora",
    "exports.png",
    "exports.psd",
)
"""What is imported before the fork costs its children no time."""
_KINDS = ("build", "watch", "watch", "both")
_LONGEST = {"build": 0.5, "watch": 1.2, "both": 1.2}  # seconds that a victim lives
_PATIENCE = 120.0


def main() -> int:
    """Kill as often as asked for, and print how it went; 1 when a build came out wrong."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("kills", nargs="?", type=int, default=500)
    parser.add_argument("--seed", type=int, default=20261122)
    options = parser.parse_args()
    for name in _IMPORTED:
        importlib.import_module(f"composer.{name}")
    with tempfile.TemporaryDirectory() as scratch:
        return _Trial(Path(scratch), random.Random(options.seed)).run(options.kills)


class _Trial:
    def __init__(self, scratch: Path, chance: random.Random) -> None:
        self._scratch = scratch
        self._chance = chance
        self._folder = scratch / "project"
        self._clean: dict[tuple[float, float, int], dict[str, bytes]] = {}
        self._count: Counter[str] = Counter()
        _set_up(self._folder, STATES[0])

    def run(self, kills: int) -> int:
        for number in range(kills):
            state = self._kill(self._chance.choice(_KINDS))
            wrong = self._wrong(state)
            if wrong:
                print(f"kill {number + 1}: {wrong}; the project is as follows", flush=True)
                print(*sorted(self._folder.rglob("*")), sep="\n")
                return 1
        told = ", ".join(f"{many} {what}" for what, many in sorted(self._count.items()))
        print(f"{kills} times killed ({told}): every build after it equals a clean one", flush=True)
        return 0

    def _kill(self, kind: str) -> tuple[float, float, int]:
        """One or two victims at work on edits; the state in which they leave the piece."""
        if self._chance.random() < 0.5:
            self._empty_store()
        self._save()
        victims = [_fork(word, self._folder) for word in (("build", "watch") if kind == "both" else (kind,))]
        end = time.monotonic() + self._chance.uniform(0.0, _LONGEST[kind])
        state = self._save()
        while (left := end - time.monotonic()) > 0:
            time.sleep(min(left, self._chance.uniform(0.02, 0.4)))
            state = self._save()
        caught = [_killed(victim) for victim in victims]
        self._count[f"of {kind}"] += any(caught)
        self._count["too late"] += not any(caught)
        self._count["within a write"] += any((self._folder / ".composer/tmp").glob("*/*[!h]*"))
        return state

    def _empty_store(self) -> None:
        if self._chance.random() < 0.2:
            for name in (".composer", "build"):  # with the store goes the memory of whose the outputs are
                shutil.rmtree(self._folder / name)
        else:
            Store(self._folder / ".composer").collect(0, ())

    def _save(self) -> tuple[float, float, int]:
        state = self._chance.choice(STATES)
        _write(self._folder, state)
        return state

    def _wrong(self, state: tuple[float, float, int]) -> str:
        """What is wrong after a whole build of the piece as it stands; nothing when all is well."""
        if status := _ended(_fork("build", self._folder)):
            return f"the build ended with {status}"
        made, clean = _made(self._folder), self._built_clean(state)
        differ = sorted(name for name in made.keys() | clean.keys() if made.get(name) != clean.get(name))
        return f"{', '.join(differ)} differ from a clean build of {state}" if differ else ""

    def _built_clean(self, state: tuple[float, float, int]) -> dict[str, bytes]:
        if state not in self._clean:
            folder = self._scratch / f"clean {len(self._clean)}"
            _set_up(folder, state)
            if _ended(_fork("build", folder)):
                raise SystemExit("a clean build failed")
            self._clean[state] = _made(folder)
        return self._clean[state]


def _set_up(folder: Path, state: tuple[float, float, int]) -> None:
    (folder / "photos").mkdir(parents=True)
    _paint(folder / "photos/hill.png", 1)
    _write(folder, state)


def _write(folder: Path, state: tuple[float, float, int]) -> None:
    """Save the piece and the photograph of a state, each whole, as an editor does."""
    radius, opacity, photo = state
    _paint(folder / "photos/sun.png", photo)
    text = PIECE.replace("RADIUS", str(radius)).replace("OPACITY", str(opacity))
    saved = folder / "piece.saved"
    saved.write_text(text, encoding="utf-8")
    saved.replace(folder / "piece.toml")


def _paint(path: Path, seed: int) -> None:
    small = np.random.default_rng(seed).uniform(0, 255, (5, 7, 3)).astype(np.float32)
    image = np.clip(cv2.resize(small, (120, 100), interpolation=cv2.INTER_CUBIC), 0, 255)
    saved = path.with_suffix(".saved.png")
    cv2.imwrite(str(saved), image.astype(np.uint8))
    saved.replace(path)


def _made(folder: Path) -> dict[str, bytes]:
    """The outputs and the lock, without the seconds it tells, and all else that lies in the project."""
    files = [path for path in (*folder.iterdir(), *(folder / "build").iterdir()) if path.is_file()]
    found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in files if path.name != RECORD}
    found["piece.lock"] = re.sub(rb"seconds = .*", b"", found.get("piece.lock", b""))
    return found


def _fork(word: str, folder: Path) -> int:
    pid = os.fork()
    if pid == 0:
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 1)
        errors = os.open(folder.parent / "errors", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(errors, 2)
        os._exit(command([word, str(folder / "piece.toml"), "--device", "cpu"]))
    return pid


def _killed(pid: int) -> bool:
    os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    return os.WIFSIGNALED(status)


def _ended(pid: int) -> int:
    """The exit status of a build that is left in peace; one that hangs is killed, which is a status too."""
    end = time.monotonic() + _PATIENCE
    while (ended := os.waitpid(pid, os.WNOHANG))[0] == 0:
        if time.monotonic() > end:
            _killed(pid)
            return signal.SIGKILL
        time.sleep(0.005)
    return os.waitstatus_to_exitcode(ended[1])


if __name__ == "__main__":
    sys.exit(main())
