"""Room: what is told of memory and disk before a build begins.

Knows where warnings go. Does not know what a node takes.
"""

from __future__ import annotations

import sys
from collections.abc import Collection

from ..build.project import Project
from ..build.room import check_room
from ..graph.node import Plan
from . import console


def warn_of_room(
    project: Project, plan: Plan, runs: Collection[str], jobs: int = 2, reclaimed: int = 0
) -> None:
    """Say when the nodes `runs` may not fit into memory or onto the disk.

    Raises ShortOfMemory when one of them cannot be made in the memory that is free.
    """
    for warning in check_room(project, plan, runs, jobs, reclaimed):
        print(console.plain(f"warning: {warning}"), file=sys.stderr)
