"""Reading: from a document to a piece, with all mistakes gathered in one go.

Knows the order of the checks. Does not stop at a mistake, and does not know extensions: it
lists where they are named.
"""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import ValidationError

from ..diagnostics import Diagnostic
from ..text.document import Document
from .piece import Piece
from .sites import ExtensionSite, sites
from .wording import diagnostics_of

__all__ = ["ExtensionSite", "Reading", "diagnostics_of", "read"]


@dataclass(frozen=True)
class Reading:
    """What became of a document: the piece, or None when its structure is broken, and all mistakes."""

    document: Document
    piece: Piece | None
    diagnostics: tuple[Diagnostic, ...]
    sites: tuple[ExtensionSite, ...]


def read(document: Document) -> Reading:
    """The piece in a document. Never raises for a mistake of the artist: all are in `diagnostics`."""
    piece, found = _structure(document)
    return Reading(document, piece, tuple(found), tuple(sites(document.table)))


def _structure(document: Document) -> tuple[Piece | None, list[Diagnostic]]:
    try:
        return Piece.model_validate(document.table), []
    except ValidationError as error:
        return None, diagnostics_of(error, document, (), Piece)
