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

    def two_meanings(self, name: str, path: Path, layer: Path) -> None:
        """A name at `path` that is a source's and also that of the layer at `layer`, which shows another."""
        source_line = self._document.key_span(("source", name)).line
        layer_line = self._document.value_span((*layer, "name")).line
        message = f'"{name}" is a source (line {source_line}) and a layer that shows something else'
        self.at_value(path, f"{message} (line {layer_line})", ("call one of them by another name",))

    def _tell(self, mistake: Diagnostic) -> None:
        """Once, however often what it is found in is planned."""
        if mistake not in self.found:
            self.found.append(mistake)
