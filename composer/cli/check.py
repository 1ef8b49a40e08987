"""`composer check`: every mistake of a piece, and every place that lacks its weights, without building."""

from __future__ import annotations

import argparse

from ..build.project import open_project
from ..errors import MissingWeights


def run(options: argparse.Namespace) -> int:
    """Check the piece; all its mistakes come as one PieceError.

    A piece is right although weights that it needs are not here, but it cannot be built here: all of them
    come as one MissingWeights.
    """
    try:
        plan = open_project(options.piece).plan()
    except MissingWeights:
        print(f"{options.piece}: no mistakes, but some of the weights that it needs are not on this machine")
        raise
    count = len(plan.written)
    print(f"{options.piece}: no mistakes; {count} layer{'' if count == 1 else 's'}, {len(plan.nodes)} nodes")
    return 0
