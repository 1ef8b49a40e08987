"""`composer schema`: the JSON Schema of piece files, for editors."""

from __future__ import annotations

import argparse

from ..graph.schema import schema_text
from ..store.replacing import replacing


def run(options: argparse.Namespace) -> int:
    """Print the schema, or write it to a file."""
    text = schema_text()
    if options.output is None:
        print(text, end="")
    else:
        with replacing(options.output) as partial:
            partial.write_text(text, encoding="utf-8")
        print(f"wrote {options.output}")
    return 0
