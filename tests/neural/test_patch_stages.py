"""What a patch starts from, is pulled towards and is held to, scale by scale."""

from dataclasses import replace

import pytest
import torch
from torch import Tensor

from composer.neural.controls import Controls
from composer.neural.encoder import Encoder
from composer.neural.engine import Engine
from composer.neural.objective import Objective
from composer.neural.patch import Change, PatchedPicture, patch_recipe
from composer.neural.pyramid import Scale
from composer.neural.reading import part
from composer.neural.recipe import Recipe
from composer.neural.subject import RegionSource, Subject
from composer.neural.target import objective
from composer.neural.tiles import tiled
from composer.operation import REACH
from composer.pixels.geometry import Extent

from .studio import CPU, WEIGHTS, easel, plane, source, waves


def test_of_noise_a_patch_starts_from_the_old_painting() -> None:
    """Its layout is the style's: nothing of the photograph comes in where it was edited."""
    extent = Extent(128, 96)
    dirty = torch.zeros(1, 1, 96, 128)
    dirty[..., 40:60, 50:70] = 1
    old = waves(extent, 3, torch.float32).rgb
    recipe = Recipe(WEIGHTS, (Scale(extent, 1.0, 1),), seed=1)
    for is_from_noise in (True, False):
        subject = Subject(waves(extent, 2, torch.float32), [], is_from_noise=is_from_noise)
        ground = PatchedPicture(subject, Change(old, dirty), recipe, 0.0, CPU).ground(0)
        assert torch.equal(ground, old) is is_from_noise


def test_a_patch_is_painted_at_half_size_and_in_full(engine: Engine) -> None:
    extent = Extent(640, 480)
    recipe = patch_recipe(engine.recipe(Controls(structure=0.0), extent, 1))
    assert [scale.extent for scale in recipe.scales] == [Extent(320, 240), extent]
    assert recipe.scales[0].steps > recipe.scales[1].steps
    single = engine.recipe(Controls(structure=1.0), extent, 1)
    assert [scale.extent for scale in patch_recipe(single).scales] == [extent]


def gradient_of(goal: Objective, x: Tensor) -> Tensor:
    whole = tiled(Extent(x.shape[3], x.shape[2]), None, 0)
    return goal.gradient(x, torch.Generator().manual_seed(5), whole)[1]


def halves(extent: Extent) -> list[RegionSource]:
    left = plane(extent, 0.0)
    left[..., : extent.width // 2] = 1
    return [RegionSource([source(Extent(60, 70), k)], mask) for k, mask in ((6, left), (7, 1 - left))]


@pytest.mark.parametrize("guided", [False, True], ids=["everywhere", "regions"])
def test_what_changed_is_pulled_as_in_the_whole_picture(
    guided: bool, exact: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The crop, and the sums over what stays, make the gradient that the whole picture has there."""
    extent = Extent(704, 64)
    content = waves(extent, 2)
    if guided:
        content.weight[..., :8, 280:330] = 0
    subject = Subject(content, halves(extent) if guided else [RegionSource([source(extent, 6)])])
    recipe = Recipe(replace(WEIGHTS, neighbours=0.0), (Scale(extent, 1.0, 1),), seed=1)
    dirty = plane(extent, 0.0)
    dirty[..., 20:24, 330:360] = 1
    change = Change(waves(extent, 3).rgb, dirty)
    monkeypatch.setattr("composer.neural.patch._LACKING", 1.0)  # all of it, as the whole picture makes up
    stage = PatchedPicture(subject, change, recipe, 1.0, CPU).at(0, easel(exact))
    x = torch.where(change.free > 0, waves(extent, 4).rgb, change.old)
    again = part(change.free > 0, change.crop).expand(1, 3, -1, -1)
    found = gradient_of(stage.objective, part(x, change.crop).contiguous())
    wanted = part(gradient_of(objective(subject, 1.0, recipe, easel(exact)), x), change.crop)
    assert change.crop.width < extent.width
    assert float((found - wanted)[again].norm() / wanted[again].norm()) < 1e-6
    assert stage.held is not None
    assert torch.equal(stage.held == 1, ~again[:, :1])


def test_most_of_a_large_picture_is_not_looked_at() -> None:
    dirty = torch.zeros(1, 1, 700, 900)
    dirty[..., 400:420, 500:530] = 1
    change = Change(torch.zeros(1, 3, 700, 900), dirty)
    assert change.core.pad(-1).intersect(change.crop) == change.core.pad(-1)
    assert change.crop.extent.pixels < 0.5 * change.whole.extent.pixels


@pytest.mark.parametrize("side", [0, 1])
def test_a_change_reaches_as_far_as_it_is_painted_again(side: int) -> None:
    dirty = torch.zeros(1, 1, 120, 100)
    dirty[..., 60, 50 * side] = 0.2
    change = Change(torch.zeros(1, 3, 120, 100), dirty)
    free, held = change.free[0, 0], change.held[0, 0]
    rows, columns = free.any(1).nonzero(), free.any(0).nonzero()
    assert (int(rows[0]), int(rows[-1])) == (61 - REACH, 59 + REACH)
    assert (int(columns[0]), int(columns[-1])) == (max(0, 50 * side + 1 - REACH), 50 * side + REACH - 1)
    away = held[60:, 50 * side]
    assert away[0] == 0
    assert (away.diff() >= 0).all()
    assert float(away.diff().max()) < 2 / REACH, "no pixel is held much more than the one beside it"
