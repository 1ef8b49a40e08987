"""What a step is predicted to take is what it takes: the bytes of all tensors alive at once, counted."""

from typing import Any
from weakref import finalize

import pytest
import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from composer.neural.compact import ENGINE
from composer.neural.controls import Controls
from composer.neural.easel import Easel
from composer.neural.reading import Reader
from composer.neural.subject import RegionSource, Subject
from composer.neural.target import objective
from composer.operation import PlainBench, Precision
from composer.pixels.geometry import Extent

from .studio import CPU, source, waves

EXTENT = Extent(416, 384)


class Counted(TorchDispatchMode):
    """Counts the bytes of what is made within it, for as long as it is there."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.alive: dict[int, int] = {}
        self.most = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        given = {id(leaf.untyped_storage()) for leaf in tree_leaves(args) if isinstance(leaf, Tensor)}
        made = func(*args, **(kwargs or {}))
        for leaf in tree_leaves(made):
            if isinstance(leaf, Tensor) and id(leaf.untyped_storage()) not in given | self.alive.keys():
                storage = leaf.untyped_storage()
                self.alive[id(storage)] = storage.nbytes()
                finalize(storage, self.alive.pop, id(storage))
        self.most = max(self.most, sum(self.alive.values()))
        return made


def counted(precision: Precision) -> int:
    """Bytes at the peak of a gradient, in one piece."""
    numbers = torch.bfloat16 if precision == "bf16" else torch.float32
    recipe = ENGINE.recipe(Controls(), EXTENT, 0)
    reader = Reader(ENGINE.load(CPU, numbers), recipe.depth, numbers)
    easel = Easel(reader, CPU, PlainBench(precision=precision), "")
    style = source(Extent(64, 64), 2, torch.float32)
    subject = Subject(waves(EXTENT, 1, torch.float32), [RegionSource([style])])
    goal, x = objective(subject, 1.0, recipe, easel), subject.content.rgb.clone()
    with Counted() as found:
        goal.gradient(x, torch.Generator().manual_seed(1), easel.tiles(EXTENT))
    return found.most


@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_a_step_holds_two_fifths_of_what_is_predicted(precision: Precision) -> None:
    """The rest is what the allocator keeps beside it, which no count of tensors tells."""
    share = counted(precision) / ENGINE.footprint.of_piece(EXTENT, precision)
    assert 0.3 < share < 0.45
