"""Mask expressions: `figure & !details` as a tree.

Knows the operators and how strongly they bind: `!` (not) first, then `&` (intersect), `-`
(subtract), `^` (either, not both) and `|` (unite), each from left to right; parentheses before
all. Does not know which masks there are, nor pixels.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Operator = Literal["&", "-", "^", "|"]
LOOSEST_FIRST: tuple[Operator, ...] = ("|", "^", "-", "&")
"""The binary operators, the one that binds weakest first."""
LONGEST = 400
"""How many names and signs an expression may have."""
DEEPEST = 60
"""How deep parentheses and `!` may nest."""

_TOKEN = re.compile(r"\s*(?:(?P<name>\w+(?:-\w+)+|\w+)|(?P<sign>[!&|^()-])|(?P<other>\S))")


@dataclass(frozen=True, slots=True)
class Name:
    """A mask by name, and the half-open range of characters it stands on."""

    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Not:
    """Shown where the operand is hidden."""

    operand: Expression


@dataclass(frozen=True, slots=True)
class Binary:
    """Two masks combined: `&` intersect, `|` unite, `-` subtract, `^` either but not both."""

    operator: Operator
    left: Expression
    right: Expression


Expression = Name | Not | Binary


class ExpressionError(ValueError):
    """The text is not a mask expression; `start`…`end` (half-open) is where it stops being one."""

    def __init__(self, message: str, start: int, end: int, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.start = start
        self.end = end
        self.hint = hint


def parse_expression(text: str) -> Expression:
    """The expression in `text`. Raises ExpressionError at the first thing that does not fit."""
    reader = _Reader(text, tuple(_tokens(text)))
    if reader.sign is None and reader.token is None:
        raise ExpressionError("is empty", 0, len(text), "name a mask, or leave the key out")
    if len(reader.tokens) > LONGEST:
        last = reader.tokens[LONGEST]
        raise ExpressionError(
            "is too long",
            last.start,
            last.end,
            "a mask of its own can hold a part of it: draw it, and name its file",
        )
    tree = reader.binary(0)
    if reader.token is not None:
        raise reader.unexpected()
    return tree


def names_in(expression: Expression) -> Iterator[Name]:
    """Every name in the expression, from left to right."""
    if isinstance(expression, Name):
        yield expression
    elif isinstance(expression, Not):
        yield from names_in(expression.operand)
    else:
        yield from names_in(expression.left)
        yield from names_in(expression.right)


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    start: int
    end: int


def _tokens(text: str) -> Iterator[_Token]:
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or ""
        yield _Token(kind, match[kind], match.start(kind), match.end(kind))


@dataclass(slots=True)
class _Reader:
    """A recursive descent over the tokens."""

    text: str
    tokens: tuple[_Token, ...]
    position: int = 0
    depth: int = 0

    @property
    def token(self) -> _Token | None:
        return self.tokens[self.position] if self.position < len(self.tokens) else None

    @property
    def sign(self) -> str | None:
        return self.token.text if self.token and self.token.kind == "sign" else None

    def binary(self, level: int) -> Expression:
        if level == len(LOOSEST_FIRST):
            return self.operand()
        left = self.binary(level + 1)
        while self.sign == LOOSEST_FIRST[level]:
            self.position += 1
            left = Binary(LOOSEST_FIRST[level], left, self.binary(level + 1))
        return left

    def operand(self) -> Expression:
        token = self.token
        if token is None or self.sign not in ("!", "(", None):
            raise self.unexpected("a mask's name")
        if token.kind == "name":
            self.position += 1
            return _name(token)
        if token.kind == "other":
            raise self.unexpected()
        return self.nested(token)

    def nested(self, token: _Token) -> Expression:
        self.depth += 1
        if self.depth > DEEPEST:
            raise ExpressionError("nests too deeply", token.start, token.end)
        self.position += 1
        inner = Not(self.operand()) if token.text == "!" else self.closed(token)
        self.depth -= 1
        return inner

    def closed(self, opening: _Token) -> Expression:
        inner = self.binary(0)
        if self.sign != ")":
            if self.token is not None:
                raise self.unexpected()
            raise ExpressionError('has a "(" that is never closed', opening.start, opening.end, 'add a ")"')
        self.position += 1
        return inner

    def unexpected(self, wanted: str = "") -> ExpressionError:
        """What is wrong at the current token."""
        token = self.token
        if token is None:
            last = self.tokens[-1]
            return ExpressionError(f'ends after "{last.text}"', last.start, last.end, f"{wanted} is missing")
        if token.kind == "name":
            return ExpressionError(f'has no operator before "{token.text}"', token.start, token.end, _JOIN)
        if token.kind == "other":
            return ExpressionError(f'cannot have "{token.text}" in it', token.start, token.end, _SIGNS)
        if token.text == ")":
            return ExpressionError('has a ")" too many', token.start, token.end)
        hint = f'{wanted} is missing before "{token.text}"' if wanted else _JOIN
        return ExpressionError(f'cannot have "{token.text}" here', token.start, token.end, hint)


_JOIN = "join two masks by & (both), | (either), - (without) or ^ (one but not both)"
_SIGNS = "write names, !, &, |, -, ^ and parentheses"


def _name(token: _Token) -> Name:
    if "-" in token.text:
        spaced, joined = token.text.replace("-", " - "), token.text.replace("-", "_")
        raise ExpressionError(
            f'has "{token.text}" without spaces around "-"',
            token.start,
            token.end,
            f'write "{spaced}" to subtract; a mask\'s name is spelt with "_": "{joined}"',
        )
    return Name(token.text, token.start, token.end)
