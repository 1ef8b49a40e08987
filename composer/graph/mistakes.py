"""Mistakes: what planning finds wrong with a piece.

Knows the document, to tell each at its own place. With a mistake the plan goes on, to find the others, but
is of no use.
"""

from __future__ import annotations

from ..diagnostics import Diagnostic
from ..text.document import Document
from ..text.spans import Path


class Mistakes:
    """The mistakes found so far."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self.found: list[Diagnostic] = []

    def at_value(self, path: Path, message: str, hints: tuple[str, ...]) -> None:
        """One at the value of the key at `path`."""
        self._tell(self._document.diagnostic(self._document.value_span(path), message, hints))

    def at_key(self, path: Path, message: str, hints: tuple[str, ...]) -> None:
        """One at the key at `path`."""
        self._tell(self._document.diagnostic(self._document.key_span(path), message, hints))

    def _tell(self, mistake: Diagnostic) -> None:
        """Once, however often what it is found in is planned."""
        if mistake not in self.found:
            self.found.append(mistake)
