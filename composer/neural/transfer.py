"""Transfer: the one loop of all engines – paint, scale by scale, step by step.

Knows steps, progress, checkpoints, when to stop, and what to do when a device's memory does not suffice.
Does not know what a stage shows (`stage`), nor the artist's parameters, nor files.
"""

import math
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TypeVar

import torch
from torch import Tensor

from ..digest import digest_of_parts
from ..errors import OperationError
from ..pixels.geometry import Extent
from ..pixels.raster import Raster
from .adam import Painting
from .bench import return_freed_memory
from .checkpoint import Checkpoint
from .easel import Easel
from .glimpse import glimpse
from .memory import SIDES
from .recipe import Recipe
from .second_order import ROUND, refined
from .stage import Stage, Stages

T = TypeVar("T")


def paint(stages: Stages, recipe: Recipe, easel: Easel) -> Tensor:
    """The finished picture: (1, 3 or 1, H, W) on the CPU, 0…1.

    Goes on from the bench's checkpoint when there is one; the result is the same. Raises OperationError
    when the loss is not finite or memory does not suffice, and whatever `bench.step` raises.
    """
    return _Run(stages, recipe, easel).finished()


class _Run:
    def __init__(self, stages: Stages, recipe: Recipe, easel: Easel) -> None:
        kept = easel.bench.resumed()
        last = None if kept is None else Checkpoint.of(kept, easel.device)
        self._stages = stages
        self._recipe = recipe
        self._easel = easel if last is None else easel.with_side(_smaller_of(easel.side, last.side))
        self._begins = (0, 0) if last is None else (last.scale, last.step)
        self._painting = None if last is None else last.painting
        self._current: tuple[tuple[int, int | None], Stage] | None = None

    def finished(self) -> Tensor:
        painting, self._painting = self._painting, None  # which every scale replaces by its own
        first, done = self._begins
        for scale in range(first, len(self._recipe.scales)):
            self._told(scale, 0)
            begun = done if scale == first else 0
            if not begun:
                painting = self._begun(scale, painting)
            assert painting is not None
            is_last = scale == len(self._recipe.scales) - 1
            work = self._rounds if is_last and self._recipe.finish == "lbfgs" else self._steps
            work(scale, begun, painting)
        assert painting is not None
        picture = self._fitting(partial(self._stage, scale)).shown(painting.result()).cpu()
        self._check(float(picture.sum()), scale, self._recipe.scales[scale].steps - 1)  # the last step's own
        return picture

    def _stage(self, scale: int) -> Stage:
        """The stage of a scale; read anew when tiles shrank, as a run resumed from here reads it."""
        here = scale, self._easel.side
        if self._current is None or self._current[0] != here:
            self._current = None  # before the next one takes as much memory
            if self._easel.side is not None:
                return_freed_memory()
            easel = replace(self._easel, alive=partial(self._told, scale, 0))
            self._current = here, self._stages.at(scale, easel)
        return self._current[1]

    def _begun(self, scale: int, painting: Painting | None) -> Painting:
        ground = self._stages.ground(scale)
        if painting is None:
            return Painting.start(ground)
        return painting.at(self._stages.ground(scale - 1), ground, self._recipe.detail)

    def _steps(self, scale: int, begun: int, painting: Painting) -> None:
        recipe, steps = self._recipe, self._recipe.scales[scale].steps
        for step in range(begun, steps):
            loss, gradient = self._gradient(scale, step, painting.x)
            rate = recipe.rate_at(step / steps, loss)
            painting.step(gradient, rate, recipe.decay)
            self._stands(scale, step + 1, painting)

    def _rounds(self, scale: int, begun: int, painting: Painting) -> None:
        """The last scale by L-BFGS; a round looks at the same lots throughout."""
        steps = self._recipe.scales[scale].steps
        for step in range(begun, steps, ROUND):
            evaluate = partial(self._evaluated, scale, step)
            painting.x, painting.weight = refined(painting.x, evaluate), 0.0
            self._stands(scale, min(step + ROUND, steps), painting)

    def _evaluated(self, scale: int, step: int, x: Tensor) -> tuple[float, Tensor]:
        """The loss of pixels and its gradient, both times the number of values."""
        self._told(scale, step)
        loss, gradient = self._gradient(scale, step, x)
        return loss * self._stage(scale).objective.values, gradient

    def _stands(self, scale: int, step: int, painting: Painting) -> None:
        """Tell how far it is, and offer a look at it and a checkpoint."""
        self._told(scale, step)
        self._easel.bench.show(partial(self._look, scale, painting))
        self._easel.bench.checkpoint(Checkpoint(scale, step, self._easel.side, painting).parts)

    def _look(self, scale: int, painting: Painting) -> Raster:
        return glimpse(self._stage(scale).shown(painting.x))

    def _gradient(self, scale: int, step: int, x: Tensor) -> tuple[float, Tensor]:
        """The loss and its gradient, in smaller tiles if it has to be: the lots are drawn anew each time."""

        def attempt() -> tuple[float, Tensor]:
            stage = self._stage(scale)
            shown, lots = stage.shown(x), torch.Generator().manual_seed(_seed(self._recipe.seed, scale, step))
            tiles = self._easel.tiles(Extent(shown.shape[3], shown.shape[2]))
            loss, gradient = stage.objective.gradient(shown, lots, tiles, partial(self._told, scale, step))
            return loss, stage.through(gradient)

        loss, gradient = self._fitting(attempt)
        self._check(loss, scale, step)
        return loss, gradient

    def _fitting(self, work: Callable[[], T]) -> T:
        """Do it, in tiles small enough for the device's memory; the artist is told when they shrank."""
        before = self._easel.side
        while True:
            try:
                done = work()
                break
            except torch.OutOfMemoryError:
                pass  # what was computed is freed when this block is left, not before
            self._easel = _smaller(self._easel)
        if self._easel.side != before:
            device, side = self._easel.device, self._easel.side
            self._easel.bench.tell(f"the memory of {device} ran out: it goes on in tiles of {side} pixels")
        return done

    def _check(self, loss: float, scale: int, step: int) -> None:
        if not math.isfinite(loss):
            here = self._recipe.scales[scale]
            raise OperationError(
                f"the style loss is not finite at {here.extent}, step {step + 1} of {here.steps}",
                "the style or content may hold no detail at all; try another strength or a larger layer",
            )

    def _told(self, scale: int, step: int) -> None:
        done, all_of_it = self._recipe.work(scale, step), self._recipe.work(len(self._recipe.scales), 0)
        self._easel.bench.step(done, all_of_it)


def _smaller_of(a: int | None, b: int | None) -> int | None:
    """The smaller side of two; None is that of a picture in one piece."""
    return min((side for side in (a, b) if side is not None), default=None)


def _smaller(easel: Easel) -> Easel:
    """The easel with the next smaller tiles. Raises OperationError when they are as small as is of use."""
    side = next((side for side in SIDES if easel.side is None or side < easel.side), None)
    if side is None:
        raise OperationError(
            f"the memory of {easel.device} does not suffice", "build a draft with --scale 0.5"
        )
    torch.cuda.empty_cache()
    return easel.with_side(side)


def _seed(seed: int, scale: int, step: int) -> int:
    """The seed of one step's lots, so that a resumed run draws what an uninterrupted one does."""
    return int(digest_of_parts([f"{seed} {scale} {step}".encode()])[:15], 16)
