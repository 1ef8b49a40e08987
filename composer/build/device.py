"""Device: which device a plan runs on, and in what numbers.

Knows that only neural layers need one, and that torch need not be loaded to see that a machine has
no graphics card or what its processor can do: a build that only reads the store must not wait for it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import cast, get_args

from ..errors import UsageError
from ..graph.action import Stylize
from ..graph.manifest import Device
from ..graph.node import Plan
from ..operation import Precision

PRECISION = "COMPOSER_PRECISION"
_DRIVER_FILES = (Path("/dev/nvidiactl"), Path("/dev/nvidia0"), Path("/dev/dxg"))
_CPUINFO = Path("/proc/cpuinfo")
_HALVES = frozenset({"avx512_bf16", "amx_bf16", "bf16"})
"""The words by which Linux says that a processor multiplies bfloat16: two of x86, one of AArch64."""


def choose_device(plan: Plan, wanted: str | None) -> Device:
    """The device for `plan`: `wanted`, or the best one here.

    Raises UsageError when it is not here, or when COMPOSER_PRECISION is no precision.
    """
    threads = cpu_threads()
    is_neural = any(isinstance(node.action, Stylize) for node in plan.nodes.values())
    if not is_neural or wanted == "cpu" or (wanted is None and not _may_have_cuda()):
        return Device("cpu", threads, precision=choose_precision("cpu"))
    from ..neural import device  # importing torch takes seconds

    name = wanted or device.detect()
    return Device(name, threads, device.model_of(name), choose_precision(name))


def choose_precision(
    device: str, environment: Mapping[str, str] = os.environ, cpuinfo: Path = _CPUINFO
) -> Precision:
    """What COMPOSER_PRECISION says; else bf16 on a CPU that has it in hardware, and fp32 everywhere else.

    Raises UsageError when COMPOSER_PRECISION is another word.
    """
    wanted = environment.get(PRECISION, "")
    if wanted in get_args(Precision):
        return cast(Precision, wanted)
    if wanted:
        raise UsageError(f'{PRECISION} is "{wanted}"', f"set it to {' or '.join(get_args(Precision))}")
    return "bf16" if device == "cpu" and not _HALVES.isdisjoint(_abilities(cpuinfo)) else "fp32"


def _abilities(cpuinfo: Path) -> list[str]:
    """What the first processor says it can do; nothing where the system does not tell."""
    try:
        with cpuinfo.open(encoding="utf-8", errors="replace") as lines:
            told = next((line for line in lines if line.startswith(("flags", "Features"))), "")
    except OSError:
        return []
    return told.partition(":")[2].split()


def _may_have_cuda() -> bool:
    """False only where a CUDA card is out of the question: Linux without a driver's device file."""
    return sys.platform != "linux" or any(map(Path.exists, _DRIVER_FILES))


def cpu_threads() -> int:
    """The processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
