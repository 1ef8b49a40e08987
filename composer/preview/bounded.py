"""Bounded: the values used last, within a budget of bytes.

Knows sizes. Does not know what is kept.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

V = TypeVar("V")


class Bounded(Generic[V]):
    """Safe to use from any thread; a value larger than the budget is handed out and not kept."""

    def __init__(self, budget: int, size: Callable[[V], int]) -> None:
        self._budget = budget
        self._size = size
        self._guard = threading.Lock()
        self._kept: OrderedDict[Hashable, V] = OrderedDict()
        self._bytes = 0

    @property
    def bytes(self) -> int:
        """What is kept now."""
        return self._bytes

    def get(self, key: Hashable, make: Callable[[], V]) -> V:
        """The value of `key`, made when it is not kept. What `make` raises keeps nothing."""
        with self._guard:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        value = make()
        self._keep(key, value)
        return value

    def _keep(self, key: Hashable, value: V) -> None:
        with self._guard:
            if key in self._kept or self._size(value) > self._budget:
                return
            self._kept[key] = value
            self._bytes += self._size(value)
            while self._bytes > self._budget:
                _, oldest = self._kept.popitem(last=False)
                self._bytes -= self._size(oldest)
