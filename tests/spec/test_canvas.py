"""Canvas: how large it may be is a setting; what is larger is told at its height, with what to do."""

import pytest

from composer.errors import InputError
from composer.pixels.limits import CANVAS_SETTING
from composer.spec.canvas import too_large
from composer.text.document import Document, parse


def canvas(width: object, height: object) -> Document:
    return parse(f"[canvas]\nwidth = {width}\nheight = {height}\n".encode(), "piece.toml")


def test_a_print_of_two_by_three_metres_needs_no_setting() -> None:
    assert too_large(canvas(27_000, 18_000)) is None


def test_a_larger_one_is_told_with_all_ways_out() -> None:
    told = too_large(canvas(46_000, 46_000))
    assert told is not None
    assert (told.span.line, told.message) == (3, "the canvas has 2,116 megapixels, more than 500")
    (hint,) = told.hints
    assert "make it smaller" in hint
    assert CANVAS_SETTING in hint
    assert "--scale 0.48;" in hint
    assert too_large(canvas(46_000, 46_000), 0.48) is None, "the draft that is offered is allowed"
    assert too_large(canvas(46_000, 46_000), 0.49) is not None


def test_the_setting_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CANVAS_SETTING, "2200")
    assert too_large(canvas(46_000, 46_000)) is None
    monkeypatch.setenv(CANVAS_SETTING, "0.001")
    told = too_large(canvas(60, 40))
    assert told is not None
    assert told.message == "the canvas has 0.0024 megapixels, more than 0.001"


def test_a_setting_that_is_no_number_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CANVAS_SETTING, "lots")
    with pytest.raises(InputError, match=f"{CANVAS_SETTING} is 'lots', which is no number"):
        too_large(canvas(60, 40))


@pytest.mark.parametrize(
    ("width", "height"), [("'a'", 3), (0, 3), (-5, 3), (2.5, 3), ("[1]", 10**30), (10**400, 3)]
)
def test_what_is_no_size_is_told_elsewhere(width: object, height: object) -> None:
    assert too_large(canvas(width, height)) is None


def test_what_no_setting_allows_is_told_once() -> None:
    assert too_large(canvas(300_000, 300_000)) is None
