"""The objective: its gradient follows the formula, in tiles as in one piece, and reaches every region."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
import torch
from torch import Tensor

from composer.errors import Cancelled
from composer.neural.again import Again
from composer.neural.encoder import Encoder
from composer.neural.objective import Objective
from composer.neural.picture import Picture
from composer.neural.pyramid import Scale
from composer.neural.recipe import Recipe
from composer.neural.stage import WholePicture
from composer.neural.subject import RegionSource, StyleSource, Subject
from composer.neural.target import objective
from composer.neural.tiles import Tile, bands, tiled
from composer.pixels.geometry import Extent

from .plain_loss import PlainLoss
from .studio import CPU, WEIGHTS, easel, plane, source, waves

RECIPE = Recipe(WEIGHTS, (), seed=1)
STYLE = Extent(70, 60)


def soft_left(extent: Extent, dtype: torch.dtype = torch.float64) -> Tensor:
    """A mask that fades from left to right over the middle third."""
    fade = torch.linspace(2, -1, extent.width, dtype=dtype).clamp(0, 1)
    return fade.expand(1, 1, extent.height, -1).clone()


def halves(extent: Extent, dtype: torch.dtype = torch.float64) -> list[RegionSource]:
    """Two regions that share the middle; the second mixes two styles."""
    left = soft_left(extent, dtype)
    mixed = [StyleSource(waves(STYLE, 7, dtype), 0.3), StyleSource(waves(Extent(50, 66), 8, dtype), 0.7)]
    return [RegionSource([source(STYLE, 6, dtype)], left), RegionSource(mixed, 1 - left)]


def everywhere(dtype: torch.dtype = torch.float64) -> list[RegionSource]:
    return [RegionSource([source(STYLE, 6, dtype)])]


def painted(content: Picture) -> Tensor:
    """Something between the content and noise."""
    lots = torch.Generator().manual_seed(1)
    noise = torch.rand(content.rgb.shape, generator=lots, dtype=torch.float64).to(content.rgb.dtype)
    return torch.lerp(content.rgb, noise, 0.3).clamp(0, 1)


def gradient_of(goal: Objective, x: Tensor, tiles: Sequence[Tile] | None = None) -> tuple[float, Tensor]:
    whole = tiled(Extent(x.shape[3], x.shape[2]), None, 0)
    return goal.gradient(x, torch.Generator().manual_seed(5), tiles or whole)


def relative(a: Tensor, b: Tensor) -> float:
    return float((a - b).norm() / b.norm())


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32], ids=["double", "single"])
@pytest.mark.parametrize("guided", [False, True], ids=["everywhere", "regions"])
@pytest.mark.parametrize("extent", [Extent(421, 53), Extent(37, 390), Extent(241, 259)], ids=str)
def test_tiles_give_the_gradient_of_the_whole(
    extent: Extent, guided: bool, dtype: torch.dtype, encoder: Encoder, exact: Encoder
) -> None:
    rounding = 1e-12 if dtype == torch.float64 else 1e-6
    network = exact if dtype == torch.float64 else encoder
    regions = halves(extent, dtype) if guided else everywhere(dtype)
    subject = Subject(waves(extent, 2, dtype), regions)
    stands = [easel(network), easel(network, 128)]
    found = [
        gradient_of(objective(subject, 1.0, RECIPE, stand), painted(subject.content), stand.tiles(extent))
        for stand in stands
    ]
    assert len(stands[1].tiles(extent)) >= 4
    (loss, whole), (tiled_loss, in_tiles) = found
    assert relative(in_tiles, whole) < rounding
    assert tiled_loss == pytest.approx(loss, rel=rounding)


def test_tiles_that_see_too_little_give_another_gradient(exact: Encoder) -> None:
    extent = Extent(421, 53)
    subject = Subject(waves(extent, 2), halves(extent))
    goal, x = objective(subject, 1.0, RECIPE, easel(exact)), painted(subject.content)
    whole = gradient_of(goal, x)[1]
    off = [relative(gradient_of(goal, x, tiled(extent, 128, margin))[1], whole) for margin in (0, 48, 112)]
    assert off[0] > 1e-2
    assert off[1] > 1e-6
    assert off[2] < 1e-12


def transparent(picture: Picture) -> Picture:
    """The picture with a hole and a faint corner."""
    weight = picture.weight.clone()
    weight[..., 5:12, 6:20] = 0
    weight[..., :8, -8:] = 0.4
    return picture.with_weight(weight)


@pytest.mark.parametrize("tone", [1.0, 0.3])
def test_it_is_held_to_the_pixels_it_starts_from(tone: float, exact: Encoder) -> None:
    extent, recipe = Extent(52, 37), replace(RECIPE, tone=tone)
    photo = Subject(waves(extent, 2), everywhere())
    subject = replace(photo, ground=waves(extent, 9).rgb)
    x = painted(subject.content).requires_grad_()
    loss, gradient = gradient_of(objective(subject, 1.0, recipe, easel(exact)), x.detach())
    plain = PlainLoss(subject, recipe, exact)(x)
    (theirs,) = torch.autograd.grad(plain, x)
    assert loss == pytest.approx(float(plain.detach()), rel=1e-10)
    assert relative(gradient, theirs * x.numel()) < 1e-10
    assert loss > gradient_of(objective(photo, 1.0, RECIPE, easel(exact)), x.detach())[0]


@pytest.mark.parametrize("blend", [1.0, 0.4])
@pytest.mark.parametrize("hole", [False, True], ids=["opaque", "cut out"])
@pytest.mark.parametrize("regions", ["everywhere", "halves", "a part"])
def test_the_gradient_is_autograds_of_the_formula(
    regions: str, hole: bool, blend: float, exact: Encoder
) -> None:
    extent = Extent(52, 37)
    content = waves(extent, 2)
    areas = {"everywhere": everywhere(), "halves": halves(extent), "a part": halves(extent)[:1]}
    subject = Subject(transparent(content) if hole else content, areas[regions])
    recipe = replace(RECIPE, blend=blend)
    loss, gradient = gradient_of(objective(subject, 1.0, recipe, easel(exact)), painted(content))
    x = painted(content).requires_grad_()
    plain = PlainLoss(subject, recipe, exact)(x)
    (theirs,) = torch.autograd.grad(plain, x)
    assert loss == pytest.approx(float(plain.detach()), rel=1e-10)
    assert relative(gradient, theirs * x.numel()) < 1e-10


def test_the_gradient_of_a_large_picture_is_autograds_too(exact: Encoder) -> None:
    """One that pixels are not looked at all at once of; without neighbours, of which only some are drawn."""
    extent = Extent(430, 441)
    content, recipe = waves(extent, 2), replace(RECIPE, weights=replace(WEIGHTS, neighbours=0.0))
    assert len(list(bands(content.rgb))) > 1
    subject = Subject(content, halves(extent))
    gradient = gradient_of(objective(subject, 1.0, recipe, easel(exact)), painted(content))[1]
    x = painted(content).requires_grad_()
    (theirs,) = torch.autograd.grad(PlainLoss(subject, recipe, exact)(x), x)
    assert relative(gradient, theirs * x.numel()) < 1e-10


def test_what_is_held_is_shown_and_gets_no_gradient(exact: Encoder) -> None:
    extent = Extent(52, 37)
    held = 1 - soft_left(extent)
    subject = Subject(waves(extent, 2), halves(extent), held, waves(extent, 3).rgb)
    recipe = replace(RECIPE, scales=(Scale(extent, 1.0, 1),))
    stage = WholePicture(Again(lambda: subject), recipe, CPU).at(0, easel(exact))
    x = painted(subject.content).requires_grad_()
    assert subject.fixed is not None
    plain = PlainLoss(subject, recipe, exact)(x * (1 - held) + subject.fixed * held)
    (theirs,) = torch.autograd.grad(plain, x)
    loss, gradient = gradient_of(stage.objective, stage.shown(x.detach()))
    assert loss == pytest.approx(float(plain.detach()), rel=1e-10)
    through = stage.through(gradient)
    assert relative(through, theirs * x.numel()) < 1e-10
    assert torch.equal(stage.shown(x.detach())[..., -10:], subject.fixed[..., -10:])
    assert not through[..., -10:].any()


def test_greys_are_read_as_colours(exact: Encoder) -> None:
    extent = Extent(48, 32)
    content, style = (picture.with_rgb(picture.rgb[:, :1]) for picture in (waves(extent, 2), waves(STYLE, 6)))
    subject = Subject(content, [RegionSource([StyleSource(style, 1.0)])])
    gradient = gradient_of(objective(subject, 1.0, RECIPE, easel(exact)), painted(content))[1]
    x = painted(content).requires_grad_()
    (theirs,) = torch.autograd.grad(PlainLoss(subject, RECIPE, exact)(x), x)
    assert relative(gradient, theirs * x.numel()) < 1e-10


STYLE_ALONE = replace(RECIPE, weights=replace(WEIGHTS, content=0.0, smoothness=0.0, anchor=0.0))


@pytest.mark.parametrize("side", [4, 8, 24, 64])
def test_every_region_gets_a_gradient_however_small(side: int, encoder: Encoder) -> None:
    extent = Extent(96, 96)
    inside = plane(extent, 0.0, torch.float32)
    inside[..., 40 : 40 + side, 17 : 17 + side] = 1
    styles = [[source(STYLE, seed, torch.float32)] for seed in (6, 7)]
    subject = Subject(
        waves(extent, 2, torch.float32),
        [RegionSource(styles[0], 1 - inside), RegionSource(styles[1], inside)],
    )
    x = painted(subject.content)
    gradient = (
        gradient_of(objective(subject, 1.0, STYLE_ALONE, easel(encoder)), x)[1].abs().amax(1, keepdim=True)
    )
    within, without = gradient[inside > 0], gradient[inside == 0]
    assert (within > 0).float().mean() > 0.99
    assert within.mean() > 0.2 * without.mean()


def test_a_region_is_judged_by_its_own_pixels_alone(encoder: Encoder) -> None:
    """Its loss and pull stay what they are, to the bit, when anything changes outside its mask."""
    extent = Extent(320, 64)
    inside = plane(extent, 0.0, torch.float32)
    inside[..., :240] = 1
    subject = Subject(
        waves(extent, 2, torch.float32), [RegionSource([source(STYLE, 6, torch.float32)], inside)]
    )
    goal = objective(subject, 1.0, STYLE_ALONE, easel(encoder))
    x = painted(subject.content)
    elsewhere = torch.where(inside > 0, x, 1 - x)
    (loss, gradient), (other_loss, other) = gradient_of(goal, x), gradient_of(goal, elsewhere)
    assert other_loss == loss
    assert torch.equal(gradient[..., :190], other[..., :190])
    assert not gradient[..., 240:].any()


def test_regions_weigh_as_much_as_they_cover(encoder: Encoder) -> None:
    extent = Extent(96, 48)
    left = plane(extent, 0.0, torch.float32)
    left[..., :24] = 1
    regions = [
        RegionSource([source(STYLE, k, torch.float32)], mask) for k, mask in ((6, left), (7, 1 - left))
    ]
    goal = objective(Subject(waves(extent, 2, torch.float32), regions), 1.0, STYLE_ALONE, easel(encoder))
    assert [part.share for part in goal.goals] == pytest.approx([0.25, 0.75], abs=0.02)


def test_between_tiles_it_asks_whether_to_go_on(encoder: Encoder) -> None:
    extent = Extent(400, 40)
    subject = Subject(waves(extent, 2, torch.float32), everywhere(torch.float32))
    stand = easel(encoder, 128)
    asked = []

    def alive() -> None:
        asked.append(1)
        if len(asked) == 6:
            raise Cancelled

    goal, tiles = objective(subject, 1.0, RECIPE, stand), stand.tiles(extent)
    with pytest.raises(Cancelled):
        goal.gradient(painted(subject.content), torch.Generator(), tiles, alive)
    assert len(tiles) == 4
