"""`composer build`: render what changed and write the outputs.

Knows that a build with nothing to do must not wait for what only another one needs. What renders is imported
when something is to be rendered.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from ..build.receipt import Receipt, Request, unchanged
from ..sizes import readable
from . import console


def run(options: argparse.Namespace) -> int:
    """Build the piece of the options."""
    started = time.perf_counter()
    request = _request(options)
    receipt = None if options.output or options.dry_run or options.locked else unchanged(request)
    if receipt is not None:
        _tell(request, receipt, started)
        return 0
    from . import rendering  # see above

    return rendering.run(options, request)


def _request(options: argparse.Namespace) -> Request:
    piece = Path(options.piece).resolve()
    return Request(piece, options.scale, options.device, options.patch, options.from_scratch)


def _tell(request: Request, receipt: Receipt, started: float) -> None:
    folder = request.piece.parent
    for path in receipt.written:
        if path.suffix != ".lock":
            shown = path.relative_to(folder) if path.is_relative_to(folder) else path
            print(console.plain(f"unchanged {shown} ({readable(path.stat().st_size)})"))
    seconds = time.perf_counter() - started
    print(f"0 rendered, {receipt.nodes} from the store, in {seconds:.1f} s")
