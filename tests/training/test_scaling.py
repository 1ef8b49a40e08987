"""Scaling by use changes how strongly channels count, and nothing else."""

import torch
from torch import Tensor

from composer.neural.encoder import Encoder
from training.readout import Readout
from training.regression import start
from training.scaling import scale_by_use

BLOCKS = ((6, 6), (8, 8), (8,), (8, 8), (6,))


def network(rgb: Tensor) -> tuple[Encoder, Readout]:
    encoder = Encoder(BLOCKS)
    start(encoder, seed=1)
    with torch.no_grad():
        return encoder, Readout(encoder.channels, [[5 * f for f in encoder(rgb)]])


def test_predictions_stay() -> None:
    rgb = torch.rand(2, 3, 48, 48, generator=torch.Generator().manual_seed(0))
    encoder, readout = network(rgb)
    with torch.no_grad():
        before, predicted = encoder(rgb), readout.predicted(encoder(rgb))
        scale_by_use(encoder, readout)
        after, still = encoder(rgb), readout.predicted(encoder(rgb))
    assert not any(torch.allclose(a, b) for a, b in zip(before, after, strict=True))
    assert all(torch.allclose(a, b, atol=1e-4) for a, b in zip(predicted, still, strict=True))


def test_a_channel_that_decides_more_comes_out_stronger() -> None:
    rgb = torch.rand(2, 3, 48, 48, generator=torch.Generator().manual_seed(0))
    encoder, readout = network(rgb)
    with torch.no_grad():
        readout.head(2).weight[:, 1] *= 4
        before = encoder(rgb)[2].mean((0, 2, 3))
        scale_by_use(encoder, readout)
        factors = encoder(rgb)[2].mean((0, 2, 3)) / before
    assert factors.nan_to_num().argmax() == 1
