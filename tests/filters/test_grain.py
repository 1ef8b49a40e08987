"""Grain: how it looks, where it lies, and that a draft shows the same."""

import numpy as np
import pytest
from pydantic import ValidationError

from composer import registry
from composer.operation import References
from composer.pixels.grain import estimate
from composer.pixels.raster import Array, Raster

from .trying import bare_edges, blobs, flat, raster, run

GREY = 32768 / 65535


def grey(value: float = GREY, size: int = 256) -> Raster:
    return flat((value, value, value), 16, size)


def levels(image: Raster) -> Array:
    values: Array = image.to_float()[..., :3] * 255
    return values


@pytest.mark.parametrize("size", [0.5, 1.5, 4.0])
def test_amount_is_the_deviation_in_levels_whatever_the_size(size: float) -> None:
    result = levels(run("grain", grey(size=400), amount=6, size=size))
    assert result.std(axis=(0, 1)) == pytest.approx(6, rel=0.06)
    assert result.mean(axis=(0, 1)) == pytest.approx(GREY * 255, abs=0.1 * size**0.5 + 0.05)


def test_size_is_how_wide_a_grain_is() -> None:
    def likeness(size: float) -> float:
        values = levels(run("grain", grey(), size=size))[..., 1]
        return float(np.corrcoef(values[:, :-2].ravel(), values[:, 2:].ravel())[0, 1])

    assert abs(likeness(0.5)) < 0.05
    assert likeness(0.5) < likeness(2) < likeness(6)


def test_a_draft_shows_the_same_grain() -> None:
    """At a quarter of the size, each pixel shows the mean of the sixteen it stands for."""
    whole = registry.find("filter", "grain")
    params = whole.params.model_validate({"amount": 6, "size": 2})
    full = levels(whole.function(grey(), params, References()))
    draft = levels(whole.function(grey(size=64), params.scaled(0.25), References()))
    assert np.abs(draft - full.reshape(64, 4, 64, 4, 3).mean(axis=(1, 3))).max() < 0.05


def test_the_pattern_belongs_to_the_canvas() -> None:
    canvas = run("grain", grey())
    part = Raster(grey().pixels[:70, :50], 101, 33)
    assert np.array_equal(run("grain", part).pixels, canvas.pixels[33:103, 101:151])


def test_another_seed_is_another_pattern() -> None:
    one, again, other = (levels(run("grain", grey(), seed=seed)).ravel() for seed in (0, 0, 1))
    assert np.array_equal(one, again)
    assert abs(np.corrcoef(one, other)[0, 1]) < 0.05


def test_colour_grain_differs_by_channel() -> None:
    black_and_white, colorful = (levels(run("grain", grey(), color=color)) for color in (0, 1))
    assert np.ptp(black_and_white, axis=2).max() < 0.01
    assert abs(np.corrcoef(colorful[..., 0].ravel(), colorful[..., 1].ravel())[0, 1]) < 0.05
    assert np.corrcoef(*levels(run("grain", grey(), color=0.3))[..., :2].reshape(-1, 2).T)[0, 1] > 0.5


def test_midtones_have_the_most() -> None:
    dark, middle, light = (levels(run("grain", grey(v), midtones=1)).std() for v in (0.06, 0.5, 0.94))
    assert max(dark, light) < 0.4 * middle
    even = [levels(run("grain", grey(v), midtones=0)).std() for v in (0.3, 0.7)]
    assert even[0] == pytest.approx(even[1], rel=0.02)


def test_like_adds_only_what_is_lacking() -> None:
    photo = raster(blobs(1, (0.5, 0.5, 0.5), size=384), 16)
    coarse = run("grain", photo, amount=8, size=0.5, color=0, midtones=0)
    given = References(rasters={"like": coarse})
    for begin in (0, 4):
        start = run("grain", photo, amount=begin, size=0.5, color=0, midtones=0, seed=3)
        result = run("grain", start, given, like="coarse", size=0.5, color=0, midtones=0, seed=5)
        assert estimate(result).luminance == pytest.approx(estimate(coarse).luminance, rel=0.1)
    assert np.array_equal(
        run("grain", coarse, References(rasters={"like": photo}), like="a").pixels, coarse.pixels
    )


def test_alpha_stays_and_bare_layers_come_back() -> None:
    alpha = np.linspace(0, 1, 64, dtype=np.float32)[None].repeat(64, 0)
    faded = raster(np.full((64, 64, 3), 0.5, np.float32), 8, alpha)
    assert np.array_equal(run("grain", faded).pixels[..., 3], faded.pixels[..., 3])
    for image in bare_edges():
        assert run("grain", image).pixels.shape == image.pixels.shape


def test_an_amount_and_a_likeness_are_a_mistake() -> None:
    with pytest.raises(ValidationError, match="not both"):
        run("grain", grey(), amount=3, like="photo")
