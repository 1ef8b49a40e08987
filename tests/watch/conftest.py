"""A piece that is watched in this process, and what the watch told."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from composer.build.project import Project
from composer.pixels import codec
from composer.pixels.raster import Array, Raster
from composer.watch.builder import Wish
from composer.watch.events import Delivered, Ended, Event, Mistaken, Origin, Picture, Pictured
from composer.watch.watch import Watch

PATIENCE = 30.0
PIECE = """\
[canvas]
width = 24
height = 16
background = "#000000"

[source.hill]
file = "photos/hill.png"

[[layer]]
name = "hill"
source = "hill"
place = { fit = "stretch" }
opacity = 1.0

[output]
png = "build/{piece}.png"
"""


def wait_until(holds: Callable[[], object], what: str = "it did not happen") -> None:
    """Poll; a busy machine is given all the time it may need."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, what
        time.sleep(0.005)


def grey(level: int) -> Array:
    return np.full((16, 24, 3), level, np.uint8)


@dataclass
class Studio:
    """A project folder; `watch` begins to watch it."""

    folder: Path
    events: list[Event] = field(default_factory=list)
    watches: list[tuple[Watch, threading.Thread]] = field(default_factory=list)
    mistakes: list[BaseException] = field(default_factory=list)

    @property
    def piece(self) -> Path:
        return self.folder / "piece.toml"

    @property
    def photo(self) -> Path:
        return self.folder / "photos" / "hill.png"

    def write(self, text: str) -> None:
        self.piece.write_text(text, encoding="utf-8")

    def edit(self, old: str, new: str) -> None:
        text = self.piece.read_text(encoding="utf-8")
        assert old in text, text
        self.write(text.replace(old, new, 1))

    def encoded(self, level: int) -> bytes:
        done, content = cv2.imencode(".png", grey(level))
        assert done
        return content.tobytes()

    def watch(self, wish: Wish | None = None) -> Watch:
        watch = Watch(Project(self.piece), wish or Wish("cpu"))
        watch.subscribe(self.events.append)
        thread = threading.Thread(target=self._run, args=(watch,))
        thread.start()
        self.watches.append((watch, thread))
        return watch

    def _run(self, watch: Watch) -> None:
        try:
            watch.run()
        except Exception as error:
            self.mistakes.append(error)

    def close(self) -> None:
        for watch, thread in self.watches:
            watch.stop()
            thread.join(PATIENCE)
            assert not thread.is_alive(), "the watch did not end"
        self.watches.clear()

    def of(self, kind: type) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]

    def level(self, picture: Picture) -> int:
        """The grey of the middle of a picture."""
        return int(self.raster(picture).pixels[8, 12, 0])

    def raster(self, picture: Picture) -> Raster:
        value = codec.decode(picture.path.read_bytes())
        assert isinstance(value, Raster)
        return value

    def shows(self, level: int) -> bool:
        """Whether the newest picture is of that grey, and its build is over."""
        pictured = self.of(Pictured)
        if not pictured or not pictured[-1].picture.path.exists():
            return False
        return self.level(pictured[-1].picture) == level and self._is_over(pictured[-1])

    def _is_over(self, pictured: Pictured) -> bool:
        return any(ended.epoch == pictured.picture.epoch for ended in self.of(Ended))

    def told(self, origin: Origin) -> str:
        """What is wrong now, as it was told last."""
        told = [event for event in self.of(Mistaken) if event.origin is origin]
        return "\n".join(map(str, told[-1].problems)) if told else ""

    def delivered(self) -> list[str]:
        return [event.path.name for event in self.of(Delivered)]


def set_up(folder: Path) -> Studio:
    studio = Studio(folder)
    studio.photo.parent.mkdir(parents=True)
    studio.photo.write_bytes(studio.encoded(100))
    studio.write(PIECE)
    return studio


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    studio = set_up(tmp_path / "project")
    yield studio
    studio.close()
