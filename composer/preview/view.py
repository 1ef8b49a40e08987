"""View: what a page asks to see otherwise than the piece has it – eyes and opacities, and nothing else.

Knows layers by their place in the stack (`2.0` is the first child of the third item, bottom first) and the
text in an address that a view is. Does not know pixels. Nothing of a view is ever written into the piece.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from ..watch.events import LayerShown

_PLACE = r"\d{1,4}(?:\.\d{1,4}){0,15}"
_OPACITY = re.compile(rf"({_PLACE}):(0|1|0?\.\d{{1,4}}|0\.\d{{1,4}}|1\.0{{1,4}})")
_LONGEST = 8000


class NotAView(ValueError):
    """The text is none that a page would send."""


@dataclass(frozen=True)
class View:
    """Places whose eye is the other way round, and opacities 0…1 by place."""

    turned: frozenset[str] = frozenset()
    opacity: Mapping[str, float] = field(default_factory=dict)

    @property
    def is_plain(self) -> bool:
        """Whether it shows what the piece shows."""
        return not (self.turned or self.opacity)

    def __str__(self) -> str:
        told = ",".join(f"{place}:{value:g}" for place, value in sorted(self.opacity.items()))
        return f"{','.join(sorted(self.turned))};{told}"


AS_IN_THE_PIECE = View()


def parse_view(turned: str, opacity: str) -> View:
    """The view of two lists with commas: places, and `place:opacity`. Raises NotAView."""
    if len(turned) + len(opacity) > _LONGEST:
        raise NotAView
    places = [place for place in turned.split(",") if place]
    pairs = [_OPACITY.fullmatch(pair) for pair in opacity.split(",") if pair]
    if not all(re.fullmatch(_PLACE, place) for place in places):
        raise NotAView
    return View(frozenset(places), {m[1]: float(m[2]) for m in map(_matched, pairs)})


def _matched(found: re.Match[str] | None) -> re.Match[str]:
    if found is None:
        raise NotAView
    return found


def applied(layers: tuple[LayerShown, ...], view: View, inside: str = "") -> tuple[LayerShown, ...]:
    """The layers as the view has them."""
    return tuple(_applied(layer, view, f"{inside}{place}") for place, layer in enumerate(layers))


def _applied(layer: LayerShown, view: View, place: str) -> LayerShown:
    return replace(
        layer,
        visible=layer.visible != (place in view.turned),
        opacity=view.opacity.get(place, layer.opacity),
        children=applied(layer.children, view, f"{place}."),
    )


def layer_at(layers: tuple[LayerShown, ...], place: str) -> LayerShown | None:
    """The layer at a place; None when there is none."""
    found: LayerShown | None = None
    for number in map(int, place.split(".")):
        if number >= len(layers):
            return None
        found = layers[number]
        layers = found.children
    return found
