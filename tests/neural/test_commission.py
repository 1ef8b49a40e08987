"""What is painted where: overlapping regions, the rest, what is held, the first picture, colours by area."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor

from composer.errors import OperationError
from composer.neural.commission import MARGIN, Commission, commissioned, style_source
from composer.neural.palette import colour_moments
from composer.operation import Region, StyleImage, StyleSet
from composer.pixels.geometry import Bounds, Extent
from composer.pixels.raster import Mask, Raster

from .studio import box_mask

CANVAS = Extent(80, 64)


@pytest.fixture
def styles(painting: Raster) -> StyleSet:
    return StyleSet((StyleImage(painting),), seed=1, canvas_long_side=80)


@pytest.fixture
def regions(painting: Raster, sketch: Raster) -> tuple[Region, Region]:
    """Two boxes with a common part."""
    boxes = Bounds(0, 0, 40, 64), Bounds(30, 0, 60, 32)
    return (
        Region(box_mask(CANVAS, boxes[0]), (StyleImage(painting),)),
        Region(box_mask(CANVAS, boxes[1]), (StyleImage(sketch),)),
    )


def visible(plane: Tensor | None) -> np.ndarray:
    """(H, W) without the margin."""
    assert plane is not None
    return plane[0, 0, MARGIN:-MARGIN, MARGIN:-MARGIN].numpy()


def masks(commission: Commission) -> list[np.ndarray]:
    return [visible(area.mask) for area in commission.areas]


def test_without_regions_the_styles_paint_everything(photo: Raster, styles: StyleSet) -> None:
    commission = commissioned(photo, styles)
    assert [area.mask for area in commission.areas] == [None]
    assert commission.held is None


def test_regions_share_where_they_overlap_and_the_rest_is_the_others(
    photo: Raster, styles: StyleSet, regions: tuple[Region, Region]
) -> None:
    left, right, rest = masks(commissioned(photo, replace(styles, regions=regions)))
    np.testing.assert_allclose(left + right + rest, 1)
    assert left[10, 10] == 1
    assert (left[10, 35], right[10, 35]) == (0.5, 0.5)
    assert right[10, 50] == 1
    assert rest[50, 50] == 1


def test_every_mask_takes_memory_and_what_is_held_that_of_two(
    photo: Raster, styles: StyleSet, regions: tuple[Region, Region]
) -> None:
    held = replace(styles, protect=box_mask(CANVAS, Bounds(0, 0, 9, 9)))
    plain, guided, kept = (commissioned(photo, s) for s in (styles, replace(styles, regions=regions), held))
    assert [each.masks for each in (plain, guided, kept)] == [0, 3, 2]


def test_a_style_that_shows_nothing_is_refused(photo: Raster, painting: Raster, styles: StyleSet) -> None:
    clear = StyleImage(painting.with_pixels(painting.pixels * np.array([1, 1, 1, 0], np.uint8)), 0.5)
    with pytest.raises(OperationError, match="transparent everywhere"):
        commissioned(photo, replace(styles, images=(StyleImage(painting, 0.5), clear)))


def test_styles_that_can_hardly_paint_are_told(photo: Raster, painting: Raster, styles: StyleSet) -> None:
    flat = StyleImage(painting.with_pixels(np.full_like(painting.pixels, 255)))
    told = [
        list(commissioned(photo, replace(styles, images=(image,))).misgivings())
        for image in (StyleImage(painting), StyleImage(painting, scale=0.1), flat)
    ]
    assert told[0] == []
    assert "is only 6×8 pixels" in told[1][0]
    assert "is of one colour" in told[2][0]


def test_soft_regions_leave_to_the_others_what_they_do_not_take(
    photo: Raster, styles: StyleSet, painting: Raster
) -> None:
    faint = Region(box_mask(CANVAS, Bounds(0, 0, 40, 64), 0.4), (StyleImage(painting),))
    part, rest = masks(commissioned(photo, replace(styles, regions=(faint,))))
    assert part[5, 5] == pytest.approx(0.4, abs=0.002)
    assert rest[5, 5] == pytest.approx(0.6, abs=0.002)


def test_without_other_styles_the_rest_is_held(
    photo: Raster, styles: StyleSet, regions: tuple[Region, Region]
) -> None:
    commission = commissioned(photo, replace(styles, images=(), regions=regions))
    left, right = masks(commission)
    np.testing.assert_allclose(visible(commission.held), 1 - (left + right))


def test_what_is_protected_is_held_besides(
    photo: Raster, styles: StyleSet, regions: tuple[Region, Region]
) -> None:
    protect = box_mask(CANVAS, Bounds(0, 0, 20, 20))
    commission = commissioned(photo, replace(styles, images=(), regions=regions, protect=protect))
    held = visible(commission.held)
    assert held[:20, :20].min() == 1
    assert held[40:, :40].max() == 0
    assert held[40:, 50:].min() == 1


def test_a_region_that_shows_nothing_is_no_area(photo: Raster, styles: StyleSet, painting: Raster) -> None:
    nothing = Region(Mask(np.zeros((64, 80), np.uint8)), (StyleImage(painting),))
    (rest,) = masks(commissioned(photo, replace(styles, regions=(nothing,))))
    assert rest.min() == 1
    assert commissioned(photo, replace(styles, images=(), regions=(nothing,))).areas == ()


def test_masks_are_cut_where_the_layer_lies(photo: Raster, styles: StyleSet, painting: Raster) -> None:
    canvas = Extent(200, 150)
    region = Region(box_mask(canvas, Bounds(100, 50, 140, 100)), (StyleImage(painting),))
    placed = replace(photo, left=90, top=60)
    part, _ = masks(commissioned(placed, replace(styles, regions=(region,))))
    assert part[:40, 10:50].min() == 1
    assert part.sum() == 40 * 40


def test_a_painting_may_go_over_another_picture(photo: Raster, styles: StyleSet) -> None:
    """Where it is transparent or does not reach, with the content."""
    placed = replace(photo, left=10, top=5)
    pixels = np.zeros((40, 40, 4), np.uint8)
    pixels[:, :20] = [255, 0, 0, 255]
    commission = commissioned(placed, replace(styles, init=Raster(pixels, 10, 5)))
    ground, content = (p[0, :, MARGIN:-MARGIN, MARGIN:-MARGIN] for p in _grounds(commission))
    assert torch.equal(ground[:, :40, :20], torch.tensor([1.0, 0, 0])[:, None, None].expand(3, 40, 20))
    assert torch.equal(ground[:, :, 20:], content[:, :, 20:])
    assert torch.equal(ground[:, 40:], content[:, 40:])


def test_what_is_held_of_a_painting_on_another_is_the_content(photo: Raster, styles: StyleSet) -> None:
    below = photo.with_pixels(np.ascontiguousarray(photo.pixels[::-1]))
    commission = commissioned(photo, replace(styles, init=below))
    subject = commission.subject("style", share=1.0)
    assert subject.fixed is not None
    assert torch.equal(subject.fixed, commission.content.rgb)
    assert not torch.equal(subject.content.rgb, commission.content.rgb)


def _grounds(commission: Commission) -> tuple[Tensor, Tensor]:
    assert commission.ground is not None
    return commission.ground, commission.content.rgb


def test_a_style_is_read_at_the_size_its_scale_asks_for(painting: Raster) -> None:
    sizes = [
        style_source(StyleImage(painting, 1.0, scale), 60).picture.extent.long_side for scale in (0.5, 1, 4)
    ]
    assert sizes == [30 + 2 * MARGIN, 60 + 2 * MARGIN, 90 + 2 * MARGIN]


def test_each_areas_styles_take_the_colours_the_content_has_there(
    photo: Raster, styles: StyleSet, regions: tuple[Region, Region]
) -> None:
    red = photo.pixels.copy()
    red[:, :40] = red[:, :40] // [2, 6, 6, 1] + np.array([120, 0, 0, 0], np.uint8)
    commission = commissioned(photo.with_pixels(red), replace(styles, regions=(regions[0],)))
    subject = commission.subject("content")
    for area, region in zip(commission.areas, subject.regions, strict=True):
        wanted, _ = colour_moments([(area.of(commission.content), 1.0)])
        found, _ = colour_moments([(style.picture, style.share) for style in region.styles])
        np.testing.assert_allclose(found, wanted, atol=0.03)


def test_in_luminance_all_is_grey(photo: Raster, styles: StyleSet, regions: tuple[Region, Region]) -> None:
    init = photo.with_pixels(np.ascontiguousarray(photo.pixels[::-1]))
    subject = commissioned(photo, replace(styles, regions=regions, init=init)).subject("luminance", share=1.0)
    assert subject.fixed is not None
    planes = [subject.content.rgb, subject.fixed]
    planes += [style.picture.rgb for region in subject.regions for style in region.styles]
    assert {plane.shape[1] for plane in planes} == {1}
