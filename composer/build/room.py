"""Room: whether what a build would do fits into this machine's memory and onto its disk, told before it.

Knows what is free, and that what a node works on is as large as the canvas makes it. Does not know how much
a node takes (`footprint`).
"""

from __future__ import annotations

import shutil
from collections.abc import Collection
from pathlib import Path

from ..errors import ComposerError
from ..graph.action import Composite
from ..graph.node import Plan
from ..sizes import readable
from ..spec.canvas import at_canvas
from .footprint import Footprint, footprints
from .memory import ShortOfMemory, check_bytes, short_of
from .project import Project

_DRAFT = "build a draft: --scale 0.5 takes a quarter"


def check_room(
    project: Project, plan: Plan, runs: Collection[str], jobs: int = 2, reclaimed: int = 0, own: int = 0
) -> tuple[str, ...]:
    """What to warn of before the nodes `runs` are made, `jobs` at a time, into the project's store.

    `reclaimed`: bytes in the store that need not be written again. `own`: bytes of memory that this program
    has and could give back. Raises ShortOfMemory, at the canvas, for a node that cannot be made in the memory
    that is free.
    """
    found = {name: each for name, each in footprints(plan).items() if name in runs}
    for name, each in found.items():
        try:
            check_bytes(each.least, each.pixels, f"{name}: ", own)
        except ShortOfMemory as error:
            raise _at_canvas(error, project) if each.pixels <= _canvas(plan) else error from None
    kept = sum(each.kept for each in found.values())
    warnings = (_memory_warning(found, jobs, own), _disk_warning(kept - reclaimed, project.store_folder))
    return tuple(warning for warning in warnings if warning)


def _canvas(plan: Plan) -> int:
    """Its pixels."""
    action = plan.nodes[plan.merged].action
    return action.recipe.canvas.pixels if isinstance(action, Composite) else 0


def _at_canvas(error: ShortOfMemory, project: Project) -> ShortOfMemory:
    """The same, told at its place; without one where the piece has become another meanwhile."""
    try:
        told = at_canvas(project.reading().document, error.message, (error.hint,))
    except ComposerError:
        return error
    return ShortOfMemory(str(told), diagnostics=(told,))


def _memory_warning(found: dict[str, Footprint], jobs: int, own: int) -> str:
    largest = sorted(found, key=lambda name: -found[name].working)[:jobs]
    needed = sum(found[name].working for name in largest)
    free = short_of(needed, own)
    if free is None:
        return ""
    return (
        f"this build may take {readable(needed)} of memory at once ({', '.join(largest)}); "
        f"{readable(free)} are free\n   hint: close other programs, build with --jobs 1, or {_DRAFT}"
    )


def _disk_warning(needed: int, store: Path) -> str:
    folder = next(each for each in (store, *store.parents) if each.exists())
    free = shutil.disk_usage(folder).free
    if needed <= free:
        return ""
    return (
        f"this build keeps {readable(needed)} of pictures in {store.name}; {readable(free)} are free on "
        f"its disk\n   hint: make room there, empty the store with composer gc --all, or {_DRAFT}"
    )
