"""Scales the feature layers' channels by their use: how strongly the teacher's activations hang on each.

Knows an encoder and the heads that were trained with it. Does not know the teacher. ReLU passes a positive
factor on, so the next convolution can take it back: deeper layers and all predictions stay as they are. A
style engine compares channels as they come, and one that means much to the teacher shall count for much.
"""

import torch
from torch import Tensor, nn

from composer.neural.encoder import Encoder
from training.readout import Readout

RANGE = 10.0  # a channel is scaled by no more than this, either way


@torch.no_grad()
def scale_by_use(encoder: Encoder, readout: Readout) -> None:
    """Multiplies every channel of every feature layer by the norm of its column in the head, in raw units.

    The factors of a layer have the median 1.
    """
    convolutions = [m for m in encoder.modules() if isinstance(m, nn.Conv2d)]
    for index, block in enumerate(encoder.blocks):
        first = next(i for i, c in enumerate(convolutions) if any(c is m for m in block.modules()))
        factors = _use(readout.head(index).weight, readout.deviation(index))
        _multiply_outputs(convolutions[first], factors)
        for reader in (*convolutions[first + 1 : first + 2], readout.head(index)):
            reader.weight.div_(factors[None, :, None, None])


def _use(head: Tensor, deviation: Tensor) -> Tensor:
    use = (head[:, :, 0, 0] * deviation[:, None]).square().sum(0).sqrt()
    return (use / use.median()).clamp(1 / RANGE, RANGE)


def _multiply_outputs(convolution: nn.Conv2d, factors: Tensor) -> None:
    assert convolution.bias is not None
    convolution.weight.mul_(factors[:, None, None, None])
    convolution.bias.mul_(factors)
