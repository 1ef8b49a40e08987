"""Patching: a style layer painted again only where what it is painted from has changed.

Knows which earlier render a new one may be patched from, the key a patched picture is kept under and how
it is found again. Does not know how pixels are compared (`difference`) nor painted (the engine).

A patched picture is not the one a whole render gives: it depends on what was there before. So its
ingredients are those of the whole render *and* its lineage: the key of its parent, how many patches in a
row it ends, and how much of it was painted. Beside that key it is published under an alias that follows
from the key of the whole render alone. From this comes all that is promised:

- The whole render is looked for first; only where it is missing, and only by a build that patches, the
  alias is asked. A build that does not patch never sees a patched picture.
- The alias is an entry of the store like any other: the same build again, an undo, a redo, or another
  machine on the same store finds it.
- The key says what it was made from, so it can be made again, and its output is never mistaken.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ..errors import BlobMissing
from ..graph.action import Stylize
from ..graph.manifest import action_key
from ..graph.node import Node
from ..graph.recipe import Ingredient
from ..operation import Parent
from ..pixels import codec
from ..pixels.raster import Raster
from ..store.store import ActionEntry, Store
from .difference import Flags, Value, difference, over_canvas, painted
from .keys import LookUp

LONGEST = 8
"""Patches in a row, then a whole render: each one is held to the last by the statistics around it."""
MOST = 0.4
"""The share of the layer that is painted anew beyond which a whole render takes no longer."""

_PARENT, _COUNT, _PAINTED = "patched from", "patches in a row", "patched share"
_FOLLOWED = re.compile(r"input (content|protect|init|region \d+ mask)")
Manifest = tuple[Ingredient, ...]


@dataclass(frozen=True)
class Lineage:
    """What a patched picture was made from: its parent's key, how many patches in a row end with it, and
    the share (0…1) of the layer that was painted."""

    parent: str
    count: int
    painted: float

    def ingredients(self) -> Iterator[Ingredient]:
        """What it adds to the ingredients of the whole render."""
        yield _PARENT, self.parent
        yield _COUNT, self.count
        yield _PAINTED, self.painted


@dataclass(frozen=True)
class Patch:
    """A patch that can be made: under which key, from what, and the share (0…1) of the layer that differs.

    `unchanged`: the output's digest when nothing of the layer differs, and there is nothing to paint.
    """

    key: str
    manifest: Manifest
    lineage: Lineage
    parent: Parent
    differs: float
    unchanged: str | None


def lineage_of(manifest: Manifest) -> Lineage | None:
    """What a picture of these ingredients was patched from; None for a whole render."""
    told = dict(manifest)
    if _PARENT not in told:
        return None
    return Lineage(str(told[_PARENT]), int(str(told[_COUNT])), float(str(told[_PAINTED])))


def whole(manifest: Manifest) -> Manifest:
    """The ingredients of the whole render."""
    return tuple((field, value) for field, value in manifest if field not in (_PARENT, _COUNT, _PAINTED))


def are_kin(old: Manifest, new: Manifest) -> bool:
    """Whether two renders differ in no more than the pixels of what a patch can follow."""
    return _fixed(old) == _fixed(new)


def alias_of(key: str) -> str:
    """The key under which a patched picture stands in for the whole render of `key`."""
    return action_key((("operation", "patched"), ("in place of", key)))


def percent(share: float) -> str:
    """A share (0…1) as the artist reads it."""
    return f"{100 * share:.1f} %"


def _fixed(manifest: Manifest) -> dict[str, object]:
    return {field: value for field, value in whole(manifest) if _followed(field) is None}


def _followed(field: str) -> str | None:
    """The role of an ingredient whose pixels a patch can follow."""
    match = _FOLLOWED.fullmatch(field)
    return None if match is None else match[1]


class Patching:
    """Patches in one store. `last`: the ingredients a node, by its name, last ended a build with."""

    def __init__(self, store: Store, last: Callable[[str], Manifest | None]) -> None:
        self._store = store
        self._last = last

    def known(self, missed: LookUp) -> LookUp | None:
        """The patched picture that stands in for a whole render."""
        entry = self._store.action(alias_of(missed.key))
        if entry is None:
            return None
        listed = _manifest_of(entry)
        return LookUp(action_key(listed), listed, entry)

    def publish(self, patch: Patch, entry: ActionEntry) -> None:
        """Make a patched picture known, under its own key and as what stands in for the whole render."""
        self._store.publish(patch.key, entry)
        self._store.publish(alias_of(action_key(whole(patch.manifest))), entry)

    def patch(self, node: Node, wanted: Manifest) -> Patch | None:
        """How to patch `node`, of which `wanted` was missed; None when it must be rendered whole."""
        if not isinstance(node.action, Stylize):
            return None
        patches = (self._from(key, wanted, node.action) for key in self._parents(node.name, wanted))
        return next((patch for patch in patches if patch is not None), None)

    def _parents(self, name: str, wanted: Manifest) -> Iterator[str]:
        """The renders to start from: that of a patch whose picture was lost, or else the node's last."""
        lost = self.known(LookUp(action_key(wanted), wanted, None))
        lineage = None if lost is None else lineage_of(lost.manifest)
        if lineage is not None:
            yield lineage.parent
        last = self._last(name)
        if last is not None:
            yield action_key(last)

    def _from(self, key: str, wanted: Manifest, action: Stylize) -> Patch | None:
        entry = self._store.action(key)
        if entry is None:
            return None
        old = _manifest_of(entry)
        lineage = lineage_of(old)
        count = 1 if lineage is None else lineage.count + 1
        if count > LONGEST or not are_kin(old, wanted):
            return None
        try:
            earlier, now = self._guides(old), self._guides(wanted)
            result = codec.decode(self._store.open(entry.output))
        except BlobMissing:
            return None
        dirty = difference(earlier, now)
        if dirty is None or not dirty.size or (share := float(painted(dirty).mean())) > MOST:
            return None
        content = earlier["content"]
        assert isinstance(content, Raster)
        assert isinstance(result, Raster)
        if dirty.any() and not _paints_parts(action, now["content"]):
            return None
        parent = Parent(content, result, over_canvas(dirty, content.bounds, action.canvas))
        return _patch(wanted, Lineage(key, count, round(share, 4)), parent, dirty, entry.output)

    def _guides(self, manifest: Manifest) -> dict[str, Value]:
        """What the render was painted from, by role. Raises BlobMissing."""
        roles = ((_followed(field), digest) for field, digest in manifest)
        return {
            role: codec.decode(self._store.open(str(digest))) for role, digest in roles if role is not None
        }


def _paints_parts(action: Stylize, content: Value) -> bool:
    """Whether the engine paints a part alone; of what is transparent all over it paints nothing at all."""
    patches = action.extension.needs.patches
    assert isinstance(content, Raster)
    return patches is not None and patches(action.params) and bool(content.pixels[..., 3].any())


def _patch(wanted: Manifest, lineage: Lineage, parent: Parent, dirty: Flags, output: str) -> Patch:
    listed = (*wanted, *lineage.ingredients())
    unchanged = None if dirty.any() else output
    return Patch(action_key(listed), listed, lineage, parent, float(dirty.mean()), unchanged)


def _manifest_of(entry: ActionEntry) -> Manifest:
    return tuple((str(field), value) for field, value in entry.manifest)
