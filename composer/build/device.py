"""Device: which device a plan runs on.

Knows that only neural layers need one: a plan without them never loads torch.
"""

from __future__ import annotations

import os

from ..graph.action import Stylize
from ..graph.manifest import Device
from ..graph.node import Plan


def choose_device(plan: Plan, wanted: str | None) -> Device:
    """The device for `plan`: `wanted`, or the best one here. Raises UsageError when it is not here."""
    threads = cpu_threads()
    if not any(isinstance(node.action, Stylize) for node in plan.nodes.values()) or wanted == "cpu":
        return Device("cpu", threads)
    from ..neural import device  # importing torch takes seconds

    name = wanted or device.detect()
    return Device(name, threads, device.model_of(name))


def cpu_threads() -> int:
    """The processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
