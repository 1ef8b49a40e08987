"""Outputs: written whole or not at all, and never over hand work."""

import errno
import os
from pathlib import Path

import pytest

from composer.build.outputs import deliver
from composer.build.written import RECORD
from composer.errors import StoreError
from composer.store.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / ".composer")


def _blob(store: Store, content: bytes) -> str:
    return store.put([content])


def test_an_output_is_written_once(store: Store, tmp_path: Path) -> None:
    path, digest = tmp_path / "build/a.png", _blob(store, b"one")
    assert deliver(store, tmp_path, path, digest).written
    assert path.read_bytes() == b"one"
    assert not deliver(store, tmp_path, path, digest).written


def test_its_own_output_is_replaced(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    deliver(store, tmp_path, path, _blob(store, b"one"))
    delivery = deliver(store, tmp_path, path, _blob(store, b"two"))
    assert path.read_bytes() == b"two"
    assert delivery.kept is None


def test_every_edit_by_hand_is_kept(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "a.psd"
    for count, content in enumerate([b"one", b"two", b"three"]):
        deliver(store, tmp_path, path, _blob(store, content))
        path.write_bytes(b"painted %d" % count)
    deliver(store, tmp_path, path, _blob(store, b"four"))
    assert path.read_bytes() == b"four"
    kept = {file.name: file.read_bytes() for file in tmp_path.glob("a.edited*")}
    assert kept == {
        "a.edited.psd": b"painted 0",
        "a.edited-2.psd": b"painted 1",
        "a.edited-3.psd": b"painted 2",
    }


def test_a_file_the_tool_never_wrote_is_kept(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "a.psd"
    path.write_bytes(b"somebody's")
    delivery = deliver(store, tmp_path, path, _blob(store, b"one"))
    assert (delivery.kept, delivery.is_edited) == (tmp_path / "a.kept.psd", False)
    assert (tmp_path / "a.kept.psd").read_bytes() == b"somebody's"


def test_its_own_output_is_known_when_the_build_was_killed_before_it_came_to_an_end(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.png"
    deliver(store, tmp_path, path, _blob(store, b"one"))
    two, three = _blob(store, b"two"), _blob(store, b"three")
    with monkeypatch.context() as patch:
        patch.setattr("composer.build.outputs.shutil.copyfile", _killed)
        with pytest.raises(KeyboardInterrupt):
            deliver(store, tmp_path, path, two)
    assert path.read_bytes() == b"one"
    assert deliver(store, tmp_path, path, three).kept is None

    with monkeypatch.context() as patch:
        patch.setattr("composer.build.written.Written.finish", _killed)
        with pytest.raises(KeyboardInterrupt):
            deliver(store, tmp_path, path, two)
    assert path.read_bytes() == b"two"
    assert deliver(store, tmp_path, path, three).kept is None


def _killed(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("refused", ["composer.build.outputs.sync", "composer.store.replacing.sync"])
def test_hand_work_stays_where_it_is_when_nothing_can_take_its_place(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refused: str
) -> None:
    path, digest = tmp_path / "a.psd", _blob(store, b"one")
    path.write_bytes(b"by hand")
    with monkeypatch.context() as disk:
        disk.setattr(refused, _full)
        with pytest.raises(StoreError, match="the disk is full") as told:
            deliver(store, tmp_path, path, digest)
    assert str(tmp_path) in told.value.message
    assert path.read_bytes() == b"by hand"
    assert not list(tmp_path.glob("*.kept*")) + list(tmp_path.glob(".*.partial"))
    assert deliver(store, tmp_path, path, digest).kept == tmp_path / "a.kept.psd"


def _full(_path: Path) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_moved_project_knows_its_outputs(tmp_path: Path) -> None:
    (tmp_path / "before").mkdir()
    store = Store(tmp_path / "before/.composer")
    deliver(store, tmp_path / "before", tmp_path / "before/a.png", _blob(store, b"one"))
    after = (tmp_path / "before").rename(tmp_path / "after")
    moved = Store(after / ".composer")
    assert deliver(moved, after, after / "a.png", _blob(moved, b"two")).kept is None


def test_an_output_that_cannot_be_written_is_said(store: Store, tmp_path: Path) -> None:
    (tmp_path / "build").write_bytes(b"a file where a folder is wanted")
    with pytest.raises(StoreError, match=r"cannot write .*a\.png"):
        deliver(store, tmp_path, tmp_path / "build/a.png", _blob(store, b"one"))


def test_what_a_killed_build_left_half_written_goes(store: Store, tmp_path: Path) -> None:
    path, digest = tmp_path / "a.png", _blob(store, b"one")
    deliver(store, tmp_path, path, digest)
    (tmp_path / ".a.png.partial").write_bytes(b"o")
    assert not deliver(store, tmp_path, path, digest).written
    assert sorted(each.name for each in tmp_path.iterdir() if each.is_file()) == [RECORD, "a.png"]
