"""Render: a layer and its styles through the loop and back to a raster; the one entry of all engines.

Knows what is painted anew and what stays byte for byte. Does not know how a step is done (`transfer`).
"""

from contextlib import nullcontext
from functools import partial

import numpy as np
import torch
from torch import Tensor

from ..operation import Bench, Parent, StyleSet
from ..pixels.raster import Array, Raster, quantize
from .again import Again
from .bench import memory_for_tiles, reproducible
from .commission import MARGIN, Commission, commissioned, plane_of
from .controls import Controls
from .easel import Easel
from .engine import Engine, style_share
from .memory import tile_side
from .palette import lightness, with_chroma
from .patch import Change, PatchedPicture, patch_recipe
from .picture import Picture, mirrored
from .reading import Reader, part
from .recipe import Recipe
from .stage import WholePicture
from .subject import Subject
from .transfer import paint
from .underpainting import held_to_pixels


def render(content: Raster, styles: StyleSet, controls: Controls, engine: Engine, bench: Bench) -> Raster:
    """The content in the styles, at its place, in its depth, with its alpha.

    What is protected, and what a patch leaves alone, keeps its bytes; a layer without anything to paint is
    returned as it came. Raises OperationError when the render does not fit into memory or diverges, and
    Cancelled within a step.
    """
    if content.is_empty or not content.pixels[..., 3].any():
        return _untouched(content, bench)
    with reproducible(bench.device, bench.threads) as device:
        order = Again(partial(commissioned, content, styles))
        if not order().areas:
            return _untouched(content, bench)
        for misgiving in order().misgivings():
            bench.tell(misgiving)
        recipe = _recipe(order(), controls, engine, styles.seed)
        easel = _easel(order(), recipe, engine, device, bench)
        parent = styles.parent
        if parent is not None and controls.color == "match":
            bench.tell("its colours are matched as a whole: it is painted anew, not patched")
            parent = None
        with memory_for_tiles(bench.precision) if easel.side is not None else nullcontext():
            if parent is not None:
                return _patched(content, order(), parent, recipe, controls, easel)
            return _whole(content, order, recipe, controls, easel)


def _untouched(content: Raster, bench: Bench) -> Raster:
    bench.step(1, 1)
    return content


def _recipe(commission: Commission, controls: Controls, engine: Engine, seed: int) -> Recipe:
    extent, is_from_noise = commission.content.extent, commission.is_from_noise
    recipe = engine.recipe(controls, extent, seed, is_from_noise=is_from_noise)
    return recipe if commission.ground is None else held_to_pixels(recipe)


def _easel(
    commission: Commission, recipe: Recipe, engine: Engine, device: torch.device, bench: Bench
) -> Easel:
    precision = torch.bfloat16 if bench.precision == "bf16" else torch.float32
    encoder = engine.load(device, precision)
    reach = max(encoder.reach[: recipe.depth])
    footprint = engine.footprint.guided(commission.masks)
    side = tile_side(commission.content.extent, footprint, reach, device, bench)
    reader = Reader(encoder, recipe.depth, precision)
    return Easel(reader, device, bench, engine.digest(), side, footprint)


def _whole(
    content: Raster, order: Again[Commission], recipe: Recipe, controls: Controls, easel: Easel
) -> Raster:
    def subject() -> Subject:
        wanted = order().subject(controls.color, share=style_share(controls.strength))
        order.let_go()  # what it has and the subject has not is needed at the end only
        return wanted

    held = order().held
    painted = paint(WholePicture(Again(subject), recipe, easel.device), recipe, easel)
    picture = _coloured(painted, Picture.of(content).mirrored(MARGIN), controls)
    if controls.color == "match":
        picture = order().matched(picture)
    return content.with_pixels(_pixels(picture, content, held))


def _patched(
    content: Raster, commission: Commission, parent: Parent, recipe: Recipe, controls: Controls, easel: Easel
) -> Raster:
    before, old = (Picture.of(raster).mirrored(MARGIN) for raster in (parent.content, parent.result))
    dirty = torch.from_numpy(plane_of(parent.dirty, content.bounds))[None, None]
    change = Change(lightness(old).rgb if controls.color == "luminance" else old.rgb, mirrored(dirty, MARGIN))
    if not change.dirty.any():
        return _untouched(parent.result, easel.bench)
    recipe, detail = patch_recipe(recipe), recipe.detail
    subject = commission.subject(controls.color, before, style_share(controls.strength))
    stages = PatchedPicture(subject, change, recipe, detail, easel.device)
    painted = change.old.clone()
    part(painted, change.crop).copy_(paint(stages, recipe, easel))
    pixels = _pixels(_coloured(painted, commission.content, controls), content, commission.held)
    free = part(change.free, commission.content.visible)[0, 0].numpy() > 0
    return content.with_pixels(np.where(free[..., None], pixels, parent.result.pixels))


def _coloured(painted: Tensor, content: Picture, controls: Controls) -> Picture:
    """The painting in colours: greys take the content's chroma."""
    picture = content.with_rgb(painted)
    return with_chroma(picture, content) if controls.color == "luminance" else picture


def _pixels(painted: Picture, content: Raster, held: Tensor | None) -> Array:
    """The painting in the content's depth, with its alpha; what is held keeps its bytes."""
    pixels = np.concatenate([quantize(painted.pixels(), content.depth), content.pixels[..., 3:]], axis=2)
    if held is None:
        return pixels
    stays = part(held, painted.visible)[0, 0].numpy() == 1
    return np.where(stays[..., None], content.pixels, pixels)
