"""Place: where in a small picture the figure may be, must be and cannot be, before colours are looked at.

Knows which pixels are opaque, and the artist's hints. Without hints a figure stands about the middle and
the picture's frame is ground; a hint replaces that. No extension of its own.
"""

from dataclasses import dataclass

import numpy as np

from ..pixels.raster import Array, FloatArray
from ._hints import Hints, box_around
from ._saliency import barrier_range, border_of, centre_prior

_BOXED = (0.5, 0.5, 0.5, 0.5)  # middle x, y and σ x, y of a figure in a box that was drawn around it
_LEAST_GROUND = 0.02  # of the picture; less outside a box tells nothing of the ground


@dataclass(frozen=True, eq=False, slots=True)
class Place:
    """All (H, W): `opaque` bool, `possible` bool where the figure may be, `sure` bool where it is.

    `ground` bool: what is probably no figure, for its colours. `seeds` bool: where paths from the ground
    begin. `never` bool: what the artist said is no figure.
    """

    opaque: Array
    possible: Array
    sure: Array
    never: Array
    ground: Array
    seeds: Array

    @classmethod
    def of(cls, opaque: Array, hints: Hints) -> "Place":
        """What is known of a picture of that size; the hints are in its pixels."""
        height, width = opaque.shape
        possible = opaque & (hints.within(height, width) >= np.float32(0.5))
        never = hints.never(height, width)
        outside = opaque & ~possible
        framed = outside.sum() < _LEAST_GROUND * opaque.size
        ground = (border_of(height, width) if framed else outside) | never
        seeds = ~possible | never
        if framed:
            seeds[0] = seeds[:, 0] = seeds[:, -1] = True
        sure = hints.sure(height, width) & possible
        return cls(opaque, possible & ~never, sure, never, ground & ~sure, seeds & ~sure)

    def prior(self, lab: FloatArray) -> FloatArray:
        """(H, W) 0…1: how likely the figure is there, whatever the colours of the ground.

        With points: how much easier a path comes from them than from the ground.
        """
        if self.sure.any():
            from_figure, from_ground = (barrier_range(lab, seeds) for seeds in (self.sure, self.seeds))
            likely = from_ground / (from_figure + from_ground + np.float32(1e-6))
        else:
            likely = self._usual_place()
        return np.where(self.possible, likely, np.float32(0))

    def _usual_place(self) -> FloatArray:
        height, width = self.opaque.shape
        box = box_around(self.possible)
        if self.seeds[0].all() or box.is_empty:
            return centre_prior(height, width)
        likely = np.zeros((height, width), np.float32)
        likely[box.slices] = centre_prior(box.height, box.width, _BOXED)
        return likely
