"""A journal of the machine's: whoever writes it, and whatever is in it, what can be read is read."""

import os
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from composer.digest import Json
from composer.store.journal import Journal, state_folder


def last_ten(lines: list[Json]) -> Sequence[Json]:
    return lines[-10:]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the journal lies; not made yet."""
    monkeypatch.setenv("COMPOSER_STATE", str(tmp_path / "state"))
    return tmp_path / "state"


def test_it_lies_where_the_user_keeps_such_things(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert state_folder() == Path(os.environ["COMPOSER_STATE"])
    monkeypatch.delenv("COMPOSER_STATE")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert state_folder() == tmp_path / "composer"
    for nowhere in ("", "relative"):
        monkeypatch.setenv("XDG_STATE_HOME", nowhere)
        monkeypatch.setenv("HOME", str(tmp_path))
        assert state_folder() == tmp_path / ".local/state/composer"


def test_what_was_added_is_read_by_everyone(folder: Path) -> None:
    Journal("log", last_ten).append([["blur", 1.5], ["grow", 2]])
    Journal("log", last_ten).append([{"a": None}])
    assert Journal("log", last_ten).read() == [["blur", 1.5], ["grow", 2], {"a": None}]
    assert sorted(path.name for path in folder.iterdir()) == ["log"]


@pytest.mark.parametrize(
    "garbage", [b"\x00\xff\xfe", b'["cut', b"[" * 100_000, b'{"a": 1}}\n', b"NaN nonsense", b"\n\n\n"]
)
def test_garbage_is_passed_over(folder: Path, garbage: bytes) -> None:
    journal = Journal("log", last_ten)
    journal.append(["before"])
    with (folder / "log").open("ab") as file:
        file.write(garbage)
    journal.append(["after"])
    assert journal.read() == ["before", "after"]


def test_it_stays_small_and_keeps_what_counts(folder: Path) -> None:
    journal = Journal("log", last_ten, limit=1000)
    for number in range(500):
        journal.append([["a line of the journal", number]])
        assert (folder / "log").stat().st_size <= 1000
    assert journal.read()[-10:] == [["a line of the journal", number] for number in range(490, 500)]
    assert [path.name for path in folder.iterdir()] == ["log"]


def test_a_file_that_someone_made_huge_is_read_at_its_end(folder: Path) -> None:
    journal = Journal("log", last_ten, limit=1000)
    folder.mkdir()
    with (folder / "log").open("wb") as file:
        file.truncate(1 << 32)
    assert journal.read() == []
    journal.append(["the last"])
    assert journal.read() == ["the last"]
    assert (folder / "log").stat().st_size < 1000


def test_many_write_at_once(folder: Path) -> None:
    journal = Journal("log", last_ten)
    assert not folder.exists()

    def write(number: int) -> None:
        for count in range(50):
            journal.append([[number, count]])

    writers = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert sorted(journal.read()) == [[number, count] for number in range(4) for count in range(50)]


@pytest.mark.parametrize("home", ["/dev/null", "/dev/null/below", "/proc/nobody"])
def test_a_folder_that_cannot_be_written_keeps_nothing(monkeypatch: pytest.MonkeyPatch, home: str) -> None:
    monkeypatch.setenv("COMPOSER_STATE", home)
    journal = Journal("log", last_ten)
    journal.append(["lost"])
    assert journal.read() == []


def test_a_journal_that_is_a_folder_keeps_nothing(folder: Path) -> None:
    (folder / "log").mkdir(parents=True)
    journal = Journal("log", last_ten)
    journal.append(["lost"])
    assert journal.read() == []
    assert (folder / "log").is_dir()
