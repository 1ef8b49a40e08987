"""Target: the objective of one scale, from the styles' signatures and the content's features.

Knows how styles are mixed, region by region. Does not know how a picture is moved towards it.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from .contrast import differences, prices
from .easel import Easel
from .guides import Guide, share
from .loss import LayerTarget, Smoothing
from .objective import Kept, Objective
from .picture import Picture
from .reading import moments_of
from .recipe import Recipe
from .signature import Signature, signature
from .statistics import Moments, mix, rows, total, wide
from .subject import RegionSource, Subject
from .survey import SAMPLES, Goal
from .tiles import cells


def objective(subject: Subject, factor: float, recipe: Recipe, easel: Easel) -> Objective:
    """What a subject, fitted to a scale `factor` times its final size, is pulled towards there."""
    content, weights = subject.content, recipe.weights
    guides = [_guide(subject, region.mask, easel).to(easel.device) for region in subject.regions]
    own, features = _read_content(content, guides, recipe, easel)
    styles = [_signatures(region, factor, recipe, easel) for region in subject.regions]
    goals = tuple(
        Goal(guide, part, _layers(wanted, moments, recipe))
        for guide, part, wanted, moments in zip(guides, share(guides), styles, own, strict=True)
    )
    smoothings = tuple(
        _smoothing(wanted, region.mask, subject, recipe, easel)
        for wanted, region in zip(styles, subject.regions, strict=True)
    )
    kept = _kept(subject, features, recipe, easel)
    return Objective(easel.reader, weights, goals, kept, content.rgb.numel(), smoothings, recipe.statistic)


def _guide(subject: Subject, mask: Tensor | None, easel: Easel) -> Guide:
    """Where the picture counts: where it is opaque, not held, and in the region."""
    return _free(subject).guide(easel.reader.encoder, easel.reader.depth, mask)


def _free(subject: Subject) -> Picture:
    """The content, what is held having no weight."""
    content = subject.content
    return content if subject.held is None else content.with_weight(content.weight * (1 - subject.held))


@torch.no_grad()
def _read_content(
    content: Picture, guides: Sequence[Guide], recipe: Recipe, easel: Easel
) -> tuple[list[list[Moments] | None], Tensor]:
    """The content's moments in each region, where the recipe mixes them in; its content layer."""
    layer, layers = recipe.weights.content_layer, len(recipe.weights.layers)
    mixed = recipe.blend < 1
    level, reader = easel.reader.levels[layer], easel.reader
    height, width = (side >> level for side in content.rgb.shape[2:])
    shape = (1, reader.encoder.channels[layer], height, width)
    kept = torch.empty(shape, dtype=reader.precision, device=easel.device, memory_format=torch.channels_last)
    sums: list[list[list[Moments]]] = [[] for _ in guides]
    depth = reader.depth if mixed else layer + 1
    for tile, features in easel.read(content.rgb, depth):
        box = cells(tile.core, level)
        kept[(..., *box.slices)] = features[layer]
        if mixed:
            for found, guide in zip(sums, guides, strict=True):
                found.append(moments_of(features, guide, tile, layers))
    return [total(found) if mixed else None for found in sums], kept


def _signatures(
    region: RegionSource, factor: float, recipe: Recipe, easel: Easel
) -> list[tuple[Signature, float]]:
    weights = recipe.weights
    sampled = weights.neighbour_layers if weights.neighbours else ()
    return [
        (signature(style.at(factor), len(weights.layers), sampled, easel), style.share)
        for style in region.styles
    ]


def _layers(
    styles: Sequence[tuple[Signature, float]], own: Sequence[Moments] | None, recipe: Recipe
) -> tuple[LayerTarget, ...]:
    shares = [part * recipe.blend for _, part in styles]
    layers = []
    for k in range(len(recipe.weights.layers)):
        moments = [style.moments[k] for style, _ in styles]
        mixed = mix(moments, shares) if own is None else mix([*moments, own[k]], [*shares, 1 - recipe.blend])
        layers.append(LayerTarget.of(mixed, _bank(styles, k)))
    return tuple(layers)


def _smoothing(
    styles: Sequence[tuple[Signature, float]],
    mask: Tensor | None,
    subject: Subject,
    recipe: Recipe,
    easel: Easel,
) -> Smoothing:
    """What differences of pixels cost in a region, by those of its styles and of the content's share."""
    G = torch.stack([share * recipe.blend * style.differences for style, share in styles]).sum(0)
    if recipe.blend < 1:
        free = _free(subject)
        here = free if mask is None else free.with_weight(free.weight * mask)
        G = G + (1 - recipe.blend) * differences(here)
    W = prices(G, recipe.weights.chroma).to(easel.device, subject.content.rgb.dtype)
    return Smoothing(W, None if mask is None else mask.to(easel.device))


def _bank(styles: Sequence[tuple[Signature, float]], layer: int) -> Tensor | None:
    """Samples of the styles by their shares."""
    if any(layer not in style.samples for style, _ in styles):
        return None
    counts = [max(1, round(SAMPLES * part)) for _, part in styles]
    return torch.cat([s.samples[layer][:n] for (s, _), n in zip(styles, counts, strict=True)])


def _kept(subject: Subject, features: Tensor, recipe: Recipe, easel: Easel) -> Kept:
    """The content, where any region lies, its pixels on their way to those the painting starts from.

    Held to a bright photo's own pixels, a painting in a dark style would come half-way only.
    """
    free = _free(subject)
    masks = [region.mask for region in subject.regions if region.mask is not None]
    if len(masks) == len(subject.regions):
        free = free.with_weight(free.weight * torch.stack(masks).sum(0).clamp_(0, 1))
    guide = free.guide(easel.reader.encoder, easel.reader.depth).to(easel.device)
    T, squares = guide.flat(recipe.weights.content_layer), wide(rows(features)).square().sum(1)
    scale = (squares if T is None else T * squares).sum().clamp_min(1e-12)
    rgb, ground = subject.content.rgb, subject.ground
    if ground is not None:
        rgb = ground if recipe.tone == 1 else torch.lerp(rgb, ground, recipe.tone)
    return Kept(rgb.to(easel.device), features, guide, scale)
