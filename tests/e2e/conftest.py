"""A small project on disk and the command that an artist would type."""

import contextlib
import io
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pytest

from composer.build.written import RECORD
from composer.cli.main import main

PIECE = """\
title = "Two hills"
seed = 3

[canvas]
width = 96
height = 64
background = "#203040"

[source.hill]
file = "photos/hill.png"

[source.sun]
file = "photos/sun.png"

[style.dots]
file = "styles/dots.png"

[style.bars]
file = "styles/bars.png"

[mask.low]
use = "gradient"
from = [0, 20]
to = [0, 60]

[mask.frame]
use = "shape"
shape = "rectangle"
box = [-50, -50, 110, 250]
feather = 2

[[layer]]
name = "hill"
source = "hill"
place = { fit = "cover", crop = [0.0, 0.0, 1.0, 0.8] }
style = { use = "moments", from = ["dots"], strength = 0.6, quality = "draft" }

[[layer]]
name = "sun"
source = "sun"
place = { fit = "contain", anchor = "right" }
mask = "low & frame"
opacity = 0.8

[[layer.filter]]
use = "blur"
radius = 1.5

[[layer]]
name = "sun in bars"
source = "sun"
place = "sun"
mask = "frame"
blend = "soft_light"
style = { use = "moments", from = ["bars"], strength = 0.6, quality = "draft" }

[output]
png = "build/{piece}.png"
psd = "build/{piece}.psd"
ora = "build/{piece}.ora"
"""


CleanBuild = Callable[[str], dict[str, bytes]]


@dataclass(frozen=True)
class Ran:
    """What a command came to: exit status and what the artist read."""

    status: int
    out: str
    err: str

    @property
    def rendered(self) -> set[str]:
        """The nodes a `--verbose` build rendered."""
        return set(re.findall(r"^ +[\d.]+ s  (.+?)$", self.out, re.MULTILINE))


def picture(seed: int, width: int, height: int) -> np.ndarray:
    """A smooth colour picture with some shapes, BGR."""
    generator = np.random.default_rng(seed)
    small = generator.uniform(40, 220, (4, 6, 3)).astype(np.float32)
    image = cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)
    for _ in range(6):
        center = tuple(int(v) for v in generator.uniform(0, min(width, height), 2))
        color = tuple(float(v) for v in generator.uniform(0, 255, 3))
        cv2.circle(image, center, int(generator.uniform(3, 14)), color, -1)
    return np.clip(image, 0, 255).astype(np.uint8)


class Studio:
    """A project folder, and the commands run in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.piece = folder / "piece.toml"

    def write(self, text: str) -> None:
        self.piece.write_text(text, encoding="utf-8")

    def edit(self, old: str, new: str) -> None:
        text = self.piece.read_text(encoding="utf-8")
        assert old in text, f"the piece does not say {old!r}"
        self.write(text.replace(old, new, 1))

    def paint(self, name: str, image: np.ndarray, compression: int = 3) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        assert cv2.imwrite(str(path), image, [cv2.IMWRITE_PNG_COMPRESSION, compression])

    def run(self, *words: str) -> Ran:
        """`composer WORDS`, in this process."""
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                status = main(words)
            except SystemExit as stop:
                status = int(stop.code or 0)
        return Ran(status, out.getvalue(), err.getvalue())

    def build(self, *options: str) -> Ran:
        return self.run("build", str(self.piece), "--verbose", "--device", "cpu", *options)

    def start(self, *words: str) -> subprocess.Popen[str]:
        """`composer WORDS`, as a process of its own that goes on in the background."""
        command = [sys.executable, "-m", "composer", *words]
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def outputs(self) -> dict[str, bytes]:
        """The bytes of every output, by name; not the record of what was written, which grows."""
        found = sorted(path for path in (self.folder / "build").iterdir() if path.name != RECORD)
        return {path.name: path.read_bytes() for path in found}

    def blob_of(self, layer: str) -> Path:
        """The stored pixels of a layer, found by the lock file."""
        lock = (self.folder / "piece.lock").read_text(encoding="utf-8")
        match = re.search(rf'\[layer\."?{layer}"?\][^\[]*?output = "(\w+)"', lock)
        assert match, lock
        return next((self.folder / ".composer").rglob(match[1]))


def set_up(folder: Path) -> Studio:
    """The project of PIECE in `folder`."""
    studio = Studio(folder)
    studio.paint("photos/hill.png", picture(1, 120, 100))
    studio.paint("photos/sun.png", picture(2, 80, 80))
    studio.paint("styles/dots.png", picture(3, 64, 64))
    studio.paint("styles/bars.png", picture(4, 64, 48))
    studio.write(PIECE)
    return studio


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    """A fresh project, not built yet."""
    return set_up(tmp_path)


@pytest.fixture(scope="session")
def clean_build(tmp_path_factory: pytest.TempPathFactory) -> CleanBuild:
    """The outputs of a piece text built in an untouched folder; each text is built once."""
    known: dict[str, dict[str, bytes]] = {}

    def build(text: str) -> dict[str, bytes]:
        if text not in known:
            studio = set_up(tmp_path_factory.mktemp("clean"))
            studio.write(text)
            ran = studio.build()
            assert ran.status == 0, ran.err
            known[text] = studio.outputs()
        return known[text]

    return build
