"""How programs save: each of their ways is seen, as one change, with events and without."""

import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from composer.watch.alarm import Alarm
from composer.watch.events import Noted, Writing
from composer.watch.watcher import Watcher

OLD, NEW = b"as it was", b"as it is now, which is longer"


def in_place(path: Path) -> None:
    """VS Code, nano: truncated, then written."""
    path.write_bytes(NEW)


def gimp(path: Path) -> None:
    """Written in place, closed, and written once more 0.4 s later."""
    path.write_bytes(NEW[:5])
    time.sleep(0.4)
    path.write_bytes(NEW)


def krita(path: Path) -> None:
    """A new file beside it takes its name."""
    fresh = path.with_name(f"{path.name}.Xs81Qa")
    fresh.write_bytes(NEW)
    fresh.replace(path)


def krita_with_backup(path: Path) -> None:
    """The old file becomes the backup first."""
    shutil.copy(path, f"{path}~")
    krita(path)


def vim(path: Path) -> None:
    """Tries whether it may write here, moves the old file to its backup, writes anew, removes the backup."""
    swap = path.with_name(f".{path.name}.swp")
    swap.write_bytes(b"swap")
    probe = path.with_name("4913")
    probe.touch()
    probe.unlink()
    backup = Path(f"{path}~")
    path.rename(backup)
    path.write_bytes(NEW)
    backup.unlink()
    swap.unlink()


def photoshop(path: Path) -> None:
    """Writes a temporary file, removes the old one, renames."""
    fresh = path.with_name("psF3A1.tmp")
    fresh.write_bytes(NEW)
    path.unlink()
    fresh.rename(path)


def deleting(path: Path) -> None:
    """Removes the old file, thinks a moment, and makes it anew."""
    path.unlink()
    time.sleep(0.2)
    path.write_bytes(NEW)


def safe_save(path: Path) -> None:
    """Writes into a folder of its own beside the file, moves it over, removes the folder."""
    folder = path.with_name(f"{path.name}.sb-1b7d-Xa")
    folder.mkdir()
    (folder / path.name).write_bytes(NEW)
    (folder / path.name).replace(path)
    folder.rmdir()


def whole_folder(path: Path) -> None:
    """A synchronised folder is replaced by a new one of the same name."""
    fresh = path.parent.with_name("fresh")
    fresh.mkdir()
    (fresh / path.name).write_bytes(NEW)
    path.parent.rename(path.parent.with_name("stale"))
    fresh.rename(path.parent)


WAYS = [in_place, gimp, krita, krita_with_backup, vim, photoshop, deleting, safe_save, whole_folder]


class Deaf(Alarm):
    """Hears nothing, as when the queue of events ran over."""

    def attend(self, folders: object) -> None: ...


@pytest.fixture(params=[Alarm, Deaf], ids=["with events", "without events"])
def watcher(request: pytest.FixtureRequest) -> Iterator[Watcher]:
    told: list[Noted | Writing] = []
    watcher = Watcher(told.append, request.param)
    yield watcher
    watcher.close()
    assert watcher.wait() == ()


@pytest.mark.parametrize("save", WAYS, ids=lambda way: way.__name__)
@pytest.mark.parametrize("name", ["piece.toml", "photo.png"])
def test_a_save_is_seen_whole_and_once(
    tmp_path: Path, watcher: Watcher, save: Callable[[Path], None], name: str
) -> None:
    if save is gimp and name == "piece.toml":
        pytest.skip("GIMP writes no texts")
    path = tmp_path / "project" / name
    path.parent.mkdir()
    path.write_bytes(OLD)
    watcher.attend([path])
    began = time.monotonic()
    save_later(save, path)
    assert watcher.wait() == (path,)
    assert path.read_bytes() == NEW
    assert time.monotonic() - began < 20
    watcher.remind([path.with_name("nothing else")], 0.3)
    assert watcher.wait() == (path.with_name("nothing else"),), "one save was given twice"


def test_files_of_others_wake_nobody(tmp_path: Path, watcher: Watcher) -> None:
    path, reminder = tmp_path / "photo.png", tmp_path / "reminder"
    path.write_bytes(OLD)
    watcher.attend([path])
    for name in ("other.png", ".photo.png.swp", "photo.png~", "#photo.png#", "photo.png.lock", "4913"):
        (tmp_path / name).write_bytes(b"mine")
    os.listdir(tmp_path)
    path.read_bytes()
    watcher.remind([reminder], 0.2)
    assert watcher.wait() == (reminder,)


def save_later(save: Callable[[Path], None], path: Path) -> None:
    threading.Timer(0.05, save, (path,)).start()
