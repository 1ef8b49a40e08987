"""Observe: what a build tells while it runs.

Knows the events and their order. Does not know who listens: a terminal, a page, a test.
"""

from __future__ import annotations

from enum import Enum
from typing import Protocol

from ..errors import ComposerError


class How(Enum):
    """How a node came to its output."""

    HIT = "from the store"
    RENDERED = "rendered"
    JOINED = "rendered by another build"


class Observer(Protocol):
    """Called from the build's threads, one call at a time."""

    def started(self, name: str) -> None:
        """A worker begins to compute the node."""

    def stepped(self, name: str, done: int, total: int) -> None:
        """The running node has finished `done` of `total` steps."""

    def told(self, name: str, message: str) -> None:
        """The running node has something to say that the artist should know."""

    def finished(self, name: str, how: How, seconds: float) -> None:
        """The node's output is known."""

    def failed(self, name: str, error: ComposerError) -> None:
        """The node has no output in this build."""
