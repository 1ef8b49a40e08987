"""How far a position of a feature layer sees, found by asking which pixels its gradient reaches."""

import torch

from composer.neural.frozen import FeatureExtractor


def box_seen(encoder: FeatureExtractor, layer: int) -> tuple[int, int]:
    """First and last + 1 pixel that the middle position of a layer depends on, from its own cell's first.

    The same to both sides; the encoder must compute in float64.
    """
    cell = 2 ** encoder.levels[layer]
    middle = encoder.reach[layer] // cell + 3
    side = (2 * middle + 1) * cell
    side += -side % 16
    rgb = torch.rand(1, 3, side, side, dtype=torch.float64).requires_grad_()
    features = encoder(rgb, layer + 1)[layer]
    (gradient,) = torch.autograd.grad(features[0, :, middle, middle].sum(), rgb)
    seen = gradient[0].abs().sum(0) > 0
    rows, columns = seen.any(1).nonzero(), seen.any(0).nonzero()
    assert torch.equal(rows, columns)
    assert seen[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1].all()
    return int(rows[0]) - middle * cell, int(rows[-1]) + 1 - middle * cell
