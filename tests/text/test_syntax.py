"""Mistakes of syntax: what the artist reads when a file is not TOML."""

import pytest

from composer.diagnostics import Diagnostic
from composer.errors import PieceError
from composer.text.document import parse


def told(source: str | bytes) -> str:
    with pytest.raises(PieceError) as caught:
        parse(source, "piece.toml")
    return str(caught.value)


def test_a_missing_quote_is_shown_where_the_text_begins() -> None:
    assert told('[source.harbour]\nfile = "photos/harbour.jpg\nscale = 1\n') == (
        "piece.toml:2:8: error: this text is never closed\n"
        '    2 | file = "photos/harbour.jpg\n'
        "      |        ^^^^^^^^^^^^^^^^^^^\n"
        '   hint: add " at its end'
    )


def test_all_mistakes_that_stand_on_lines_of_their_own_are_told_at_once() -> None:
    source = 'width: 20\n[[layer]\nname = ground\nopacity = 0,7\n[[layer]]\nfrom = ["a" "b"]\ntitle = “x”\n'
    assert [line for line in told(source).split("\n") if "error" in line] == [
        'piece.toml:1:6: error: key and value are joined by "=", not ":"',
        'piece.toml:2:1: error: the header is not closed by "]]"',
        "piece.toml:3:8: error: ground is not a value",
        "piece.toml:4:11: error: 0,7 is not a number",
        'piece.toml:6:13: error: "," or "]" is missing before this',
        "piece.toml:7:9: error: these quotation marks do not count",
    ]


def test_a_number_without_end_is_told_where_it_stands_and_shown_in_part() -> None:
    nines = "9" * 5000
    source = f'title = "{nines}"  # {nines}\nwidth = {nines}\nkey = 0x{nines}\nlist = [1, -{nines}]\n'
    lines = told(source).splitlines()
    assert [line for line in lines if "error" in line] == [
        "piece.toml:2:9: error: this number has 5,000 digits, more than can be read",
        "piece.toml:4:12: error: this number has 5,000 digits, more than can be read",
    ]
    assert lines[1].startswith("    2 | width = 999")
    assert lines[2].startswith("      |         ^^^")
    assert max(map(len, lines)) < 300


@pytest.mark.parametrize(("key", "column"), [("a." * 50_000 + "a", 2), ("[" + "a . " * 50_000 + "a]", 4)])
def test_a_key_without_end_is_told_at_once(key: str, column: int) -> None:
    mistake = f"piece.toml:2:{column}: error: this key has more than a hundred parts"
    assert told(f"b = 1\n{key}").startswith(mistake)
    beside = f'title = "{key}"  # {key}\nb = 1'
    assert parse(beside, "piece.toml").table["b"] == 1


def test_a_long_line_is_shown_around_its_mistake() -> None:
    where = "x" * 1000
    shown = told(f'title = "{where}" ß = 1 # {where}').splitlines()
    assert shown[0].startswith("piece.toml:1:1012: error: ")
    assert shown[1].endswith("…")
    assert shown[1][shown[2].index("^")] == "ß"
    assert max(map(len, shown)) < 300


def test_keys_given_twice_are_told_with_the_line_of_the_first() -> None:
    assert told('[[layer]]\nname = "a"\nname = "b"\n[[layer]]\nname = "c"\n[canvas]\n[canvas]\n') == (
        'piece.toml:3:1: error: "name" is given a second time\n'
        '    3 | name = "b"\n'
        "      | ^^^^\n"
        "   hint: it is on line 2 already\n"
        "piece.toml:7:1: error: [canvas] is given a second time\n"
        "    7 | [canvas]\n"
        "      | ^^^^^^^^\n"
        "   hint: it is on line 6 already; for a list of tables write [[canvas]] each time"
    )


@pytest.mark.parametrize(
    ("source", "place", "message", "hint"),
    [
        ("x = [1 2]", "1:8", '"," or "]" is missing before this', "the list begins on line 1"),
        ("x = [1, 2\ny = 3", "1:5", "this list is never closed", 'add a "]" before line 2'),
        ("x = [\n1,\n", "1:5", "this list is never closed", 'add a "]" at its end'),
        (
            "x = { a = 1 b = 2 }",
            "1:13",
            '"," or "}" is missing before this',
            "the table in braces begins on line 1",
        ),
        (
            "x = {\n a = 1\n}",
            "1:5",
            "a table in braces stands on one line",
            'close it with "}" on the same line, or write it as a table under a header of its own',
        ),
        ("x =\ny = 1", "1:3", 'a value is missing after "="', None),
        ("blend = multiply", "1:9", "multiply is not a value", 'text stands in quotes: "multiply"'),
        ("visible = True", "1:11", "True is not a value", "write true"),
        ("o = .5", "1:5", ".5 is not a value", "write 0.5"),
        ("o = 5.", "1:5", "5. is not a number", "write 5.0"),
        ("o = 0,7", "1:5", "0,7 is not a number", "decimals are written with a point: 0.7"),
        ("o = 70%", "1:5", "70% is not a number", "write 0.7"),
        (
            "w = 3px",
            "1:5",
            "3px is not a number",
            "numbers carry no unit: lengths are canvas pixels, angles degrees",
        ),
        ("w = 01", "1:5", "01 is not a number", "write 1"),
        ("c = #11151c", "1:5", "a colour stands in quotes", 'write "#11151c"'),
        ("[layer", "1:1", 'the header is not closed by "]"', "write [layer]"),
        ("[a]]", "1:4", 'a "]" too many', "delete it"),
        ("[]", "1:2", "a name is missing here", None),
        (
            "[mask.low sun]",
            "1:11",
            "a header's name ends before the space",
            'a name with spaces stands in quotes: "low sun"',
        ),
        ("[[layer]] x = 1", "1:11", "a header stands on a line of its own", "begin a new line here"),
        ("w 1200", "1:1", '"=" is missing after "w"', "write w = …"),
        (
            "größe = 1",
            "1:1",
            '"größe" is not a key',
            'a key of anything but a–z, 0–9, "_" and "-" stands in quotes: "größe"',
        ),
        (
            r'file = "C:\Users\me.jpg"',
            "1:11",
            "a backslash cannot stand alone in double quotes",
            'write paths with "/", as in "photos/dusk.jpg"; a backslash itself is written "\\\\"',
        ),
        ("// sky", "1:1", "this is neither a key nor a header", 'a comment begins with "#"'),
        ("<<<<<<< HEAD", "1:1", "this is left over from a git merge", "keep one side and delete the marks"),
        ('x = """abc', "1:5", "this text is never closed", 'add """ at its end'),
        ("x = 1,", "1:6", 'a line does not end with ","', "delete it"),
        ("x = 1 y = 2", "1:7", "two keys stand on one line", "begin a new line before it"),
        ("x = {a = 1,}", "1:11", 'the "," before "}" is one too many', "delete it"),
        ("x = {a = 1, a = 2}", "1:13", '"a" is given a second time', "it is on line 1 already"),
        (
            'x = "a\x00"',
            "1:7",
            "an invisible control character (U+0000) stands here",
            "delete it and type the text anew",
        ),
        ("x = 2020-13-45", "1:5", "2020-13-45 is not a number", "a number is written as 3, 0.5 or -2"),
        ("x = 'it's'", "1:9", "s' is too much here", 'text with a \' in it stands in "…"'),
        ("x = " + "[" * 3000, "1:1", "lists or tables are nested too deeply", None),
        (
            "é = 'ü' 5",
            "1:1",
            '"é" is not a key',
            'a key of anything but a–z, 0–9, "_" and "-" stands in quotes: "é"',
        ),
        (b'x = "caf\xe9"', "1:9", "this is not UTF-8", 'the byte 0xe9 is "é" in the Windows encoding'),
        (b"\xff\xfex\x00", "1:1", "this file is UTF-16, not UTF-8", "save the file as UTF-8 in your editor"),
        (
            "x".encode("utf-32"),
            "1:1",
            "this file is UTF-32, not UTF-8",
            "save the file as UTF-8 in your editor",
        ),
        (
            b"\0\0\xfe\xff\0\0\0x",
            "1:1",
            "this file is UTF-32, not UTF-8",
            "save the file as UTF-8 in your editor",
        ),
        (b"\xef\xbb\xbfx = y", "1:5", "y is not a value", 'text stands in quotes: "y"'),
        (b"a = 1\r\nx = \r\n", "2:3", 'a value is missing after "="', None),
    ],
)
def test_a_mistake_is_told_in_plain_words(
    source: str | bytes, place: str, message: str, hint: str | None
) -> None:
    lines = told(source).split("\n")
    assert lines[0] == f"piece.toml:{place}: error: {message}"
    assert lines[3:4] == ([f"   hint: {hint}"] if hint else [])
    assert sum(": error: " in line for line in lines) == 1


TEXT = """\
[canvas]
width = 10
[mask.m]
from = [0, 1]
[[layer]]
name = "a" # c
place = { fit = "x", at = [1] }
"""


def mistakes(source: str) -> tuple[Diagnostic, ...]:
    try:
        parse(source, "piece.toml")
    except PieceError as error:
        assert error.diagnostics, source  # noqa: PT017 - a refusal without a reason is the bug looked for
        return error.diagnostics
    return ()


@pytest.mark.parametrize("cut", range(len(TEXT)))
def test_with_any_character_missing_or_doubled_the_mistake_is_near(cut: int) -> None:
    line = TEXT.count("\n", 0, cut) + 1
    for source in (TEXT[:cut] + TEXT[cut + 1 :], TEXT[:cut] + TEXT[cut] + TEXT[cut:], TEXT[:cut]):
        assert all(line - 1 <= each.span.line <= line + 1 for each in mistakes(source))
