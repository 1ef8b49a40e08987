"""`composer check`: every mistake of a piece, without building."""

from __future__ import annotations

import argparse

from ..build.project import open_project


def run(options: argparse.Namespace) -> int:
    """Check the piece; all its mistakes come as one PieceError."""
    plan = open_project(options.piece).plan()
    count = len(plan.layers)
    print(f"{options.piece}: no mistakes; {count} layer{'' if count == 1 else 's'}, {len(plan.nodes)} nodes")
    return 0
