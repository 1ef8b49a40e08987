"""Focus: where an eye is led."""

import numpy as np

from composer.operation import References
from composer.pixels.gaussian import gaussian
from composer.pixels.raster import Array, Raster

from .trying import bare_edges, mask, raster, run


def grey(values: Array, depth: int = 16) -> Raster:
    return raster(np.repeat(values.astype(np.float32)[..., None], 3, axis=2), depth)


def red(image: Raster) -> Array:
    return image.to_float()[..., 0]


def hidden(like: Array) -> References:
    return References(masks={"emphasis": mask(np.zeros(like.shape))})


def test_focus_draws_sharper_where_it_is_emphasised_and_calms_the_rest() -> None:
    bark = grey(0.5 + np.random.default_rng(3).normal(0, 0.02, (96, 192)))
    emphasis = References(masks={"emphasis": mask(np.tile(np.arange(192) < 96, (96, 1)))})
    result = run("focus", bark, emphasis, emphasis="important")
    contrast = red(result)[:, :80].std(), red(result)[:, 112:].std()
    assert contrast[0] > 1.3 * red(bark).std()
    assert contrast[1] < 0.6 * red(bark).std()


def test_focus_makes_no_halo() -> None:
    step = grey(np.tile(np.where(np.arange(160) < 80, 0.3, 0.7), (48, 1)))
    everywhere = References(masks={"emphasis": mask(np.ones((48, 160)))})
    result = red(run("focus", step, everywhere, emphasis="important", sharpen=1))[24]
    assert result.max() < 0.74
    assert result.min() > 0.26


def test_the_emphasis_lies_where_the_layer_lies() -> None:
    grain = np.random.default_rng(3).normal(0, 0.02, (40, 40, 3)) + 0.5
    layer = Raster(raster(grain).pixels, left=50, top=10)
    values = np.zeros((80, 120))
    values[:, 70:] = 1
    result = run("focus", layer, References(masks={"emphasis": mask(values)}), emphasis="important")
    contrast = red(result)
    assert contrast[:, 24:].std() > 1.5 * contrast[:, :16].std()


def test_the_rest_is_as_calm_in_a_draft() -> None:
    rng = np.random.default_rng(8)
    rough = 0.5 + 0.4 * gaussian(rng.normal(0, 1, (320, 480)), 4)
    whole, draft = (
        red(run("focus", grey(each), hidden(each), emphasis="important", radius=radius))
        for each, radius in ((rough, 16), (rough[::2, ::2], 8))
    )
    assert np.abs(whole[::2, ::2] - draft).mean() < 0.15 * np.abs(whole - rough).mean()


def test_nothing_to_do_changes_nothing() -> None:
    image = grey(np.random.default_rng(1).uniform(0, 1, (32, 32)))
    for neutral in ({"radius": 0}, {"calm": 0, "sharpen": 0}):
        result = run("focus", image, hidden(np.ones((32, 32))), emphasis="important", **neutral)
        assert np.array_equal(result.pixels, image.pixels)


def test_bare_edges_are_fine() -> None:
    for image in bare_edges():
        result = run("focus", image, hidden(np.ones((20, 20))), emphasis="important")
        assert result.bounds == image.bounds
