"""`composer layers`: the layer tree of a PSD or ORA file, also for `git diff`.

Knows that git stops the whole diff when its text driver fails: a file that is there but cannot be read as
layers is told in a line of the output, and is no failure.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from ..errors import InputError
from ..revisions.layer_tree import layer_text
from . import console
from .present import check_present


def run(options: argparse.Namespace) -> int:
    """Print the layers of the file."""
    path: Path = options.file
    check_present(path, "a .psd or .ora file")
    try:
        text = layer_text(path)
    except InputError as error:
        text = error.message
    print(console.plain(text))
    return 0
