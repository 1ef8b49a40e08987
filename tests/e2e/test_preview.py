"""The live page as an artist has it: `composer watch --preview` and a real browser."""

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

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
if CHROMIUM is None:
    pytest.skip("there is no Chromium on this machine", allow_module_level=True)

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


class Evening:
    """A project folder, the command that watches it, and what it printed."""

    def __init__(self, folder: Path) -> None:
        self.piece = folder / "piece.toml"
        self.port = free_port()
        paint(folder / "photos" / "hill.png", np.full((40, 64, 3), 60, np.uint8))
        paint(folder / "photos" / "sun.png", np.full((40, 64, 3), 200, np.uint8))
        self.piece.write_text(PIECE, encoding="utf-8")
        self.text = ""
        self._process: subprocess.Popen[str] | None = None
        self._reader = threading.Thread()

    def watch(self) -> None:
        words = ["watch", str(self.piece), "--preview", "--port", str(self.port), "--device", "cpu"]
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


@pytest.fixture
def evening(tmp_path: Path) -> Iterator[Evening]:
    evening = Evening(tmp_path)
    evening.watch()
    yield evening
    evening.end()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM)
        yield browser
        browser.close()


class Screen:
    """The page in the browser, and what it complained of."""

    def __init__(self, browser: Any, address: str, **window: Any) -> None:
        self.page = browser.new_page(**{"viewport": {"width": 1200, "height": 800}, **window})
        self.page.set_default_timeout(PATIENCE * 1000)
        self.complaints: list[str] = []
        self.asked: list[str] = []
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self.asked.append(request.url))
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
def screen(browser: Any, evening: Evening) -> Iterator[Screen]:
    screen = Screen(browser, evening.address)
    yield screen
    screen.page.close()


def test_an_edit_changes_the_picture_on_the_page(evening: Evening, screen: Screen) -> None:
    screen.wait_for(200, 60)
    evening.edit("opacity = 1.0", "opacity = 0.5")
    screen.wait_for(130, 60)
    screen.page.click("summary")
    assert "opacity: 1.0 → 0.5" in screen.text("#why")
    wait_until(lambda: "2 rendered, " in screen.text("#status"), lambda: screen.text("#status"))
    assert screen.complaints == []
    assert all(url.startswith((evening.address, "blob:", "data:")) for url in screen.asked), (
        "it works offline"
    )


def test_eyes_and_opacities_are_for_looking_only(evening: Evening, screen: Screen) -> None:
    screen.wait_for(200, 60)
    assert screen.page.locator(".name").all_inner_texts() == ["sun <i>low</i>", "hill", "background"]
    screen.page.click(".eye >> nth=0")
    screen.wait_for(60, 60)
    screen.page.click(".eye >> nth=1")
    screen.wait_for(0, 0)
    screen.page.click("#reset")
    screen.wait_for(200, 60)
    screen.page.locator("input[type=range]").first.fill("50")
    screen.wait_for(130, 60)
    evening.edit('background = "#000000"', 'background = "#ffffff"')
    screen.page.click(".eye >> nth=1")
    screen.wait_for(228, 255)
    assert evening.piece.read_text(encoding="utf-8") == PIECE.replace("#000000", "#ffffff")
    screen.page.keyboard.press("r")
    screen.wait_for(200, 60)
    assert screen.complaints == []


def test_a_mistake_shows_with_its_line_and_goes_away(evening: Evening, screen: Screen) -> None:
    screen.wait_for(200, 60)
    assert screen.page.is_hidden("#problems")
    evening.edit('mask = "left"', 'mask = "lefd"')
    screen.page.wait_for_selector("#problems:not([hidden])")
    told = screen.text("#problems")
    line = PIECE.splitlines().index('mask = "left"') + 1
    assert f'piece.toml:{line}:9: error: there is no mask "lefd"' in told
    assert 'did you mean "left"?' in told
    assert "last good picture" in told
    screen.wait_for(200, 60)
    wait_until(lambda: told.split("\n\n")[0].splitlines()[0] in evening.text, lambda: evening.text)
    evening.edit('mask = "lefd"', 'mask = "left"')
    screen.page.wait_for_selector("#problems", state="hidden")


def test_the_page_comes_back_when_the_command_does(evening: Evening, screen: Screen) -> None:
    screen.wait_for(200, 60)
    assert evening.end() < 5, "an open page keeps nobody waiting"
    wait_until(lambda: "does not answer" in screen.text("#status"))
    screen.wait_for(200, 60)
    evening.edit("opacity = 1.0", "opacity = 0.5")
    evening.watch()
    screen.wait_for(130, 60)
    wait_until(lambda: "does not answer" not in screen.text("#status"))


def test_before_and_after_against_what_was_accepted(evening: Evening, screen: Screen) -> None:
    screen.wait_for(200, 60)
    evening.edit("opacity = 1.0", "opacity = 0.5")
    screen.wait_for(130, 60)
    screen.page.keyboard.press("b")
    screen.wait_for(200, 60, "whole-before")
    assert screen.page.is_visible("#divider")
    screen.page.focus("#divider")
    screen.page.keyboard.press("ArrowLeft")
    assert screen.page.get_attribute("#divider", "aria-valuenow") == "48"
    screen.page.keyboard.press("a")
    screen.wait_for(130, 60, "whole-before")
    screen.page.keyboard.press("b")
    assert screen.page.is_hidden("#divider")


def test_zoom_pan_masks_and_help_by_keyboard(screen: Screen) -> None:
    screen.wait_for(200, 60)
    screen.page.keyboard.press("1")
    assert screen.text("#zoom") == "100 %"
    for _ in range(4):
        screen.page.keyboard.press("+")
    assert screen.text("#zoom") == "244 %"
    before = screen.page.locator("#whole").bounding_box()
    screen.page.keyboard.press("ArrowRight")
    after = screen.page.locator("#whole").bounding_box()
    assert (before["x"] - after["x"], before["y"] - after["y"]) == (60, 0)
    rendering = "getComputedStyle(document.getElementById('whole')).imageRendering"
    assert screen.page.evaluate(rendering) == "pixelated"
    screen.page.keyboard.press("0")
    screen.page.click(".mask")
    wait_until(lambda: screen.level(RIGHT) < 100 < screen.level(LEFT), lambda: screen.level(RIGHT))
    assert "mask of sun <i>low</i>" in screen.text("header")
    screen.page.keyboard.press("Escape")
    screen.wait_for(200, 60)
    screen.page.keyboard.press("?")
    assert screen.page.is_visible("#help")
    screen.page.keyboard.press("Escape")
    assert screen.page.is_hidden("#help")
    assert screen.complaints == []


def test_a_large_picture_is_sharp_at_one_to_one(browser: Any, evening: Evening) -> None:
    evening.edit("width = 640\nheight = 400", "width = 4000\nheight = 2500")
    evening.edit("box = [0, 0, 320, 400]", "box = [0, 0, 2001, 2500]")
    screen = Screen(browser, evening.address)
    wait_until(lambda: screen.page.evaluate("document.getElementById('whole').naturalWidth") == 1334)
    screen.page.keyboard.press("1")
    screen.page.wait_for_selector("#part[src]", state="attached")
    part = "document.getElementById('part')"
    scale = f"{part}.getBoundingClientRect().width / {part}.naturalWidth"
    wait_until(lambda: abs(screen.page.evaluate(scale) - 1) < 1e-6)
    assert screen.page.evaluate(f"{part}.naturalWidth") < 4000, "only what is in sight"
    screen.page.close()


def test_it_can_be_used_in_a_narrow_window_and_in_daylight(browser: Any, evening: Evening) -> None:
    screen = Screen(browser, evening.address, viewport={"width": 420, "height": 760}, color_scheme="light")
    screen.wait_for(200, 60)
    assert screen.page.evaluate("document.documentElement.scrollWidth") <= 420
    for selector in ("#accept", "#ask", ".eye >> nth=0"):
        box = screen.page.locator(selector).bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 420
    ground = "getComputedStyle(document.body).backgroundColor"
    assert screen.page.evaluate(ground) == "rgb(230, 230, 230)"
    screen.page.close()


def test_every_control_has_a_name(screen: Screen) -> None:
    screen.wait_for(200, 60)
    nameless = """[...document.querySelectorAll("button, input, [role=slider]")].filter(each =>
        each.checkVisibility() && !(each.getAttribute("aria-label") || each.textContent.trim())).length"""
    assert screen.page.evaluate(nameless) == 0
