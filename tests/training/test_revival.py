"""Dead units live again, and the network computes what it did before."""

import torch
from torch import Generator, Tensor

from composer.neural.encoder import Encoder
from training.readout import Readout
from training.regression import start
from training.revival import revive

BLOCKS = ((6, 6), (8, 8), (8,), (8, 8), (6,))


def network(batch: Tensor) -> tuple[Encoder, Readout]:
    encoder = Encoder(BLOCKS)
    start(encoder, seed=1)
    with torch.no_grad():
        for block in encoder.blocks:
            for convolution in block.convolutions:
                convolution.bias[:3] = -1e3
        readout = Readout(encoder.channels, [encoder(batch)])
    return encoder, readout


def alive(encoder: Encoder, batch: Tensor) -> list[int]:
    with torch.no_grad():
        return [int((f.amax((0, 2, 3)) > 0).sum()) for f in encoder(batch)]


def test_dead_units_fire_again_and_predictions_stay() -> None:
    batch = torch.rand(4, 3, 32, 32, generator=Generator().manual_seed(0))
    encoder, readout = network(batch)
    with torch.no_grad():
        before = readout.predicted(encoder(batch))
    assert max(alive(encoder, batch)) <= 5
    changed = revive(encoder, readout, [batch], Generator().manual_seed(2))
    with torch.no_grad():
        after = readout.predicted(encoder(batch))
    assert alive(encoder, batch) == list(encoder.channels)
    assert all(torch.allclose(a, b, atol=1e-5) for a, b in zip(before, after, strict=True))
    assert changed[encoder.blocks[0].convolutions[0].bias].tolist() == [True] * 3 + [False] * 3


def test_where_all_units_live_nothing_changes() -> None:
    batch = torch.rand(4, 3, 32, 32, generator=Generator().manual_seed(0))
    encoder, readout = network(batch)
    revive(encoder, readout, [batch], Generator().manual_seed(2))
    before = [p.detach().clone() for p in encoder.parameters()]
    changed = revive(encoder, readout, [batch], Generator().manual_seed(3))
    assert not any(mask.any() for mask in changed.values())
    assert all(torch.equal(a, b) for a, b in zip(before, encoder.parameters(), strict=True))
