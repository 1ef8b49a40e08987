"""When memory runs out the same picture goes on in smaller tiles, and the artist hears of it."""

from dataclasses import dataclass

import pytest
import torch
from torch import Tensor

from composer.errors import OperationError
from composer.neural.again import Again
from composer.neural.checkpoint import Checkpoint
from composer.neural.encoder import Encoder
from composer.neural.memory import SIDES
from composer.neural.picture import Picture
from composer.neural.pyramid import Scale
from composer.neural.recipe import Recipe
from composer.neural.stage import WholePicture
from composer.neural.subject import RegionSource, StyleSource, Subject
from composer.neural.transfer import paint
from composer.pixels.raster import Raster

from .conftest import RecordingBench
from .studio import CPU, WEIGHTS, WatchedEncoder, easel

IN_TWO = 450 * 20  # pixels that half of the strip and its surroundings have, and the whole has not


@dataclass
class ShrinkingEncoder(WatchedEncoder):
    """Memory runs out only after some time, as when another program starts."""

    def __call__(self, rgb: Tensor, depth: int) -> list[Tensor]:
        self.limit = IN_TWO if len(self.seen) > 5 else None
        return super().__call__(rgb, depth)


@pytest.fixture
def subject(strip: Raster, painting: Raster) -> Subject:
    return Subject(Picture.of(strip), [RegionSource([StyleSource(Picture.of(painting), 1.0)])])


@pytest.fixture
def recipe(subject: Subject) -> Recipe:
    extent = subject.content.extent
    return Recipe(WEIGHTS, (Scale(extent, 1.0, 8),), seed=1)


def painted(
    subject: Subject, recipe: Recipe, encoder: Encoder | WatchedEncoder, bench: RecordingBench
) -> Tensor:
    return paint(WholePicture(Again(lambda: subject), recipe, CPU), recipe, easel(encoder, None, bench))


@pytest.mark.parametrize("kind", [WatchedEncoder, ShrinkingEncoder], ids=["from the start", "on the way"])
def test_it_goes_on_in_smaller_tiles_to_the_same_picture(
    kind: type[WatchedEncoder], subject: Subject, recipe: Recipe, encoder: Encoder, bench: RecordingBench
) -> None:
    short = kind(encoder, IN_TWO)
    found = painted(subject, recipe, short, bench)
    whole = painted(subject, recipe, encoder, RecordingBench())
    off = (255 * (found - whole)).abs().amax(1)
    assert len(bench.told) == 1
    assert "the memory of cpu ran out: it goes on in tiles of" in bench.told[0]
    assert (off <= 1).float().mean() > 0.999
    assert max(short.seen[-3:]) <= IN_TWO
    assert bench.steps[-1][0] == bench.steps[-1][1]


def test_once_tiles_are_small_they_stay_small(
    subject: Subject, recipe: Recipe, encoder: Encoder, bench: RecordingBench
) -> None:
    short = WatchedEncoder(encoder, IN_TWO)
    painted(subject, recipe, short, bench)
    refused = [call for call, pixels in enumerate(short.seen) if pixels > IN_TWO]
    assert max(refused) < len(SIDES)


def test_a_run_that_goes_on_with_less_memory_than_it_began_with_takes_the_tiles_that_fit(
    subject: Subject, recipe: Recipe, encoder: Encoder
) -> None:
    """On a processor nothing tells that memory runs out: the prediction is all there is."""
    began = RecordingBench()
    painted(subject, recipe, encoder, began)
    again = WatchedEncoder(encoder)
    stages = WholePicture(Again(lambda: subject), recipe, CPU)
    paint(stages, recipe, easel(again, SIDES[-1], RecordingBench(last=began.checkpoints[-3])))
    assert max(again.seen) < subject.content.extent.pixels


@pytest.mark.parametrize("kind", [WatchedEncoder, ShrinkingEncoder], ids=["from the start", "on the way"])
def test_a_run_killed_after_its_tiles_shrank_comes_to_the_same_picture(
    kind: type[WatchedEncoder], subject: Subject, recipe: Recipe, encoder: Encoder, bench: RecordingBench
) -> None:
    """The last checkpoint before they shrank included."""
    found = painted(subject, recipe, kind(encoder, IN_TWO), bench)
    sides = [Checkpoint.of(kept, CPU).side for kept in bench.checkpoints]
    for last in bench.checkpoints[max(0, sides.count(None) - 1) :]:
        again = painted(subject, recipe, WatchedEncoder(encoder, IN_TWO), RecordingBench(last=last))
        assert torch.equal(again, found)
    assert len([side for side in sides if side is not None]) > 0


def test_what_no_tile_is_small_enough_for_is_refused_with_a_way_out(
    subject: Subject, recipe: Recipe, encoder: Encoder, bench: RecordingBench
) -> None:
    with pytest.raises(OperationError, match="the memory of cpu does not suffice") as refusal:
        painted(subject, recipe, WatchedEncoder(encoder, 1000), bench)
    assert "--scale" in refusal.value.hint
