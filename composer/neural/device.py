"""Device: what this machine can compute networks on.

Knows torch's devices. Does not know what is run on them.
"""

from __future__ import annotations

import torch

from ..errors import UsageError


def detect() -> str:
    """The best device here: `cuda` when there is one, else `cpu`."""
    return "cuda" if torch.cuda.is_available() else "cpu"


def model_of(device: str) -> str:
    """A GPU's model; empty for the CPU. Raises UsageError for a device this machine lacks."""
    if device == "cpu":
        return ""
    try:
        return torch.cuda.get_device_name(device)
    except (RuntimeError, AssertionError, ValueError) as error:
        raise UsageError(
            f'this machine has no device "{device}"', "leave --device out, or use --device cpu"
        ) from error
