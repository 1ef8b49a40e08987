"""Board: what the page shows, as short texts that are replaced when something happens.

Knows which event changes which text. Does not know clients: each asks for what is newer than what it has,
so one that is slow skips what is past, and nobody ever waits for it.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from ..pixels.raster import Raster
from ..watch.events import (
    Building,
    Delivered,
    Ended,
    Event,
    Failed,
    Finished,
    Grown,
    Mistaken,
    Noted,
    Pictured,
    Said,
    Started,
    Stepped,
    Writing,
)
from ..watch.state import State, after
from . import sections
from .gallery import Gallery

_MOST_NOTES = 6


class Board:
    """A listener. `wake` is called after each change, from any thread, and must be quick."""

    def __init__(self, gallery: Gallery, folder: Path, title: str) -> None:
        self._gallery = gallery
        self._folder = folder
        self._guard = threading.RLock()
        self._state = State()
        self._ended: Ended | None = None
        self._notes: list[str] = []
        self._looks: dict[str, tuple[str, Raster]] = {}
        self._serial = 0
        self._texts: dict[str, tuple[int, str]] = {}
        self.wake: Callable[[], None] = _nobody
        self._write("piece", {"title": title})
        for name in ("status", "running", "problems", "notes", "why", "picture"):
            self._redraw(name)

    def __call__(self, event: Event) -> None:
        """Redraw what the event changes."""
        with self._guard:
            self._state = after(self._state, event)
            self._take(event)
            for name in _CHANGED.get(type(event), ()):
                self._redraw(name)
            if isinstance(event, Building):
                self._write("why", sections.why(event, self._folder))
        self.wake()

    def newer(self, than: Mapping[str, int]) -> dict[str, tuple[int, str]]:
        """The texts with a version above the one given for their name, each with its version."""
        with self._guard:
            return {name: text for name, text in self._texts.items() if text[0] > than.get(name, 0)}

    def look(self, name: str) -> Raster | None:
        """How a running layer looked; None when there is a newer look, or the layer is done."""
        with self._guard:
            return next((raster for known, raster in self._looks.values() if known == name), None)

    def accept(self, name: str) -> bool:
        """Compare with this picture from now on."""
        done = self._gallery.accept(name)
        if done:
            with self._guard:
                self._redraw("picture")
            self.wake()
        return done

    def _take(self, event: Event) -> None:
        match event:
            case Building():
                self._looks.clear()
                self._notes.clear()
                self._ended = None
            case Grown(epoch=epoch, node=node, raster=raster) if epoch == self._state.wanted:
                self._serial += 1
                self._looks[node] = (str(self._serial), raster)
            case Finished(node=node) | Failed(node=node):
                self._looks.pop(node, None)
            case Pictured(picture):
                self._gallery.hang(picture)
            case Ended():
                self._looks.clear()
                self._ended = event
            case Noted(message):
                self._note(message)
            case Said(_, node, False, message):
                self._note(f"{node}: {message}")

    def _note(self, message: str) -> None:
        self._notes = [*self._notes, message][-_MOST_NOTES:]

    def _redraw(self, name: str) -> None:
        match name:
            case "picture":
                self._write(name, sections.picture(self._state.picture, self._gallery.accepted))
            case "running":
                looks = {node: look for node, (look, _) in self._looks.items()}
                self._write(name, sections.running(self._state, looks))
            case "problems":
                self._write(name, sections.problems(self._state))
            case "notes":
                self._write(name, list(self._notes))
            case "status":
                self._write(name, sections.status(self._state, self._ended, self._folder))
            case _:
                self._write(name, None)

    def _write(self, name: str, value: object) -> None:
        text = json.dumps(value, ensure_ascii=True, separators=(",", ":"))
        version, before = self._texts.get(name, (0, ""))
        if text != before:
            self._texts[name] = (version + 1, text)


_STEPS = ("running",)
_CHANGED: dict[type, tuple[str, ...]] = {
    Building: ("status", "running", "notes"),
    Started: _STEPS,
    Stepped: _STEPS,
    Grown: _STEPS,
    Said: ("notes",),
    Finished: _STEPS,
    Failed: _STEPS,
    Pictured: ("picture",),
    Delivered: ("status",),
    Ended: ("status", "running"),
    Mistaken: ("problems",),
    Writing: ("status",),
    Noted: ("notes",),
}


def _nobody() -> None:
    """Nobody listens yet."""
