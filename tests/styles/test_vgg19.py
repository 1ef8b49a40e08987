"""The reference engine as a piece uses it, from a file of weights that is there, missing or wrong."""

from pathlib import Path

import numpy as np
import pytest

from composer.errors import InputError, MissingWeights
from composer.neural.controls import Controls
from composer.operation import PlainBench, StyleImage, StyleSet
from composer.pixels.raster import Raster
from composer.registry import find
from composer.styles.vgg19 import vgg19

from ..narrow_vgg import write_narrow_vgg
from .loading import loads_torch


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the weights are looked for; nothing is there."""
    monkeypatch.setenv("COMPOSER_WEIGHTS", str(tmp_path))
    return tmp_path / "vgg19.safetensors"


@pytest.fixture
def narrow(file: Path) -> Path:
    write_narrow_vgg(file)
    return file


def listed(name: str) -> str:
    """The engine's ingredient of that name."""
    needs = find("style", "vgg19").needs
    assert needs.weights is not None
    return needs.weights(Controls())[name]


def painted(content: Raster, styles: StyleSet, **params: float | str) -> Raster:
    return vgg19(content, styles, Controls.model_validate({"quality": "draft", **params}), PlainBench())


def test_planning_loads_no_torch() -> None:
    assert not loads_torch("vgg19")


def test_a_plan_tells_of_missing_weights(file: Path) -> None:
    with pytest.raises(MissingWeights, match='"vgg19" are not on this machine') as caught:
        listed("vgg19")
    assert "composer models fetch vgg19" in caught.value.hint
    assert str(file) in caught.value.hint


def test_other_weights_are_another_ingredient(narrow: Path) -> None:
    before = listed("vgg19")
    narrow.write_bytes(narrow.read_bytes() + b" ")
    assert listed("vgg19") != before


@pytest.mark.usefixtures("narrow")
def test_more_strength_moves_the_picture_further(content: Raster, styles: StyleSet) -> None:
    off = [
        float(np.abs(painted(content, styles, strength=strength).pixels.astype(int) - content.pixels).mean())
        for strength in (0.0, 0.3, 0.9)
    ]
    assert off[0] < 1
    assert off[0] < off[1] < off[2]
    assert off[2] > 10


@pytest.mark.usefixtures("narrow")
def test_it_takes_over_the_styles_palette(content: Raster, styles: StyleSet) -> None:
    wanted = styles.images[0].raster.to_float()[..., :3].mean((0, 1))
    before, after = (
        np.abs(picture.to_float()[..., :3].mean((0, 1)) - wanted).mean()
        for picture in (content, painted(content, styles, strength=0.9))
    )
    assert after < 0.85 * before


@pytest.mark.usefixtures("narrow")
def test_the_content_in_its_own_style_stays_what_it_is(content: Raster) -> None:
    itself = StyleSet((StyleImage(content),), seed=3, canvas_long_side=96)
    error = (painted(content, itself).to_float() - content.to_float())[..., :3]
    assert (error**2).mean() < 1e-3, "30 dB"


@pytest.mark.usefixtures("narrow")
def test_the_same_call_gives_the_same_bytes(content: Raster, styles: StyleSet) -> None:
    first, second = (painted(content, styles).pixels for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_a_file_of_something_else_is_told_before_anything_is_painted(
    file: Path, content: Raster, styles: StyleSet
) -> None:
    file.write_bytes(b"not tensors")
    with pytest.raises(InputError, match=r"vgg19\.safetensors does not hold VGG-19"):
        painted(content, styles)
