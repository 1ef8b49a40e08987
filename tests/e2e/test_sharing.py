"""Sharing: what several layers and builds need alike is computed once."""

from .conftest import Studio

HILL = """\
[[layer]]
name = "hill"
source = "hill"
place = { fit = "cover", crop = [0.0, 0.0, 1.0, 0.8] }
style = { use = "moments", from = ["dots"], strength = 0.6, quality = "draft" }
"""


def _statistics(studio: Studio) -> set[str]:
    """The entries of the store that hold the statistics of a style at one size."""
    entries = (studio.folder / ".composer/actions").glob("*/*")
    return {path.name for path in entries if "style statistics" in path.read_text(encoding="utf-8")}


def test_a_style_used_by_several_layers_is_read_once_a_size(studio: Studio) -> None:
    text = studio.piece.read_text(encoding="utf-8")
    before, output = text[: text.index("[[layer]]")], text[text.index("[output]") :]
    studio.write(before + HILL + output)
    assert studio.build().status == 0
    read = _statistics(studio)
    assert read
    again = HILL.replace('name = "hill"', 'name = "again"').replace("0.6", "0.9")
    studio.write(before + HILL + again + output)
    ran = studio.build()
    assert 'layer "again" style (moments)' in ran.rendered
    assert _statistics(studio) == read
