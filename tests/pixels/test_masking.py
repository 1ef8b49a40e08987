"""What a mask does to a raster."""

import numpy as np
import pytest

from composer.pixels.masking import cut_out, fade
from composer.pixels.raster import Mask, Raster


def flat(color: tuple[int, ...], depth: int = 8) -> Raster:
    scale = 257 if depth == 16 else 1
    pixels = np.full((4, 6, 4), color, np.uint16 if depth == 16 else np.uint8) * np.uint8(1)
    return Raster((pixels * scale).astype(np.uint16 if depth == 16 else np.uint8), left=2, top=1)


def half(shown: int = 255) -> Mask:
    """A canvas of 10 × 6, shown on its right half from column 5 on."""
    values = np.zeros((6, 10), np.uint8)
    values[:, 5:] = shown
    return Mask(values)


def test_a_cut_out_keeps_its_hidden_colours() -> None:
    cut = cut_out(flat((10, 20, 30, 200)), half())
    assert cut.pixels[0, 0].tolist() == [10, 20, 30, 0]
    assert cut.pixels[0, 5].tolist() == [10, 20, 30, 200]


def test_a_fade_is_exact_at_both_ends() -> None:
    before, after = flat((10, 20, 30, 255)), flat((200, 100, 50, 255))
    faded = fade(before, after, half(), 1.0)
    assert np.array_equal(faded.pixels[:, :3], before.pixels[:, :3])
    assert np.array_equal(faded.pixels[:, 3:], after.pixels[:, 3:])


@pytest.mark.parametrize("depth", [8, 16])
def test_a_fade_mixes_by_mask_and_opacity(depth: int) -> None:
    faded = fade(flat((0, 0, 0, 255), depth), flat((200, 100, 40, 255), depth), half(), 0.5)
    unit = 257 if depth == 16 else 1
    assert faded.depth == depth
    assert faded.pixels[0, 4].tolist() == [100 * unit, 50 * unit, 20 * unit, 255 * unit]


def test_a_fade_to_transparency_keeps_the_colour_that_is_seen() -> None:
    faded = fade(flat((10, 20, 30, 255)), flat((255, 0, 255, 0)), None, 0.5)
    assert faded.pixels[0, 0].tolist() == [10, 20, 30, 128]
