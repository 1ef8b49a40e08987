"""Blend modes against the formulas of their specifications, written again here, one pixel at a time."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from composer.registry import find_blend, names

Color = tuple[float, float, float]


def hard_light(cb: float, cs: float) -> float:
    return 2 * cb * cs if cs <= 0.5 else cb + (2 * cs - 1) - cb * (2 * cs - 1)


def soft_light(cb: float, cs: float) -> float:
    if cs <= 0.5:
        return cb - (1 - 2 * cs) * cb * (1 - cb)
    d = ((16 * cb - 12) * cb + 4) * cb if cb <= 0.25 else math.sqrt(cb)
    return cb + (2 * cs - 1) * (d - cb)


def color_dodge(cb: float, cs: float) -> float:
    if cb == 0:
        return 0.0
    return 1.0 if cs == 1 else min(1.0, cb / (1 - cs))


def color_burn(cb: float, cs: float) -> float:
    if cb == 1:
        return 1.0
    return 0.0 if cs == 0 else 1 - min(1.0, (1 - cb) / cs)


def vivid_light(cb: float, cs: float) -> float:
    if cs in (0.0, 1.0):
        return cs
    return max(0.0, 1 - (1 - cb) / (2 * cs)) if cs <= 0.5 else min(1.0, cb / (2 - 2 * cs))


def divide(cb: float, cs: float) -> float:
    if cs == 0:
        return 0.0 if cb == 0 else 1.0
    return min(1.0, cb / cs)


SEPARABLE: dict[str, Callable[[float, float], float]] = {
    "normal": lambda _, cs: cs,
    "darken": min,
    "multiply": lambda cb, cs: cb * cs,
    "color_burn": color_burn,
    "linear_burn": lambda cb, cs: max(0.0, cb + cs - 1),
    "lighten": max,
    "screen": lambda cb, cs: 1 - (1 - cb) * (1 - cs),
    "color_dodge": color_dodge,
    "linear_dodge": lambda cb, cs: min(1.0, cb + cs),
    "overlay": lambda cb, cs: hard_light(cs, cb),
    "soft_light": soft_light,
    "hard_light": hard_light,
    "vivid_light": vivid_light,
    "linear_light": lambda cb, cs: min(1.0, max(0.0, cb + 2 * cs - 1)),
    "pin_light": lambda cb, cs: min(cb, 2 * cs) if cs <= 0.5 else max(cb, 2 * cs - 1),
    "difference": lambda cb, cs: abs(cb - cs),
    "exclusion": lambda cb, cs: cb + cs - 2 * cb * cs,
    "subtract": lambda cb, cs: max(0.0, cb - cs),
    "divide": divide,
}


def lum(c: Color) -> float:
    return 0.3 * c[0] + 0.59 * c[1] + 0.11 * c[2]


def sat(c: Color) -> float:
    return max(c) - min(c)


def set_lum(c: Color, y: float) -> Color:
    shifted = [channel + y - lum(c) for channel in c]
    low, high = min(shifted), max(shifted)
    if low < 0:
        shifted = [y + (channel - y) * y / (y - low) for channel in shifted]
    if high > 1:
        shifted = [y + (channel - y) * (1 - y) / (high - y) for channel in shifted]
    return shifted[0], shifted[1], shifted[2]


def set_sat(c: Color, s: float) -> Color:
    """The specification's way: sort the channels, then set each."""
    lowest, middle, highest = sorted(range(3), key=lambda i: c[i])
    result = [0.0, 0.0, 0.0]
    if c[highest] > c[lowest]:
        result[middle] = (c[middle] - c[lowest]) * s / (c[highest] - c[lowest])
        result[highest] = s
    return result[0], result[1], result[2]


WHOLE: dict[str, Callable[[Color, Color], Color]] = {
    "hue": lambda cb, cs: set_lum(set_sat(cs, sat(cb)), lum(cb)),
    "saturation": lambda cb, cs: set_lum(set_sat(cb, sat(cs)), lum(cb)),
    "color": lambda cb, cs: set_lum(cs, lum(cb)),
    "luminosity": lambda cb, cs: set_lum(cb, lum(cs)),
    "darker_color": lambda cb, cs: cs if lum(cs) < lum(cb) else cb,
    "lighter_color": lambda cb, cs: cs if lum(cs) > lum(cb) else cb,
}

LEVELS = st.integers(0, 255)
COLORS = st.tuples(LEVELS, LEVELS, LEVELS)


def blended(mode: str, *colors: np.ndarray) -> np.ndarray:
    return np.array(find_blend(mode).function(*colors), np.float32)


@pytest.mark.parametrize("mode", sorted(SEPARABLE))
def test_every_pair_of_levels_gives_the_value_of_the_formula(mode: str) -> None:
    levels = np.arange(256, dtype=np.float32) / 255
    cb, cs = (grid.ravel() for grid in np.meshgrid(levels, levels))
    wanted = [SEPARABLE[mode](b / 255, s / 255) for s in range(256) for b in range(256)]
    np.testing.assert_allclose(blended(mode, cb, cs), wanted, rtol=0, atol=5e-6)


@pytest.mark.parametrize("mode", sorted(WHOLE))
@given(backdrop=COLORS, source=COLORS)
@example(backdrop=(0, 0, 0), source=(255, 255, 255))
@example(backdrop=(255, 255, 255), source=(0, 0, 255))
@example(backdrop=(128, 128, 128), source=(128, 128, 128))
@example(backdrop=(0, 255, 0), source=(255, 0, 255))
def test_whole_colours_give_the_value_of_the_formula(mode: str, backdrop: Color, source: Color) -> None:
    cb = np.array(backdrop, np.float32) / 255
    cs = np.array(source, np.float32) / 255
    wanted = WHOLE[mode](tuple(c / 255 for c in backdrop), tuple(c / 255 for c in source))
    if mode.endswith("_color") and abs(lum(backdrop) - lum(source)) < 1e-3:
        wanted = tuple(cb)
    np.testing.assert_allclose(blended(mode, *cb, *cs), wanted, rtol=0, atol=2e-6)


def test_the_tests_know_every_mode_that_is_registered() -> None:
    assert {*SEPARABLE, *WHOLE, "hard_mix"} == set(names("blend"))


def test_hard_mix_leaves_nothing_but_black_and_white_and_decides_ties_by_the_backdrop() -> None:
    levels = np.arange(256, dtype=np.float32) / 255
    cb, cs = np.meshgrid(levels, levels)
    backdrop, source = np.meshgrid(np.arange(256), np.arange(256))
    total = backdrop + source
    white = (total > 255) | ((total == 255) & (backdrop > 127))
    np.testing.assert_array_equal(blended("hard_mix", cb, cs), white.astype(np.float32))


@pytest.mark.parametrize("mode", ["multiply", "darken", "color_burn", "linear_burn", "divide"])
def test_white_over_anything_changes_nothing(mode: str) -> None:
    cb = np.arange(256, dtype=np.float32) / 255
    np.testing.assert_allclose(blended(mode, cb, np.ones_like(cb)), cb, atol=1e-6)


@pytest.mark.parametrize(
    "mode", ["screen", "lighten", "color_dodge", "linear_dodge", "difference", "exclusion", "subtract"]
)
def test_black_over_anything_changes_nothing(mode: str) -> None:
    cb = np.arange(256, dtype=np.float32) / 255
    np.testing.assert_allclose(blended(mode, cb, np.zeros_like(cb)), cb, atol=1e-6)


@pytest.mark.parametrize("mode", ["difference", "subtract"])
def test_a_picture_over_itself_is_black(mode: str) -> None:
    cb = np.arange(256, dtype=np.float32) / 255
    assert not blended(mode, cb, cb).any()


@given(backdrop=COLORS, source=COLORS)
def test_luminosity_takes_the_luma_of_the_source_and_color_keeps_that_of_the_backdrop(
    backdrop: Color, source: Color
) -> None:
    cb, cs = np.array(backdrop, np.float32) / 255, np.array(source, np.float32) / 255
    assert lum(tuple(blended("luminosity", *cb, *cs))) == pytest.approx(lum(tuple(cs)), abs=1e-5)
    assert lum(tuple(blended("color", *cb, *cs))) == pytest.approx(lum(tuple(cb)), abs=1e-5)


@pytest.mark.parametrize("mode", names("blend"))
def test_results_stay_in_range_whatever_the_colours(mode: str) -> None:
    corners = np.array([0, 1e-8, 1e-6, 0.25, 0.5, 0.7, 1 - 1e-6, 1 - 6e-8, 1], np.float32)
    count = 2 if find_blend(mode).separable else 6
    axes = [grid.ravel() for grid in np.meshgrid(*[corners[:: 1 if count == 2 else 2]] * count)]
    result = blended(mode, *axes)
    assert np.isfinite(result).all()
    assert result.min() >= -1e-6
    assert result.max() <= 1 + 1e-6


def test_every_mode_has_a_key_of_its_own_for_psd_and_a_name_for_openraster() -> None:
    modes = [find_blend(name) for name in names("blend")]
    assert len({mode.psd for mode in modes}) == len(modes)
    assert len({mode.ora for mode in modes}) == len(modes)
    assert all(len(mode.psd) == 4 for mode in modes)
    assert all(mode.ora.startswith(("svg:", "krita:")) for mode in modes)


def test_psd_keys_are_those_psd_tools_reads() -> None:
    constants = pytest.importorskip("psd_tools.constants")
    for name in names("blend"):
        assert constants.BlendMode(find_blend(name).psd).name == name.upper()
