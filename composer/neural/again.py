"""Again: what is made when it is asked for, let go while its memory is needed, and made again the next time.

Does not know what it makes.
"""

from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Again(Generic[T]):
    """The same from call to call, until it is let go: `make` must give an equal one each time."""

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._made: T | None = None

    def __call__(self) -> T:
        """It, made now if it is not there."""
        made = self._made if self._made is not None else self._make()
        self._made = made
        return made

    def let_go(self) -> None:
        """Forget it; whoever else holds it keeps it."""
        self._made = None
