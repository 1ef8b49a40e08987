"""`composer models`: list, fetch, verify or import the weights that do not come with the package."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator

from .. import weights


def run(options: argparse.Namespace) -> int:
    """Do what the second word says."""
    if options.action == "list":
        print("\n".join(model_lines()))
        return 0
    if options.action == "verify":
        return _verify(options.name and [options.name])
    if options.action == "fetch":
        path = weights.fetch(options.name, _shown if sys.stdout.isatty() else None)
    else:
        path = weights.import_file(options.name, options.file)
    print(f"{options.name} is at {path}")
    return 0


def model_lines() -> Iterator[str]:
    """One line a known file of weights: what it is for, and where it lies or the command that brings it."""
    widest = max(map(len, weights.KNOWN))
    for name, is_missing in weights.missing().items():
        known = weights.KNOWN[name]
        state = "missing" if is_missing else "present"
        facts = f"{known.megabytes:4} MB  {known.licence:12}  {known.purpose}"
        where = f"composer models fetch {name}" if is_missing else weights.locate(name)
        yield f"  {state}  {name:{widest}}  {facts}: {where}"


def _verify(names: list[str] | None) -> int:
    """Say of each file, or of all that are here, whether it is as published; 1 if one is not."""
    if names is None:
        names = [name for name, is_missing in weights.missing().items() if not is_missing]
    if not names:
        print("no weights are here; `composer models fetch NAME` brings some")
    return max(map(_verified, names), default=0)


def _verified(name: str) -> int:
    path = weights.locate(name)
    if weights.verify(name):
        print(f"{path} is as published")
        return 0
    print(
        f"{path} is not the file that was published; bring it again: composer models fetch {name}",
        file=sys.stderr,
    )
    return 1


def _shown(done: int, size: int) -> None:
    total = f" of {size / 1e6:.0f}" if size else ""
    sys.stdout.write(f"\r{done / 1e6:.0f}{total} MB ")
    sys.stdout.flush()
