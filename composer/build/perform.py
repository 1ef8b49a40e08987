"""Perform: one action on its input values.

Knows which function computes each kind of action. Does not know the store, keys or the order of work.
"""

from __future__ import annotations

from dataclasses import replace
from functools import singledispatch
from pathlib import Path
from typing import Any

import numpy as np

from ..composite.flatten import flatten
from ..graph.action import (
    Action,
    Adjust,
    Apply,
    Combine,
    Composite,
    CutOut,
    Decode,
    Export,
    Fade,
    Fill,
    Find,
    Mix,
    Place,
    Stylize,
)
from ..graph.recipe import GroupRecipe, LayerRecipe, StackRecipe
from ..operation import Bench, Parent, Region, StyleImage, StyleSet
from ..pixels import adjust
from ..pixels.geometry import Extent
from ..pixels.limits import check_aspect
from ..pixels.masking import cut_out, fade
from ..pixels.photograph import read_photograph
from ..pixels.raster import Mask, Raster
from ..pixels.refine import refine
from ..pixels.resample import place, surrounded
from ..pixels.stack import LayerGroup, LayerStack, PaintLayer, StackItem
from .inputs import WHOLE, Inputs, Value, over_canvas

_BEYOND = 0.5
"""How far beyond the canvas a picture is looked at, by what is seen of it: so what is found may be moved."""
_FAINTEST = 1 / 64
"""What a mask must show of a figure for the whole of it to be cut out; below lies the noise of a matte."""


@singledispatch
def perform(action: Action, _inputs: Inputs, _bench: Bench) -> Value:
    """The value of `action`. Raises ComposerError for what the artist can act on."""
    raise TypeError(f"no one performs {type(action).__name__}")


@perform.register
def _(action: Decode, inputs: Inputs, bench: Bench) -> Raster:
    return read_photograph(inputs.file("file"), action.name, bench.tell)


@perform.register
def _(action: Place, inputs: Inputs, _bench: Bench) -> Raster:
    image = inputs.raster("image").promoted(action.depth)
    if action.shaped:
        check_aspect(image.extent, action.canvas, action.shaped)
    return place(image, action.fit, action.canvas)


@perform.register
def _(action: Fill, _inputs: Inputs, _bench: Bench) -> Raster:
    color = np.array(action.color, np.float32).reshape(1, 1, 4)
    pixel = Raster.from_float(color, action.depth).pixels
    return Raster(np.tile(pixel, (action.canvas.height, action.canvas.width, 1)))


@perform.register
def _(action: Find, inputs: Inputs, bench: Bench) -> Mask:
    finding = action.extension.needs.finding
    assert finding is not None, f"{action.extension.name} finds nothing"
    image, beyond = inputs.raster("image"), 0.0 if finding.whole else _BEYOND
    seen = surrounded(image.extent, action.fit, action.canvas, beyond).extent
    scale = min(1.0, finding.side / max(1, (action.canvas if finding.whole else seen).long_side))
    canvas, fit = action.canvas.scaled(scale), action.fit.scaled(scale)
    placed = place(image, fit, canvas, surrounded(image.extent, fit, canvas, beyond))
    picture = over_canvas(placed, canvas) if finding.whole else placed
    given = replace(inputs.references(None, bench.tell), canvas=canvas)
    return finding.function(picture, action.params.scaled(scale), given)


@perform.register
def _(action: Apply, inputs: Inputs, bench: Bench) -> Value:
    image = inputs.raster("image") if "image" in inputs else None
    if action.canvas is None:
        assert image is not None
        return image if image.is_empty else _filtered(action, image, inputs, bench)
    mask: Mask = _called(action, over_canvas(image, action.canvas, action.depth), inputs, bench)
    assert mask.extent == action.canvas, f"{action.extension.name} gave a mask of {mask.extent}"
    return mask.promoted(action.depth)


def _filtered(action: Apply, image: Raster, inputs: Inputs, bench: Bench) -> Raster:
    result: Raster = _called(action, image, inputs, bench)
    assert result.bounds == image.bounds, f"{action.extension.name} moved the layer"
    return result


def _called(action: Apply, image: Raster, inputs: Inputs, bench: Bench) -> Any:
    """What the extension makes of the image, and of what its parameters name."""
    params = action.params.settled(inputs.raster(WHOLE)) if WHOLE in inputs else action.params
    if not action.extension.is_given:
        return action.extension.function(image, params)
    return action.extension.function(image, params, inputs.references(action.canvas, bench.tell))


@perform.register
def _(action: Stylize, inputs: Inputs, bench: Bench) -> Raster:
    content = inputs.raster("content")
    if content.is_empty:
        return content
    styles = style_set(action, inputs, inputs.parent)
    result: Raster = action.extension.function(content, styles, action.params, bench)
    assert result.bounds == content.bounds, f"{action.extension.name} moved the layer"
    return result


def style_set(action: Stylize, inputs: Inputs, parent: Parent | None = None) -> StyleSet:
    """The action's styles and what guides them, with their pixels; `parent`: what to patch."""
    return StyleSet(
        images=_images("style", Mix(action.weights, action.scales), inputs),
        seed=action.seed,
        canvas_long_side=action.canvas.long_side,
        regions=tuple(
            Region(inputs.mask(f"region {i} mask"), _images(f"region {i} style", mix, inputs))
            for i, mix in enumerate(action.regions)
        ),
        protect=inputs.mask("protect") if "protect" in inputs else None,
        init=inputs.raster("init") if action.init == "below" else action.init,
        parent=parent,
    )


def _images(role: str, mix: Mix, inputs: Inputs) -> tuple[StyleImage, ...]:
    shares = zip(mix.weights, mix.scales, strict=True)
    return tuple(
        StyleImage(inputs.raster(f"{role} {i}"), weight, scale) for i, (weight, scale) in enumerate(shares)
    )


@perform.register
def _(action: Fade, inputs: Inputs, _bench: Bench) -> Raster:
    mask = inputs.mask("mask") if "mask" in inputs else None
    return fade(inputs.raster("before"), inputs.raster("after"), mask, action.opacity)


@perform.register
def _(action: CutOut, inputs: Inputs, _bench: Bench) -> Raster:
    mask = inputs.mask("mask")
    shown = adjust.levels(mask, white=_FAINTEST)  # whole, for the layer's own mask hides it a second time
    return cut_out(inputs.raster("image"), adjust.unite(shown, adjust.grow(mask, action.margin)))


@perform.register
def _(action: Adjust, inputs: Inputs, _bench: Bench) -> Mask:
    mask = adjust.levels(inputs.mask("mask"), *action.levels)
    mask = adjust.keep_largest(mask) if action.keep_largest else mask
    mask = adjust.fill_holes(mask, action.fill_holes) if action.fill_holes else mask
    mask = _refined(action, adjust.grow(mask, action.grow), inputs)
    mask = adjust.feather(mask, action.feather)
    return adjust.invert(mask) if action.invert else mask


def _refined(action: Adjust, mask: Mask, inputs: Inputs) -> Mask:
    if action.refine == "none":
        return mask
    height, width = mask.values.shape
    image = over_canvas(inputs.raster("image") if "image" in inputs else None, Extent(width, height))
    return refine(mask, image, action.refine, action.refine_width)


@perform.register
def _(action: Combine, inputs: Inputs, _bench: Bench) -> Mask:
    combine = {
        "&": adjust.intersect,
        "|": adjust.unite,
        "-": adjust.subtract,
        "^": adjust.exclude,
    }
    pending: list[Mask] = []
    for word in reversed(action.expression):
        if word == "!":
            pending.append(adjust.invert(pending.pop()))
        elif word in combine:
            pending.append(combine[word](pending.pop(), pending.pop()))
        else:
            pending.append(inputs.mask(word))
    return pending.pop()


@perform.register
def _(action: Composite, inputs: Inputs, bench: Bench) -> Raster:
    return flatten(layer_stack(action.recipe, inputs), threads=bench.threads)


def write_export(action: Export, inputs: Inputs, path: Path) -> None:
    """The export's file at `path`; exports are files, not pixel values."""
    merged = inputs.raster("merged")
    stack = layer_stack(action.recipe, inputs, merged.depth)
    action.extension.function(stack, merged, action.params, path)


def layer_stack(recipe: StackRecipe, inputs: Inputs, depth: int = 8) -> LayerStack:
    """The recipe with its pixels; `depth`: bits a channel of a stack without layers."""
    layers = tuple(_item(item, inputs) for item in recipe.items)
    depths = [
        item.raster.depth for item in LayerStack(recipe.canvas, layers).walk() if isinstance(item, PaintLayer)
    ]
    return LayerStack(recipe.canvas, layers, recipe.title, recipe.dpi, max(depths, default=depth))


def _item(item: LayerRecipe | GroupRecipe, inputs: Inputs) -> StackItem:
    mask = inputs.mask(item.mask) if item.mask is not None else None
    if isinstance(item, LayerRecipe):
        return PaintLayer(
            name=item.name,
            raster=inputs.raster(item.raster),
            blend=item.blend,
            mask=mask,
            opacity=item.opacity,
            visible=item.visible,
            clip=item.clip,
        )
    return LayerGroup(
        name=item.name,
        children=tuple(_item(child, inputs) for child in item.children),
        blend=item.blend,
        mask=mask,
        opacity=item.opacity,
        visible=item.visible,
        clip=item.clip,
        pass_through=item.pass_through,
    )
