"""The regression itself: an encoder learns to predict a teacher's features.

Knows tensors, the optimiser and the checkpoint. Does not know files of images.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Generator, Tensor, nn

from composer.neural.encoder import Encoder
from training.readout import Readout
from training.revival import revive
from training.team import average_gradients

Teacher = Callable[[Tensor], list[Tensor]]


@dataclass(frozen=True, slots=True)
class Schedule:
    """A trapezoid: warm-up, a plateau, a linear fall to zero over the last part.

    The plateau does not depend on `steps`, so that a checkpoint can be carried on to a nearer or farther end.
    """

    steps: int
    peak: float = 2.5e-3
    warm_up: int = 200
    fall: float = 0.6  # of `steps`

    def rate(self, step: int) -> float:
        rise, left = (step + 1) / self.warm_up, (self.steps - step) / (self.fall * self.steps)
        return self.peak * max(0.0, min(1.0, rise, left))

    @property
    def fall_begins(self) -> int:
        """The first step of the fall."""
        return round(self.steps * (1 - self.fall))


class Regression:
    """Encoder, heads, optimiser and the running mean of the weights, one step at a time."""

    def __init__(self, encoder: Encoder, readout: Readout, teacher: Teacher, schedule: Schedule) -> None:
        self.encoder, self.readout, self.teacher, self.schedule = encoder, readout, teacher, schedule
        self.network = nn.ModuleDict({"encoder": encoder, "readout": readout})
        self.mean = {name: p.detach().clone() for name, p in self.network.named_parameters()}
        self.optimiser = torch.optim.Adam(self.network.parameters(), betas=(0.9, 0.98), fused=True)
        self.step = 0

    def advance(self, batch: Tensor) -> Tensor:
        """One step on (N, 3, S, S) crops; returns the layers' errors before it, (layers,)."""
        for group in self.optimiser.param_groups:
            group["lr"] = self.schedule.rate(self.step)
        with torch.autocast("cpu", torch.bfloat16):
            with torch.no_grad():
                targets = self.teacher(batch)
            errors = self.readout.errors(self.encoder(batch), targets)
        self.optimiser.zero_grad(set_to_none=True)
        errors.sum().backward()  # type: ignore[no-untyped-call]
        average_gradients(self.network)
        nn.utils.clip_grad_norm_(self.network.parameters(), 5.0)
        self.optimiser.step()
        self.step += 1
        self._follow()
        return errors.detach()

    def _follow(self) -> None:
        """Lets the running mean look back over a tenth of the steps done, at most some five hundred."""
        weight = max(1 / 500, 10 / (10 + self.step))
        for name, parameter in self.network.named_parameters():
            self.mean[name].lerp_(parameter.detach(), weight)

    def revive(self, batches: Sequence[Tensor]) -> None:
        """Gives units that are dead on these batches a new start; their running means and moments too."""
        generator = Generator().manual_seed(self.step)
        changed = revive(self.encoder, self.readout, batches, generator)
        for name, parameter in self.network.named_parameters():
            if (mask := changed.get(parameter)) is not None:
                self.mean[name][mask] = parameter.detach()[mask]
                for moment in ("exp_avg", "exp_avg_sq"):
                    self.optimiser.state[parameter][moment][mask] = 0

    def averaged(self) -> tuple[Encoder, Readout]:
        """The same objects holding the running mean of the weights; training cannot go on with them."""
        self.network.load_state_dict(self.mean, strict=False)
        return self.encoder, self.readout

    def save(self, path: Path) -> None:
        """Writes a checkpoint from which `load` goes on exactly; the old one stays until it is whole."""
        state = {
            "step": self.step,
            "network": self.network.state_dict(),
            "mean": self.mean,
            "optimiser": self.optimiser.state_dict(),
        }
        torch.save(state, path.with_suffix(".part"))
        path.with_suffix(".part").replace(path)

    def load(self, path: Path) -> None:
        """Takes up a checkpoint of the same topology."""
        state = torch.load(path, weights_only=True)
        self.step = state["step"]
        self.network.load_state_dict(state["network"])
        self.optimiser.load_state_dict(state["optimiser"])
        for name, tensor in state["mean"].items():
            self.mean[name].copy_(tensor)


def start(encoder: Encoder, seed: int) -> None:
    """He initialisation, zero biases; where the width stays, half of the variance passes straight through."""
    torch.manual_seed(seed)
    for convolution in _convolutions(encoder):
        nn.init.kaiming_normal_(convolution.weight, nonlinearity="relu")
        nn.init.zeros_(convolution.bias)  # type: ignore[arg-type]
        if convolution.in_channels == convolution.out_channels:
            straight = nn.init.dirac_(torch.empty_like(convolution.weight))
            convolution.weight.data.add_(straight).mul_(0.5**0.5)


def _convolutions(encoder: Encoder) -> Iterator[nn.Conv2d]:
    return (m for m in encoder.modules() if isinstance(m, nn.Conv2d))
