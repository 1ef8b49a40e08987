"""Documents: every key and value is found where it stands, however the TOML is written."""

import json
import random
import tomllib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from composer.diagnostics import Span
from composer.text.document import Document, parse

LETTERS = st.characters(blacklist_categories=["Cc", "Cs"])
TEXTS = st.text(LETTERS, max_size=8)
KEYS = st.one_of(st.from_regex(r"[A-Za-z0-9_-]{1,6}", fullmatch=True), TEXTS)
SCALARS = st.one_of(
    st.integers(-(2**40), 2**40), st.floats(allow_nan=False, allow_infinity=False), st.booleans(), TEXTS
)
TABLES: st.SearchStrategy[dict[str, Any]] = st.recursive(
    st.dictionaries(KEYS, SCALARS, max_size=4),
    lambda inner: st.dictionaries(
        KEYS,
        st.one_of(SCALARS, inner, st.lists(inner, min_size=1, max_size=3), st.lists(SCALARS, max_size=3)),
    ),
    max_leaves=12,
)


class Writer:
    """Writes a table as TOML, choosing among the ways to write it."""

    def __init__(self, choice: random.Random) -> None:
        self.choice = choice

    def document(self, table: dict[str, Any]) -> str:
        lines = ["# a comment", *self.lines((), table, top=True)]
        return self.choice.choice(["\n", "\r\n"]).join([*lines, ""])

    def lines(self, path: tuple[str, ...], table: dict[str, Any], *, top: bool) -> list[str]:
        own, below = [], []
        for key, value in table.items():
            headed = top and self.choice.random() < 0.7
            if headed and isinstance(value, dict):
                header = self.space(".".join(map(self.key, (*path, key))))
                below += [f"[{header}]  # here", *self.lines((*path, key), value, top=True)]
            elif headed and isinstance(value, list) and value and all(isinstance(v, dict) for v in value):
                for each in value:
                    header = self.space(".".join(map(self.key, (*path, key))))
                    below += [f"[[{header}]]", *self.lines((*path, key), each, top=True)]
            elif isinstance(value, dict) and value and self.choice.random() < 0.5:
                own += [f"{self.key(key)}.{line}" for line in self.lines((), value, top=False)]
            else:
                own.append(f"{self.key(key)}{self.space('=')}{self.value(value)} # ü")
        return own + below

    def key(self, key: str) -> str:
        bare = key.isascii() and key.replace("-", "a").replace("_", "a").isalnum()
        if bare and self.choice.random() < 0.8:
            return key
        return self.text(key)

    def text(self, text: str) -> str:
        if "'" not in text and self.choice.random() < 0.3:
            return f"'{text}'"
        return json.dumps(
            text, ensure_ascii=self.choice.random() < 0.3 and max(text, default="") < "\U00010000"
        )

    def value(self, value: Any) -> str:
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return "{" + ", ".join(f"{self.key(k)} = {self.value(v)}" for k, v in value.items()) + "}"
        if isinstance(value, list):
            return (
                "["
                + ", ".join(map(self.value, value))
                + self.choice.choice(["", ","] if value else [""])
                + "]"
            )
        return json.dumps(value)

    def space(self, text: str) -> str:
        return self.choice.choice(["", " ", "\t"]) + text + self.choice.choice(["", " "])


def shown_at(document: Document, span: Span) -> str:
    return document.line(span.line)[span.column - 1 : span.column - 1 + span.length]


def check(document: Document, path: tuple[str | int, ...], value: Any) -> None:
    """The text at each span, read on its own, is that key and that value."""
    if path and isinstance(path[-1], str):
        assert list(tomllib.loads(f"{shown_at(document, document.key_span(path))} = 0")) == [path[-1]]
    if isinstance(value, dict):
        for key, each in value.items():
            check(document, (*path, key), each)
    elif isinstance(value, list):
        for index, each in enumerate(value):
            check(document, (*path, index), each)
    else:
        assert tomllib.loads(f"x = {shown_at(document, document.value_span(path))}") == {"x": value}


@settings(max_examples=150, deadline=None)
@given(TABLES, st.randoms(use_true_random=False))
def test_every_key_and_value_of_any_document_is_found(table: dict[str, Any], choice: random.Random) -> None:
    document = parse(Writer(choice).document(table).encode(), "any.toml")
    assert document.table == table
    check(document, (), table)


LAYERS = """\
title = "Öl – dusk"

[[layer]]
name = "a"
place = { fit = "cover", offset = [ 1, -20 ] }

[[layer]]
name = "b"
  [[layer.layer]]
  name = "c"
  [[layer.layer.filter]]
  use = "blur"
  [[layer.layer.filter]]
\tuse = "facet"
  style.use = "moments"
[mask . "low sun"]
use = 'gradient'
note = \"\"\"
two
lines\"\"\"
"""


@pytest.mark.parametrize(
    ("path", "line", "text"),
    [
        (("title",), 1, '"Öl – dusk"'),
        (("layer",), 3, "[[layer]]"),
        (("layer", 0), 3, "[[layer]]"),
        (("layer", 0, "place", "offset"), 5, "[ 1, -20 ]"),
        (("layer", 0, "place", "offset", 1), 5, "-20"),
        (("layer", 1), 7, "[[layer]]"),
        (("layer", 1, "layer", 0), 9, "[[layer.layer]]"),
        (("layer", 1, "layer", 0, "filter", 0, "use"), 12, '"blur"'),
        (("layer", 1, "layer", 0, "filter", 1, "use"), 14, '"facet"'),
        (("layer", 1, "layer", 0, "filter", 1, "style"), 15, "style"),
        (("mask", "low sun"), 16, '[mask . "low sun"]'),
        (("mask", "low sun", "use"), 17, "'gradient'"),
        (("mask", "low sun", "note"), 18, '"""'),
        (("mask", "low sun", "feather"), 16, '[mask . "low sun"]'),
        (("layer", 1, "layer", 0, "place", "fit"), 9, "[[layer.layer]]"),
        ((), 1, "t"),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_value_is_found_or_else_what_it_should_stand_in(
    path: tuple[str | int, ...], line: int, text: str, end: str
) -> None:
    document = parse(LAYERS.replace("\n", end), "p.toml")
    span = document.value_span(path)
    assert (span.line, shown_at(document, span)) == (line, text)


def test_a_byte_order_mark_moves_no_column() -> None:
    document = parse(b"\xef\xbb\xbftitle = 'x'", "p.toml")
    assert document.table == {"title": "x"}
    assert document.value_span(("title",)) == Span(1, 9, 3)


@pytest.mark.parametrize(
    ("literal", "part", "shown"),
    [
        ('"figure & fog"', "fog", "fog"),
        ("'figure & fog'", "figure", "figure"),
        (r'"\u0066igure & f\u006fg"', "fog", r"f\u006fg"),
        (r'"\ta & \"b\""', "b", "b"),
        ('"""\nfigure & fog"""', "fog", "fog"),
        ('"""figure \\\n   & fog"""', "fog", "fog"),
        ("'''\r\na\r\n& fog'''", "fog", "fog"),
        ('"ü𝛼 & fog"', "fog", "fog"),
    ],
)
def test_a_name_inside_a_text_is_found(literal: str, part: str, shown: str) -> None:
    document = parse(f"[layer]\r\nmask = {literal} # end", "p.toml")
    start = document.table["layer"]["mask"].index(part)
    span = document.part_span(("layer", "mask"), start, start + len(part))
    assert shown_at(document, span) == shown


@pytest.mark.parametrize(
    ("literal", "part", "shown"),
    [
        ("figure", "figure", "figure"),
        ('"figure & fog"', "fog", "fog"),
        (r"'figure & !fog'", "!fog", "!fog"),
        (r'"\u0066igure & f\u006fg"', "fog", r"f\u006fg"),
    ],
)
def test_a_name_inside_a_key_is_found(literal: str, part: str, shown: str) -> None:
    document = parse(f"[regions]\nsky = 'a'\n{literal} = 'b' # fog", "p.toml")
    key = list(document.table["regions"])[1]
    start = key.index(part)
    span = document.key_part_span(("regions", key), start, start + len(part))
    assert (span.line, shown_at(document, span)) == (3, shown)


def test_a_part_of_a_key_that_is_not_there_is_the_table_around_it() -> None:
    document = parse("[regions]\nsky = 'a'", "p.toml")
    assert document.key_part_span(("regions", "fog"), 0, 1) == document.value_span(("regions",))


def test_a_part_that_is_not_in_the_text_is_the_whole_value() -> None:
    document = parse('mask = ""', "p.toml")
    assert document.part_span(("mask",), 0, 0) == Span(1, 8, 2)
