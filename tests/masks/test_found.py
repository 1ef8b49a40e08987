"""Masks of colourfulness, edges, lost detail, noise and other layers, as an artist meets them."""

import numpy as np
import pytest
from pydantic import ValidationError

from composer import registry
from composer.operation import References
from composer.pixels.raster import Array, Mask, Raster

NOTHING = References()


def run(name: str, image: Raster, given: References = NOTHING, **knobs: object) -> Mask:
    extension = registry.find("mask", name)
    params = extension.params.model_validate(knobs)
    mask = extension.function(image, params, *([given] if extension.is_given else []))
    assert isinstance(mask, Mask)
    return mask


def picture(rgb: Array, depth: int = 8, alpha: float = 1.0) -> Raster:
    return Raster.from_float(np.dstack((rgb, np.full(rgb.shape[:2], alpha))), depth)


def halves(left: tuple[float, float, float], right: tuple[float, float, float]) -> Raster:
    rgb = np.empty((60, 80, 3))
    rgb[:, :40], rgb[:, 40:] = left, right
    return picture(rgb)


def test_saturation_tells_vivid_from_grey() -> None:
    row = picture(np.array([[(1, 0, 0), (0.5, 0.5, 0.5), (0.02, 0, 0), (1, 0, 1)]]))
    assert run("saturation", row).to_float()[0].tolist() == [1, 0, 0, 1]
    assert run("saturation", row, measure="hsb", low=0.9).to_float()[0].tolist() == [1, 0, 1, 1]
    assert run("saturation", row, low=0, high=0.05, softness=0).to_float()[0].tolist() == [0, 1, 0, 0]


def test_saturation_low_above_high_is_a_mistake() -> None:
    with pytest.raises(ValidationError, match="more saturated than high"):
        run("saturation", halves((0, 0, 0), (1, 1, 1)), low=0.9, high=0.1)


@pytest.mark.parametrize("radius", [0, 2, 6])
def test_an_edge_measures_its_contrast_at_every_radius(radius: float) -> None:
    black_white = halves((0, 0, 0), (1, 1, 1))
    assert run("edges", black_white, radius=radius, threshold=0.9).values[30, 39:41].min() == 255
    quiet = halves((0.5, 0.5, 0.5), (0.55, 0.55, 0.55))
    assert not run("edges", quiet, radius=radius).values.any()


def test_edges_between_colours_of_one_lightness_count() -> None:
    mask = run("edges", halves((0.9, 0.35, 0.35), (0.2, 0.62, 0.3)), radius=2)
    assert mask.values[30, 40] == 255
    assert not mask.values[:, :25].any()


def test_the_outline_of_a_layer_is_no_edge_and_hidden_colours_are_none() -> None:
    pixels = np.full((60, 80, 4), 128, np.uint8)
    pixels[:, 40:] = (255, 0, 0, 0)
    assert not run("edges", Raster(pixels)).values.any()


def detailed(depth: int = 8) -> Raster:
    """A soft ramp with a fine checker in one corner and faint stripes in another."""
    y, x = np.mgrid[0:160, 0:200].astype(np.float32)
    grey = 0.3 + 0.3 * x / 200
    checker = (x < 40) & (y < 40)
    grey[checker] += 0.3 * (((x // 2 + y // 2) % 2) - 0.5)[checker]
    stripes = (x > 150) & (y > 110)
    grey[stripes] += 0.1 * ((x // 2 % 2) - 0.5)[stripes]
    return picture(np.dstack((grey, grey, grey)), depth)


@pytest.mark.parametrize("depth", [8, 16])
@pytest.mark.parametrize("area", [0.02, 0.05, 0.1])
def test_lost_details_come_back_strongest_first_within_the_area(area: float, depth: int) -> None:
    mask = run("detail_loss", detailed(depth), area=area, radius=2)
    shown = mask.to_float()
    assert mask.depth == depth
    assert shown.mean() <= area * 1.02
    assert shown[10:30, 10:30].mean() > 0.3
    assert shown[:100, 80:].max() < 0.05, "nothing was lost on the ramp"


def test_the_whole_area_is_used_where_there_is_detail_enough() -> None:
    noise = np.random.default_rng(5).uniform(0, 1, (100, 120, 3))
    assert run("detail_loss", picture(noise), area=0.2).to_float().mean() == pytest.approx(0.2, abs=0.01)


def test_details_are_those_that_the_named_base_lost() -> None:
    photo = detailed()
    assert not run("detail_loss", photo, References({"base": photo}), base="photo").values.any()
    blank = photo.to_float()
    blank[110:, 150:, :3] = blank[110:, 150:, :3].mean(axis=(0, 1))
    stripes_lost = References({"base": Raster.from_float(blank)})
    shown = run("detail_loss", photo, stripes_lost, base="painted", area=0.05, radius=2).to_float()
    assert shown[115:, 155:].mean() > 0.5
    assert shown[:60, :60].max() < 0.02


def test_emphasis_spends_the_area_where_it_shows() -> None:
    there = np.zeros((160, 200))
    there[100:, 140:] = 1
    given = References(masks={"emphasis": Mask.from_float(there)})
    shown = run("detail_loss", detailed(), given, emphasis="there", area=0.05, radius=2).to_float()
    assert shown[115:, 155:].mean() > 0.5
    assert not shown[:60, :60].any()


@pytest.mark.parametrize("amount", [0.0, 0.1, 0.5, 0.9, 1.0])
@pytest.mark.parametrize("softness", [0, 0.3, 1])
def test_noise_shows_as_much_as_asked(amount: float, softness: float) -> None:
    canvas = Raster(np.zeros((600, 800, 4), np.uint8))
    shown = run("noise", canvas, size=20, amount=amount, softness=softness).to_float()
    assert shown.mean() == pytest.approx(amount, abs=0.03)


def test_noise_is_another_with_another_seed_and_the_same_with_the_same() -> None:
    canvas = Raster(np.zeros((200, 200, 4), np.uint8))
    one, two = (run("noise", canvas, seed=seed).to_float() for seed in (1, 2))
    assert abs(np.corrcoef(one.ravel(), two.ravel())[0, 1]) < 0.4
    assert np.array_equal(one, run("noise", canvas, seed=1).to_float())


def test_noise_lies_on_the_canvas_and_not_in_its_frame() -> None:
    large, small = (Raster(np.zeros((n, n, 4), np.uint8)) for n in (300, 100))
    assert np.array_equal(run("noise", large).values[:100, :100], run("noise", small).values)


def test_grain_turns_grey_in_a_draft_instead_of_flickering() -> None:
    canvas = Raster(np.zeros((100, 100, 4), np.uint8))
    final, draft = (run("noise", canvas, size=size, octaves=1).to_float() for size in (4, 0.5))
    assert draft.std() < 0.5 * final.std()
    assert draft.mean() == pytest.approx(0.5, abs=0.02)


def test_layer_is_where_the_other_layer_is() -> None:
    alpha = np.arange(12, dtype=np.uint16).reshape(3, 4) * 5000
    pixels = np.dstack((np.zeros((3, 4, 3), np.uint16), alpha))
    assert np.array_equal(run("layer", Raster(pixels)).values, alpha)


@pytest.mark.parametrize("name", ["saturation", "edges", "detail_loss", "noise", "layer"])
@pytest.mark.parametrize("shape", [(0, 0), (1, 1), (1, 9), (5, 2)])
@pytest.mark.parametrize("alpha", [0, 255])
def test_the_smallest_layers_are_masked(name: str, shape: tuple[int, int], alpha: int) -> None:
    pixels = np.full((*shape, 4), 200, np.uint8)
    pixels[..., 3] = alpha
    assert run(name, Raster(pixels)).values.shape == shape
