"""Edge highlight: where the rim of light lies, and where it does not."""

import numpy as np
import pytest
from pydantic import ValidationError

from composer.errors import OperationError
from composer.operation import References
from composer.pixels.raster import Array, Raster

from .trying import bare_edges, mask, raster, run

SIZE = 128
TOP, BOTTOM, LEFT, RIGHT = 32, 96, 32, 96  # of the figure
LIGHTS = {"above": 0, "right": 90, "below": 180, "left": -90}


def square() -> Array:
    values = np.zeros((SIZE, SIZE), np.float32)
    values[TOP:BOTTOM, LEFT:RIGHT] = 1
    return values


def cut_out(depth: int = 16) -> Raster:
    """A grey square on nothing."""
    return raster(np.full((SIZE, SIZE, 3), 0.4), depth, alpha=square())


def gain(before: Raster, after: Raster) -> Array:
    """How much lighter each pixel of the figure's box has become."""
    return (after.to_float() - before.to_float())[TOP:BOTTOM, LEFT:RIGHT, 0]


def sides(lighter: Array) -> dict[str, float]:
    """How much lighter the middle of each side has become."""
    middle = slice(24, 40)
    return {
        "above": lighter[0, middle].mean(),
        "right": lighter[middle, -1].mean(),
        "below": lighter[-1, middle].mean(),
        "left": lighter[middle, 0].mean(),
    }


@pytest.mark.parametrize("depth", [8, 16])
@pytest.mark.parametrize("light", LIGHTS)
def test_only_the_side_of_the_light_is_lit(light: str, depth: int) -> None:
    image = cut_out(depth)
    lit = sides(gain(image, run("edge_highlight", image, angle=LIGHTS[light], amount=1)))
    assert lit.pop(light) > 0.3
    assert max(lit.values()) < 0.02


def test_a_slanting_side_gets_less() -> None:
    lit = sides(gain(cut_out(), run("edge_highlight", cut_out(), angle=30)))
    assert lit["above"] > 1.3 * lit["right"] > 0.05


def test_the_light_fades_inwards_over_its_width() -> None:
    narrow, wide = (
        gain(cut_out(), run("edge_highlight", cut_out(), angle=0, width=width)) for width in (6, 24)
    )
    down = narrow[:, 32]
    assert np.diff(down).max() < 1e-3
    assert down[6] < 0.2 * down[0]
    assert wide[6, 32] > 2 * narrow[6, 32]
    assert np.abs(wide[48:, 32]).max() < 0.01


def test_alpha_stays_and_nothing_glows_outside() -> None:
    image = cut_out()
    result = run("edge_highlight", image)
    assert np.array_equal(result.pixels[..., 3], image.pixels[..., 3])
    opaque = raster(np.full((SIZE, SIZE, 3), 0.4), 16)
    figure = References(masks={"figure": mask(square())})
    changed = run("edge_highlight", opaque, figure, figure="figure").pixels != opaque.pixels
    assert changed.any()
    assert not changed[square() == 0].any()


def test_a_named_figure_counts_as_the_outline_of_a_cut_out() -> None:
    opaque = raster(np.full((SIZE, SIZE, 3), 0.4), 16)
    figure = References(masks={"figure": mask(square())})
    masked = gain(opaque, run("edge_highlight", opaque, figure, figure="figure"))
    assert masked == pytest.approx(gain(cut_out(), run("edge_highlight", cut_out())), abs=0.002)


def test_the_light_has_its_colour() -> None:
    result = run("edge_highlight", cut_out(), angle=0, color="#ff0000", amount=1)
    top = result.to_float()[TOP, (LEFT + RIGHT) // 2]
    assert top[0] > 0.8
    assert top[1:3] == pytest.approx(0.4, abs=0.01)


def test_inner_edges_are_lit_only_when_asked_for_and_on_their_light_side() -> None:
    rgb = np.full((SIZE, SIZE, 3), 0.25)
    rgb[64:] = 0.6
    image = raster(rgb, 16)
    figure = References(masks={"figure": mask(np.ones((SIZE, SIZE)))})
    plain, inner = (
        run("edge_highlight", image, figure, figure="all", angle=0, inner=inner).to_float()[:, 64, 0]
        for inner in (0, 1)
    )
    assert plain == pytest.approx(rgb[:, 64, 0], abs=1e-3)
    assert inner[64] > 0.7
    assert inner[:62] == pytest.approx(0.25, abs=0.02)


def test_specks_in_a_mask_hardly_shine() -> None:
    values = square()
    values[60:62, 60:62] = 0
    opaque = raster(np.full((SIZE, SIZE, 3), 0.4), 16)
    figure = References(masks={"figure": mask(values)})
    lighter = gain(opaque, run("edge_highlight", opaque, figure, figure="figure", angle=0, width=20))
    assert lighter[20:, 20:40].max() < 0.4 * lighter[0].max()


def test_an_opaque_layer_without_a_figure_is_told() -> None:
    with pytest.raises(OperationError, match="no outline") as told:
        run("edge_highlight", raster(np.full((8, 8, 3), 0.4)))
    assert "figure" in told.value.hint


def test_a_colour_that_is_none_is_a_mistake() -> None:
    with pytest.raises(ValidationError, match="not a colour"):
        run("edge_highlight", cut_out(), color="sunny")


def test_bare_edges_are_fine() -> None:
    figure = References(masks={"figure": mask(np.ones((20, 20)))})
    for image in bare_edges():
        assert run("edge_highlight", image, figure, figure="figure").bounds == image.bounds
