"""Looking closely: zoom, masks, keys, small windows, daylight and darkness."""

from typing import Any

from tests.e2e.page.conftest import LEFT, RIGHT, Evening, Screen, wait_until


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
    screen.page.keyboard.press("?")
    assert screen.page.is_hidden("#help")
    screen.page.keyboard.press("?")
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
