"""Mask expressions: how strongly the operators bind, and what is told when one does not fit."""

import pytest

from composer.spec.expression import (
    Binary,
    Expression,
    ExpressionError,
    Name,
    Not,
    names_in,
    parse_expression,
)


def spelt(tree: Expression) -> str:
    """The expression with every pair of parentheses written."""
    if isinstance(tree, Name):
        return tree.name
    if isinstance(tree, Not):
        return f"!{spelt(tree.operand)}"
    assert isinstance(tree, Binary)
    return f"({spelt(tree.left)} {tree.operator} {spelt(tree.right)})"


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("figure", "figure"),
        (" figure ", "figure"),
        ("!!figure", "!!figure"),
        ("figure & !details", "(figure & !details)"),
        ("figure - low_sun", "(figure - low_sun)"),
        ("a - b - c", "((a - b) - c)"),
        ("a | b ^ c - d & !e", "(a | (b ^ (c - (d & !e))))"),
        ("!a & b - c ^ d | e", "((((!a & b) - c) ^ d) | e)"),
        ("!(a | b) & c", "(!(a | b) & c)"),
        ("a&b|c", "((a & b) | c)"),
        ("himmel_2 & größe", "(himmel_2 & größe)"),
    ],
)
def test_operators_bind_as_documented(text: str, meaning: str) -> None:
    assert spelt(parse_expression(text)) == meaning


def test_every_name_is_found_where_it_stands() -> None:
    text = "sky & !(fog | sky)"
    names = list(names_in(parse_expression(text)))
    assert [(each.name, text[each.start : each.end]) for each in names] == [
        ("sky", "sky"),
        ("fog", "fog"),
        ("sky", "sky"),
    ]


@pytest.mark.parametrize(
    ("text", "shown", "message", "hint"),
    [
        ("", "", "is empty", "name a mask, or leave the key out"),
        ("a &", "&", 'ends after "&"', "a mask's name is missing"),
        ("& a", "&", 'cannot have "&" here', 'a mask\'s name is missing before "&"'),
        ("a && b", "&", 'cannot have "&" here', 'a mask\'s name is missing before "&"'),
        ("a b", "b", 'has no operator before "b"', None),
        ("(a | b", "(", 'has a "(" that is never closed', 'add a ")"'),
        ("a)", ")", 'has a ")" too many', None),
        ("()", ")", 'has a ")" too many', None),
        ("a + b", "+", 'cannot have "+" in it', "write names, !, &, |, -, ^ and parentheses"),
        ("a !b", "!", 'cannot have "!" here', None),
        (
            "low-sun & a",
            "low-sun",
            'has "low-sun" without spaces around "-"',
            'write "low - sun" to subtract; a mask\'s name is spelt with "_": "low_sun"',
        ),
        ("(" * 100 + "a", "(", "nests too deeply", None),
    ],
)
def test_what_does_not_fit_is_told_where_it_stands(
    text: str, shown: str, message: str, hint: str | None
) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse_expression(text)
    error = caught.value
    assert (text[error.start : error.end], error.message) == (shown, message)
    assert hint is None or error.hint == hint
