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
from ..errors import Cancelled, ComposerError, in_words
from . import console

_log = logging.getLogger(__name__)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit status: 0 done, 1 failed, 2 a mistake in piece or command, 130 stopped."""
    console.prepare()
    options = _parser().parse_args(argv)
    # Threads that wait for each other spin for a moment only, then sleep: with another program busy beside it
    # a neural layer ran eight times as long when they spun, and alone half as long again when they slept at
    # once. It must be set before torch is loaded.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    os.environ.setdefault("GOMP_SPINCOUNT", "1000")
    # Large blocks come in huge pages: fetching those of each tile anew was a third of a large picture's time.
    os.environ.setdefault("THP_MEM_ALLOC_ENABLE", "1")
    logging.basicConfig(level=logging.DEBUG if options.verbose else logging.CRITICAL + 1)
    for noisy in ("numba", "PIL", "psd_tools", "watchdog"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    try:
        status = _command(options.command)(options)
    except KeyboardInterrupt:
        status = Cancelled.exit_code
    except BrokenPipeError:
        status = ComposerError.exit_code
    except Exception as error:  # whatever it is, the artist reads a sentence
        _log.debug("%s failed", options.command, exc_info=error)
        status = _told(error)
    return status if console.settle() else ComposerError.exit_code


def _command(name: str) -> Callable[[argparse.Namespace], int]:
    command: Callable[[argparse.Namespace], int] = importlib.import_module(f".{name}", __package__).run
    return command


def _told(error: Exception) -> int:
    """Print what went wrong and what to do; the exit status."""
    known = in_words(error)
    text = str(known) if known.diagnostics else f"error: {known}"
    print(console.plain(text), file=sys.stderr)
    return known.exit_code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="composer", description="Build layered, neurally painted pictures from TOML pieces."
    )
    parser.add_argument("--version", action="version", version=f"composer {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    _new(commands.add_parser("new", help="start a piece from a picture, or from nothing"))
    _piece(commands.add_parser("check", help="find every mistake of a piece, without building"))
    _build(commands.add_parser("build", help="render what changed and write the outputs"))
    _watch(commands.add_parser("watch", help="build on every save, until Ctrl-C"))
    _explain(commands.add_parser("explain", help="say what would run, and why"))
    _mask(commands.add_parser("mask", help="write a mask to look at, over its picture"))
    _diff(commands.add_parser("diff", help="say and show what differs between two revisions in git"))
    _history(commands.add_parser("log", help="list the revisions in git that changed the picture"))
    _layers(commands.add_parser("layers", help="print the layers of a PSD or ORA file"))
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
    parser.add_argument("--git", action="store_true", help="set up git; the piece may be there already")
    parser.add_argument("--lfs", action="store_true", help="with --git: keep large files in Git LFS")


def _piece(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("piece", type=Path, help="the piece file")


def _scale(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value <= 1:
        raise argparse.ArgumentTypeError(f"{text} is not in 0…1: 0.25 builds a quarter of the size")
    return value


def _count(text: str) -> int:
    value = int(text) if text.isdecimal() else 0
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a number from 1")
    return value


_PATCH = "paint style layers anew only where they changed, as with `patch = true` in the piece"


def _build(parser: argparse.ArgumentParser) -> None:
    _piece(parser)
    parser.add_argument("--scale", type=_scale, default=1.0, help="build a draft, such as 0.25 of the size")
    rendering = parser.add_mutually_exclusive_group()
    rendering.add_argument("--patch", action="store_true", help=_PATCH)
    rendering.add_argument(
        "--from-scratch", action="store_true", help="render whole what was patched, whatever the piece says"
    )
    parser.add_argument("--dry-run", action="store_true", help="say what would run, and run nothing")
    parser.add_argument(
        "--locked", action="store_true", help="write nothing unless every layer comes out as in the lock file"
    )
    parser.add_argument("--jobs", type=_count, default=2, help="nodes that run at once (default 2)")
    parser.add_argument("--device", help="cpu or cuda; left out: the best one here")
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        action="append",
        help="write this file instead of those in [output]; may be repeated",
    )


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not value >= 0:
        raise argparse.ArgumentTypeError(f"{text} is not a number of seconds from 0")
    return value


def _port(text: str) -> int:
    value = int(text) if text.isdecimal() and len(text) < 6 else 0
    if not 1 <= value <= 65535:
        raise argparse.ArgumentTypeError(f"{text} is not a port: a number in 1…65535")
    return value


_QUOTA = (
    "keep the store below this size, such as 50GB (default 20GB, less on a small disk), as `composer gc` does"
)


def _watch(parser: argparse.ArgumentParser) -> None:
    _piece(parser)
    parser.add_argument(
        "--from-scratch",
        action="store_true",
        help="render whole what changed; otherwise style layers are painted anew only where they changed",
    )
    parser.add_argument(
        "--draft", type=_scale, default=0.25, help="the size of drafts (default 0.25); 1 shows none"
    )
    parser.add_argument(
        "--slow",
        type=_seconds,
        default=4.0,
        help="show a draft first where a style layer takes longer, in seconds (default 4)",
    )
    parser.add_argument("--jobs", type=_count, default=2, help="nodes that run at once (default 2)")
    parser.add_argument("--device", help="cpu or cuda; left out: the best one here")
    parser.add_argument("--quota", help=_QUOTA)
    parser.add_argument("--preview", action="store_true", help="show it in a browser of this machine")
    parser.add_argument("--port", type=_port, help="the page's port (default: the first free one from 8137)")


def _explain(parser: argparse.ArgumentParser) -> None:
    _piece(parser)
    parser.add_argument("layer", nargs="?", help="only what this layer (or mask, by name) is made of")
    parser.add_argument("--patch", action="store_true", help=_PATCH)
    parser.add_argument("--scale", type=_scale, default=1.0, help="explain a draft build")
    parser.add_argument("--device", help="cpu or cuda; left out: the best one here")


def _mask(parser: argparse.ArgumentParser) -> None:
    _piece(parser)
    parser.add_argument("expression", help='a mask by name, or an expression such as "figure & !sky"')
    parser.add_argument("--layer", help="the layer it is for; left out: the first that uses it")
    parser.add_argument("--scale", type=_scale, default=1.0, help="a draft, such as 0.25 of the size")
    parser.add_argument("-o", "--output", type=Path, help="write the mask to this PNG file")
    parser.add_argument("--device", help="cpu or cuda; left out: the best one here")


def _pictured(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--render", action="store_true", help="make the pictures that the store lacks")
    parser.add_argument("--device", help="cpu or cuda; left out: the best one here")


def _diff(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "words",
        nargs="*",
        metavar="[REV [REV]] [PIECE]",
        help="compare HEAD with the working tree, REV with the working tree, or the one with the other; "
        "the piece may be left out when the folder has only one",
    )
    parser.add_argument(
        "--html",
        nargs="?",
        const="",
        metavar="FILE",
        help="write a page with pictures side by side; without FILE, to build/PIECE.diff.html",
    )
    _pictured(parser)


def _history(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "piece", type=Path, nargs="?", default=Path(), help="a piece; may be left out when there is only one"
    )
    parser.add_argument(
        "--sheet", type=Path, metavar="FILE", help="write a contact sheet: a .png, .jpg, .webp or .html file"
    )
    _pictured(parser)


def _layers(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="a .psd, .psb or .ora file")


def _gc(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("piece", type=Path, nargs="?", default=Path(), help="a piece, or its folder")
    parser.add_argument("--quota", help="evict results, longest unused first, down to this size, such as 5GB")
    parser.add_argument("--all", action="store_true", help="evict the results of the last builds too")


def _schema(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("-o", "--output", type=Path, help="write it to this file")


def _models(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="action")
    actions.add_parser("list", help="which weights are here")
    fetching = actions.add_parser("fetch", help="bring weights from where they are published")
    fetching.add_argument("name")
    verifying = actions.add_parser("verify", help="check the digest of a file, or of all that are here")
    verifying.add_argument("name", nargs="?")
    importing = actions.add_parser("import", help="take weights from a file you have")
    importing.add_argument("name")
    importing.add_argument("file", type=Path)


if __name__ == "__main__":
    sys.exit(main())
