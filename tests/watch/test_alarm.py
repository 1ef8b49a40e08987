"""Alarms: where no events come, the artist reads why, and what can be done."""

import errno
from pathlib import Path

import pytest
from watchdog.observers import Observer

from composer.watch.alarm import Alarm
from composer.watch.events import Noted, Writing
from composer.watch.watcher import DEAF_SECONDS, Watcher


@pytest.mark.parametrize(
    ("number", "setting", "limit", "raised"),
    [
        (errno.ENOSPC, "max_user_watches", 65536, 524288),
        (errno.ENOSPC, "max_user_watches", 1000000, 2000000),
        (errno.EMFILE, "max_user_instances", 128, 1024),
    ],
)
def test_at_the_limit_of_inotify_files_are_polled_and_the_artist_reads_how_to_raise_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, setting: str, limit: int, raised: int
) -> None:
    monkeypatch.setattr("composer.watch.alarm._SYSTEM", tmp_path)
    (tmp_path / setting).write_text(f"{limit}\n")

    def refuse(*_: object, **_options: object) -> None:
        raise OSError(number, "inotify watch limit reached")

    monkeypatch.setattr(Observer, "schedule", refuse)
    told: list[Noted | Writing] = []
    watcher = Watcher(told.append)
    path = tmp_path / "piece.toml"
    path.write_text("old")
    watcher.attend([path])
    watcher.attend([path])
    path.write_text("new text")
    assert watcher.wait() == (path,)
    watcher.close()
    watcher.wait()
    assert len(told) == 1, "once is enough"
    assert isinstance(told[0], Noted)
    assert "limit of inotify" in told[0].message
    assert f", {limit}, is reached" in told[0].message
    assert f"sudo sysctl fs.inotify.{setting}={raised}." in told[0].message
    assert f"every {DEAF_SECONDS:g} s" in told[0].message


@pytest.mark.parametrize(
    ("kind", "is_told"), [("nfs4", True), ("cifs", True), ("fuse.sshfs", True), ("ext4", False)]
)
def test_a_drive_on_the_network_is_polled(tmp_path: Path, kind: str, is_told: bool) -> None:
    mounts, drive = tmp_path / "mounts", tmp_path / "my drive"
    drive.mkdir()
    escaped = str(drive).replace(" ", "\\040")
    mounts.write_text(f"/dev/root / ext4 rw 0 0\nserver:/share {escaped} {kind} rw 0 0\n", encoding="utf-8")
    alarm = Alarm(lambda: None, mounts)
    alarm.attend({tmp_path: {"near.png"}})
    assert alarm.deaf == ""
    alarm.attend({tmp_path: {"near.png"}, drive: {"far.png"}})
    assert (kind in alarm.deaf) == is_told
    alarm.close()


def test_a_folder_that_is_not_there_is_no_mistake(tmp_path: Path) -> None:
    alarm = Alarm(lambda: None)
    alarm.attend({tmp_path / "gone": {"photo.png"}})
    assert alarm.deaf == ""
    alarm.close()
