"""The artist's files: copied before they are read, read again exactly when they may have changed."""

from __future__ import annotations

import errno
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import composer.store.inputs as inputs
import composer.store.stat_index as stat_index
from composer.digest import digest_of_parts
from composer.errors import InputError, StoreError
from composer.store.store import Store

Tick = Callable[[], None]


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photo.jpg"
    path.write_bytes(b"sky" * 50_000)
    return path


@pytest.fixture
def settle(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Let a file just written become old enough to be trusted, without waiting two seconds for it."""
    monkeypatch.setattr(stat_index, "GRANULARITY_NS", 50_000_000)
    return lambda: time.sleep(0.06)


@pytest.fixture
def copies(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The files that were read, in order."""
    read: list[Path] = []
    copy = inputs._copy

    def recording(path: Path, source: int, target: int, into: Path) -> None:
        read.append(path)
        copy(path, source, target, into)

    monkeypatch.setattr(inputs, "_copy", recording)
    return read


def test_a_snapshot_has_the_bytes_of_the_file(store: Store, photo: Path) -> None:
    assert bytes(store.open(store.snapshot(photo))) == b"sky" * 50_000


def test_an_unchanged_file_is_not_read_again(
    store: Store, root: Path, photo: Path, settle: Tick, copies: list[Path]
) -> None:
    settle()
    digests = {store.snapshot(photo), store.snapshot(photo), Store(root).snapshot(photo)}
    assert len(digests) == 1
    assert copies == [photo]


def test_a_file_as_young_as_its_reading_is_read_again(store: Store, photo: Path, copies: list[Path]) -> None:
    store.snapshot(photo)
    store.snapshot(photo)
    assert copies == [photo, photo]


def test_a_touched_file_is_read_but_stored_once(
    store: Store, photo: Path, settle: Tick, copies: list[Path]
) -> None:
    settle()
    before = store.path_of(store.snapshot(photo)).stat()
    photo.touch()
    after = store.path_of(store.snapshot(photo)).stat()
    assert copies == [photo, photo]
    assert (before.st_ino, before.st_ctime_ns) == (after.st_ino, after.st_ctime_ns)


def test_an_edit_of_the_same_size_with_its_time_set_back_is_seen(
    store: Store, photo: Path, settle: Tick
) -> None:
    settle()
    old = store.snapshot(photo)
    found = photo.stat()
    with photo.open("r+b") as file:
        file.write(b"sea")
    os.utime(photo, ns=(found.st_atime_ns, found.st_mtime_ns))
    assert (photo.stat().st_size, photo.stat().st_mtime_ns) == (found.st_size, found.st_mtime_ns)
    assert store.snapshot(photo) != old


def test_a_file_that_takes_the_inode_of_the_old_one_is_seen(store: Store, photo: Path, settle: Tick) -> None:
    settle()
    old, found = store.snapshot(photo), photo.stat()
    photo.unlink()
    photo.write_bytes(b"sea" * 50_000)
    os.utime(photo, ns=(found.st_atime_ns, found.st_mtime_ns))
    new = store.snapshot(photo)
    assert new != old
    assert bytes(store.open(new)) == b"sea" * 50_000


def test_a_file_replaced_by_an_older_one_of_the_same_size_is_seen(
    store: Store, photo: Path, settle: Tick
) -> None:
    older = photo.with_name("older.jpg")
    older.write_bytes(b"sea" * 50_000)
    os.utime(older, ns=(10**18, 10**18))
    settle()
    old = store.snapshot(photo)
    older.replace(photo)
    assert store.snapshot(photo) != old


def test_undo_needs_no_second_copy(store: Store, photo: Path) -> None:
    first = store.snapshot(photo)
    photo.write_bytes(b"sea")
    store.snapshot(photo)
    photo.write_bytes(b"sky" * 50_000)
    assert store.snapshot(photo) == first
    assert store.size().blobs == 2


def test_a_garbled_snapshot_is_taken_again(store: Store, photo: Path, settle: Tick) -> None:
    settle()
    digest = store.snapshot(photo)
    os.truncate(store.path_of(digest), 10)
    assert store.snapshot(photo) == digest
    assert bytes(store.open(digest)) == b"sky" * 50_000


@pytest.mark.usefixtures("settle")
def test_a_file_saved_while_it_is_read_is_stored_as_read(store: Store, photo: Path) -> None:
    """Whatever mixture of old and new is caught, the digest is that of the bytes stored, and not for long."""
    stop = threading.Event()

    def save_again_and_again() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            photo.write_bytes(bytes([number % 256]) * 3_000_000)

    saving = threading.Thread(target=save_again_and_again)
    saving.start()
    digests, deadline = [store.snapshot(photo)], time.monotonic() + 10
    while len(set(digests)) < 8 and time.monotonic() < deadline:
        digests.append(store.snapshot(photo))
    stop.set()
    saving.join()
    assert len(set(digests)) == 8, "the file hardly changed: the test proved nothing"
    assert all(digest_of_parts([store.path_of(digest).read_bytes()]) == digest for digest in digests)
    assert bytes(store.open(store.snapshot(photo))) == photo.read_bytes()


def test_a_change_during_the_copy_is_not_remembered_as_the_file(
    store: Store, photo: Path, settle: Tick, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle()
    copy = inputs._copy

    def copy_then_edit(path: Path, source: int, target: int, into: Path) -> None:
        copy(path, source, target, into)
        with photo.open("r+b") as file:
            file.write(b"sea")

    with monkeypatch.context() as patch:
        patch.setattr(inputs, "_copy", copy_then_edit)
        before = store.snapshot(photo)
    settle()
    assert bytes(store.open(before)[:3]) == b"sky"
    assert bytes(store.open(store.snapshot(photo))[:3]) == b"sea"


def test_without_shared_blocks_the_bytes_are_copied(
    store: Store, photo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: int) -> int:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(os, "copy_file_range", refuse, raising=False)
    assert bytes(store.open(store.snapshot(photo))) == b"sky" * 50_000


def test_a_missing_file_is_named(store: Store, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no-such\.jpg does not exist"):
        store.snapshot(tmp_path / "no-such.jpg")
    (tmp_path / "photo.jpg").write_bytes(b"x")
    with pytest.raises(InputError, match=r"cannot read .*photo\.jpg/inside"):
        store.snapshot(tmp_path / "photo.jpg" / "inside")


def test_a_folder_is_no_input(store: Store, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is a folder, not a file"):
        store.snapshot(tmp_path)


def test_pipes_and_sockets_are_no_input(store: Store, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputError, match="not a regular file"):
        store.snapshot(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "s"))
        with pytest.raises(InputError, match="not a regular file"):
            store.snapshot(tmp_path / "s")


def test_a_file_we_may_not_read_is_named(store: Store, photo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    system_open = os.open

    def refuse(path: Path, flags: int, mode: int = 0o777) -> int:
        if path == photo:
            raise PermissionError(13, "Permission denied")
        return system_open(path, flags, mode)

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(InputError, match=r"cannot read .*photo\.jpg: Permission denied"):
        store.snapshot(photo)


@pytest.mark.skipif(sys.platform != "linux", reason="peak memory is read from /proc")
def test_a_huge_file_is_never_whole_in_memory(root: Path, tmp_path: Path) -> None:
    huge = tmp_path / "huge.tiff"
    with huge.open("wb") as file:
        file.truncate(130_000_000)
    program = """import sys; from pathlib import Path; from composer.store.store import Store
Store(Path(sys.argv[1])).snapshot(Path(sys.argv[2]))
status = Path("/proc/self/status").read_text().splitlines()
print(next(line.split()[1] for line in status if line.startswith("VmHWM")))"""
    command = [sys.executable, "-c", program, str(root), str(huge)]
    peak = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert int(peak) * 1024 < 70_000_000


def test_what_is_in_the_store_already_needs_no_room(
    store: Store, photo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    digest = store.snapshot(photo)

    def full(home: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", str(home))

    monkeypatch.setattr("composer.store.durable._claim", full)
    assert store.snapshot(photo) == digest
    photo.write_bytes(b"another photo")
    with pytest.raises(StoreError, match="No space left"):
        store.snapshot(photo)
