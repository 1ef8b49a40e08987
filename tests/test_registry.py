"""The registry's contract, and what every mask source and filter keeps."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import cv2
import numpy as np
import pytest

from composer import registry
from composer.operation import CanvasPx, Params, References
from composer.pixels.raster import Mask, Raster
from composer.registry import FOLDERS, Extension, Finding, Kind, Needs, RegistryError, UnknownExtension

KINDS = (Kind.MASK, Kind.FILTER, Kind.STYLE, Kind.EXPORT)
EVERY = [(kind, name) for kind in KINDS for name in registry.names(kind)]
CHANGES_FLAT_COLOURS = {"grain", "tone", "value_push"}
ASKS_FOR = {"edge_highlight": "figure", "eye_light": "eyes"}
"""Parameters without which a filter does not know where; they can be left out for other reasons."""
MASKS, FILTERS = registry.names("mask"), registry.names("filter")


class Knobs(Params):
    """Parameters of the extensions planted below."""


def found(kind: Kind | str, name: str) -> Extension:
    extension = registry.find(kind, name)
    assert extension.name == name
    return extension


def picture(depth: int, height: int = 48, width: int = 64) -> Raster:
    """A red disc on a blue-green ramp, transparent at the left, half transparent at the top."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    disc = np.hypot(x - width * 0.55, y - height * 0.5) < height * 0.3
    rgba = np.stack((disc * 0.9, y / height, x / width, np.ones_like(x)), axis=2)
    rgba[: height // 6, :, 3] = 0.5
    rgba[:, : width // 8] = (1, 0, 1, 0)
    return Raster.from_float(rgba, depth)


def run_mask(name: str, image: Raster, scale: float = 1.0) -> Mask:
    mask = _run(found("mask", name), image, scale)
    assert isinstance(mask, Mask)
    return mask


def run_filter(name: str, image: Raster, scale: float = 1.0) -> Raster:
    result = _run(found("filter", name), image, scale)
    assert isinstance(result, Raster)
    return result


def _run(extension: Extension, image: Raster, scale: float) -> object:
    """The extension on `image`; what it must be given is the image itself, or a mask that hides all."""
    needed = {
        field: kind
        for field, kind in extension.references.items()
        if "mask" in kind or extension.params.model_fields[field].is_required()
    }
    params = extension.params.model_validate(dict.fromkeys(needed, "it")).scaled(scale)
    if not extension.is_given:
        return extension.function(image, params)
    hidden = Mask(np.zeros((image.bounds.bottom, image.bounds.right), image.pixels.dtype))
    rasters = {field: image for field, kind in needed.items() if kind in ("layer", "picture")}
    masks = {field: hidden for field, kind in needed.items() if "mask" in kind}
    return extension.function(image, params, References(rasters, masks))


def planted(function: object, stem: str) -> object:
    function.__module__ = f"composer.masks.{stem}"  # type: ignore[attr-defined]
    return function


def test_wrong_signature_is_refused_with_the_right_one() -> None:
    def backwards(params: Knobs, image: Raster) -> Mask:
        raise AssertionError(image, params)

    with pytest.raises(RegistryError, match=r'mask "backwards" must have the signature'):
        registry.extension("mask", version=1)(planted(backwards, "backwards"))
    with pytest.raises(UnknownExtension):
        registry.find("mask", "backwards")


def test_a_mask_that_finds_something_is_given_it_and_looks_at_a_picture() -> None:
    def seeking(image: Raster, params: Knobs) -> Mask:
        raise AssertionError(image, params)

    def blind(image: Raster, params: Knobs, given: References) -> Mask:
        raise AssertionError(image, params, given)

    finding = Finding(blind, 100)
    with pytest.raises(RegistryError, match=r"must have the signature .*References"):
        registry.extension("mask", version=1, needs=Needs(finding=finding))(planted(seeking, "seeking"))
    needs = Needs(input="none", finding=finding)
    with pytest.raises(RegistryError, match='mask "blind" cannot find anything'):
        registry.extension("mask", version=1, needs=needs)(planted(blind, "blind"))


def test_undescribed_parameter_is_refused() -> None:
    class Silent(Params):
        """Has a field without a description."""

        size: CanvasPx = 1.0

    def silent(image: Raster, params: Silent) -> Mask:
        raise AssertionError(image, params)

    silent.__annotations__["params"] = Silent
    with pytest.raises(RegistryError, match='"size" of mask "silent" has no description'):
        registry.extension("mask", version=1)(planted(silent, "silent"))


def test_second_registration_leaves_the_first_in_place() -> None:
    first = found("mask", "shape")

    def shape(image: Raster, params: Knobs) -> Mask:
        raise AssertionError(image, params)

    with pytest.raises(RegistryError, match='mask "shape" is registered twice'):
        registry.extension("mask", version=9)(planted(shape, "shape"))
    assert registry.find("mask", "shape") is first


@pytest.mark.parametrize("kind", KINDS)
def test_unknown_name_has_no_default(kind: Kind) -> None:
    with pytest.raises(UnknownExtension, match=f'there is no {kind} "nonesuch"'):
        registry.find(kind, "nonesuch")


def test_file_that_registers_nothing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_stems", lambda _kind: {"idle"})
    monkeypatch.setitem(sys.modules, "composer.masks.idle", ModuleType("composer.masks.idle"))
    with pytest.raises(RegistryError, match=r"masks/idle\.py registers no mask"):
        registry.find("mask", "idle")


def test_listing_imports_no_extension() -> None:
    code = (
        "import sys\n"
        "from composer import registry\n"
        "print(*[name for kind in ('mask', 'filter', 'style', 'export') for name in registry.names(kind)])\n"
        f"folders = {tuple(FOLDERS.values())!r}\n"
        "loaded = [m for m in sys.modules if m.startswith('composer.') and m.split('.')[1] in folders]\n"
        "assert not [m for m in loaded if m.count('.') > 1], loaded\n"
        "assert not {'torch', 'rembg', 'onnxruntime', 'cv2'} & set(sys.modules)\n"
        "registry.find('mask', 'shape')\n"
        "assert not {'torch', 'rembg', 'onnxruntime', 'composer.masks.segment'} & set(sys.modules)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=_root(), check=False
    )
    assert done.returncode == 0, done.stderr
    assert {"shape", "segment", "facet"} <= set(done.stdout.split())


def _root() -> Path:
    return Path(__file__).parents[1]


@pytest.mark.parametrize(("kind", "name"), EVERY)
def test_extension_explains_itself(kind: Kind, name: str) -> None:
    extension = found(kind, name)
    assert extension.summary.strip(), "its function has no docstring"
    assert extension.version >= 1
    for field, definition in extension.params.model_fields.items():
        assert definition.description, field


@pytest.mark.parametrize(("kind", "name"), EVERY)
def test_numbers_have_bounds(kind: Kind, name: str) -> None:
    schema = found(kind, name).params.model_json_schema()
    for field, definition in schema.get("properties", {}).items():
        if definition.get("type") in {"number", "integer"}:
            assert {"minimum", "exclusiveMinimum"} & definition.keys(), field
            assert {"maximum", "exclusiveMaximum"} & definition.keys() or field == "radius", field


@pytest.mark.parametrize("name", registry.names("style"))
def test_style_paints_parts_unless_its_colours_are_matched_as_a_whole(name: str) -> None:
    extension = found("style", name)
    paints_parts = extension.needs.patches
    assert paints_parts is not None
    for color in ("style", "content", "luminance", "match"):
        assert paints_parts(extension.params.model_validate({"color": color})) is (color != "match")


@pytest.mark.parametrize("depth", [8, 16])
@pytest.mark.parametrize("name", MASKS)
def test_mask_covers_the_canvas_at_the_depth_it_was_given(name: str, depth: int) -> None:
    image = picture(depth)
    before = image.pixels.copy()
    mask = run_mask(name, image)
    assert (mask.extent, mask.depth) == (image.extent, depth)
    assert np.array_equal(mask.values, run_mask(name, image).values), "twice the same must be the same"
    assert np.array_equal(image.pixels, before), "the input was written to"


@pytest.mark.parametrize("name", [n for n in MASKS if found("mask", n).needs.input == "raster"])
def test_mask_hides_what_lies_outside_the_layer(name: str) -> None:
    image = picture(8)
    assert not run_mask(name, image).values[image.pixels[..., 3] == 0].any()


@pytest.mark.parametrize("name", [n for n in MASKS if found("mask", n).needs.input == "none"])
def test_mask_without_input_takes_a_canvas_of_no_memory(name: str) -> None:
    pixels = np.broadcast_to(np.zeros(4, np.uint8), (48, 64, 4))
    assert run_mask(name, Raster(pixels)).extent == Raster(pixels).extent


@pytest.mark.parametrize("name", MASKS)
def test_mask_of_a_draft_looks_like_the_final(name: str) -> None:
    final = run_mask(name, picture(8, 192, 256)).to_float()
    draft = run_mask(name, picture(8, 96, 128), 0.5).to_float()
    means = final.reshape(96, 2, 128, 2).mean(axis=(1, 3))
    assert np.abs(means - draft).mean() < 0.03


@pytest.mark.parametrize("depth", [8, 16])
@pytest.mark.parametrize("name", FILTERS)
def test_filter_keeps_extent_depth_place_and_alpha(name: str, depth: int) -> None:
    image = Raster(picture(depth).pixels, left=-5, top=7)
    before = image.pixels.copy()
    result = run_filter(name, image)
    assert (result.bounds, result.depth) == (image.bounds, depth)
    assert np.array_equal(result.pixels[..., 3], image.pixels[..., 3])
    assert np.array_equal(result.pixels, run_filter(name, image).pixels), "twice the same must be the same"
    assert np.array_equal(image.pixels, before), "the input was written to"


@pytest.fixture
def restored_threads() -> Iterator[None]:
    """OpenCV's thread count as it was."""
    before = cv2.getNumThreads()
    yield
    cv2.setNumThreads(before)


@pytest.mark.usefixtures("restored_threads")
@pytest.mark.parametrize(("kind", "name"), [(k, n) for k, n in EVERY if k in (Kind.MASK, Kind.FILTER)])
def test_threads_change_no_pixel(kind: Kind, name: str) -> None:
    image, results = _scene(300, 400), []
    for threads in (1, 2):
        cv2.setNumThreads(threads)
        if kind is Kind.MASK:
            results.append(run_mask(name, image).values)
        else:
            results.append(run_filter(name, image).pixels)
    assert np.array_equal(*results)


@pytest.mark.parametrize("name", FILTERS)
def test_nothing_hidden_bleeds_into_what_is_seen(name: str) -> None:
    magenta, black = picture(8), picture(8)
    black.pixels[black.pixels[..., 3] == 0] = 0
    seen = magenta.pixels[..., 3] > 0
    assert np.array_equal(run_filter(name, magenta).pixels[seen], run_filter(name, black).pixels[seen])


@pytest.mark.parametrize("name", FILTERS)
@pytest.mark.parametrize("shape", [(0, 0), (1, 1), (1, 9), (5, 2)])
def test_filter_takes_the_smallest_layers(name: str, shape: tuple[int, int]) -> None:
    image = Raster(np.full((*shape, 4), 200, np.uint8))
    result = run_filter(name, image).pixels
    assert result.shape == image.pixels.shape
    if name not in CHANGES_FLAT_COLOURS:
        assert np.abs(result.astype(int) - image.pixels).max(initial=0) <= 1, "one flat colour stays as it is"


@pytest.mark.parametrize(("kind", "name"), [(k, n) for k, n in EVERY if k in (Kind.MASK, Kind.FILTER)])
@pytest.mark.parametrize("seen", ["nothing", "one pixel", "all"])
def test_next_to_nothing_divides_by_nothing(kind: Kind, name: str, seen: str) -> None:
    for shape in ((0, 7), (1, 1), (2, 1), (1, 40), (9, 8)):
        pixels = np.random.default_rng(1).integers(0, 65536, (*shape, 4)).astype(np.uint16)
        pixels[..., 3] = 65535 if seen == "all" else 0
        pixels[:1, :1, 3] = 0 if seen == "nothing" else 65535
        with np.errstate(divide="raise", over="raise", invalid="raise"):
            (run_mask if kind is Kind.MASK else run_filter)(name, Raster(pixels))


@pytest.mark.parametrize("name", FILTERS)
def test_filter_of_a_draft_looks_like_the_final(name: str) -> None:
    final = run_filter(name, _scene(192, 256)).to_float()[..., :3]
    draft = run_filter(name, _scene(96, 128), 0.5).to_float()[..., :3]
    means = final.reshape(96, 2, 128, 2, 3).mean(axis=(1, 3))
    assert np.abs(means - draft).mean() < 0.02


def _scene(height: int, width: int) -> Raster:
    return Raster.from_float(picture(8, height, width).to_float() * (1, 1, 1, 0) + (0, 0, 0, 1))
