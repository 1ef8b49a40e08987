"""File, luminance, colour range, gradient and shape masks, as an artist meets them."""

import numpy as np
import pytest
from pydantic import ValidationError

from composer import registry
from composer.pixels.raster import Array, Mask, Raster


def run(name: str, image: Raster, **knobs: object) -> Mask:
    extension = registry.find("mask", name)
    mask = extension.function(image, extension.params.model_validate(knobs))
    assert isinstance(mask, Mask)
    return mask


def canvas(width: int = 100, height: int = 60, depth: int = 8) -> Raster:
    return Raster.from_float(np.zeros((height, width, 4)), depth)


def shown(mask: Mask) -> float:
    """The area that is shown, in pixels."""
    return float(mask.to_float().sum())


def colors(*rgb: tuple[float, float, float], alpha: float = 1.0) -> Raster:
    pixels = np.array([[(*each, alpha) for each in rgb]], np.float32)
    return Raster.from_float(pixels)


def values(mask: Mask) -> list[float]:
    row: Array = mask.to_float()[0]
    return [round(float(value), 2) for value in row]


def test_file_takes_brightness_of_an_opaque_image() -> None:
    assert values(run("file", colors((0, 0, 0), (1, 1, 1), (1, 0, 0)))) == [0, 1, 0.3]


def test_file_takes_alpha_where_there_is_any() -> None:
    image = Raster(np.array([[[255, 255, 255, 0], [0, 0, 0, 255]]], np.uint8))
    assert values(run("file", image)) == [0, 1]
    assert values(run("file", image, channel="luminance")) == [0, 0]


def test_file_takes_the_channel_that_is_meant_from_the_whole_picture() -> None:
    """On the canvas an opaque picture has transparent margins, which say nothing of it."""
    extension = registry.find("mask", "file")
    on_canvas = Raster(np.array([[[0, 0, 0, 0], [0, 0, 0, 255], [255, 255, 255, 255]]], np.uint8))
    for whole, expected in ((colors((0, 0, 0), (1, 1, 1)), [0, 0, 1]), (on_canvas, [0, 1, 1])):
        params = extension.params.model_validate({}).settled(whole)
        assert values(extension.function(on_canvas, params)) == expected
    asked = extension.params.model_validate({"channel": "red"})
    assert asked.settled(on_canvas) == asked


def test_file_reads_one_channel_exactly_at_16_bits() -> None:
    image = Raster(np.array([[[12345, 1, 2, 65535]]], np.uint16))
    assert run("file", image, channel="red").values.tolist() == [[12345]]


def test_luminance_shows_a_range_of_tones() -> None:
    greys = colors(*((g, g, g) for g in (0, 0.2, 0.5, 0.8, 1)))
    assert values(run("luminance", greys, low=0.9, softness=0)) == [0, 0, 0, 0, 1]
    assert values(run("luminance", greys, low=0, high=0.4, softness=0)) == [1, 1, 0, 0, 0]
    soft = values(run("luminance", greys, low=0.9, softness=0.5))
    assert 0 < soft[2] < soft[3] < soft[4] == 1


def test_luminance_low_above_high_is_a_mistake() -> None:
    with pytest.raises(ValidationError, match="brighter than high"):
        run("luminance", canvas(), low=0.9, high=0.1)


def test_color_range_shows_shades_near_a_color() -> None:
    image = colors((1, 0, 0), (0.95, 0.05, 0.05), (0.4, 0, 0), (0, 0, 1))
    assert values(run("color_range", image, color="red", range=0.05)) == [1, 1, 0, 0]
    hue = values(run("color_range", image, color="red", range=0.15, ignore_lightness=1))
    assert hue[2] > 0.5
    assert hue[3] == 0


def test_a_color_that_is_none_is_a_mistake() -> None:
    with pytest.raises(ValidationError, match="is not a colour"):
        run("color_range", canvas(), color="#12")


@pytest.mark.parametrize("depth", [8, 16])
def test_linear_gradient_runs_between_its_points(depth: int) -> None:
    mask = run(
        "gradient", canvas(depth=depth), **{"from": [20, 0], "to": [80, 0], "smooth": False}
    ).to_float()
    assert mask[:, :20].max() == 0
    assert mask[:, 80:].min() == 1
    assert mask[30, 50] == pytest.approx(0.5 + 0.5 / 60, abs=0.005)
    assert np.ptp(mask, axis=0).max() == 0, "it does not change across its direction"


def test_gradient_without_points_runs_down_the_canvas() -> None:
    mask = run("gradient", canvas()).to_float()
    assert mask[0].max() < 0.01
    assert mask[-1].min() > 0.99
    assert np.all(np.diff(mask[:, 7]) >= 0)


def test_radial_gradient_is_round_and_full_at_its_end() -> None:
    mask = run("gradient", canvas(), shape="radial", **{"from": [50, 30], "to": [70, 30]}).to_float()
    assert mask[29, 49] < 0.01
    assert mask[30, 71] == mask[9, 49] == 1
    assert mask[30, 60] == pytest.approx(mask[40, 50], abs=0.01)


def test_midpoint_moves_the_middle() -> None:
    line = {"from": [0, 0], "to": [100, 0], "smooth": False}
    assert run("gradient", canvas(), midpoint=0.25, **line).to_float()[0, 25] == pytest.approx(0.5, abs=0.01)


def test_gradient_without_length_shows_everything_beyond() -> None:
    mask = run("gradient", canvas(), shape="radial", **{"from": [50, 30], "to": [50, 30]})
    assert mask.to_float().min() == 1


@pytest.mark.parametrize("angle", [0, 30, 90])
def test_rectangle_has_its_area_at_every_angle(angle: float) -> None:
    mask = run("shape", canvas(), box=[30.25, 20, 40.5, 20], angle=angle)
    assert shown(mask) == pytest.approx(40.5 * 20, rel=0.01)


def test_rectangle_edge_covers_part_of_a_pixel() -> None:
    mask = run("shape", canvas(), box=[10.25, 10, 20, 20]).to_float()
    assert mask[20, 10] == pytest.approx(0.75, abs=0.01)
    assert mask[20, 30] == pytest.approx(0.25, abs=0.01)


def test_corners_are_rounded() -> None:
    mask = run("shape", canvas(), box=[10, 10, 40, 40], radius=10)
    assert shown(mask) == pytest.approx(1600 - 100 * (4 - np.pi), rel=0.005)
    assert mask.values[10, 10] == 0


@pytest.mark.parametrize("box", [[10, 10, 60, 40], [5, 28, 90, 4], [20.5, 10.25, 40, 40]])
def test_ellipse_has_its_area(box: list[float]) -> None:
    mask = run("shape", canvas(), shape="ellipse", box=box)
    assert shown(mask) == pytest.approx(np.pi / 4 * box[2] * box[3], rel=0.02)


def test_shape_without_a_box_fills_the_canvas() -> None:
    assert shown(run("shape", canvas())) == 6000
    assert shown(run("shape", canvas(), shape="ellipse")) == pytest.approx(np.pi / 4 * 6000, rel=0.01)


def test_polygon_has_its_area_and_smooth_edges() -> None:
    mask = run("shape", canvas(), shape="polygon", points=[[10, 5], [90.5, 20], [40, 55]])
    area = abs(80.5 * 50 - 30 * 15) / 2
    assert shown(mask) == pytest.approx(area, rel=0.01)
    assert len(np.unique(mask.values)) > 20


def test_polygon_may_leave_the_canvas() -> None:
    mask = run("shape", canvas(), shape="polygon", points=[[-500, -500], [50, -500], [50, 900], [-500, 900]])
    assert shown(mask) == pytest.approx(50 * 60, rel=0.01)


@pytest.mark.parametrize(
    ("knobs", "said"),
    [
        ({"shape": "polygon"}, "a polygon needs them"),
        ({"shape": "polygon", "points": [[0, 0], [1, 1]]}, "at least three points"),
        ({"points": [[0, 0], [1, 1], [2, 0]]}, "points belong to a polygon"),
        ({"box": [0, 0, 0, 5]}, "more than 0"),
    ],
)
def test_impossible_outlines_are_mistakes(knobs: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        run("shape", canvas(), **knobs)


def test_a_gradient_to_the_end_of_the_world_is_refused() -> None:
    model = registry.find("mask", "gradient").params
    with pytest.raises(ValidationError, match="within 1,000,000 canvas pixels"):
        model.model_validate({"from": [1e300, 0], "to": [0, 5]})
