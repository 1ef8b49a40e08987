"""The tool's own files are known when the store is gone; what nothing is known of is never called edited."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from composer.build.outputs import Delivery, deliver, told_kept
from composer.build.written import RECORD, Written
from composer.store.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / ".composer")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "build/a.psd"


def put(store: Store, path: Path, content: bytes) -> Delivery:
    return deliver(store, path.parents[1], path, store.put([content]))


@pytest.mark.parametrize("lost", ["", "documents"])
def test_without_the_store_an_old_output_is_known(store: Store, path: Path, lost: str) -> None:
    put(store, path, b"one")
    shutil.rmtree(path.parents[1] / ".composer" / lost)
    assert put(store, path, b"two") == Delivery(path, written=True)
    assert sorted(each.name for each in path.parent.iterdir()) == [RECORD, "a.psd"]


def test_without_the_store_hand_work_is_kept_and_called_so(store: Store, path: Path) -> None:
    put(store, path, b"one")
    path.write_bytes(b"by hand")
    shutil.rmtree(path.parents[1] / ".composer")
    assert put(store, path, b"two") == Delivery(path, True, path.with_name("a.edited.psd"), is_edited=True)
    assert path.with_name("a.edited.psd").read_bytes() == b"by hand"


@pytest.mark.parametrize(
    "garbled", [None, b"", b"[]", b'{"written": 5}', b"\xff{", b'{"written": {"a.psd": 1}}']
)
def test_what_nothing_is_known_of_is_kept_and_not_called_edited(
    store: Store, path: Path, garbled: bytes | None
) -> None:
    put(store, path, b"one")
    shutil.rmtree(path.parents[1] / ".composer")
    record = path.with_name(RECORD)
    record.unlink()
    if garbled is not None:
        record.write_bytes(garbled)
    delivery = put(store, path, b"two")
    assert delivery == Delivery(path, written=True, kept=path.with_name("a.kept.psd"))
    assert path.with_name("a.kept.psd").read_bytes() == b"one"
    told = told_kept("a.psd", "a.kept.psd", is_edited=delivery.is_edited)
    assert told == "a.psd was there already, and nothing tells who wrote it: it is kept as a.kept.psd"
    assert put(store, path, b"three").kept is None, "the record is whole again"


def test_the_same_bytes_need_no_copy_though_nothing_is_known_of_them(store: Store, path: Path) -> None:
    put(store, path, b"one")
    shutil.rmtree(path.parents[1] / ".composer")
    path.with_name(RECORD).unlink()
    assert put(store, path, b"one") == Delivery(path, written=False)
    assert put(store, path, b"two").kept is None


def test_a_lost_record_comes_back_from_the_store(store: Store, path: Path) -> None:
    put(store, path, b"one")
    path.with_name(RECORD).unlink()
    assert put(store, path, b"two").kept is None
    shutil.rmtree(path.parents[1] / ".composer")
    assert Written(store, path.parents[1]).digests(path) == [store.put([each]) for each in (b"one", b"two")]


def test_an_older_output_that_git_brings_back_is_known(store: Store, path: Path) -> None:
    for count in range(20):
        put(store, path, b"%d" % count)
    path.write_bytes(b"3")
    assert put(store, path, b"new").kept is None


def test_nothing_else_appears_beside_a_file_outside_of_the_project(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "desk/a.png"
    project = tmp_path / "project"
    deliver(store, project, path, store.put([b"one"]))
    deliver(store, project, path, store.put([b"two"]))
    assert [each.name for each in path.parent.iterdir()] == ["a.png"]
