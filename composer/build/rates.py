"""Rates: how long actions take on this machine, from what they took in builds of any piece here.

Knows one journal of the user's, and that an action takes longer for more pixels. Does not know keys, stores
or what is to be run. A prediction is no more than that: nothing depends on it but what the artist is told,
and whether a watch shows a draft first.
"""

from __future__ import annotations

import math
import os
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path

from ..digest import Json
from ..graph.action import Apply, Composite, Export, Stylize
from ..graph.manifest import Device
from ..graph.node import Node, Plan
from ..store.journal import Journal
from .footprint import footprints

Kind = tuple[str, str, str]
Sample = tuple[float, float]

_JOURNAL = "seconds.jsonl"
_CPUINFO = Path("/proc/cpuinfo")
_COUNTED = 5
"""Of how many runs the middle one is predicted."""
_KEPT = 4 * _COUNTED
_FARTHEST = 16.0
"""How many times more or fewer pixels a run may have had: beyond that what it took does not tell."""


class Rates:
    """Predictions for the nodes of one plan on one device, and where they are learnt from."""

    def __init__(self, plan: Plan, device: Device) -> None:
        self._plan = plan
        self._device = device

    def seconds(self, node: Node, *, is_patch: bool = False) -> float | None:
        """What the node would take, by the runs of such an action that were most like it; None without."""
        work, runs = self._work(node), self._known.get(self._kind(node, is_patch), [])
        alike = [run for run in reversed(runs) if _is_alike(run[0], work)]
        nearest = sorted(alike, key=lambda run: abs(math.log(_times(work, run[0]))))[:_COUNTED]
        scaled = sorted(taken * _times(work, ran) for ran, taken in nearest)
        return scaled[len(scaled) // 2] if scaled else None

    def record(self, seconds: Iterable[tuple[Node, float, bool]]) -> None:
        """Learn from a build that just ended: what it rendered took so long; and whether that was patched."""
        _journal().append(
            [
                [*self._kind(node, is_patch), round(self._work(node), 6), round(taken, 3)]
                for node, taken, is_patch in seconds
            ]
        )

    @cached_property
    def _known(self) -> dict[Kind, list[Sample]]:
        return _by_kind(_journal().read())

    @cached_property
    def _megapixels(self) -> dict[str, float]:
        return {name: each.pixels / 1e6 for name, each in footprints(self._plan).items()}

    @cached_property
    def _processor(self) -> str:
        return _processor()

    def _work(self, node: Node) -> float:
        """Megapixels, of each layer where there are several."""
        return self._megapixels[node.name] * (len(node.inputs) if _is_layered(node) else 1)

    def _kind(self, node: Node, is_patch: bool) -> Kind:
        """What decides how long a pixel takes: where it is run, and the operation, not its inputs."""
        told = dict(node.action.ingredients())
        fields = [str(told[field]) for field in ("operation", "quality") if field in told]
        is_neural = isinstance(node.action, Apply | Stylize) and node.action.extension.needs.device
        device = str(self._device) if is_neural else f"cpu, {self._device.threads} threads"
        return self._processor, device, " ".join([*fields, *["patched"] * is_patch])


def _is_layered(node: Node) -> bool:
    action = node.action
    return isinstance(action, Composite) or (isinstance(action, Export) and action.extension.needs.layers)


def _is_alike(ran: float, work: float) -> bool:
    return 1 / _FARTHEST <= _times(work, ran) <= _FARTHEST


def _times(work: float, ran: float) -> float:
    """How many times the work of an earlier run; two of which nothing is known are taken for equal."""
    if not work and not ran:
        return 1.0
    return work / ran if ran else math.inf


def _journal() -> Journal:
    return Journal(_JOURNAL, _condensed)


def _by_kind(lines: Iterable[Json]) -> dict[Kind, list[Sample]]:
    """The samples of each kind, the last ones last; what is no sample is passed over."""
    found: dict[Kind, list[Sample]] = defaultdict(list)
    for line in lines:
        match line:
            case [
                str(processor),
                str(device),
                str(operation),
                int() | float() as work,
                int() | float() as taken,
            ]:
                if 0 <= work < math.inf and 0 <= taken < math.inf:
                    found[processor, device, operation].append((work, taken))
    return found


def _condensed(lines: Iterable[Json]) -> Sequence[Json]:
    """The last samples of each kind."""
    known = _by_kind(lines)
    return [[*kind, *sample] for kind, samples in known.items() for sample in samples[-_KEPT:]]


def _processor() -> str:
    """The model of the first processor; the machine's name where the system does not tell."""
    try:
        with _CPUINFO.open(encoding="utf-8", errors="replace") as lines:
            told = next((line for line in lines if line.startswith("model name")), "")
    except OSError:
        told = ""
    return told.partition(":")[2].strip() or os.uname().nodename
