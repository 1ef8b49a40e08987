"""Main: the command line, parsed; one module a command, imported when it is asked for.

Knows the words and options. Does not know what a command does: imports happen here inside a function
because a command must not wait for what only another one needs.
"""

from __future__ import annotations

import argparse
import importlib
import logging
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from .. import __version__
from ..errors import ComposerError


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit status: 0 done, 1 failed, 2 a mistake in piece or command, 130 stopped."""
    options = _parser().parse_args(argv)
    # Threads that wait for each other sleep instead of spinning: with another program busy beside it, a
    # neural layer ran eight times as long without this. It must be set before torch is loaded.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    logging.basicConfig(level=logging.DEBUG if options.verbose else logging.CRITICAL + 1)
    for noisy in ("numba", "PIL", "psd_tools"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    try:
        command: Callable[[argparse.Namespace], int] = importlib.import_module(
            f".{options.command}", __package__
        ).run
        return command(options)
    except ComposerError as error:
        print(_told(error), file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        return 1


def _told(error: ComposerError) -> str:
    text = str(error)
    return text if hasattr(error, "diagnostics") else f"error: {text}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="composer", description="Build layered, neurally painted pictures from TOML pieces."
    )
    parser.add_argument("--version", action="version", version=f"composer {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    _new(commands.add_parser("new", help="start a piece from a picture, or from nothing"))
    _piece(commands.add_parser("check", help="find every mistake of a piece, without building"))
    _build(commands.add_parser("build", help="render what changed and write the outputs"))
    _explain(commands.add_parser("explain", help="say what would run, and why"))
    _gc(commands.add_parser("gc", help="clean the store, and shrink it to a quota"))
    _schema(commands.add_parser("schema", help="print the JSON Schema of piece files"))
    commands.add_parser("doctor", help="say what this machine can do")
    _models(commands.add_parser("models", help="list, fetch, verify or import network weights"))
    for command in commands.choices.values():
        command.add_argument("--verbose", action="store_true", help="print what happens inside")
    return parser


def _new(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("piece", type=Path, help="the piece file to make, such as harbour/piece.toml")
    parser.add_argument("--photo", type=Path, help="an image to begin with; it is copied beside the piece")


def _piece(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("piece", type=Path, help="the piece file")


def _scale(text: str) -> float:
    value = float(text)
    if not 0 < value <= 1:
        raise argparse.ArgumentTypeError(f"{text} is not in 0…1: 0.25 builds a quarter of the size")
    return value


def _count(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a number from 1")
    return value


def _build(parser: argparse.ArgumentParser) -> None:
    _piece(parser)
    parser.add_argument("--scale", type=_scale, default=1.0, help="build a draft, such as 0.25 of the size")
    parser.add_argument("--dry-run", action="store_true", help="say what would run, and run nothing")
    parser.add_argument("--jobs", type=_count, default=2, help="nodes that run at once (default 2)")
    parser.add_argument("--device", help="cpu or cuda; left out: the best one here")
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        action="append",
        help="write this file instead of those in [output]; may be repeated",
    )


def _explain(parser: argparse.ArgumentParser) -> None:
    _piece(parser)
    parser.add_argument("layer", nargs="?", help="only what this layer (or mask, by name) is made of")
    parser.add_argument("--scale", type=_scale, default=1.0, help="explain a draft build")
    parser.add_argument("--device", help="cpu or cuda; left out: the best one here")


def _gc(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("piece", type=Path, nargs="?", default=Path(), help="a piece, or its folder")
    parser.add_argument("--quota", help="evict results, longest unused first, down to this size, such as 5GB")
    parser.add_argument("--all", action="store_true", help="evict the results of the last builds too")


def _schema(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("-o", "--output", type=Path, help="write it to this file")


def _models(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="action")
    actions.add_parser("list", help="which weights are here")
    for word, text in (
        ("fetch", "bring weights from where they are published"),
        ("verify", "check a file's digest"),
    ):
        actions.add_parser(word, help=text).add_argument("name")
    importing = actions.add_parser("import", help="take weights from a file you have")
    importing.add_argument("name")
    importing.add_argument("file", type=Path)


if __name__ == "__main__":
    sys.exit(main())
