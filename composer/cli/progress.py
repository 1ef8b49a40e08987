"""Progress: what a running build shows in a terminal.

Knows lines, a status line that rewrites itself on a real terminal, and an honest remaining time: of
steps counted in the running node, and of the times this machine took before. Does not know the build.
"""

from __future__ import annotations

import shutil
import time
import unicodedata
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TextIO

from ..build.observe import How
from ..build.survey import Finding, Verdict
from ..errors import ComposerError
from .console import plain

_REDRAW_SECONDS = 0.2
_LINE_SECONDS = 10.0
_WORTH_A_LINE = 0.05
_WIDEST = 100


@dataclass
class _Running:
    since: float
    done: int = 0
    total: int = 0


class Progress:
    """An observer that prints; `close` when the build has ended."""

    def __init__(self, forecast: Sequence[Finding], out: TextIO, *, every_node: bool = False) -> None:
        self._out = out
        self._shortest = 0.0 if every_node else _WORTH_A_LINE
        self._lively = out.isatty()
        self._waiting = {
            f.node.name: f.seconds for f in forecast if f.verdict in (Verdict.RUN, Verdict.MAY_RUN)
        }
        self._running: dict[str, _Running] = {}
        self._drawn = 0.0
        self._width = 0

    def started(self, name: str) -> None:
        """Show what runs."""
        self._running[name] = _Running(time.monotonic())
        self._redraw()

    def stepped(self, name: str, done: int, total: int) -> None:
        """Show how far it is; without a terminal, a line every ten seconds."""
        running = self._running[name]
        running.done, running.total = done, total
        self._redraw()

    def told(self, name: str, message: str) -> None:
        """A line at once."""
        self.line(f"           {name}: {message}")

    def finished(self, name: str, how: How, seconds: float) -> None:
        """A line for whatever took time; nothing for a hit."""
        self._running.pop(name, None)
        self._waiting.pop(name, None)
        if how is not How.HIT and seconds >= self._shortest:
            note = "" if how is How.RENDERED else f" ({how.value})"
            self.line(f"{seconds:7.1f} s  {name}{note}")

    def failed(self, name: str, error: ComposerError) -> None:
        """A line at once; the hint follows at the end."""
        self._running.pop(name, None)
        self._waiting.pop(name, None)
        self.line(f"   failed  {name}: {error.message}")

    def dropped(self, name: str) -> None:
        """It runs no more, and what came of it is told elsewhere."""
        self._running.pop(name, None)
        self._waiting.pop(name, None)

    def close(self) -> None:
        """Take the status line away."""
        self._write(self._erased())

    def remaining(self) -> tuple[float, bool]:
        """Seconds left, and whether that is all of it (False: some action never ran here before)."""
        left, known = 0.0, True
        now = time.monotonic()
        for name, seconds in self._waiting.items():
            running = self._running.get(name)
            if running is not None and running.done:
                left += (now - running.since) * (running.total - running.done) / running.done
            elif seconds is None:
                known = False
            else:
                left += max(0.0, seconds - (now - running.since if running else 0.0))
        return left, known

    def _status(self, columns: int = 0) -> str:
        """What runs, and what is left: the former cut to what fits into `columns`, 0 for all of it."""
        running = " · ".join(_share(name, running) for name, running in self._running.items())
        left, known = self.remaining()
        time_left = f"about {_clock(left)} left" if known else f"at least {_clock(left)} left"
        rest = f"{len(self._waiting)} to go · {time_left}"
        room = columns - len(rest) - 3
        shown = _cut(plain(running), room) if columns else plain(running)
        return f"{shown} · {rest}" if shown else rest[:columns] if columns else rest

    def _redraw(self) -> None:
        now = time.monotonic()
        if now - self._drawn < (_REDRAW_SECONDS if self._lively else _LINE_SECONDS):
            return
        if self._lively:
            status = self._status(min(_WIDEST, shutil.get_terminal_size().columns - 1))
            text = self._erased() + status
            self._width = _cells(status)
            self._write(text)
        elif self._drawn:
            self._write(f"           {self._status()}\n")
        self._drawn = now

    def line(self, text: str) -> None:
        """Print a line; the status line goes on below it."""
        self._write(f"{self._erased()}{plain(text)}\n")

    def _write(self, text: str) -> None:
        """Nobody may be listening any more; the build goes on all the same."""
        with suppress(OSError):
            self._out.write(text)
            self._out.flush()

    def _erased(self) -> str:
        """What takes the status line away."""
        width, self._width = self._width, 0
        return "\r" + " " * width + "\r" if width else ""


def _cells(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in text)


def _cut(text: str, cells: int) -> str:
    """The beginning of a text in at most so many terminal cells; nothing when that says too little."""
    if _cells(text) <= cells:
        return text
    while text and _cells(text) >= cells:
        text = text[:-1]
    return f"{text}…" if text else ""


def _share(name: str, running: _Running) -> str:
    return f"{name} {100 * running.done // running.total} %" if running.total else name


def _clock(seconds: float) -> str:
    whole = round(seconds)
    return f"{whole} s" if whole < 90 else f"{whole // 60} min {whole % 60:02d} s"
