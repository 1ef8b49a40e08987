"""A style layer grows on the page: a draft first, pictures of it while it is painted, then the picture."""

import re
from pathlib import Path
from typing import Any

from tests.e2e.page.conftest import PIECE, Evening, Screen, wait_until

STYLED = PIECE.replace(
    'name = "hill"\nsource = "hill"\nplace = { fit = "stretch" }\n',
    'name = "hill"\nsource = "cat"\nplace = { fit = "cover" }\n'
    'style = { use = "moments", from = ["fur"], quality = "high" }\n',
).replace("[mask.left]", '[source.cat]\nsample = "chelsea"\n\n[style.fur]\nsample = "coffee"\n\n[mask.left]')

# Notes what is to be seen: the lines of what runs, looks at it as they arrive, and which picture is shown.
NOTES = """
window.seen = [];
const note = (what) => { if (!seen.includes(what)) seen.push(what); };
document.addEventListener("load", ({ target: image }) => {
  if (!(image instanceof HTMLImageElement)) return;
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
  const sum = data.reduce((all, each) => all + each, 0);
  if (image.closest("#running")) note(`look of ${image.closest("li").dataset.node}: ${sum}`);
  if (image.id === "whole") note(`${document.getElementById("draft").hidden ? "full" : "draft"} picture`);
}, true);
addEventListener("DOMContentLoaded", () => new MutationObserver(() => {
  for (const line of document.querySelectorAll("#running li")) note(line.firstChild.textContent);
}).observe(document.getElementById("running"), { childList: true, subtree: true }));
"""
LAYER = 'layer "hill" style (moments)'
CONTRAST = """(selector) => {
    const light = (color) => color.match(/[\\d.]+/g).slice(0, 3).map((each) => each / 255)
        .map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
        .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
    let ground = document.querySelector(selector);
    const ink = getComputedStyle(ground).color;
    const isClear = () => /rgba\\(.*, 0\\)/.test(getComputedStyle(ground).backgroundColor);
    while (isClear()) ground = ground.parentElement;
    const [a, b] = [ink, getComputedStyle(ground).backgroundColor].map(light);
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}"""
FOCUSED = """[document.activeElement].map((each) => [each.tagName,
    each.getAttribute("aria-label") || each.textContent.trim(), getComputedStyle(each).outlineStyle])[0]"""


def notes_of(evening: Evening, browser: Any) -> list[str]:
    """What a page shows from the beginning to the picture at its full size."""
    screen = Screen(browser, evening.address, NOTES)
    for _ in range(120):  # longer than the patience: it is painted beside whatever else runs here
        if "full picture" not in screen.page.evaluate("seen"):
            screen.page.wait_for_timeout(1_000)
    wait_until(lambda: "full picture" in screen.page.evaluate("seen"), lambda: evening.text)
    wait_until(lambda: " rendered" in screen.text("#status"))
    assert screen.page.is_hidden("#now"), "nothing runs any more"
    assert screen.page.is_hidden("#draft")
    assert screen.complaints == []
    seen: list[str] = screen.page.evaluate("seen")
    screen.page.close()
    return seen


def test_a_style_layer_is_seen_growing(browser: Any, tmp_path: Path) -> None:
    evening = Evening(tmp_path, STYLED)
    evening.watch("--draft", "0.25", "--slow", "0")
    try:
        seen = notes_of(evening, browser)
    finally:
        evening.end()
    looks = [line for line in seen if line.startswith(f"look of {LAYER}: ")]
    told = (re.fullmatch(f"{re.escape(LAYER)} – (\\d+) %", line) for line in seen)
    steps = [int(found[1]) for found in told if found]
    assert len(looks) >= 3, "it does not change while it is painted"
    assert steps == sorted(steps)
    assert len(steps) >= 5
    assert seen.index("draft picture") < seen.index(looks[-1]) < seen.index("full picture")


def test_it_can_be_read_in_the_dark(browser: Any, evening: Evening) -> None:
    screen = Screen(browser, evening.address, color_scheme="dark")
    screen.wait_for(200, 60)
    ground = screen.page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert max(map(int, re.findall(r"\d+", ground)[:3])) < 64, "it is not dark"
    for selector in ("#title", "#status", ".name", ".how", "#accept", "h2", "summary", "#zoom"):
        assert screen.page.evaluate(CONTRAST, selector) >= 4.5, f"{selector} cannot be read (WCAG AA)"
    screen.page.close()


def test_all_of_it_is_done_with_the_keyboard(screen: Screen) -> None:
    screen.wait_for(200, 60)
    reached = set()
    for _ in range(40):
        screen.page.keyboard.press("Tab")
        tag, name, outline = screen.page.evaluate(FOCUSED)
        reached.add(name)
        assert tag == "BODY" or outline != "none", f"who is at {name} cannot see it"
    for control in ("Fit", "1:1", "Before", "Accept", "Show hill", "Opacity of hill", "The picture"):
        assert control in reached
    screen.page.focus("[aria-label='Show hill']")
    screen.page.keyboard.press("Space")
    screen.wait_for(200, 0)
    screen.page.focus("[aria-label='Opacity of sun <i>low</i>']")
    screen.page.keyboard.press("Home")
    screen.wait_for(0, 0)
