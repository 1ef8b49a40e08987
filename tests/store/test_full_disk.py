"""The disk refuses: the artist reads what and why, and what was stored stays whole."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from composer.store.store import Store

Actor = Callable[..., "subprocess.Popen[str]"]
_IN_OWN_MOUNTS = ("unshare", "--mount", "--map-root-user", "sh", "-ec")


@pytest.fixture
def mounting(tmp_path: Path) -> Callable[[str], tuple[str, ...]]:
    """A command that mounts something of its own, unseen by others, then starts an actor."""
    if shutil.which("unshare") is None:
        pytest.skip("no unshare on this machine: a small file system cannot be mounted")
    trial = subprocess.run(
        [*_IN_OWN_MOUNTS, f"mount -t tmpfs none {tmp_path}"], capture_output=True, text=True
    )
    if trial.returncode != 0:
        pytest.skip(f"mounting is not allowed here: {trial.stderr.strip()}")
    return lambda mount: (*_IN_OWN_MOUNTS, mount + '; exec "$@"', "sh")


def last_line(process: subprocess.Popen[str]) -> dict[str, object]:
    output, _ = process.communicate(timeout=60)
    answer = json.loads(output.splitlines()[-1])
    assert isinstance(answer, dict)
    return answer


def assert_nothing_half(answer: dict[str, object]) -> None:
    assert answer["half"] == []
    assert answer["stray"] == 0
    assert answer["intact"] == answer["kept"]


def test_a_full_disk(root: Path, actor: Actor, mounting: Callable[[str], tuple[str, ...]]) -> None:
    root.mkdir()
    answer = last_line(actor("fill", "disk", before=mounting(f"mount -t tmpfs -o size=3m none {root}")))
    assert f"cannot write {root}" in str(answer["error"])
    assert "the disk is full" in str(answer["error"])
    assert answer["known"]
    assert_nothing_half(answer)


def test_a_checkpoint_that_fills_the_disk_takes_nothing_with_it(
    root: Path, actor: Actor, mounting: Callable[[str], tuple[str, ...]]
) -> None:
    root.mkdir()
    mount = mounting(f"mount -t tmpfs -o size=3m none {root}")
    answer = last_line(actor("fill_by_checkpoints", "9000000", before=mount))
    assert f"cannot write {root}/checkpoints" in str(answer["error"])
    assert "the disk is full" in str(answer["error"])
    assert answer["kept"] == 2
    assert_nothing_half(answer)


def test_a_limit_on_file_sizes(root: Path, actor: Actor) -> None:
    answer = last_line(actor("fill", "file"))
    assert f"cannot write {root}" in str(answer["error"])
    assert "ulimit" in str(answer["error"])
    assert answer["known"]
    assert_nothing_half(answer)


def test_a_read_only_store(
    root: Path, store: Store, actor: Actor, mounting: Callable[[str], tuple[str, ...]]
) -> None:
    (root.parent / "input").write_bytes(b"photo")
    for number in range(5):
        store.put([b"blob %d" % number])
    mount = f"mount --bind {root} {root}; mount -o remount,ro,bind {root}"
    answer = last_line(actor("change_what_is_read_only", before=mounting(mount)))
    assert f"cannot write {root}" in str(answer["error"])
    assert "read-only" in str(answer["error"])
    assert answer["kept"] == 5
    assert_nothing_half(answer)
