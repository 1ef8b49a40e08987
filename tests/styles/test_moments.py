"""The default style engine as a piece uses it: its parameters, what they do, and plans without torch."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from pydantic import ValidationError
from scipy.ndimage import gaussian_filter

from composer.neural.controls import Controls
from composer.operation import Parent, PlainBench, Precision, StyleImage, StyleSet
from composer.pixels.raster import Mask, Raster
from composer.registry import find
from composer.styles.moments import moments

from .loading import loads_torch


def painted(content: Raster, styles: StyleSet, **params: float | str) -> Raster:
    """A draft with these parameters."""
    return moments(content, styles, Controls.model_validate({"quality": "draft", **params}), PlainBench())


def moved(content: Raster, result: Raster) -> float:
    """How far the content's pixels moved, on average, 0…255."""
    return float(np.abs(result.pixels.astype(int) - content.pixels).mean())


def test_planning_loads_no_torch() -> None:
    assert not loads_torch("moments")


def test_its_weights_are_an_ingredient_of_the_key() -> None:
    needs = find("style", "moments").needs
    assert needs.device
    assert needs.weights is not None
    assert len(needs.weights(Controls())["encoder"]) == 64


@pytest.mark.parametrize("wrong", [{"strength": 1.2}, {"structure": -0.1}, {"color": "grey"}, {"speed": 3}])
def test_values_out_of_range_and_unknown_keys_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValidationError):
        Controls.model_validate(wrong)


def test_every_control_says_what_it_does() -> None:
    assert all(field.description for field in Controls.model_fields.values())


def test_strength_nothing_returns_nearly_the_content(content: Raster, styles: StyleSet) -> None:
    assert moved(content, painted(content, styles, strength=0.0)) < 1.0


def test_more_strength_moves_the_picture_further(content: Raster, styles: StyleSet) -> None:
    steps = [
        moved(content, painted(content, styles, strength=strength)) for strength in (0.0, 0.2, 0.5, 0.8, 1.0)
    ]
    assert all(low < high for low, high in pairwise(steps))
    assert steps[-1] > 10


def test_more_structure_keeps_more_of_the_layout(content: Raster, styles: StyleSet) -> None:
    """Judged by the lightness of patches of 8 × 8 pixels, as far as they are alike up to contrast."""

    def layout(raster: Raster) -> np.ndarray:
        grey = raster.to_float()[..., :3].mean(2)
        return grey.reshape(9, 8, 12, 8).mean((1, 3)).ravel()

    kept = [
        np.corrcoef(layout(content), layout(painted(content, styles, structure=structure, strength=1.0)))[
            0, 1
        ]
        for structure in (0.0, 1.0)
    ]
    assert kept[0] < kept[1]


@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_the_content_in_its_own_style_stays_what_it_is(content: Raster, precision: Precision) -> None:
    itself = StyleSet((StyleImage(content),), seed=3, canvas_long_side=96)
    result = moments(content, itself, Controls(), PlainBench(precision=precision))
    error = (result.to_float() - content.to_float())[..., :3]
    assert (error**2).mean() <= 1e-3, "30 dB"


@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_the_same_call_gives_the_same_bytes(content: Raster, styles: StyleSet, precision: Precision) -> None:
    bench, draft = PlainBench(precision=precision), Controls(quality="draft")
    first, second = (moments(content, styles, draft, bench).pixels for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_an_edit_is_patched(content: Raster, styles: StyleSet) -> None:
    before = painted(content, styles)
    pixels, dirty = content.pixels.copy(), np.zeros((72, 96), np.uint8)
    pixels[:20, :20, :3] = 255 - pixels[:20, :20, :3]
    dirty[:20, :20] = 255
    parent = Parent(content, before, Mask(dirty))
    after = painted(content.with_pixels(pixels), replace(styles, parent=parent))
    changed = (after.pixels != before.pixels).any(2)
    assert changed[:20, :20].mean() > 0.9
    assert not changed[60:].any()
    assert not changed[:, 60:].any()


def test_strokes_of_one_hue_get_no_rims_of_others() -> None:
    """A grey wall in ridges of light and dark brown: its colours change by far less than its light does."""
    y, x = np.mgrid[:128, :128]
    ridges = 0.25 * np.sin(0.9 * (y + 0.6 * x + 6 * np.sin(x / 9)))[..., None]
    wall = np.full((128, 128, 3), (0.75, 0.8, 0.85)) - 0.15 * (y / 128)[..., None]
    wall[70:, :40] = (0.2, 0.3, 0.25)
    photo, style = (
        Raster.from_float(np.dstack([rgb, np.ones((128, 128))]).astype(np.float32))
        for rgb in (wall, np.array([0.6, 0.45, 0.3]) + ridges)
    )
    styles = StyleSet((StyleImage(style),), seed=1, canvas_long_side=128)
    result = moments(photo, styles, Controls(strength=0.85), PlainBench())
    assert hues_to_light(style) < 0.01
    assert hues_to_light(result) < 0.12


def hues_to_light(picture: Raster) -> float:
    """By how much colours change within some pixels over by how much light does, both as a median."""
    rgb = picture.to_float()[..., :3]
    detail = rgb - gaussian_filter(rgb, (3, 3, 0))
    light = detail.mean(axis=2, keepdims=True)
    hues = np.sqrt(((detail - light) ** 2).sum(axis=2))
    return float(np.median(hues) / np.median(np.abs(light) * 3**0.5))
