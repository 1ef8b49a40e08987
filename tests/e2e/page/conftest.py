"""The live page as an artist has it: `composer watch --preview`, and a real browser."""

import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.preview.conftest import free_port, paint

PATIENCE = 60.0
PIECE = """\
[canvas]
width = 640
height = 400
background = "#000000"

[source.hill]
file = "photos/hill.png"

[source.sun]
file = "photos/sun.png"

[mask.left]
use = "shape"
shape = "rectangle"
box = [0, 0, 320, 400]

[[layer]]
name = "hill"
source = "hill"
place = { fit = "stretch" }

[[layer]]
name = "sun <i>low</i>"
source = "sun"
place = { fit = "stretch" }
mask = "left"
opacity = 1.0

[output]
png = "build/{piece}.png"
"""
LEFT, RIGHT = (160, 200), (480, 200)
_CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge")
_HOW = "`python -m playwright install chromium` brings one, as does a package such as Debian's chromium"


class Evening:
    """A project folder, the command that watches it, and what it printed."""

    def __init__(self, folder: Path, text: str = PIECE) -> None:
        self.piece = folder / "piece.toml"
        self.port = free_port()
        paint(folder / "photos" / "hill.png", np.full((40, 64, 3), 60, np.uint8))
        paint(folder / "photos" / "sun.png", np.full((40, 64, 3), 200, np.uint8))
        self.piece.write_text(text, encoding="utf-8")
        self.text = ""
        self._process: subprocess.Popen[str] | None = None
        self._reader = threading.Thread()

    def watch(self, *options: str) -> None:
        words = ["watch", str(self.piece), "--preview", "--port", str(self.port), "--device", "cpu", *options]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "composer", *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.text = ""
        self._reader = threading.Thread(target=self._read, args=(self._process,))
        self._reader.start()
        wait_until(lambda: self.address)

    def _read(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        with process.stdout as out:
            for line in out:
                self.text += line

    @property
    def address(self) -> str:
        found = re.search(r"http://\S+", self.text)
        return found[0] if found else ""

    def edit(self, old: str, new: str) -> None:
        text = self.piece.read_text(encoding="utf-8")
        assert old in text
        self.piece.write_text(text.replace(old, new, 1), encoding="utf-8")

    def end(self) -> float:
        """Ctrl-C; seconds until the process is gone."""
        began = time.monotonic()
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(PATIENCE)
            took = time.monotonic() - began
            self._reader.join(PATIENCE)
            self._process = None
            return took
        return 0.0


def wait_until(holds: Callable[[], object], what: Callable[[], object] = lambda: "") -> None:
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, what()
        time.sleep(0.05)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A Chromium without windows; while it is open nothing else may run an event loop."""
    sync_api = pytest.importorskip(
        "playwright.sync_api", reason="playwright is not installed: pip install -e '.[dev]'"
    )
    with sync_api.sync_playwright() as playwright:
        chromium = find_chromium(playwright.chromium.executable_path)
        if chromium is None:
            pytest.skip(f"there is no Chromium on this machine: {_HOW}")
        browser = playwright.chromium.launch(executable_path=chromium)
        yield browser
        browser.close()


def find_chromium(own: str) -> str | None:
    """A browser of that family: of the system, or the one that Playwright would have fetched to `own`."""
    return next(filter(None, map(shutil.which, (*_CHROMIUMS, own))), None)


class Screen:
    """The page in the browser, and what it complained of."""

    def __init__(self, browser: Any, address: str, script: str = "", **window: Any) -> None:
        self.page = browser.new_page(**{"viewport": {"width": 1200, "height": 800}, **window})
        self.page.set_default_timeout(PATIENCE * 1000)
        self.complaints: list[str] = []
        self.asked: list[str] = []
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self.asked.append(request.url))
        if script:
            self.page.add_init_script(script)
        self.page.goto(address)
        self.page.wait_for_selector("#whole[src]", state="attached")

    def level(self, at: tuple[int, int], image: str = "whole") -> int:
        """The grey of a pixel of the shown picture (canvas pixels)."""
        read = """([id, x, y]) => {
            const image = document.getElementById(id), canvas = document.createElement("canvas");
            [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
            if (!canvas.width) return -1;
            const context = canvas.getContext("2d");
            context.drawImage(image, 0, 0);
            return context.getImageData(x, y, 1, 1).data[1];
        }"""
        return int(self.page.evaluate(read, [image, *at]))

    def wait_for(self, left: int, right: int, image: str = "whole") -> None:
        def shown() -> tuple[int, int]:
            return self.level(LEFT, image), self.level(RIGHT, image)

        wait_until(lambda: np.allclose(shown(), (left, right), atol=1), shown)

    def text(self, selector: str) -> str:
        return str(self.page.inner_text(selector))


@pytest.fixture
def evening(browser: Any, tmp_path: Path) -> Iterator[Evening]:  # noqa: ARG001 - without a browser nothing is watched
    """The piece, watched."""
    evening = Evening(tmp_path)
    evening.watch()
    yield evening
    evening.end()


@pytest.fixture
def screen(browser: Any, evening: Evening) -> Iterator[Screen]:
    screen = Screen(browser, evening.address)
    yield screen
    screen.page.close()
