"""What a photograph is read as, in doubles: for tests that compare it with a reference."""

from pathlib import Path

import numpy as np

from composer.pixels.photograph import read_photograph

LEVEL = 1 / 255


def levels(path: Path) -> np.ndarray:
    """(H, W, 4) 0…1."""
    raster = read_photograph(path, path.name)
    return raster.pixels / np.float64((1 << raster.depth) - 1)


def inks(nodes: np.ndarray) -> np.ndarray:
    """L*, a*, b* of overprints: black covers all, the others darken and tint."""
    c, m, y, k = nodes.T
    return np.stack(
        [(100 - 20 * c - 30 * m - 5 * y) * (1 - k), (30 * m - 15 * c) * (1 - k), (40 * y - 30 * c) * (1 - k)],
        axis=1,
    )
