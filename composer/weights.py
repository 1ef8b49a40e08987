"""Weights: the one place for networks that do not come with the package and must be fetched.

Knows a table of files – where each is looked for, where it comes from, its pinned digest – and
how to bring one here safely. Does not know what a network computes. Nothing is ever fetched
without being asked for, and only formats that cannot carry code (ONNX, safetensors) are taken.
"""

from __future__ import annotations

import hashlib
import http.client
import os
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import IO

from .digest import digest_of_file
from .errors import InputError, MissingWeights, StoreError, UsageError

_REMBG = "https://github.com/danielgatis/rembg/releases/download/v0.0.0/"
_TIMM_VGG19 = (
    "https://huggingface.co/timm/vgg19.tv_in1k/resolve/"
    "128d4708565b3a414bcbb9bbad440b2fe37b9f18/model.safetensors"
)
_CHUNK = 1 << 20
_TIMEOUT = 30.0  # seconds without an answer
_UNFINISHED = ".part"

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class WeightsFile:
    """One known file. `pin` is `algorithm:hex` as its publisher gives it; `purpose` says what uses it.

    `folders` gives every folder it is looked for in, the one it is fetched to first.
    """

    name: str
    file: str
    pin: str
    url: str
    licence: str
    megabytes: int
    purpose: str
    folders: Callable[[str], tuple[Path, ...]]


def _rembg_folders(name: str) -> tuple[Path, ...]:
    shared = os.environ.get("XDG_DATA_HOME")
    default = os.path.join(shared, "rembg") if shared else "~/.rembg"
    home = Path(os.environ.get("U2NET_HOME") or os.environ.get("REMBG_HOME") or default).expanduser()
    return home / "models" / name, home, Path("~/.u2net").expanduser()


def _own_folders(_name: str) -> tuple[Path, ...]:
    shared = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
    return (Path(os.environ.get("COMPOSER_WEIGHTS") or Path(shared, "composer", "weights")).expanduser(),)


def _sam_folders(_name: str) -> tuple[Path, ...]:
    return _rembg_folders("sam")


def _rembg(name: str, remote: str, md5: str, licence: str, megabytes: int) -> WeightsFile:
    url, purpose = _REMBG + remote, "mask segment"
    return WeightsFile(name, f"{name}.onnx", f"md5:{md5}", url, licence, megabytes, purpose, _rembg_folders)


def _sam(part: str, md5: str, megabytes: int) -> WeightsFile:
    known = _rembg(f"sam_vit_b_01ec64.{part}", f"sam_vit_b_01ec64.{part}.onnx", md5, _APACHE, megabytes)
    return replace(known, folders=_sam_folders)


_APACHE, _MIT = "Apache-2.0", "MIT"
_BIREFNET = (
    ("general", "general-epoch_244", "7a35a0141cbbc80de11d9c9a28f52697", 973),
    ("general-lite", "general-bb_swin_v1_tiny-epoch_232", "4fab47adc4ff364be1713e97b7e66334", 224),
    ("portrait", "portrait-epoch_150", "c3a64a6abf20250d090cd055f12a3b67", 973),
    ("dis", "DIS-epoch_590", "2d4d44102b446f33a4ebb2e56c051f2b", 973),
    ("hrsod", "HRSOD_DHU-epoch_115", "c017ade5de8a50ff0fd74d790d268dda", 973),
    ("cod", "COD-epoch_125", "f6d0d21ca89d287f17e7afe9f5fd3b45", 973),
    ("massive", "massive-TR_DIS5K_TR_TEs-epoch_420", "33e726a2136a3d59eb0fdf613e31e3e9", 973),
)
_U2NET = (
    ("u2net", "60024c5c889badc19c04ad937298a77b", 176),
    ("u2netp", "8e83ca70e441ab06c318d82300c84806", 5),
    ("u2net_human_seg", "c09ddc2e0104f800e3e1bb4652583d1f", 176),
    ("silueta", "55e59e0d8062d2f5d013f4725ee84782", 44),
    ("isnet-general-use", "fc16ebd8b0c10d971d3513d564d01e29", 179),
    ("isnet-anime", "6f184e756bb3bd901c8849220a83e38e", 176),
)
# The weights that torchvision publishes as vgg19-dcbb9e9d.pth, as converted by the authors of timm. The pin
# is the one that the hub shows for this commit.
_VGG19 = WeightsFile(
    name="vgg19",
    file="vgg19.safetensors",
    pin="sha256:11aea017b543ff59233749d8f1cf544cda749378f5790d2fedab841fb86b7669",
    url=_TIMM_VGG19,
    licence="BSD-3-Clause",
    megabytes=575,
    purpose="style engine vgg19",
    folders=_own_folders,
)
KNOWN = {
    each.name: each
    for each in (
        _VGG19,
        *(_rembg(name, f"{name}.onnx", md5, _APACHE, size) for name, md5, size in _U2NET),
        *(
            _rembg(f"birefnet-{name}", f"BiRefNet-{remote}.onnx", md5, _MIT, size)
            for name, remote, md5, size in _BIREFNET
        ),
        _sam("encoder", "a780f8ba09bceceaa1435724ed354848", 360),
        _sam("decoder", "c4218b16ec1cb09889fcd6eb7a42a7c9", 17),
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

    Models of `segment` lie where rembg itself puts them, so that each is on the disk once: U2NET_HOME, or
    REMBG_HOME, or $XDG_DATA_HOME/rembg, or ~/.rembg; and ~/.u2net, where older versions put it. Others lie
    in COMPOSER_WEIGHTS, or $XDG_DATA_HOME/composer/weights, or ~/.local/share/composer/weights.
    """
    known = _known(name)
    return tuple(folder / known.file for folder in known.folders(name))


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
    except (urllib.error.URLError, TimeoutError, ConnectionError, http.client.HTTPException) as error:
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
        raise InputError(f"{path} cannot be read: {error.strerror or error}") from error


def _known(name: str) -> WeightsFile:
    if name not in KNOWN:
        raise UsageError(f'there are no weights called "{name}"', f"known are {', '.join(sorted(KNOWN))}")
    return KNOWN[name]


def _install(known: WeightsFile, source: IO[bytes], size: int, progress: Progress | None) -> Path:
    """Write beside the target under another name, compare with the pin, then rename."""
    target = places(known.name)[0]
    with _beside(target) as (temporary, file):
        for chunk, done in _chunks(source, size):
            with _writing(target):
                file.write(chunk)
            if progress is not None:
                progress(done, size)
        with _writing(target):
            file.flush()
            os.fsync(file.fileno())
        found = _pin_of(temporary, known.pin)
        if found != known.pin:
            raise InputError(
                f'these are not the weights "{known.name}": {found}, not {known.pin}',
                f"{_other_format(temporary)}they come from {known.url}",
            )
        temporary.chmod(0o644)  # weights may be shared between users; mkstemp makes private files
        temporary.replace(target)
    return target


def _other_format(file: Path) -> str:
    """What to say first of a checkpoint as torch saves it, the form in which weights mostly go round."""
    with file.open("rb") as opened:
        is_pickled = opened.read(2) in (b"PK", b"\x80\x02")
    return "this is a pickle (.pth), which could run code when read; " if is_pickled else ""


@contextmanager
def _beside(target: Path) -> Iterator[tuple[Path, IO[bytes]]]:
    """A new file in the target's folder, gone afterwards unless it was renamed. Raises StoreError."""
    with _writing(target.parent):
        target.parent.mkdir(parents=True, exist_ok=True)
        _remove_left_over(target)
        number, name = tempfile.mkstemp(_UNFINISHED, target.name, target.parent)
    temporary = Path(name)
    try:
        with os.fdopen(number, "wb") as file:
            yield temporary, file
    finally:
        temporary.unlink(missing_ok=True)


def _remove_left_over(target: Path) -> None:
    """What a killed fetch left of the target; one that runs writes often, or gives up."""
    for path in target.parent.glob(f"{target.name}*{_UNFINISHED}"):
        with suppress(FileNotFoundError):
            if time.time() - path.stat().st_mtime > 2 * _TIMEOUT:
                path.unlink()


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        hint = "free some space there, or check its permissions"
        raise StoreError(f"{path} cannot be written: {error.strerror}", hint) from error


def _chunks(source: IO[bytes], size: int) -> Iterator[tuple[bytes, int]]:
    """The source's bytes, each with the bytes so far. Raises ConnectionError when it ends before `size`."""
    done = 0
    while chunk := source.read(_CHUNK):
        done += len(chunk)
        yield chunk, done
    if done < size:
        raise ConnectionError(f"it ended after {done} of {size} bytes")


def _pin_of(path: Path, like: str) -> str:
    """The file's digest in the algorithm of the pin `like`."""
    algorithm = like.partition(":")[0]
    with path.open("rb") as file:
        return f"{algorithm}:{hashlib.file_digest(file, algorithm).hexdigest()}"


@lru_cache(maxsize=32)
def _digest_at(path: Path, _size: int, _mtime_ns: int) -> str:
    return digest_of_file(path)
