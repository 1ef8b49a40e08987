"""Trying: runs a filter as a build would, on small pictures made here."""

import numpy as np

from composer import registry
from composer.operation import References
from composer.pixels.raster import Array, Mask, Raster


def run(name: str, image: Raster, given: References | None = None, **knobs: object) -> Raster:
    """The filter of that name; `given` are the layers and masks that its knobs name."""
    extension = registry.find("filter", name)
    params = extension.params.model_validate(knobs)
    arguments = (image, params, given or References()) if extension.is_given else (image, params)
    result = extension.function(*arguments)
    assert isinstance(result, Raster)
    return result


def raster(rgb: Array, depth: int = 8, alpha: Array | float = 1.0) -> Raster:
    opacity = np.broadcast_to(np.asarray(alpha, np.float32), rgb.shape[:2])
    return Raster.from_float(np.dstack((rgb, opacity)), depth)


def flat(color: tuple[float, float, float], depth: int = 8, size: int = 64) -> Raster:
    return raster(np.full((size, size, 3), color, np.float32), depth)


def mask(values: Array) -> Mask:
    return Mask.from_float(np.asarray(values, np.float32), 16)


def blobs(seed: int, mean: tuple[float, float, float], spread: float = 0.1, size: int = 128) -> Array:
    """Soft many-coloured shapes, as of a photograph: (size, size, 3) about `mean`."""
    rng = np.random.default_rng(seed)
    coarse = rng.normal(0, 1, (size // 16, size // 16, 3))
    wide = np.kron(coarse, np.ones((16, 16, 1)))
    for axis in (0, 1):
        wide = sum(np.roll(wide, shift, axis) for shift in range(-8, 9)) / 17
    wide = wide / wide.std()
    return np.clip(np.asarray(mean) + spread * wide, 0, 1).astype(np.float32)


def bare_edges() -> tuple[Raster, ...]:
    """What a filter may meet besides pictures: nothing, nothing visible, a pixel, a layer off the corner."""
    return (
        Raster(np.zeros((0, 0, 4), np.uint8)),
        Raster(np.zeros((9, 7, 4), np.uint8)),
        Raster(np.full((1, 1, 4), 200, np.uint16)),
        Raster(np.full((5, 3, 4), 200, np.uint8), 4, 2),
    )
