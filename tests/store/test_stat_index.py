"""The stat index saves reading; garbled, it is dropped, and never believed."""

from __future__ import annotations

import os
import random
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from composer.store.stat_index import GRANULARITY_NS, StatIndex, settled
from composer.store.store import Store

Actor = Callable[..., "subprocess.Popen[str]"]
DIGESTS = [f"{number:064x}" for number in range(40)]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "stat-index"


@pytest.fixture
def files(tmp_path: Path) -> list[os.stat_result]:
    """The stats of forty files."""
    paths = [tmp_path / f"file {number}" for number in range(40)]
    for path in paths:
        path.write_text(path.name)
    return [path.stat() for path in paths]


@pytest.fixture
def filled(log: Path, files: list[os.stat_result]) -> None:
    index = index_at(log)
    for found, digest in zip(files, DIGESTS, strict=True):
        index.record(found, digest)


def index_at(log: Path) -> StatIndex:
    return StatIndex(log, log.parent / "tmp")


@pytest.mark.usefixtures("filled")
def test_another_process_reads_what_was_recorded(log: Path, files: list[os.stat_result]) -> None:
    assert [index_at(log).digest_of(found) for found in files] == DIGESTS


def test_what_another_records_later_is_seen(log: Path, files: list[os.stat_result]) -> None:
    ours, theirs = index_at(log), index_at(log)
    assert ours.digest_of(files[0]) is None
    theirs.record(files[0], DIGESTS[0])
    assert ours.digest_of(files[0]) == DIGESTS[0]


def test_each_of_the_five_numbers_counts(tmp_path: Path, log: Path) -> None:
    path = tmp_path / "input"
    path.write_text("x")
    index, found = index_at(log), path.stat()
    index.record(found, DIGESTS[1])
    path.chmod(0o600)
    assert index.digest_of(path.stat()) is None
    assert index.digest_of(found) == DIGESTS[1]


@pytest.mark.usefixtures("filled")
def test_a_garbled_index_answers_right_or_not_at_all(log: Path, files: list[os.stat_result]) -> None:
    content, chance = log.read_bytes(), random.Random(5)
    for _ in range(150):
        garbled = bytearray(content)
        garbled[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
        log.write_bytes(garbled[: chance.choice([len(content), chance.randrange(len(content))])])
        for found, digest in zip(files, DIGESTS, strict=True):
            assert index_at(log).digest_of(found) in (digest, None)


@pytest.mark.usefixtures("filled")
def test_one_bad_line_drops_the_index(log: Path, files: list[os.stat_result]) -> None:
    lines = log.read_bytes().splitlines(keepends=True)
    lines[20] = lines[20].replace(DIGESTS[20].encode(), DIGESTS[21].encode())
    log.write_bytes(b"".join(lines))
    index = index_at(log)
    assert {index.digest_of(found) for found in files} == {None}
    assert not log.exists()
    index.record(files[0], DIGESTS[0])
    assert index_at(log).digest_of(files[0]) == DIGESTS[0]


@pytest.mark.usefixtures("filled")
def test_an_unfinished_last_line_is_waited_for(log: Path, files: list[os.stat_result]) -> None:
    content = log.read_bytes()
    log.write_bytes(content[:-10])
    index = index_at(log)
    assert index.digest_of(files[-2]) == DIGESTS[-2]
    assert index.digest_of(files[-1]) is None
    with log.open("ab") as rest:
        rest.write(content[-10:])
    assert index.digest_of(files[-1]) == DIGESTS[-1]


@pytest.mark.parametrize(
    "rubbish", [b"\n", b"\x00" * 5000 + b"\n", b"SQLite format 3\x00\n", b"\xff\xfe\n" * 9]
)
def test_rubbish_is_no_index(log: Path, files: list[os.stat_result], rubbish: bytes) -> None:
    log.write_bytes(rubbish)
    assert index_at(log).digest_of(files[0]) is None


def test_a_log_full_of_old_lines_is_written_anew(log: Path, files: list[os.stat_result]) -> None:
    index = index_at(log)
    for digest in DIGESTS * 20:
        index.record(files[0], digest)
    assert len(log.read_bytes().splitlines()) == 800
    assert index_at(log).digest_of(files[0]) == DIGESTS[-1]
    assert len(log.read_bytes().splitlines()) == 1
    assert index.digest_of(files[0]) == DIGESTS[-1]


def test_a_store_with_a_lying_index_is_not_fooled(store: Store, root: Path) -> None:
    good, bad = store.put([b"good"]), store.put([b"evil"])
    log = root / "stat-index"
    log.write_bytes(log.read_bytes().replace(bad.encode(), good.encode()))
    store.path_of(bad).replace(store.path_of(good))
    assert not Store(root).has(good)


def test_four_processes_append_without_garbling(root: Path, actor: Actor) -> None:
    writers = [actor("put_many", name, "100") for name in "abcd"]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0, 0]
    index = index_at(root / "stat-index")
    blobs = list((root / "blobs").glob("*/*"))
    assert len(blobs) == 400
    assert all(index.digest_of(path.stat()) == path.name for path in blobs)


class Disk:
    """A file that is written and read at random, on a file system whose clock moves in steps of `tick_ns`.

    Each content has the same size, and the writer likes to put the file's mtime back to an earlier one.
    """

    def __init__(self, tick_ns: int, chance: random.Random) -> None:
        self._tick, self._chance = tick_ns, chance
        self.now = 1_700_000_000_000_000_000
        self._times = [self._clock()]
        self._ctime = self._clock()
        self._mtime = self._ctime
        self.content = DIGESTS[0]

    def _clock(self) -> int:
        return self.now // self._tick * self._tick

    def wait(self) -> None:
        self.now += int(10 ** self._chance.uniform(3, 9.8))

    def write(self) -> None:
        self.content = self._chance.choice(DIGESTS[:3])
        self._ctime = self._clock()
        self._mtime = self._chance.choice([self._ctime, *self._times])
        self._times = [*self._times, self._mtime][-4:]

    def stat(self) -> os.stat_result:
        seconds = (0, 7, 1, 1, 0, 0, 5, 0, 0, 0)
        return os.stat_result(seconds, {"st_mtime_ns": self._mtime, "st_ctime_ns": self._ctime})


@pytest.mark.parametrize("tick_ns", [1, 1_000_000, 10_000_000, 1_000_000_000, GRANULARITY_NS])
@pytest.mark.parametrize("seed", range(4))
def test_no_edit_and_undo_is_too_quick_for_it(log: Path, tick_ns: int, seed: int) -> None:
    disk, index, trusted = Disk(tick_ns, random.Random(seed)), index_at(log), 0
    chance = random.Random(seed)
    for _ in range(3000):
        before, began_ns = disk.stat(), disk.now
        known = index.digest_of(before)
        assert known in (disk.content, None), (
            "a file that was written since is taken for the one that was read"
        )
        trusted += known is not None
        read = disk.content
        if chance.random() < 0.3:  # it is written while it is read: what was read may be either
            disk.write()
            read = chance.choice([read, disk.content])
        index.observe(before, disk.stat(), began_ns, read)
        disk.wait()
        if chance.random() < 0.5:
            disk.write()
    assert trusted > 30, "it must have saved some reading"


def test_a_file_is_settled_when_its_clock_must_have_moved_on(files: list[os.stat_result]) -> None:
    changed = max(files[0].st_mtime_ns, files[0].st_ctime_ns)
    assert not settled(files[0], changed)
    assert not settled(files[0], changed + GRANULARITY_NS - 1)
    assert settled(files[0], changed + GRANULARITY_NS)
