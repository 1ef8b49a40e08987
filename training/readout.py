"""How well one network's features tell another's: 1x1 heads, the normalised error, R squared.

Knows lists of feature layers. Does not know where they come from. The heads are thrown away after training.
"""

from collections.abc import Iterable, Sequence
from typing import cast

import torch
from torch import Tensor, nn


class Readout(nn.Module):
    """A 1x1 head for each layer, from the encoder's channels to the teacher's normalised ones."""

    def __init__(self, inputs: Sequence[int], samples: Iterable[list[Tensor]]) -> None:
        """`samples`: the teacher's features of some typical batches; they set the normalisation."""
        super().__init__()
        columns = [torch.cat(layer, 1) for layer in zip(*map(_by_channel, samples), strict=True)]
        self.moments = nn.Module()
        for index, f in enumerate(columns):
            self.moments.register_buffer(f"mean{index}", f.mean(1))
            # A channel that hardly ever fires would otherwise weigh without bound.
            deviation = f.std(1)
            self.moments.register_buffer(
                f"deviation{index}", deviation.clamp(min=0.05 * deviation.mean().item())
            )
        self.heads = nn.ModuleList(nn.Conv2d(a, f.shape[0], 1) for a, f in zip(inputs, columns, strict=True))

    def normalised(self, features: Sequence[Tensor]) -> list[Tensor]:
        """The teacher's features with each channel's mean and deviation taken out."""
        return [
            (f.float() - _plane(self.mean(i))) / _plane(self.deviation(i)) for i, f in enumerate(features)
        ]

    def head(self, index: int) -> nn.Conv2d:
        """The head of a layer."""
        return cast(nn.Conv2d, self.heads[index])

    def mean(self, index: int) -> Tensor:
        """The teacher's mean by channel of a layer."""
        return self.moments.get_buffer(f"mean{index}")

    def deviation(self, index: int) -> Tensor:
        """The teacher's standard deviation by channel of a layer."""
        return self.moments.get_buffer(f"deviation{index}")

    def predicted(self, features: Sequence[Tensor]) -> list[Tensor]:
        """What the heads make of the encoder's features, in the same normalisation."""
        return [head(f) for head, f in zip(self.heads, features, strict=True)]

    def errors(self, features: Sequence[Tensor], teacher: Sequence[Tensor]) -> Tensor:
        """Mean squared error by layer, (layers,): about 1 for heads that only know the mean."""
        pairs = zip(self.predicted(features), self.normalised(teacher), strict=True)
        return torch.stack([(p.float() - t).square().mean() for p, t in pairs])


def _plane(by_channel: Tensor) -> Tensor:
    return by_channel[:, None, None]


def _by_channel(features: list[Tensor]) -> list[Tensor]:
    return [f.float().transpose(0, 1).flatten(1) for f in features]


@torch.no_grad()
def r_squared(readout: Readout, pairs: Iterable[tuple[list[Tensor], list[Tensor]]]) -> Tensor:
    """1 - squared error / variance by layer over all (encoder's, teacher's) pairs together, (layers,).

    Channels count as normalised for training; the variance is about the mean over these very pairs.
    """
    errors, squares, sums, counts = [], [], [], []
    for features, teacher in pairs:
        targets = readout.normalised(teacher)
        errors.append(
            [
                (p.float() - t).square().sum().item()
                for p, t in zip(readout.predicted(features), targets, strict=True)
            ]
        )
        squares.append([t.square().sum().item() for t in targets])
        sums.append([t.sum((0, 2, 3)) for t in targets])
        counts.append([t.shape[0] * t.shape[2] * t.shape[3] for t in targets])
    total = torch.tensor(counts).sum(0)
    between = torch.tensor(
        [
            (torch.stack(s).sum(0).square().sum() / n).item()
            for s, n in zip(zip(*sums, strict=True), total, strict=True)
        ]
    )
    return 1 - torch.tensor(errors).sum(0) / (torch.tensor(squares).sum(0) - between)


@torch.no_grad()
def fit(readout: Readout, pairs: Iterable[tuple[list[Tensor], list[Tensor]]], ridge: float = 1e-4) -> None:
    """Sets the heads to the least-squares solution over all (encoder's, teacher's) pairs together.

    So features whose heads were thrown away can be judged again; `ridge` is relative to an input's variance.
    """
    collected = [(features, readout.normalised(teacher)) for features, teacher in pairs]
    for index in range(len(readout.heads)):
        x = torch.cat(_by_position([features[index] for features, _ in collected]))
        t = torch.cat(_by_position([targets[index] for _, targets in collected]))
        _solve(readout.head(index), x, t, ridge)


def _by_position(layers: list[Tensor]) -> list[Tensor]:
    return [f.double().transpose(0, 1).flatten(1).T for f in layers]


def _solve(head: nn.Conv2d, x: Tensor, t: Tensor, ridge: float) -> None:
    offset, target = x.mean(0), t.mean(0)
    x, t = x - offset, t - target
    gram = x.T @ x
    damping = ridge * gram.diagonal().mean() * torch.eye(x.shape[1], dtype=x.dtype)
    weight = torch.linalg.solve(gram + damping, x.T @ t).T
    head.weight.copy_(weight[:, :, None, None])
    assert head.bias is not None
    head.bias.copy_(target - weight @ offset)
