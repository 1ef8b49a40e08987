"""Guides: which positions count for a region – those that see nothing else, as long as there are enough."""

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from composer.neural.encoder import Encoder
from composer.neural.guides import Guide, everywhere, guide, share
from composer.pixels.geometry import Bounds, Extent

EXTENT = Extent(160, 128)


def shown(box: Bounds, extent: Extent = EXTENT, value: float = 1.0) -> Tensor:
    plane = torch.zeros(1, 1, extent.height, extent.width)
    plane[..., box.top : box.bottom, box.left : box.right] = value
    return plane


def of(encoder: Encoder, region: Tensor, weight: Tensor | None = None) -> Guide:
    return guide(torch.ones_like(region) if weight is None else weight, region, encoder, 5)


def weights(found: Guide) -> tuple[Tensor, ...]:
    assert found.weights is not None
    return found.weights


def pooled(plane: Tensor, level: int) -> Tensor:
    return F.avg_pool2d(plane, 2**level)[0, 0]


@pytest.mark.parametrize("layer", range(5))
def test_positions_that_count_in_a_large_region_see_nothing_else(layer: int, encoder: Encoder) -> None:
    region = shown(Bounds(0, 0, 128, 128))
    rgb = torch.rand(1, 3, 128, 160, generator=torch.Generator().manual_seed(1))
    other = torch.where(region > 0, rgb, 1 - rgb)
    counts = weights(of(encoder, region))[layer] > 0
    before, after = (encoder(picture, 5)[layer][0, :, counts] for picture in (rgb, other))
    assert counts.any()
    assert torch.equal(before, after)
    everyone = [encoder(picture, 5)[layer] for picture in (rgb, other)]
    assert not torch.equal(*everyone)


def test_inside_guides_follow_their_definition(encoder: Encoder) -> None:
    region = shown(Bounds(0, 0, 130, 128))
    region[..., 20:40, 20:40] *= 0.5
    for level, reach, found in zip(encoder.levels, encoder.reach, weights(of(encoder, region)), strict=True):
        cell = 2**level
        least = -F.max_pool2d(-region, 2 * reach + cell, stride=cell, padding=reach)[0, 0]
        simple = pooled(region, level)
        torch.testing.assert_close(found, least if least.sum() >= 0.25 * simple.sum() else simple)


def test_a_region_too_small_to_be_seen_alone_counts_wherever_it_lies(encoder: Encoder) -> None:
    region = shown(Bounds(64, 48, 72, 56))
    found = weights(of(encoder, region))
    for level, weight in enumerate(found[1:], 1):
        torch.testing.assert_close(weight, pooled(region, level))
    assert all(weight.sum() > 0 for weight in found)


def test_what_is_transparent_does_not_count(encoder: Encoder) -> None:
    alpha = torch.ones(1, 1, 128, 160)
    alpha[..., :40] = 0
    for level, weight in enumerate(weights(of(encoder, shown(Bounds(0, 0, 130, 128)), alpha))):
        assert not weight[:, : 40 >> level].any()
        assert weight.any()


def test_weights_halve_from_layer_to_layer_and_keep_their_mean(encoder: Encoder) -> None:
    alpha = torch.rand(1, 1, 96, 64, generator=torch.Generator().manual_seed(1))
    found = weights(guide(alpha, None, encoder, 4))
    assert [tuple(weight.shape) for weight in found] == [(96, 64), (48, 32), (24, 16), (12, 8)]
    for weight in found:
        torch.testing.assert_close(weight.mean(), alpha.mean())


def test_an_opaque_picture_needs_no_weights(encoder: Encoder) -> None:
    found = everywhere(encoder, 3)
    assert found.weights is None
    assert found.flat(2) is None
    assert found.of(2, Bounds(0, 0, 16, 16)) is None
    assert found.cropped(Bounds(0, 0, 16, 16)) is found


def test_the_weights_under_a_tile_are_those_of_its_positions(encoder: Encoder) -> None:
    region = torch.rand(1, 1, 128, 160, generator=torch.Generator().manual_seed(2))
    found = of(encoder, region)
    for layer, level in enumerate(found.levels):
        under = found.of(layer, Bounds(32, 64, 160, 96))
        expected = weights(found)[layer][64 >> level : 96 >> level, 32 >> level : 160 >> level]
        assert under is not None
        assert torch.equal(under, expected.flatten())


@pytest.mark.parametrize("with_weights", [True, False])
def test_inside_and_outside_of_a_core_are_all_of_a_guide(encoder: Encoder, with_weights: bool) -> None:
    alpha = torch.rand(1, 1, 128, 160, generator=torch.Generator().manual_seed(3))
    whole = guide(alpha, None, encoder, 5) if with_weights else everywhere(encoder, 5)
    core = Bounds(32, 64, 96, 128)
    inside, outside = (whole.within(core, EXTENT, outside=side) for side in (False, True))
    for layer, level in enumerate(whole.levels):
        a, b = weights(inside)[layer], weights(outside)[layer]
        full = weights(whole)[layer] if with_weights else torch.ones_like(a)
        torch.testing.assert_close(a + b, full)
        assert not a[: 64 >> level].any()
        assert not b[64 >> level :, 32 >> level : 96 >> level].any()


def test_regions_have_the_share_of_the_picture_they_cover(encoder: Encoder) -> None:
    left, right = (of(encoder, shown(box)) for box in (Bounds(0, 0, 40, 128), Bounds(40, 0, 160, 128)))
    assert share([left, right]) == pytest.approx([0.25, 0.75], abs=0.01)
    assert share([everywhere(encoder, 5)]) == [1.0]


def test_regions_that_show_nothing_have_no_share(encoder: Encoder) -> None:
    nothing = of(encoder, torch.zeros(1, 1, 128, 160))
    assert share([nothing, nothing]) == [0, 0]
