"""Random stacks and random edits of them, as an artist makes them: for what must hold whatever the piece."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from composer.pixels.raster import Mask, Raster
from composer.pixels.stack import LayerGroup, LayerStack, PaintLayer, StackItem
from composer.registry import find_blend, names

from .conftest import CANVAS, DTYPES, HEIGHT, WIDTH, group, noise

MODES = names("blend")
Value = Raster | Mask


@dataclass
class Studio:
    """Makes and edits stacks. `values`: all pixels that ever were, by what stands for their digest."""

    seed: int
    lost: bool = False
    choice: random.Random = field(init=False)
    values: dict[int, Value] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.choice = random.Random(self.seed)

    def digest_of(self, value: Value) -> int:
        self.values[id(value)] = value
        return id(value)

    def find(self, digest: object) -> Value | None:
        """An earlier value; where they are `lost`, mostly none."""
        if self.lost and self.choice.random() < 0.7:
            return None
        return self.values[int(str(digest))]

    def stack(self) -> LayerStack:
        return LayerStack(CANVAS, tuple(self.item(2) for _ in range(self.choice.randint(1, 7))))

    def item(self, deep: int) -> StackItem:
        if deep and self.choice.random() < 0.25:
            children = [self.item(deep - 1) for _ in range(self.choice.randint(0, 4))]
            made: StackItem = replace(group(*children), pass_through=self.choice.random() < 0.5)
        else:
            made = PaintLayer("layer", self.raster(), find_blend(self.choice.choice(MODES)))
        return replace(
            made,
            mask=self.mask() if self.choice.random() < 0.5 else None,
            opacity=self.choice.choice([0.0, 0.3, 0.7, 1.0, 1.0]),
            visible=self.choice.random() < 0.85,
            clip=self.choice.random() < 0.25,
        )

    def raster(self) -> Raster:
        depth = 16 if self.choice.random() < 0.1 else 8
        pixels = noise(self.choice.randrange(1 << 30), 4, depth)
        top, left = self.choice.randrange(HEIGHT // 2), self.choice.randrange(WIDTH // 2)
        if self.choice.random() < 0.5:
            return Raster(pixels)
        if self.choice.random() < 0.1:
            return Raster(pixels[:0, :0])
        part = np.ascontiguousarray(pixels[top : top + 20, left : left + 25])
        return Raster(part, self.choice.randint(-15, WIDTH), self.choice.randint(-15, HEIGHT))

    def mask(self) -> Mask:
        """Noise in a box, nothing outside; now and then nothing at all."""
        depth = 16 if self.choice.random() < 0.1 else 8
        values = np.zeros((HEIGHT, WIDTH), DTYPES[depth])
        box = self._box()
        values[box] = noise(self.choice.randrange(1 << 30), 1, depth)[..., 0][box]
        return Mask(values)

    def edited(self, stack: LayerStack) -> LayerStack:
        """The stack after one or two edits."""
        for _ in range(self.choice.choice([1, 1, 1, 2])):
            stack = replace(stack, layers=self._edited(stack.layers))
        return stack

    def _edited(self, items: tuple[StackItem, ...]) -> tuple[StackItem, ...]:
        listed = list(items)
        what = self.choice.random()
        if what < 0.1 or not listed:
            listed.insert(self.choice.randint(0, len(listed)), self.item(1))
            return tuple(listed)
        at = self.choice.randrange(len(listed))
        if what < 0.18:
            del listed[at]
        elif what < 0.26:
            listed.insert(self.choice.randint(0, len(listed) - 1), listed.pop(at))
        else:
            listed[at] = self._changed(listed[at])
        return tuple(listed)

    def _changed(self, item: StackItem) -> StackItem:
        if isinstance(item, LayerGroup):
            return self._changed_group(item)
        changes: list[Callable[[], StackItem]] = [
            lambda: replace(item, raster=self._painted(item.raster)),
            lambda: replace(item, raster=self.raster()),
            lambda: replace(item, raster=replace(item.raster, left=item.raster.left + 3)),
            lambda: replace(item, blend=find_blend(self.choice.choice(MODES))),
        ]
        return self.choice.choice([*changes, *self._common(item)])()

    def _changed_group(self, item: LayerGroup) -> StackItem:
        inside = [lambda: replace(item, children=self._edited(item.children))] * 6
        through = [lambda: replace(item, pass_through=not item.pass_through)]
        return self.choice.choice([*inside, *through, *self._common(item)])()

    def _common(self, item: StackItem) -> list[Callable[[], StackItem]]:
        mask = item.mask
        return [
            lambda: replace(item, opacity=self.choice.choice([0.0, 0.2, 0.9, 1.0])),
            lambda: replace(item, visible=not item.visible),
            lambda: replace(item, clip=not item.clip),
            lambda: replace(item, mask=None if mask is not None else self.mask()),
            lambda: replace(item, mask=self.mask()),
            lambda: replace(item, mask=self.mask() if mask is None else self._brushed(mask)),
        ]

    def _painted(self, raster: Raster) -> Raster:
        if raster.is_empty:
            return raster
        pixels, box = raster.pixels.copy(), self._box()
        pixels[box] = ~pixels[box]
        return raster.with_pixels(pixels)

    def _brushed(self, mask: Mask) -> Mask:
        values, box = mask.values.copy(), self._box()
        values[box] = ~values[box]
        return Mask(values)

    def _box(self) -> tuple[slice, slice]:
        top, left = self.choice.randrange(HEIGHT), self.choice.randrange(WIDTH)
        return slice(top, top + self.choice.randint(1, 15)), slice(left, left + self.choice.randint(1, 25))
