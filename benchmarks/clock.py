"""Clock: what a piece of work takes, in wall seconds and in processor seconds. Knows nothing of the work."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def timed(work: Callable[[], T]) -> tuple[T, float, float]:
    """What `work` gives, its wall seconds and its processor seconds (user and system, all threads)."""
    wall, processor = time.perf_counter(), time.process_time()
    result = work()
    return result, time.perf_counter() - wall, time.process_time() - processor
