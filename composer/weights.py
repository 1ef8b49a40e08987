"""Weights: the one place for networks that do not come with the package and must be fetched.

Knows a table of files – where each is looked for, where it comes from, its pinned digest – and
how to bring one here safely. Does not know what a network computes. Nothing is ever fetched
without being asked for, and only formats that cannot carry code (ONNX, safetensors) are taken.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import IO

from .digest import digest_of_file
from .errors import InputError, MissingWeights, StoreError, UsageError

_RELEASES = "https://github.com/danielgatis/rembg/releases/download/v0.0.0/"
_CHUNK = 1 << 20
_TIMEOUT = 30.0  # seconds without an answer

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class WeightsFile:
    """One known file. `pin` is `algorithm:hex` as its publisher gives it."""

    name: str
    file: str
    pin: str
    url: str
    licence: str


def _rembg(name: str, remote: str, md5: str, licence: str) -> WeightsFile:
    return WeightsFile(name, f"{name}.onnx", f"md5:{md5}", _RELEASES + remote, licence)


_APACHE, _MIT = "Apache-2.0", "MIT"
KNOWN = {
    each.name: each
    for each in (
        _rembg("u2net", "u2net.onnx", "60024c5c889badc19c04ad937298a77b", _APACHE),
        _rembg("u2netp", "u2netp.onnx", "8e83ca70e441ab06c318d82300c84806", _APACHE),
        _rembg("u2net_human_seg", "u2net_human_seg.onnx", "c09ddc2e0104f800e3e1bb4652583d1f", _APACHE),
        _rembg("silueta", "silueta.onnx", "55e59e0d8062d2f5d013f4725ee84782", _APACHE),
        _rembg("isnet-general-use", "isnet-general-use.onnx", "fc16ebd8b0c10d971d3513d564d01e29", _APACHE),
        _rembg("isnet-anime", "isnet-anime.onnx", "6f184e756bb3bd901c8849220a83e38e", _APACHE),
        _rembg(
            "birefnet-general", "BiRefNet-general-epoch_244.onnx", "7a35a0141cbbc80de11d9c9a28f52697", _MIT
        ),
        _rembg(
            "birefnet-general-lite",
            "BiRefNet-general-bb_swin_v1_tiny-epoch_232.onnx",
            "4fab47adc4ff364be1713e97b7e66334",
            _MIT,
        ),
        _rembg(
            "birefnet-portrait", "BiRefNet-portrait-epoch_150.onnx", "c3a64a6abf20250d090cd055f12a3b67", _MIT
        ),
        _rembg("birefnet-dis", "BiRefNet-DIS-epoch_590.onnx", "2d4d44102b446f33a4ebb2e56c051f2b", _MIT),
        _rembg(
            "birefnet-hrsod", "BiRefNet-HRSOD_DHU-epoch_115.onnx", "c017ade5de8a50ff0fd74d790d268dda", _MIT
        ),
        _rembg("birefnet-cod", "BiRefNet-COD-epoch_125.onnx", "f6d0d21ca89d287f17e7afe9f5fd3b45", _MIT),
        _rembg(
            "birefnet-massive",
            "BiRefNet-massive-TR_DIS5K_TR_TEs-epoch_420.onnx",
            "33e726a2136a3d59eb0fdf613e31e3e9",
            _MIT,
        ),
    )
}


def locate(name: str) -> Path:
    """Where the file of that name lies. Raises MissingWeights when it is nowhere, UsageError when unknown."""
    known = _known(name)
    for path in places(name):
        if path.is_file():
            return path
    raise MissingWeights(
        f'the weights "{name}" are not on this machine',
        f"run `composer models fetch {name}` ({known.licence}); they are looked for at {places(name)[0]}",
    )


def places(name: str) -> tuple[Path, ...]:
    """Every path at which that file is looked for, the one it is fetched to first.

    They are rembg's own, so that a model is on the disk once: U2NET_HOME, or REMBG_HOME, or
    $XDG_DATA_HOME/rembg, or ~/.rembg; and ~/.u2net, where older versions put it.
    """
    file = _known(name).file
    home = _rembg_home()
    return home / "models" / name / file, home / file, Path("~/.u2net").expanduser() / file


def missing() -> dict[str, bool]:
    """Every known name, and whether its file is missing."""
    return {name: not any(path.is_file() for path in places(name)) for name in KNOWN}


def digest(name: str) -> str:
    """BLAKE3 of the file's bytes, for a manifest; read again only when the file changed."""
    path = locate(name)
    stat = path.stat()
    return _digest_at(path, stat.st_size, stat.st_mtime_ns)


def verify(name: str) -> bool:
    """Whether the file here is the one its publisher pinned."""
    return _pin_of(locate(name), _known(name).pin) == _known(name).pin


def fetch(name: str, progress: Progress | None = None) -> Path:
    """Download the file unless it is here. `progress` hears bytes done and bytes in all (0: unknown).

    Raises MissingWeights when it cannot be had, InputError when other bytes came than were pinned,
    StoreError when its folder cannot be written.
    """
    known = _known(name)
    if not missing()[name] and verify(name):
        return locate(name)
    try:
        with urllib.request.urlopen(known.url, timeout=_TIMEOUT) as answer:
            size = int(answer.headers.get("Content-Length") or 0)
            return _install(known, answer, size, progress)
    except (urllib.error.URLError, TimeoutError, ConnectionError) as error:
        reason = getattr(error, "reason", error)
        raise MissingWeights(
            f'the weights "{name}" could not be fetched from {known.url}: {reason}',
            f"download that address on a machine with a network, then run "
            f"`composer models import {name} FILE` here; it goes to {places(name)[0]}",
        ) from error


def import_file(name: str, path: Path) -> Path:
    """Copy a file that was brought here by hand to where it is looked for.

    Raises InputError when it cannot be read or is not the file that was pinned, StoreError when
    its folder cannot be written.
    """
    known = _known(name)
    try:
        with path.open("rb") as source:
            return _install(known, source, path.stat().st_size, None)
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error


def _known(name: str) -> WeightsFile:
    if name not in KNOWN:
        raise UsageError(f'there are no weights called "{name}"', f"known are {', '.join(sorted(KNOWN))}")
    return KNOWN[name]


def _rembg_home() -> Path:
    shared = os.environ.get("XDG_DATA_HOME")
    default = os.path.join(shared, "rembg") if shared else "~/.rembg"
    return Path(os.environ.get("U2NET_HOME") or os.environ.get("REMBG_HOME") or default).expanduser()


def _install(known: WeightsFile, source: IO[bytes], size: int, progress: Progress | None) -> Path:
    """Write beside the target under another name, compare with the pin, then rename."""
    target = places(known.name)[0]
    with _beside(target) as (temporary, file):
        for done in _copied(source, file):
            if progress is not None:
                progress(done, size)
        file.flush()
        os.fsync(file.fileno())
        found = _pin_of(temporary, known.pin)
        if found != known.pin:
            raise InputError(
                f'these are not the weights "{known.name}": {found}, not {known.pin}',
                f"they come from {known.url}",
            )
        temporary.chmod(0o644)  # weights may be shared between users; mkstemp makes private files
        temporary.replace(target)
    return target


@contextmanager
def _beside(target: Path) -> Iterator[tuple[Path, IO[bytes]]]:
    """A new file in the target's folder, gone afterwards unless it was renamed. Raises StoreError."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        number, name = tempfile.mkstemp(".part", target.name, target.parent)
    except OSError as error:
        raise StoreError(f"{target.parent} cannot be written: {error.strerror}") from error
    temporary = Path(name)
    try:
        with os.fdopen(number, "wb") as file:
            yield temporary, file
    finally:
        temporary.unlink(missing_ok=True)


def _copied(source: IO[bytes], target: IO[bytes]) -> Iterator[int]:
    done = 0
    while chunk := source.read(_CHUNK):
        target.write(chunk)
        done += len(chunk)
        yield done


def _pin_of(path: Path, like: str) -> str:
    """The file's digest in the algorithm of the pin `like`."""
    algorithm = like.partition(":")[0]
    with path.open("rb") as file:
        return f"{algorithm}:{hashlib.file_digest(file, algorithm).hexdigest()}"


@lru_cache(maxsize=32)
def _digest_at(path: Path, _size: int, _mtime_ns: int) -> str:
    return digest_of_file(path)
