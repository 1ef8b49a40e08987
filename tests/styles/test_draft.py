"""The quick engine as a piece uses it: it needs no weights, and takes over palette and grain."""

from pathlib import Path

import numpy as np
import pytest

from composer.neural.controls import Controls
from composer.operation import PlainBench, StyleImage, StyleSet
from composer.pixels.raster import Raster
from composer.registry import find
from composer.styles.draft import draft

from .loading import loads_torch


def painted(content: Raster, styles: StyleSet, **params: float | str) -> Raster:
    return draft(content, styles, Controls.model_validate(params), PlainBench())


def test_planning_loads_no_torch() -> None:
    assert not loads_torch("draft")


def test_it_works_where_nothing_was_fetched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: Raster, styles: StyleSet
) -> None:
    monkeypatch.setenv("COMPOSER_WEIGHTS", str(tmp_path))
    assert find("style", "draft").needs.weights is None
    assert painted(content, styles).bounds == content.bounds


def test_it_takes_over_the_styles_palette(content: Raster, styles: StyleSet) -> None:
    wanted = styles.images[0].raster.to_float()[..., :3].mean((0, 1))
    before, after = (
        np.abs(picture.to_float()[..., :3].mean((0, 1)) - wanted).mean()
        for picture in (content, painted(content, styles))
    )
    assert after < 0.75 * before


def test_it_takes_over_the_styles_grain(content: Raster, styles: StyleSet) -> None:
    def roughness(picture: Raster) -> float:
        grey = picture.to_float()[..., :3].mean(2)
        return float(np.abs(np.diff(grey, axis=1)).mean())

    fine, broad = roughness(styles.images[0].raster), roughness(content)
    assert abs(roughness(painted(content, styles)) - fine) < (fine - broad) / 2


def test_the_content_in_its_own_style_stays_what_it_is(content: Raster) -> None:
    itself = StyleSet((StyleImage(content),), seed=3, canvas_long_side=96)
    error = (painted(content, itself).to_float() - content.to_float())[..., :3]
    assert (error**2).mean() < 1e-3, "30 dB"


def test_the_same_call_gives_the_same_bytes(content: Raster, styles: StyleSet) -> None:
    first, second = (painted(content, styles).pixels for _ in range(2))
    np.testing.assert_array_equal(first, second)
