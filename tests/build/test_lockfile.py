"""The lock file: what it records of each layer, and what it leaves out."""

import errno
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from composer.build.lockfile import write_lock
from composer.errors import StoreError
from composer.graph.action import Stylize
from composer.graph.node import Plan
from composer.registry import Needs

from .conftest import DEVICE, LAYER, Atelier


def _with_weights(plan: Plan, weights: Mapping[str, str]) -> Plan:
    """The plan with an engine that needs these weights."""
    node = plan.nodes[LAYER]
    assert isinstance(node.action, Stylize)
    engine = replace(node.action.extension, needs=Needs(device=True, weights=lambda _params: weights))
    action = replace(node.action, extension=engine)
    return replace(plan, nodes={**plan.nodes, LAYER: replace(node, action=action)})


def _locked(atelier: Atelier, plan: Plan) -> dict[str, Any]:
    """What the lock says of the layer."""
    path = atelier.folder / "piece.lock"
    write_lock(path, plan, atelier.build(), atelier.store, DEVICE)
    layers: dict[str, dict[str, Any]] = tomllib.loads(path.read_text(encoding="utf-8"))["layer"]
    return layers["cup"]


def test_an_engine_is_recorded_with_its_seed_and_device(atelier: Atelier) -> None:
    locked = _locked(atelier, atelier.plan())
    assert (locked["engine"], locked["seed"], locked["device"]) == ("dabs v1", 1, str(DEVICE))
    assert locked["size"] == "100×80"


def test_weights_are_recorded_by_name(atelier: Atelier) -> None:
    assert _locked(atelier, _with_weights(atelier.plan(), {"net": "1f2e"}))["weights"] == {"net": "1f2e"}


@pytest.mark.parametrize("weights", [None, {}])
def test_without_weights_nothing_is_said_of_them(atelier: Atelier, weights: Mapping[str, str] | None) -> None:
    plan = atelier.plan() if weights is None else _with_weights(atelier.plan(), weights)
    assert "weights" not in _locked(atelier, plan)
    assert "weights" not in (atelier.folder / "piece.lock").read_text(encoding="utf-8")


def test_what_a_killed_build_left_half_written_goes(atelier: Atelier) -> None:
    plan, path = atelier.plan(), atelier.folder / "piece.lock"
    result = atelier.build()
    write_lock(path, plan, result, atelier.store, DEVICE)
    content = path.read_bytes()
    (atelier.folder / ".piece.lock.partial").write_bytes(content[:10])
    write_lock(path, plan, result, atelier.store, DEVICE)
    assert not list(atelier.folder.glob("*.partial"))
    assert path.read_bytes() == content
    written = path.stat()
    write_lock(path, plan, result, atelier.store, DEVICE)
    assert path.stat().st_ino == written.st_ino, "an equal lock is not written again"


def test_a_lock_that_is_no_text_is_written_anew(atelier: Atelier) -> None:
    (atelier.folder / "piece.lock").write_bytes(b"\xff\xfe\x00")
    assert _locked(atelier, atelier.plan())["engine"] == "dabs v1"


def test_a_lock_that_finds_no_room_leaves_the_old_one_whole(
    atelier: Atelier, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = atelier.folder / "piece.lock"
    path.write_bytes(b"# by hand\n")
    result = atelier.build()

    def full(_fd: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr("os.fsync", full)
        with pytest.raises(StoreError, match="No space left"):
            write_lock(path, atelier.plan(), result, atelier.store, DEVICE)
    assert path.read_bytes() == b"# by hand\n"
    assert not list(atelier.folder.glob("*.partial"))
