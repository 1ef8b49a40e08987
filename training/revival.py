"""Gives dead units of an encoder another start without changing what the network computes.

Knows convolutions, ReLU and heads. Does not know the training loop. A unit that no picture excites gets no
gradient and would stay dead for good; early in a training with large steps many end so.
"""

from collections.abc import Sequence

import torch
from torch import Generator, Tensor, nn

from composer.neural.encoder import Encoder
from training.readout import Readout

Changed = dict[Tensor, Tensor]  # entries that were set anew, by parameter: boolean masks


@torch.no_grad()
def revive(encoder: Encoder, readout: Readout, batches: Sequence[Tensor], generator: Generator) -> Changed:
    """Draws dead units' inputs anew, centres them on `batches` and disconnects what they feed."""
    convolutions = [m for m in encoder.modules() if isinstance(m, nn.Conv2d)]
    dead = [torch.stack(outputs).amax((0, 2)) <= 0 for outputs in _outputs(encoder, convolutions, batches)]
    changed: Changed = {}
    for index, units in enumerate(_of_layers(encoder, convolutions, dead)):
        head = readout.head(index)
        _set(changed, head.weight, _columns(head, units), 0.0)
    for convolution, units in zip(convolutions[1:], dead, strict=False):
        _set(changed, convolution.weight, _columns(convolution, units), 0.0)
    for convolution, units in zip(convolutions, dead, strict=True):
        _restart(changed, convolution, units, generator)
        (outputs,) = _outputs(encoder, [convolution], batches)
        _set(changed, _bias(convolution), units, -torch.stack(outputs).mean((0, 2)))
    return changed


def _restart(changed: Changed, convolution: nn.Conv2d, units: Tensor, generator: Generator) -> None:
    fresh = nn.init.kaiming_normal_(torch.empty_like(convolution.weight), generator=generator)
    _set(changed, convolution.weight, _rows(convolution, units), fresh)
    _set(changed, _bias(convolution), units, 0.0)


def _outputs(
    encoder: Encoder, convolutions: Sequence[nn.Conv2d], batches: Sequence[Tensor]
) -> list[list[Tensor]]:
    """What each convolution gives on each batch before its ReLU, (channels, positions)."""
    seen: dict[nn.Module, list[Tensor]] = {convolution: [] for convolution in convolutions}

    def watch(convolution: nn.Module, _inputs: object, output: Tensor) -> None:
        seen[convolution].append(output.transpose(0, 1).flatten(1))

    watches = [convolution.register_forward_hook(watch) for convolution in convolutions]
    for batch in batches:
        encoder(batch)
    for handle in watches:
        handle.remove()
    return [seen[convolution] for convolution in convolutions]


def _of_layers(encoder: Encoder, convolutions: Sequence[nn.Conv2d], dead: Sequence[Tensor]) -> list[Tensor]:
    """The feature layers' entries of a list that goes by convolution."""
    first = {next(m for m in block.modules() if isinstance(m, nn.Conv2d)) for block in encoder.blocks}
    return [units for convolution, units in zip(convolutions, dead, strict=True) if convolution in first]


def _rows(convolution: nn.Conv2d, units: Tensor) -> Tensor:
    return units[:, None, None, None].expand_as(convolution.weight)


def _columns(convolution: nn.Conv2d, units: Tensor) -> Tensor:
    return units[None, :, None, None].expand_as(convolution.weight)


def _bias(convolution: nn.Conv2d) -> Tensor:
    assert convolution.bias is not None
    return convolution.bias


def _set(changed: Changed, parameter: Tensor, mask: Tensor, value: Tensor | float) -> None:
    parameter.copy_(torch.where(mask, value, parameter))
    changed[parameter] = changed.get(parameter, torch.zeros_like(mask)) | mask
