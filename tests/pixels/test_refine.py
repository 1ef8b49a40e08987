"""Refined edges: hair is found, what is not an edge stays."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from composer.pixels.raster import Array, Mask, Raster
from composer.pixels.refine import Method, refine

SEG = Path(__file__).parents[2] / ".." / "shared" / "assets" / "seg"
METHODS = pytest.mark.parametrize("method", ["feather", "guided", "matting"])
LOOKING = pytest.mark.parametrize("method", ["guided", "matting"])


def hairy(height: int = 160, width: int = 220) -> tuple[Array, Array]:
    """A warm ball with hairs on a cool, uneven ground, (H, W, 3); how far it covers each pixel."""
    scale = 4
    drawn = np.zeros((height * scale, width * scale), np.uint8)
    middle = (width * scale // 2, height * scale // 2)
    cv2.circle(drawn, middle, 40 * scale, 255, -1)
    for turn in np.linspace(0, 2 * np.pi, 90, endpoint=False):
        tip = np.array(middle) + 52 * scale * np.array([np.cos(turn), np.sin(turn)])
        cv2.line(drawn, middle, tuple(int(each) for each in tip), 255, scale // 2 + 1)
    alpha = cv2.resize(drawn / 255, (width, height), interpolation=cv2.INTER_AREA)
    y, x = np.mgrid[0:height, 0:width]
    ground = np.dstack((0.2 + 0.1 * y / height, 0.4 + 0.2 * x / width, np.full(y.shape, 0.6)))
    ball = np.dstack((0.8 - 0.1 * x / width, np.full(y.shape, 0.5), 0.2 + 0.05 * y / height))
    noise = np.random.default_rng(5).normal(0, 0.005, (height, width, 3))
    return alpha[..., None] * ball + (1 - alpha[..., None]) * ground + noise, alpha


def opaque(rgb: Array, depth: int = 8) -> Raster:
    return Raster.from_float(np.dstack((rgb, np.ones(rgb.shape[:2]))), depth)


def cut(alpha: Array, depth: int = 8) -> Mask:
    """A hard mask without the hairs, as a segmentation gives it."""
    return Mask.from_float((cv2.GaussianBlur(alpha, (0, 0), 3) > 0.5).astype(np.float32), depth, 0.6)


@pytest.mark.parametrize("depth", [8, 16])
def test_matting_finds_the_hairs(depth: int) -> None:
    rgb, alpha = hairy()
    mask = cut(alpha, depth)
    found = refine(mask, opaque(rgb, depth), "matting", 16)
    assert (found.depth, found.confidence) == (depth, 0.6)
    before, after = (np.abs(each.to_float() - alpha).sum() for each in (mask, found))
    assert after < before / 3


@LOOKING
def test_an_edge_that_was_cut_wrong_moves_to_where_it_is(method: Method) -> None:
    rgb = np.zeros((60, 100, 3))
    rgb[:, :50] = (0.9, 0.4, 0.1)
    rgb[:, 50:] = (0.1, 0.4, 0.8)
    wrong = np.zeros((60, 100), np.float32)
    wrong[:, :46] = 1
    found = refine(Mask.from_float(wrong), opaque(rgb), method, 8).to_float()
    assert found[:, 48].min() > 0.5
    assert found[:, 51].max() < 0.5


@METHODS
def test_nothing_changes_beyond_the_width(method: Method) -> None:
    rgb, alpha = hairy()
    mask = cut(alpha)
    found = refine(mask, opaque(rgb), method, 5)
    inside = cv2.dilate(mask.values, np.ones((15, 15))) != cv2.erode(mask.values, np.ones((15, 15)))
    assert (found.values != mask.values).any()
    assert np.array_equal(found.values[~inside], mask.values[~inside])


@METHODS
@pytest.mark.parametrize("width", [60, 500, 100_000])
def test_no_width_reaches_the_core_of_a_figure_or_of_what_lies_about_it(method: Method, width: float) -> None:
    """A large disc and a small one: at a width beyond both they are still two, and the corner is empty."""
    rgb, _ = hairy()
    values = np.zeros(rgb.shape[:2], np.uint8)
    cv2.circle(values, (70, 80), 40, 255, -1)
    cv2.circle(values, (170, 80), 12, 255, -1)
    found = refine(Mask(values), opaque(rgb), method, width).values
    assert (found != values).any()
    assert found[76:85, 66:75].min() == 255
    assert found[79:82, 169:172].min() == 255
    assert found[-4:, -4:].max() == 0


def test_a_speck_beside_a_figure_has_no_core_to_be_kept() -> None:
    """What a segmentation shows by mistake is taken away, as it was."""
    rgb, alpha = hairy()
    mask = cut(alpha)
    speck = slice(80, 82), slice(164, 166)
    mask.values[speck] = 255
    assert refine(mask, opaque(rgb), "matting", 16).values[speck].max() < 60


@METHODS
def test_a_wide_soft_slope_stays_soft(method: Method) -> None:
    slope = Mask.from_float(np.tile(np.linspace(0, 1, 400, dtype=np.float32), (40, 1)), 16)
    flat = opaque(np.full((40, 400, 3), 0.5))
    found = refine(slope, flat, method, 10)
    assert np.abs(found.to_float() - slope.to_float()).max() < 0.02


@METHODS
@pytest.mark.parametrize("value", [0, 100, 255])
def test_a_mask_without_an_edge_stays(method: Method, value: int) -> None:
    rgb, _ = hairy()
    flat = Mask(np.full(rgb.shape[:2], value, np.uint8))
    assert np.array_equal(refine(flat, opaque(rgb), method, 9).values, flat.values)


@LOOKING
def test_where_there_is_no_picture_the_mask_stays(method: Method) -> None:
    rgb, alpha = hairy()
    mask = cut(alpha)
    nothing = Raster(np.zeros((0, 0, 4), np.uint8))
    assert np.array_equal(refine(mask, nothing, method, 9).values, mask.values)
    left_half = opaque(rgb[:, :110])
    found = refine(mask, left_half, method, 9)
    assert np.array_equal(found.values[:, 110:], mask.values[:, 110:])
    assert (found.values[:, :110] != mask.values[:, :110]).any()


@METHODS
@pytest.mark.parametrize("size", [(1, 1), (1, 9), (9, 1), (2, 2), (3, 3)])
def test_the_smallest_canvases_are_no_trouble(method: Method, size: tuple[int, int]) -> None:
    values = np.zeros(size, np.uint8)
    values.flat[0] = 255
    found = refine(Mask(values), Raster(np.full((*size, 4), 255, np.uint8)), method, 3)
    assert found.values.shape == size


def test_a_picture_that_hangs_over_the_canvas_is_looked_at_where_it_lies() -> None:
    rgb, alpha = hairy()
    mask = cut(alpha)
    wide = Raster(cv2.copyMakeBorder(opaque(rgb).pixels, 7, 4, 9, 3, cv2.BORDER_REPLICATE), -9, -7)
    wanted = refine(mask, opaque(rgb), "matting", 12)
    assert np.array_equal(refine(mask, wide, "matting", 12).values, wanted.values)


def test_none_is_no_refinement() -> None:
    rgb, alpha = hairy()
    mask = cut(alpha)
    assert refine(mask, opaque(rgb), "none", 9) is mask
    assert refine(mask, opaque(rgb), "matting", 0) is mask


def test_a_band_too_large_for_full_size_is_matted_smaller(monkeypatch: pytest.MonkeyPatch) -> None:
    rgb, alpha = hairy()
    rgb, alpha = (cv2.resize(each, (880, 640), interpolation=cv2.INTER_LINEAR) for each in (rgb, alpha))
    mask, picture = cut(alpha), opaque(rgb)
    full = refine(mask, picture, "matting", 64)
    monkeypatch.setattr("composer.pixels.refine._MOST_WORK", 1.5e5)
    found = refine(mask, picture, "matting", 64)
    assert not np.array_equal(found.values, full.values)
    before, after = (np.abs(each.to_float() - alpha).sum() for each in (mask, found))
    assert after < before / 2


@pytest.mark.skipif(not SEG.is_dir(), reason="the shared test material is not beside the project")
def test_real_fur() -> None:
    rgb = np.asarray(Image.open(SEG / "lemur.png").convert("RGB"))
    truth = np.asarray(Image.open(SEG / "lemur.alpha.png").convert("L")) / 255
    trimap = np.asarray(Image.open(SEG / "lemur.trimap.png").convert("L"))
    rim = (trimap > 0) & (trimap < 255)
    picture = Raster(np.dstack((rgb, np.full(rim.shape, 255, np.uint8))))
    hard = Mask.from_float((truth > 0.5).astype(np.float32))
    error = {
        method: float(np.abs(refine(hard, picture, method, 12).to_float() - truth)[rim].mean())
        for method in ("none", "guided", "matting")
    }
    assert error["matting"] < error["none"] / 3
    assert error["guided"] < error["none"] / 2
