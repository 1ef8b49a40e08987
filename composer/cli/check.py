"""`composer check`: every mistake of a piece, and every place that lacks its weights, without building.

Says too whether this machine has the memory and the disk for all of it.
"""

from __future__ import annotations

import argparse

from ..build.project import open_project
from ..errors import MissingWeights
from .room import warn_of_room


def run(options: argparse.Namespace) -> int:
    """Check the piece; all its mistakes come as one PieceError.

    A piece is right although weights that it needs are not here, but it cannot be built here: all of them
    come as one MissingWeights. Raises OperationError when there is not enough memory free to build it.
    """
    project = open_project(options.piece)
    try:
        plan = project.plan()
    except MissingWeights:
        print(f"{options.piece}: no mistakes, but some of the weights that it needs are not on this machine")
        raise
    count = len(plan.written)
    print(f"{options.piece}: no mistakes; {count} layer{'' if count == 1 else 's'}, {len(plan.nodes)} nodes")
    warn_of_room(project, plan, plan.nodes, reclaimed=project.store.size().bytes)
    return 0
