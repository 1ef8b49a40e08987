"""What happens to the piece is seen on the page; what is done on the page changes nothing else."""

from tests.e2e.page.conftest import PIECE, Evening, Screen, wait_until


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
