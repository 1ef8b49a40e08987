"""Gallery: the pictures a page may ask for, by names that say nothing about files.

Knows the last pictures, and the accepted one that they are compared with. Does not know how they are drawn.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable

from ..digest import digest_of_parts
from ..errors import BlobMissing, StoreError
from ..watch.events import Picture

_MOST = 8


class Gallery:
    """Safe to use from any thread. `hold` keeps a picture's pixels alive, whatever the store evicts."""

    def __init__(self, hold: Callable[[Picture], object]) -> None:
        self._hold = hold
        self._guard = threading.Lock()
        self._last: OrderedDict[str, Picture] = OrderedDict()
        self._accepted: Picture | None = None
        self._held: object = None

    @property
    def accepted(self) -> Picture | None:
        """The picture that the artist accepted last; before that the first one of this watch."""
        return self._accepted

    def hang(self, picture: Picture) -> None:
        """Show a new picture; the first one at full size is what the next ones are compared with."""
        with self._guard:
            self._last[identity(picture)] = picture
            self._last.move_to_end(identity(picture))
            while len(self._last) > _MOST:
                self._last.popitem(last=False)
        if self._accepted is None and not picture.is_draft:
            self.accept(identity(picture))

    def accept(self, name: str) -> bool:
        """Compare with this picture from now on; False for one that is not at hand, or a draft."""
        picture = self.find(name)
        if picture is None or picture.is_draft:
            return False
        try:
            held = self._hold(picture)
        except (BlobMissing, StoreError):
            return False
        with self._guard:
            self._accepted, self._held = picture, held
        return True

    def find(self, name: str) -> Picture | None:
        """The picture of that name; None when it is not known, or gone."""
        with self._guard:
            if self._accepted is not None and identity(self._accepted) == name:
                return self._accepted
            return self._last.get(name)


def identity(picture: Picture) -> str:
    """A name for a picture and its layers: equal ones have equal names, in another run too."""
    told = repr((picture.digest, picture.layers, picture.canvas, picture.scale))
    return digest_of_parts([told.encode("utf-8", "surrogatepass")])[:24]
