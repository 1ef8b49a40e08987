"""Partials: composites that a running program keeps, so that an edit costs what lies above it.

Knows a budget of bytes, and the name under which each composite is kept. Does not know the piece, files or
views. What it gives has the very bytes that `flatten` gives: all it leaves out is what `dirty` has shown to
come out the same.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Collection, Hashable

from ..pixels.geometry import Bounds
from ..pixels.raster import Mask, Raster
from ..pixels.stack import LayerStack, PaintLayer
from .dirty import Find
from .flatten import check_masks
from .kept import Kept, Stage
from .kernel import KernelName, kernel_in_use, load_kernel
from .strips import strips
from .traces import Digest, DigestOf, traces_of
from .walk import seen_runs

DEPTHS = 3
"""Partial composites of a picture: below the layers edited last, among which an artist goes to and fro."""
_SURFACE_BYTES = 16  # a pixel
Key = tuple[Hashable, ...]


class Partials:
    """Safe to use from any thread. `budget`: bytes that what is kept never exceeds."""

    def __init__(self, budget: int) -> None:
        self._budget = budget
        self._guard = threading.Lock()
        self._kept: OrderedDict[Key, Kept] = OrderedDict()

    @property
    def bytes(self) -> int:
        """What is kept now."""
        with self._guard:
            return self._bytes()

    def forget(self, but: Collection[Hashable] = ()) -> bool:
        """Keep nothing but the composites of these names; whether there was anything else."""
        with self._guard:
            gone = [key for key in self._kept if key[0] not in but]
            for key in gone:
                del self._kept[key]
            return bool(gone)

    def flatten(
        self,
        name: Hashable,
        stack: LayerStack,
        digest_of: DigestOf,
        find: Find,
        *,
        threads: int = 2,
        kernel: KernelName | None = None,
    ) -> Raster:
        """As `flatten`; read-only. The next stack of this `name` is compared with this one.

        `find`: the value of a digest of an earlier stack, or None when it is gone.
        """
        check_masks(stack)
        loops = load_kernel(kernel or kernel_in_use().name)
        runs = tuple(seen_runs(stack.layers))
        stage = Stage(
            stack,
            runs,
            traces_of(runs, digest_of),
            tuple(strips(Bounds.of(stack.extent), loops.strip_pixels)),
            loops,
            threads,
            self._depths(stack),
        )
        key = (name, stack.extent, stack.depth, loops.name)
        before = self._recalled(key)
        kept = stage.first() if before is None else stage.after(before, _both(stack, digest_of, find))
        self._keep(key, kept)
        return kept.picture

    def _depths(self, stack: LayerStack) -> int:
        """How many partial composites fit beside the picture and the one before it."""
        pixels = max(1, stack.extent.pixels)
        room = self._budget - 2 * pixels * stack.depth // 2
        return max(0, min(DEPTHS, room // (_SURFACE_BYTES * pixels)))

    def _recalled(self, key: Key) -> Kept | None:
        with self._guard:
            return self._kept.get(key)

    def _keep(self, key: Key, kept: Kept) -> None:
        """Keep it, and of all so many depths alike as the budget allows; at last the others go."""
        with self._guard:
            self._kept[key] = kept
            self._kept.move_to_end(key)
            for most in reversed(range(DEPTHS)):
                if self._bytes() <= self._budget:
                    return
                for each, other in self._kept.items():
                    self._kept[each] = other.thinned(most)
            while self._bytes() > self._budget:
                self._kept.popitem(last=False)

    def _bytes(self) -> int:
        return sum(kept.bytes for kept in self._kept.values())


def _both(stack: LayerStack, digest_of: DigestOf, earlier: Find) -> Find:
    """Finds the values of this stack, and those of earlier ones."""
    values: dict[Digest, Raster | Mask] = {}
    for item in stack.walk():
        if isinstance(item, PaintLayer):
            values[digest_of(item.raster)] = item.raster
        if item.mask is not None:
            values[digest_of(item.mask)] = item.mask
    return lambda digest: values[digest] if digest in values else earlier(digest)
