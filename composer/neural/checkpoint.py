"""Checkpoint: where a painting stood, as bytes; from them it goes on as if it had never stopped.

Knows the painting's tensors and its place in the recipe. Does not know where the bytes are kept.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from .adam import Painting

_HEADER = 4096  # bytes, padded with spaces
_PLANES = ("x", "m", "v", "mean")


def raw(values: Tensor) -> memoryview:
    """The bytes of a tensor; on a CPU nothing is copied."""
    return memoryview(values.detach().cpu().contiguous().numpy()).cast("B")  # type: ignore[arg-type]


@dataclass(frozen=True, eq=False, slots=True)
class Checkpoint:
    """A painting after `step` steps of scale number `scale`, computed in tiles of `side`."""

    scale: int
    step: int
    side: int | None
    painting: Painting

    def parts(self) -> Iterator[bytes | memoryview]:
        """The bytes, part by part; nothing is copied on a CPU."""
        painting = self.painting
        told = {
            "scale": self.scale,
            "step": self.step,
            "side": self.side,
            "shape": list(painting.x.shape),
            "weight": painting.weight,
            "steps": painting.steps,
        }
        yield json.dumps(told).encode().ljust(_HEADER)
        for name in _PLANES:
            plane: Tensor = getattr(painting, name)
            yield raw(plane)

    @classmethod
    def of(cls, kept: bytes | memoryview, device: torch.device) -> "Checkpoint":
        """What `parts` wrote."""
        told = json.loads(bytes(kept[:_HEADER]))
        values = np.frombuffer(kept, np.float32, offset=_HEADER).reshape(len(_PLANES), *told["shape"])
        x, m, v, mean = (torch.from_numpy(plane.copy()).to(device) for plane in values)
        painting = Painting(x, m, v, mean, told["weight"], told["steps"])
        return cls(told["scale"], told["step"], told["side"], painting)
