"""A blob is what was put, or it is missing: never something else."""

from __future__ import annotations

import os
import subprocess
import sys
from array import array
from collections.abc import Callable
from pathlib import Path

import pytest

from composer.digest import digest_of_parts
from composer.errors import BlobMissing, StoreError
from composer.store.store import Store

Tick = Callable[[], None]


def flip_a_byte(path: Path, keep_times: bool = True) -> None:
    """Garble a file in place: same inode, same size and, if asked, same access and modification times."""
    found = path.stat()
    path.chmod(0o644)
    with path.open("r+b") as file:
        file.seek(found.st_size // 2)
        byte = file.read(1)[0]
        file.seek(found.st_size // 2)
        file.write(bytes([byte ^ 1]))
    if keep_times:
        os.utime(path, ns=(found.st_atime_ns, found.st_mtime_ns))


def test_what_is_put_is_opened(store: Store) -> None:
    digest = store.put([b"brush", memoryview(b" and "), b"palette"])
    assert digest == digest_of_parts([b"brush and palette"])
    assert bytes(store.open(digest)) == b"brush and palette"
    assert store.open(digest).readonly


def test_parts_may_be_empty_or_hold_wide_items(store: Store) -> None:
    samples = array("H", range(300))
    digest = store.put([b"", memoryview(samples), memoryview(b"")])
    assert bytes(store.open(digest)) == samples.tobytes()
    assert bytes(store.open(store.put([]))) == b""


def test_putting_twice_leaves_the_file_alone(store: Store) -> None:
    before = store.path_of(store.put([b"same"])).stat()
    after = store.path_of(store.put([b"sa", b"me"])).stat()
    assert os.path.samestat(before, after)
    assert before.st_ctime_ns == after.st_ctime_ns


def test_an_empty_store_has_nothing_and_makes_no_folder(store: Store, root: Path) -> None:
    digest = digest_of_parts([b"never put"])
    assert not store.has(digest)
    with pytest.raises(BlobMissing, match=digest):
        store.open(digest)
    assert not root.exists()


def test_git_never_sees_the_store(store: Store, root: Path) -> None:
    store.put([b"x"])
    assert (root / ".gitignore").read_text() == "*\n"


@pytest.mark.parametrize("keep_times", [True, False])
@pytest.mark.parametrize("fresh", [True, False], ids=["another build", "the same build"])
def test_a_garbled_blob_is_missing_and_can_be_put_again(
    store: Store, root: Path, tick: Tick, keep_times: bool, fresh: bool
) -> None:
    digest = store.put([b"a" * 100_000])
    assert store.has(digest)
    tick()
    flip_a_byte(store.path_of(digest), keep_times)
    later = Store(root) if fresh else store
    assert not later.has(digest)
    assert not later.path_of(digest).exists()
    assert later.put([b"a" * 100_000]) == digest
    assert bytes(later.open(digest)) == b"a" * 100_000


def test_opening_notices_a_garbled_blob(store: Store, tick: Tick) -> None:
    digest = store.put([b"a" * 100_000])
    tick()
    flip_a_byte(store.path_of(digest))
    with pytest.raises(BlobMissing):
        store.open(digest)


def test_putting_over_a_garbled_blob_repairs_it(store: Store, tick: Tick) -> None:
    digest = store.put([b"a" * 1000])
    tick()
    flip_a_byte(store.path_of(digest))
    assert store.put([b"a" * 1000]) == digest
    assert bytes(store.open(digest)) == b"a" * 1000


@pytest.mark.parametrize("size", [0, 99_999, 4096])
def test_a_truncated_blob_is_missing(store: Store, size: int) -> None:
    digest = store.put([b"a" * 100_000])
    path = store.path_of(digest)
    os.truncate(path, size)
    assert not store.has(digest)


def test_a_blob_replaced_by_another_file_is_missing(store: Store, tmp_path: Path) -> None:
    digest = store.put([b"ours"])
    stranger = tmp_path / "stranger"
    stranger.write_bytes(b"them")
    stranger.replace(store.path_of(digest))
    assert not store.has(digest)


def test_a_store_copied_to_another_place_still_answers(store: Store, root: Path, tmp_path: Path) -> None:
    digest = store.put([b"carried along"])
    elsewhere = tmp_path / "clone"
    for path in root.rglob("*"):
        if path.is_file():
            copy = elsewhere / path.relative_to(root)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes())
    assert bytes(Store(elsewhere).open(digest)) == b"carried along"


def test_an_open_blob_outlives_its_eviction(store: Store) -> None:
    view = store.open(store.put([b"still here"]))
    assert store.collect(0, []).evicted == 1
    assert bytes(view) == b"still here"


def test_a_temporary_file_is_moved_in(store: Store, root: Path) -> None:
    with store.temporary(".png") as path:
        path.write_bytes(b"exported")
        beside = path.with_name("left by an exporter")
        beside.write_bytes(b"rubbish")
        digest = store.put_file(path)
        assert not path.exists()
    assert path.suffix == ".png"
    assert bytes(store.open(digest)) == b"exported"
    assert list((root / "tmp").iterdir()) == []


def test_another_file_is_copied_in(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "finished"
    path.write_bytes(b"exported")
    assert bytes(store.open(store.put_file(path))) == b"exported"
    assert path.read_bytes() == b"exported"


def test_a_failed_export_leaves_nothing(store: Store, root: Path) -> None:
    def fail(path: Path) -> None:
        path.write_bytes(b"half")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), store.temporary() as path:
        fail(path)
    assert list((root / "tmp").iterdir()) == []


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "AB12", "xyz"])
def test_only_digests_name_blobs(store: Store, name: str) -> None:
    with pytest.raises(ValueError, match="not a digest"):
        store.has(name) if store.put([b"x"]) else None


def test_a_store_of_another_version_is_refused(store: Store, root: Path) -> None:
    digest = store.put([b"x"])
    (root / "version").write_text("7\n")
    for use in (lambda: store.put([b"y"]), lambda: store.has(digest), lambda: Store(root).action(digest)):
        with pytest.raises(StoreError, match=r"layout '7'"):
            use()


def test_a_store_removed_under_our_feet_is_made_again(store: Store, root: Path) -> None:
    store.put([b"x"])
    root.rename(root.with_name("moved away"))
    digest = store.put([b"y"])
    store.remember("name", 1)
    assert bytes(Store(root).open(digest)) == b"y"
    assert Store(root).recall("name") == 1


def test_the_store_imports_nothing_heavy() -> None:
    program = """import sys, composer.store.store as s
heavy = {'numpy', 'torch', 'pydantic', 'cv2', 'shutil', 'sqlite3', 'tempfile', 'subprocess'}
print(*heavy & {name.split('.')[0] for name in sys.modules})"""
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert answer.stdout.split() == []
