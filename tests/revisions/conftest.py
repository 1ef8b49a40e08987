"""Pieces as text, for comparisons."""

import pytest

from composer.revisions.difference import by_subject
from composer.revisions.summary import text_differences
from composer.revisions.version import read_sound

PIECE = """\
[canvas]
width = 96
height = 64

[source.hill]
sample = "coffee"

[source.sun]
sample = "astronaut"

[style.dots]
sample = "chelsea"

[mask.low]
use = "gradient"
from = [0, 20]
to = [0, 60]

[[layer]]
name = "hill"
source = "hill"

[[layer]]
name = "sun"
source = "sun"
mask = "low"

[[layer.filter]]
use = "blur"
radius = 2.0

[[layer.filter]]
use = "facet"

[[layer]]
name = "moon"
source = "sun"
place = "sun"
style = { use = "moments", from = ["dots"], strength = 0.6 }
"""


class Compared:
    """What is told of an edit of PIECE."""

    def __call__(self, *edits: tuple[str, str]) -> dict[str, tuple[str, ...]]:
        text = PIECE
        for old, new in edits:
            assert old in text, old
            text = text.replace(old, new)
        return self.texts(PIECE, text)

    def texts(self, old: str, new: str) -> dict[str, tuple[str, ...]]:
        tables = [read_sound(text.encode(), "piece.toml").document.table for text in (old, new)]
        return {str(subject): told for subject, told in by_subject(text_differences(*tables)).items()}


@pytest.fixture
def compared() -> Compared:
    return Compared()
