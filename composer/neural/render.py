"""Render: a layer and its styles through the loop and back to a raster; the one entry of all engines.

Knows what is painted anew and what stays byte for byte. Does not know how a step is done (`transfer`).
"""

import numpy as np
import torch
from torch import Tensor

from ..operation import Bench, Parent, StyleSet
from ..pixels.raster import Array, Raster, quantize
from .bench import reproducible
from .commission import MARGIN, Commission, commissioned, plane_of
from .controls import Controls
from .easel import Easel
from .engine import Engine, style_share
from .memory import tile_side
from .palette import lightness, with_chroma
from .patch import Change, PatchedPicture, dilated, patch_recipe
from .picture import Picture, mirrored
from .reading import Reader, part
from .recipe import Recipe
from .stage import WholePicture
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
        commission = commissioned(content, styles)
        if not commission.areas:
            return _untouched(content, bench)
        recipe = engine.recipe(
            controls, commission.content.extent, styles.seed, is_from_noise=commission.is_from_noise
        )
        if commission.ground is not None:
            recipe = held_to_pixels(recipe)
        easel = _easel(commission, recipe, engine, device, bench)
        parent = styles.parent
        if parent is not None and controls.color == "match":
            bench.tell("its colours are matched as a whole: it is painted anew, not patched")
            parent = None
        if parent is not None:
            return _patched(content, commission, parent, recipe, controls, easel)
        return _whole(content, commission, recipe, controls, easel)


def _untouched(content: Raster, bench: Bench) -> Raster:
    bench.step(1, 1)
    return content


def _easel(
    commission: Commission, recipe: Recipe, engine: Engine, device: torch.device, bench: Bench
) -> Easel:
    precision = torch.bfloat16 if bench.precision == "bf16" else torch.float32
    encoder = engine.load(device, precision)
    reach = max(encoder.reach[: recipe.depth])
    side = tile_side(commission.content.extent, engine.footprint, reach, device, bench)
    reader = Reader(encoder, recipe.depth, precision)
    return Easel(reader, device, bench, engine.digest(), side, engine.footprint)


def _whole(
    content: Raster, commission: Commission, recipe: Recipe, controls: Controls, easel: Easel
) -> Raster:
    subject = commission.subject(controls.color, share=style_share(controls.strength))
    painted = paint(WholePicture(subject, recipe, easel.device), recipe, easel)
    picture = _coloured(painted, commission.content, controls)
    if controls.color == "match":
        picture = commission.matched(picture)
    return content.with_pixels(_pixels(picture, content, commission))


def _patched(
    content: Raster, commission: Commission, parent: Parent, recipe: Recipe, controls: Controls, easel: Easel
) -> Raster:
    before, old = (Picture.of(raster).mirrored(MARGIN) for raster in (parent.content, parent.result))
    dirty = torch.from_numpy(plane_of(parent.dirty, content.bounds))[None, None]
    change = Change(
        lightness(old).rgb if controls.color == "luminance" else old.rgb, dilated(mirrored(dirty, MARGIN))
    )
    if not change.free.any():
        return _untouched(parent.result, easel.bench)
    recipe = patch_recipe(recipe)
    subject = commission.subject(controls.color, before, style_share(controls.strength))
    stages = PatchedPicture(subject, change, recipe, easel.device)
    painted = change.old.clone()
    part(painted, change.crop).copy_(paint(stages, recipe, easel))
    pixels = _pixels(_coloured(painted, commission.content, controls), content, commission)
    free = part(change.free, commission.content.visible)[0, 0].numpy() > 0
    return content.with_pixels(np.where(free[..., None], pixels, parent.result.pixels))


def _coloured(painted: Tensor, content: Picture, controls: Controls) -> Picture:
    """The painting in colours: greys take the content's chroma."""
    picture = content.with_rgb(painted)
    return with_chroma(picture, content) if controls.color == "luminance" else picture


def _pixels(painted: Picture, content: Raster, commission: Commission) -> Array:
    """The painting in the content's depth, with its alpha; what is held keeps its bytes."""
    pixels = np.concatenate([quantize(painted.pixels(), content.depth), content.pixels[..., 3:]], axis=2)
    if commission.held is None:
        return pixels
    held = part(commission.held, commission.content.visible)[0, 0].numpy()
    return np.where((held == 1)[..., None], content.pixels, pixels)
