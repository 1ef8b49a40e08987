"""The default style engine as a piece uses it: its parameters, what they do, and plans without torch."""

import subprocess
import sys
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pytest
from pydantic import ValidationError

from composer.operation import StyleImage, StyleSet
from composer.pixels.raster import Raster
from composer.registry import find
from composer.styles.moments import MomentsParams, moments


@dataclass
class QuietBench:
    """One CPU thread, nobody listening."""

    device: str = "cpu"
    threads: int = 1

    def step(self, done: int, total: int) -> None:
        assert 0 <= done <= total


def waves(width: int, height: int, period: float, colour: tuple[float, float, float], seed: int) -> Raster:
    """Broad or fine waves between black and a colour, with a little noise."""
    y, x = np.mgrid[:height, :width]
    value = 0.5 + 0.4 * np.sin((x + 0.7 * y) / period) * np.cos((y - 0.4 * x) / period)
    noise = np.random.default_rng(seed).uniform(0, 0.1, (height, width, 1))
    rgb = value[..., None] * np.array(colour) + noise
    return Raster.from_float(np.concatenate([rgb, np.ones_like(noise)], axis=2).astype(np.float32))


@pytest.fixture(scope="module")
def content() -> Raster:
    return waves(96, 72, 12.0, (0.4, 0.7, 0.9), 1)


@pytest.fixture(scope="module")
def styles() -> StyleSet:
    return StyleSet((StyleImage(waves(80, 80, 2.5, (1.0, 0.5, 0.1), 2)),), seed=3, canvas_long_side=96)


def moved(content: Raster, styles: StyleSet, **params: float | str) -> float:
    """How far a draft with these parameters moves the content's pixels, on average, 0…255."""
    draft = MomentsParams.model_validate({"quality": "draft", **params})
    painted = moments(content, styles, draft, QuietBench())
    return float(np.abs(painted.pixels.astype(int) - content.pixels).mean())


def test_planning_loads_no_torch() -> None:
    find_it = "from composer.registry import find; find('style', 'moments')"
    code = f"import sys; {find_it}; print('torch' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "False"


def test_its_weights_are_an_ingredient_of_the_key() -> None:
    needs = find("style", "moments").needs
    assert needs.device
    assert needs.weights is not None
    assert len(needs.weights(MomentsParams())["encoder"]) == 64


@pytest.mark.parametrize("wrong", [{"strength": 1.2}, {"structure": -0.1}, {"color": "grey"}, {"speed": 3}])
def test_values_out_of_range_and_unknown_keys_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValidationError):
        MomentsParams.model_validate(wrong)


def test_strength_nothing_returns_nearly_the_content(content: Raster, styles: StyleSet) -> None:
    assert moved(content, styles, strength=0.0) < 1.0


def test_more_strength_moves_the_picture_further(content: Raster, styles: StyleSet) -> None:
    steps = [moved(content, styles, strength=strength) for strength in (0.0, 0.2, 0.5, 0.8, 1.0)]
    assert all(low < high for low, high in pairwise(steps))
    assert steps[-1] > 10


def test_the_content_in_its_own_style_stays_what_it_is(content: Raster) -> None:
    itself = StyleSet((StyleImage(content),), seed=3, canvas_long_side=96)
    painted = moments(content, itself, MomentsParams(), QuietBench())
    error = (painted.to_float() - content.to_float())[..., :3]
    psnr = -10 * np.log10(float((error**2).mean()))
    assert psnr >= 30


def test_the_same_call_gives_the_same_bytes(content: Raster, styles: StyleSet) -> None:
    draft = MomentsParams(quality="draft")
    first, second = (moments(content, styles, draft, QuietBench()).pixels for _ in range(2))
    np.testing.assert_array_equal(first, second)
