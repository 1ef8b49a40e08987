"""Performing actions: what a style engine is handed, and that versions of a layer look as the layer would."""

from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest

from composer.build.inputs import Inputs
from composer.build.perform import layer_stack, perform, style_set, write_export
from composer.composite.flatten import flatten
from composer.graph.action import CutOut, Export, Mix, Stylize
from composer.graph.recipe import GroupRecipe, LayerRecipe, StackRecipe
from composer.operation import Bench, Params, PlainBench, StyleSet
from composer.pixels.geometry import Extent
from composer.pixels.raster import Mask, Raster
from composer.pixels.stack import LayerStack
from composer.registry import Extension, Kind, Needs, find, find_blend

CANVAS = Extent(16, 12)


def _raster(seed: int, depth: int = 8) -> Raster:
    values = np.random.default_rng(seed).random((CANVAS.height, CANVAS.width, 4), np.float32)
    return Raster.from_float(values, depth)


def _mask(seed: int) -> Mask:
    return Mask.from_float(np.random.default_rng(seed).random((CANVAS.height, CANVAS.width), np.float32))


@dataclass
class Engine:
    """A style engine that keeps what it was given and paints nothing."""

    given: list[StyleSet] = field(default_factory=list)

    def action(self, regions: tuple[Mix, ...] = ()) -> Stylize:
        def run(content: Raster, styles: StyleSet, _params: Params, _bench: Bench) -> Raster:
            self.given.append(styles)
            return content

        extension = Extension(Kind.STYLE, "still", 1, run, Params, Needs())
        return Stylize(extension, Params(), (0.75, 0.25), (1.0, 2.0), 7, CANVAS, regions)


@pytest.fixture
def engine() -> Engine:
    return Engine()


def _values() -> dict[str, Raster | Mask]:
    return {"content": _raster(0), "style 0": _raster(1), "style 1": _raster(2)}


def test_an_engine_gets_the_styles_in_their_shares(engine: Engine) -> None:
    values = _values()
    perform(engine.action(), Inputs(values, {}), PlainBench())
    (given,) = engine.given
    assert [(image.raster, image.weight, image.scale) for image in given.images] == [
        (values["style 0"], 0.75, 1.0),
        (values["style 1"], 0.25, 2.0),
    ]
    assert (given.seed, given.canvas_long_side) == (7, 16)
    assert (given.regions, given.protect, given.init, given.parent) == ((), None, "content", None)


def test_an_engine_gets_each_region_with_its_own_styles(engine: Engine) -> None:
    values = _values() | {
        "region 0 mask": _mask(3),
        "region 0 style 0": _raster(4),
        "region 1 mask": _mask(5),
        "region 1 style 0": _raster(6),
        "protect": _mask(7),
        "init": _raster(8),
    }
    action = replace(engine.action((Mix((1.0,), (0.5,)), Mix((1.0,), (3.0,)))), init="below")
    styles = style_set(action, Inputs(values, {}))
    assert [region.mask for region in styles.regions] == [values["region 0 mask"], values["region 1 mask"]]
    assert [[(image.raster, image.scale) for image in region.images] for region in styles.regions] == [
        [(values["region 0 style 0"], 0.5)],
        [(values["region 1 style 0"], 3.0)],
    ]
    assert styles.protect is values["protect"]
    assert styles.init is values["init"]


def test_a_painting_from_noise_needs_no_picture_to_start_from(engine: Engine) -> None:
    assert style_set(replace(engine.action(), init="noise"), Inputs(_values(), {})).init == "noise"


def test_a_region_that_shows_nothing_is_the_engines_business(engine: Engine) -> None:
    black = Mask(np.zeros((CANVAS.height, CANVAS.width), np.uint8))
    values = _values() | {"region 0 mask": black, "region 0 style 0": _raster(4), "protect": black}
    perform(engine.action((Mix((1.0,), (1.0,)),)), Inputs(values, {}), PlainBench())
    assert engine.given[0].regions[0].mask is black


def _layer(name: str, raster: str, *, visible: bool = True) -> LayerRecipe:
    normal = find_blend("normal")
    return LayerRecipe(name, raster, None, normal, opacity=1.0, visible=visible, clip=False)


@pytest.mark.parametrize("mode", ["normal", "soft_light", "luminosity"])
@pytest.mark.parametrize("clip", [False, True])
def test_versions_of_a_layer_look_as_the_layer_would(mode: str, *, clip: bool) -> None:
    """As programs see them: an isolated group with the layer's look around plain layers."""
    ground, ink = _layer("ground", "pixels 1"), replace(_layer("ink", "pixels 4"), clip=True)
    look = replace(_layer("cat", "pixels 2"), mask="mask 1", blend=find_blend(mode), opacity=0.6, clip=clip)
    versions = (_layer("cat (seed 7)", "pixels 2"), _layer("cat (seed 8)", "pixels 3", visible=False))
    group = GroupRecipe(
        "cat", versions, "mask 1", look.blend, 0.6, visible=True, clip=clip, pass_through=False
    )
    values = {f"pixels {i}": _raster(i) for i in (1, 2, 3, 4)}
    inputs = Inputs(values | {"mask 1": _mask(5)}, {})
    one, several = (
        flatten(layer_stack(StackRecipe(CANVAS, (ground, item, ink), "", 72), inputs)).pixels.astype(int)
        for item in (look, group)
    )
    assert np.abs(one - several).max() <= 1, "rounded once more"
    assert np.mean(one != several) < 0.02


def test_a_format_without_layers_is_as_deep_as_the_picture(tmp_path: Path) -> None:
    seen: list[LayerStack] = []

    def run(stack: LayerStack, _merged: Raster, _params: Params, path: Path) -> None:
        seen.append(stack)
        path.write_bytes(b"")

    extension = Extension(Kind.EXPORT, "flat", 1, run, Params, Needs(layers=False))
    recipe = StackRecipe(CANVAS, (), "a title", 300)
    inputs = Inputs({"merged": _raster(1, depth=16)}, {})
    write_export(Export(extension, Params(), recipe), inputs, tmp_path / "picture")
    assert (seen[0].depth, seen[0].dpi, seen[0].layers) == (16, 300, ())


def test_png_is_a_format_without_layers_and_psd_is_not() -> None:
    assert not find(Kind.EXPORT, "png").needs.layers
    assert find(Kind.EXPORT, "psd").needs.layers


@pytest.mark.parametrize(("low", "high"), [(0.0, 1.0), (0.3, 0.3), (0.0, 0.6)])
def test_a_cut_out_under_its_own_mask_shows_as_much_as_the_mask_says(low: float, high: float) -> None:
    ramp = np.linspace(low, high, CANVAS.width, dtype=np.float32)
    mask = Mask.from_float(np.tile(ramp, (CANVAS.height, 1)))
    image = Raster(np.full((CANVAS.height, CANVAS.width, 4), 255, np.uint8))
    cut = perform(CutOut(1.0), Inputs({"image": image, "mask": mask}, {}), PlainBench())
    assert isinstance(cut, Raster)
    shown = cut.to_float()[..., 3] * mask.to_float()
    assert np.abs(shown - mask.to_float()).max() <= 1 / 255
