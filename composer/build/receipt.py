"""Receipt: what a finished build read and wrote, so that the next one can see that nothing is to be done.

Knows files by their digests, and all that decides what a build would do: the piece's text, the options, the
package's own code, the environment and the machine. Does not know plans, pixels or nodes, and imports nothing
that does: a build that finds all as it left it answers from here, before the rest is loaded.

A receipt is only ever a reason to do nothing. Whatever differs, or cannot be told, is left to a real build.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..digest import Json, digest_of_parts
from ..errors import ComposerError
from ..store.journal import SETTING
from ..store.store import Store

STORE_FOLDER = ".composer"
_OURS = "COMPOSER_"
_PLACES = ("HOME", "U2NET_HOME", "REMBG_HOME", "XDG_DATA_HOME", "CUDA_VISIBLE_DEVICES")
CPUINFO = Path("/proc/cpuinfo")
_GPUS = (Path("/proc/driver/nvidia/gpus"), Path("/proc/driver/nvidia/version"), Path("/dev/dxg"))


def _surroundings() -> Json:
    """Everything besides files that decides what a build does."""
    ours = {k: v for k, v in os.environ.items() if k.startswith(_OURS) and k != SETTING}
    environment = ours | {k: os.environ[k] for k in _PLACES if k in os.environ}
    return {
        "code": digest_of_parts(_code()),
        "environment": {**environment},
        "python": sys.version,
        "torch": _torch(),
        "processors": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "abilities": _abilities(),
        "graphics": [*_graphics()],
    }


@dataclass(frozen=True)
class Request:
    """A build that was asked for: the piece file, and the options that decide what becomes of it.

    `surroundings`: what else decides it, as it was when the build was asked for; a package that is updated
    while a build runs belongs to the next.
    """

    piece: Path
    scale: float = 1.0
    device: str | None = None
    patch: bool = False
    from_scratch: bool = False
    surroundings: Json = field(default_factory=_surroundings, repr=False)

    @property
    def store(self) -> Store:
        """The store beside the piece."""
        return Store(self.piece.parent / STORE_FOLDER)

    @property
    def name(self) -> str:
        """What its receipt is remembered under."""
        options = (self.scale, self.device, self.patch, self.from_scratch)
        return f"receipt {self.piece.name} {options!r}"


@dataclass(frozen=True)
class Receipt:
    """What a build read and wrote, and what it only looked for: files that were there, and that were not.

    `nodes`: how many its plan has.
    """

    read: Mapping[Path, str]
    written: Mapping[Path, str]
    present: tuple[Path, ...]
    absent: tuple[Path, ...]
    nodes: int


def keep(request: Request, receipt: Receipt) -> None:
    """Remember what the build of `request`, finished now without a mistake, read and wrote."""
    request.store.remember(
        request.name,
        {
            "surroundings": request.surroundings,
            "read": _listed(request, receipt.read),
            "written": _listed(request, receipt.written),
            "present": [_named(request, path) for path in receipt.present],
            "absent": [_named(request, path) for path in receipt.absent],
            "places": _places(request, receipt),
            "nodes": receipt.nodes,
        },
    )


def unchanged(request: Request) -> Receipt | None:
    """The receipt of the last such build if every file is as it was then; None to build."""
    try:
        known = request.store.recall(request.name)
        if not isinstance(known, dict) or known.get("surroundings") != request.surroundings:
            return None
        receipt = _recalled(request, known)
        if _places(request, receipt) != known["places"] or any(map(os.path.lexists, receipt.absent)):
            return None
        store, listed = request.store, {**receipt.read, **receipt.written}
        same = all(store.identify(path) == digest for path, digest in listed.items())
        return receipt if same and all(map(Path.is_file, receipt.present)) else None
    except (ComposerError, OSError):
        return None


def _listed(request: Request, digests: Mapping[Path, str]) -> list[Json]:
    return [[_named(request, path), digest] for path, digest in digests.items()]


def _places(request: Request, receipt: Receipt) -> list[Json]:
    """Where the files really are: what may be read, and written, depends on where links lead."""
    paths = (*receipt.read, *receipt.written, *receipt.present)
    return [_named(request, Path(os.path.realpath(path))) for path in paths]


def _named(request: Request, path: Path) -> str:
    """A path as it is remembered: relative to the piece, so that a moved project stays known."""
    folder = request.piece.parent
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else str(path)


def _recalled(request: Request, known: Any) -> Receipt:
    """The receipt as `keep` remembered it; the store gives back no other bytes."""
    folder = request.piece.parent
    read, written = ({folder / path: digest for path, digest in known[key]} for key in ("read", "written"))
    present, absent = (tuple(folder / path for path in known[key]) for key in ("present", "absent"))
    return Receipt(read, written, present, absent, known["nodes"])


def _code() -> Iterator[bytes]:
    """The name, size and time of every file of the package: another version of it may paint differently."""
    pending = [str(Path(__file__).parents[1])]
    while pending:
        with os.scandir(pending.pop()) as entries:
            for entry in sorted(entries, key=lambda entry: entry.name):
                if entry.is_dir(follow_symlinks=False):
                    pending += [] if entry.name == "__pycache__" else [entry.path]
                else:
                    found = entry.stat()
                    yield f"{entry.path} {found.st_size} {found.st_mtime_ns}\n".encode()


def _torch() -> Json:
    """Which torch would be loaded, without loading it: with another one, another device may be the best."""
    spec = importlib.util.find_spec("torch")
    if spec is None or spec.origin is None:
        return None
    found = Path(spec.origin).with_name("version.py").stat()
    return [spec.origin, found.st_size, found.st_mtime_ns]


def _abilities() -> str:
    """What the first processor says it can do: it decides in which precision networks are computed."""
    try:
        with CPUINFO.open(encoding="utf-8", errors="replace") as lines:
            told = next((line for line in lines if line.startswith(("flags", "Features"))), "")
    except OSError:
        return ""
    return digest_of_parts([told.encode()])


def _graphics() -> Iterator[str]:
    """The graphics cards and the driver that the system shows, without asking a library."""
    for path in _GPUS:
        if path.is_dir():
            yield from sorted(os.listdir(path))
        elif path.is_file():
            yield path.read_text(encoding="utf-8", errors="replace")
        elif path.exists():
            yield path.name
