"""Perspective: a picture drawn into four corners – where it lands, how sharp, what is told of bad ones."""

import numpy as np
import pytest
from skimage import data, transform

from composer.pixels import warp as warp_module
from composer.pixels.geometry import Bounds, Extent, Quad, quad_mistake
from composer.pixels.raster import Array, Raster
from composer.pixels.resample import Fit, place

CANVAS = Extent(320, 260)
FLOOR = ((140.0, 30.0), (165.0, 34.0), (310.0, 250.0), (10.0, 240.0))
SQUARE = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))


def opaque(rgb: Array) -> Raster:
    return Raster(np.dstack((rgb, np.full(rgb.shape[:2], np.iinfo(rgb.dtype).max, rgb.dtype))))


def flat(color: tuple[int, int, int], size: int = 60) -> Raster:
    return opaque(np.full((size, size, 3), color, np.uint8))


def on_canvas(placed: Raster, canvas: Extent = CANVAS) -> Array:
    whole = Raster.blank(Bounds.of(canvas), placed.depth)
    whole.pixels[placed.bounds.slices] = placed.pixels
    return whole.pixels


def supersampled(rgb: Array, quad: Quad, canvas: Extent, samples: int) -> Array:
    """(H, W, 3) 0…255: the mean of `samples`² cubic samples in each pixel of the canvas."""
    height, width = rgb.shape[:2]
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], float)
    back = transform.ProjectiveTransform.from_estimate(np.array(quad), corners)
    grid_x, grid_y = np.meshgrid(
        (np.arange(canvas.width * samples) + 0.5) / samples,
        (np.arange(canvas.height * samples) + 0.5) / samples,
    )
    points = back(np.stack((grid_x.ravel(), grid_y.ravel()), axis=1)) - 0.5
    rows_and_columns = points[:, ::-1].T.reshape(2, *grid_x.shape)
    channels = [transform.warp(rgb[..., i] / 255, rows_and_columns, order=3, mode="edge") for i in range(3)]
    fine = np.stack(channels, axis=2).reshape(canvas.height, samples, canvas.width, samples, 3)
    mean: Array = 255 * fine.mean(axis=(1, 3))
    return mean


def test_a_floor_is_as_sharp_as_if_it_were_sampled_many_times_and_does_not_flicker() -> None:
    photo = data.astronaut()
    placed = on_canvas(place(opaque(photo), Fit(quad=FLOOR), CANVAS))
    reference = supersampled(photo, FLOOR, CANVAS, 6)
    inside = placed[..., 3] == 255
    error = (placed[..., :3] - reference)[inside]
    ratio = 10 * np.log10(255**2 / (error**2).mean())
    assert ratio > 38, f"{ratio:.1f} dB"
    steps = [
        np.abs(np.diff(p[..., :3].astype(float), axis=1))[inside[:, 1:] & inside[:, :-1]].mean()
        for p in (placed, reference)
    ]
    assert 0.97 < steps[0] / steps[1] < 1.15


def test_fine_stripes_far_away_become_grey() -> None:
    stripes = np.zeros((512, 512, 3), np.uint8)
    stripes[::2] = 255
    placed = on_canvas(place(opaque(stripes), Fit(quad=FLOOR), CANVAS))
    assert np.abs(placed[40:90, 148:160, 0].astype(int) - 127).max() <= 12


def test_the_edge_shares_its_pixels_exactly() -> None:
    """What a picture covers adds up to the area of its quad."""
    quad = ((20.3, 30.7), (200.1, 11.9), (250.6, 220.2), (33.3, 190.8))
    alpha = on_canvas(place(flat((200, 90, 20)), Fit(quad=quad), CANVAS))[..., 3] / 255
    x, y = np.array(quad).T
    area = abs((x * np.roll(y, -1) - y * np.roll(x, -1)).sum()) / 2
    assert alpha.sum() == pytest.approx(area, rel=2e-4)
    assert ((alpha > 0.1) & (alpha < 0.9)).sum() > 200


@pytest.mark.parametrize("fit", [Fit(quad=FLOOR), Fit(rotate=20, scale=1.7), Fit(scale=2.3), Fit(scale=0.4)])
def test_a_cut_out_gets_no_contour_beside_its_edge(fit: Fit) -> None:
    pixels = np.zeros((120, 120, 4), np.uint8)
    pixels[..., 1] = 255
    pixels[30:90, 30:90] = (180, 60, 30, 255)
    placed = on_canvas(place(Raster(pixels), fit, CANVAS))
    shown = placed[..., 3] > 0
    assert np.abs(placed[shown][:, :3].astype(int) - (180, 60, 30)).max() <= 1
    for row in placed[..., 3].astype(int):
        again = np.abs(np.diff(row)).sum() - 2 * (row.max() - row.min())
        assert again <= 16, f"alpha rises again beside the edge: {row[row > 0]}"


def test_corners_in_the_other_order_mirror_the_picture() -> None:
    photo = opaque(data.astronaut()[:200, :200])
    box = Bounds(20, 30, 220, 230)
    corners = ((20.0, 30.0), (220.0, 30.0), (220.0, 230.0), (20.0, 230.0))
    straight = place(photo, Fit(quad=corners), CANVAS)
    assert straight.bounds == box
    assert np.array_equal(straight.pixels, photo.pixels)
    mirrored = place(photo, Fit(quad=(corners[1], corners[0], corners[3], corners[2])), CANVAS)
    assert np.array_equal(mirrored.pixels, photo.pixels[:, ::-1])
    flipped = place(photo, Fit(quad=corners, flip="horizontal"), CANVAS)
    assert np.array_equal(flipped.pixels, mirrored.pixels)


def test_a_crop_is_what_lands_on_the_corners() -> None:
    photo = opaque(data.astronaut())
    corners = tuple((256.0 * x, 256.0 * y) for x, y in SQUARE)
    cropped = place(photo, Fit(quad=corners, crop=(0.25, 0.25, 0.75, 0.75)), CANVAS)
    assert np.array_equal(cropped.pixels, photo.pixels[128:384, 128:384])


def test_sixteen_bits_stay_sixteen_bits() -> None:
    ramp = np.repeat(np.linspace(0, 65535, 400).astype(np.uint16)[None, :, None], 3, axis=2).repeat(300, 0)
    placed = place(opaque(ramp), Fit(quad=((0, 0), (320, 0), (320, 260), (0, 260))), CANVAS).pixels
    assert placed.dtype == np.uint16
    assert len(np.unique(placed[130, :, 0])) == 320


def test_only_what_the_canvas_shows_is_made() -> None:
    huge = ((-90_000.0, -80_000.0), (95_000.0, -70_000.0), (99_000.0, 90_000.0), (-85_000.0, 99_000.0))
    placed = place(flat((9, 99, 199)), Fit(quad=huge), CANVAS)
    assert placed.bounds == Bounds.of(CANVAS)
    assert (placed.pixels == (9, 99, 199, 255)).all()
    beside = tuple((x + 1000, y) for x, y in FLOOR)
    assert place(flat((1, 2, 3)), Fit(quad=beside), CANVAS).is_empty


def test_the_number_of_processors_changes_no_byte(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warp_module, "_BAND", 5000)
    photo, found = opaque(data.astronaut()), []
    for count in (1, 4):
        monkeypatch.setattr(warp_module.os, "cpu_count", lambda count=count: count)
        found.append(place(photo, Fit(quad=FLOOR), CANVAS).pixels.tobytes())
    assert found[0] == found[1]


@pytest.mark.parametrize(
    ("corners", "words"),
    [
        (((0, 0), (10, 0), (5, 5)), "is not four corners"),
        (((0, 0), (10, 0), (10, 0), (0, 10)), "has its bottom right corner where the top right corner is"),
        (((0, 0), (10, 0), (20, 0), (0, 10)), "has three corners in one line: top right"),
        (((0, 0), (10, 10), (10, 0), (0, 10)), "has sides that cross"),
        (((0, 0), (10, 0), (2, 2), (0, 10)), "is not convex: the bottom right corner points inwards"),
        (((0, 0), (float("inf"), 0), (2, 2), (0, 10)), "has a corner that is nowhere"),
    ],
)
def test_corners_that_hold_no_picture_are_told(corners: Quad, words: str) -> None:
    assert (quad_mistake(corners) or "").startswith(words)
    with pytest.raises(ValueError, match=f"the quad {words}"):
        place(flat((0, 0, 0)), Fit(quad=corners), CANVAS)


def test_any_bulging_quad_will_do() -> None:
    for corners in (SQUARE, SQUARE[::-1], FLOOR, tuple((x * 1e-3, y * 1e5) for x, y in SQUARE)):
        assert quad_mistake(corners) is None
