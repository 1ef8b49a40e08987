"""Hub: every event to every listener, one at a time, and the state they lead to.

Knows who listens. Does not know what happens.
"""

from __future__ import annotations

import logging
import threading
from contextlib import suppress

from .events import Event, Listener
from .state import State, after

_log = logging.getLogger(__name__)


class Hub:
    """Safe to use from any thread."""

    def __init__(self) -> None:
        self._guard = threading.RLock()
        self._listeners: list[Listener] = []
        self._state = State()

    @property
    def state(self) -> State:
        """The state after the last event; a value that no later event changes."""
        return self._state

    def subscribe(self, listener: Listener) -> State:
        """Tell the listener of all that happens from now on; the state now, no event missed in between."""
        with self._guard:
            self._listeners.append(listener)
            return self._state

    def unsubscribe(self, listener: Listener) -> None:
        """Tell it no more; nothing happens when it is not told."""
        with self._guard, suppress(ValueError):
            self._listeners.remove(listener)

    def publish(self, event: Event) -> None:
        """Tell everyone."""
        with self._guard:
            self._state = after(self._state, event)
            for listener in tuple(self._listeners):
                try:
                    listener(event)
                except Exception as error:  # a page that fails must not stop the watch
                    _log.debug("a listener failed", exc_info=error)
