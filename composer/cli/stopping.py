"""Stopping: how Ctrl-C ends a command that renders.

Knows signals, and that the process ends within a second, whatever a worker is at. Does not know what is
stopped.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn, TextIO

from ..errors import Cancelled

GRACE_SECONDS = 0.7
"""How long the workers are waited for; the store loses nothing when they are cut off."""
_STOPPED = "stopped; what was finished is kept, and the next build goes on from there"


@contextmanager
def stopping(stop: Callable[[], None], close: Callable[[], None], out: TextIO) -> Iterator[None]:
    """Ctrl-C and termination call `stop`, and soon after `leave`."""
    timer = threading.Timer(GRACE_SECONDS, leave, (close, out))
    timer.daemon = True

    def stopped(_signal: int, _frame: FrameType | None) -> None:
        stop()
        if not timer.is_alive():
            timer.start()

    before = {number: signal.signal(number, stopped) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        timer.cancel()
        for number, earlier in before.items():
            signal.signal(number, earlier)


def leave(close: Callable[[], None], out: TextIO) -> NoReturn:
    """End the process at once, once `close` has tidied the terminal; to take torch down takes a second."""
    try:
        close()
        print(_STOPPED, file=out, flush=True)
    finally:
        os._exit(Cancelled.exit_code)
