"""Reading: from a document to a piece, with all mistakes gathered in one go.

Knows the order of the checks. Does not stop at a mistake, and does not know extensions: it
lists where they are named.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pydantic import ValidationError

from ..diagnostics import Diagnostic, Span
from ..text.document import Document
from .layers import layer_mistakes, too_deep
from .names import name_mistakes
from .paths import path_mistakes
from .piece import Piece
from .rules import rule_mistakes
from .sites import ExtensionSite, sites
from .styling import style_mistakes
from .wording import diagnostics_of

__all__ = ["ExtensionSite", "Reading", "diagnostics_of", "in_order", "read"]


@dataclass(frozen=True)
class Reading:
    """What became of a document: the piece, or None when its structure is broken, and all mistakes."""

    document: Document
    piece: Piece | None
    diagnostics: tuple[Diagnostic, ...]
    sites: tuple[ExtensionSite, ...]


def read(document: Document) -> Reading:
    """The piece in a document. Never raises for a mistake of the artist: all are in `diagnostics`.

    A piece may be there although there are diagnostics: its structure is whole, but a name or a
    path in it is wrong. Nothing may be built from it then.
    """
    if (deep := too_deep(document)) is not None:
        return Reading(document, None, (deep,), ())
    piece, structure = _structure(document)
    found = [
        *structure,
        *rule_mistakes(document),
        *style_mistakes(document),
        *name_mistakes(document),
        *layer_mistakes(document),
        *path_mistakes(document),
    ]
    return Reading(document, piece, in_order(found), tuple(sites(document.table)))


def in_order(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Sorted by place, each told once."""
    return tuple(sorted(dict.fromkeys(diagnostics), key=_place))


def _place(diagnostic: Diagnostic) -> Span:
    return diagnostic.span


def _structure(document: Document) -> tuple[Piece | None, list[Diagnostic]]:
    try:
        return Piece.model_validate(document.table), []
    except ValidationError as error:
        return None, diagnostics_of(error, document, (), Piece)
