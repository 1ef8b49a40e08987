"""A picture in 16 bits is masked as the same picture in 8 bits is."""

import cv2
import numpy as np
import pytest
import skimage

from composer import registry
from composer.operation import References
from composer.pixels.raster import Array, Mask, Raster, in_eight_bits
from composer.pixels.refine import refine

ROUNDING = 1.01 / 255
OF_ALL = 1e-4
"""The share of the pixels that may differ by more: where a sum of floats tips over at an edge."""


def photograph() -> Raster:
    """A portrait, large enough to be looked at in a smaller copy, with a soft side."""
    rgb = cv2.resize(skimage.data.astronaut(), (970, 560), interpolation=cv2.INTER_CUBIC)
    alpha = np.clip(np.arange(970) * 2, 0, 255).astype(np.uint8)
    return Raster(np.dstack((rgb, np.broadcast_to(alpha, rgb.shape[:2]))))


def masked(name: str, image: Raster) -> Mask:
    extension = registry.find("mask", name)
    asked = {field for field in extension.references if extension.params.model_fields[field].is_required()}
    params = extension.params.model_validate(dict.fromkeys(asked, "it"))
    given = [References(dict.fromkeys(asked, image))] if extension.is_given else []
    mask = extension.function(image, params, *given)
    assert isinstance(mask, Mask)
    return mask


def differing(a: Mask, b: Mask) -> float:
    """The share of the pixels that differ by more than rounding."""
    return float((np.abs(a.to_float() - b.to_float()) > ROUNDING).mean())


@pytest.mark.parametrize("name", registry.names("mask"))
def test_a_mask_is_the_same_in_either_depth(name: str) -> None:
    shallow, deep = (masked(name, photograph().promoted(depth)) for depth in (8, 16))
    assert deep.depth == 16
    assert deep.confidence == shallow.confidence
    assert differing(shallow, deep) <= OF_ALL


def test_so_is_an_edge_that_is_refined_on_a_smaller_copy() -> None:
    photo, oval = photograph(), np.zeros((560, 970), np.uint8)
    cv2.ellipse(oval, (430, 300), (250, 250), 0, 0, 360, 255, -1)
    shallow, deep = (
        refine(Mask(oval).promoted(depth), photo.promoted(depth), "guided", 20) for depth in (8, 16)
    )
    assert differing(shallow, deep) <= OF_ALL


def test_eight_bits_are_the_nearest_to_sixteen() -> None:
    every: Array = np.arange(65536, dtype=np.uint16)
    assert np.array_equal(in_eight_bits(every), np.rint(every / 257).astype(np.uint8))
