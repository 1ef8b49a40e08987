"""Device: which device a plan runs on.

Knows that only neural layers need one, and that torch need not be loaded to see that a machine has
no graphics card: a build that only reads the store must not wait for it.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from ..graph.action import Stylize
from ..graph.manifest import Device
from ..graph.node import Plan

_DRIVER_FILES = (Path("/dev/nvidiactl"), Path("/dev/nvidia0"), Path("/dev/dxg"))


def choose_device(plan: Plan, wanted: str | None) -> Device:
    """The device for `plan`: `wanted`, or the best one here. Raises UsageError when it is not here."""
    threads = cpu_threads()
    is_neural = any(isinstance(node.action, Stylize) for node in plan.nodes.values())
    if not is_neural or wanted == "cpu" or (wanted is None and not _may_have_cuda()):
        return Device("cpu", threads)
    from ..neural import device  # importing torch takes seconds

    name = wanted or device.detect()
    return Device(name, threads, device.model_of(name))


def _may_have_cuda() -> bool:
    """False only where a CUDA card is out of the question: Linux without a driver's device file."""
    return sys.platform != "linux" or any(map(Path.exists, _DRIVER_FILES))


def cpu_threads() -> int:
    """The processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
