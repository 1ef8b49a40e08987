"""A watched piece with its page's server, and a client that may send whatever it likes."""

import http.client
import json
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from composer.build.project import Project
from composer.pixels.raster import Array
from composer.preview.server import Server
from composer.watch.builder import Wish
from composer.watch.watch import Watch

PATIENCE = 60.0
PIECE = """\
[canvas]
width = 48
height = 32
background = "#000000"

[source.hill]
file = "photos/hill.png"

[source.sun]
file = "photos/sun.png"

[mask.low]
use = "gradient"
from = [0, 4]
to = [0, 28]

[[layer]]
name = "hill"
source = "hill"
place = { fit = "stretch" }

[[layer]]
name = "lights"
opacity = 0.5

[[layer.layer]]
name = "sun <b>&amp;</b>"
source = "sun"
place = { fit = "stretch" }
mask = "low"
blend = "screen"

[[layer]]
name = "ink"
source = "sun"
place = { fit = "stretch" }
visible = false

[output]
png = "build/{piece}.png"
ora = "build/{piece}.ora"
"""


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def pixels(self) -> Array:
        """The picture it is, RGB or RGBA."""
        image = cv2.imdecode(np.frombuffer(self.body, np.uint8), cv2.IMREAD_UNCHANGED)
        assert image is not None, self.body[:80]
        return image[..., [2, 1, 0, *range(3, image.shape[2])]] if image.ndim == 3 else image


class Stream:
    """An open event stream; `told` is what a page would show."""

    def __init__(self, port: int, path: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        self._connection.request("GET", path)
        self._answer = self._connection.getresponse()
        self.status = self._answer.status
        self.told: dict[str, Any] = {}

    def read_until(self, holds: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
        name = ""
        while not holds(self.told):
            line = self._answer.readline().decode()
            assert line, "the stream ended"
            if line.startswith("event: "):
                name = line[7:].strip()
            elif line.startswith("data: "):
                self.told[name] = json.loads(line[6:])
        return self.told

    def close(self) -> None:
        self._answer.close()
        self._connection.close()


@dataclass
class Page:
    """What a browser has: an address; and the studio behind it."""

    folder: Path
    server: Server
    watch: Watch
    streams: list[Stream] = field(default_factory=list)

    @property
    def piece(self) -> Path:
        return self.folder / "piece.toml"

    @property
    def root(self) -> str:
        return f"/{self.server.address.rstrip('/').rsplit('/', 1)[1]}/"

    def edit(self, old: str, new: str) -> None:
        text = self.piece.read_text(encoding="utf-8")
        assert old in text
        self.piece.write_text(text.replace(old, new, 1), encoding="utf-8")

    def ask(
        self,
        path: str,
        method: str = "GET",
        headers: dict[str, str] | None = None,
        body: bytes | None = None,
        *,
        root: str | None = None,
    ) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=PATIENCE)
        sent = {"Host": f"127.0.0.1:{self.server.port}", **(headers or {})}
        connection.putrequest(method, (self.root if root is None else root) + path, skip_host=True)
        for name, value in (sent | ({} if body is None else {"Content-Length": str(len(body))})).items():
            connection.putheader(name, value)
        connection.endheaders(body)
        answer = connection.getresponse()
        got = Answer(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
        connection.close()
        return got

    def stream(self) -> Stream:
        self.streams.append(Stream(self.server.port, f"{self.root}events"))
        return self.streams[-1]

    def told(self, holds: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
        """What a page that opens now shows, as soon as it is so."""
        return self.stream().read_until(holds)

    def picture(self) -> dict[str, Any]:
        """The picture at full size, when the first build is over."""
        told = self.told(lambda t: t.get("picture") and t.get("status", {}).get("ended"))
        picture: dict[str, Any] = told["picture"]
        return picture


def colors(seed: int, width: int = 48, height: int = 32) -> Array:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def paint(path: Path, image: Array) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    assert cv2.imwrite(str(path), image)


def set_up(folder: Path, piece: str = PIECE) -> Path:
    paint(folder / "photos" / "hill.png", colors(1))
    paint(folder / "photos" / "sun.png", colors(2))
    path = folder / "piece.toml"
    path.write_text(piece, encoding="utf-8")
    return path


@pytest.fixture
def open_page(tmp_path: Path) -> Iterator[Callable[..., Page]]:
    """Watches a piece and serves its page."""
    opened: list[tuple[Page, threading.Thread]] = []

    def begin(piece: str = PIECE) -> Page:
        path = set_up(tmp_path / "project", piece)
        watch = Watch(Project(path), Wish("cpu"))
        server = Server(watch, 0)
        server.start()
        thread = threading.Thread(target=watch.run)
        thread.start()
        opened.append((Page(path.parent, server, watch), thread))
        return opened[-1][0]

    yield begin
    for page, thread in opened:
        for stream in page.streams:
            stream.close()
        page.watch.stop()
        thread.join(PATIENCE)
        page.server.close()
        assert not thread.is_alive()


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    return open_page()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
