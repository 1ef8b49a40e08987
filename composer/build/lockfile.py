"""Lockfile: `piece.lock`, the readable record of what a full build rendered, for git.

Knows its TOML. Does not know how anything was rendered. One entry a layer: action key, output digest,
engine and weights, seed, pixel size, device, seconds; of a patched layer what it was patched from. One for
the picture, which changes with masks, opacities and blending too.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tomlkit

from ..digest import Json, digest_of_parts
from ..errors import LockMismatch, UsageError
from ..graph.action import Stylize
from ..graph.manifest import Device
from ..graph.node import Plan
from ..pixels import codec
from ..pixels.raster import Raster
from ..store.replacing import partial_of, replacing
from ..store.store import Store
from .execute import Result
from .patching import lineage_of

_HEAD = "Written by composer after each full build; commit it, so that diffs show which renders changed."


def write_lock(path: Path, plan: Plan, result: Result, store: Store, device: Device) -> str:
    """Write the lock when it differs from what is there; its digest. Raises OSError and StoreError.

    A layer that came out as it is locked keeps the seconds it took then: a build on another machine, or of a
    fresh clone, leaves no trace in git.
    """
    picture, before = _locked(path)
    document = tomlkit.document()
    document.add(tomlkit.comment(_HEAD))
    layers = tomlkit.table(is_super_table=True)
    for layer, node in plan.layers.items():
        layers.append(layer, _settled(_table(plan, node, result, store, device), before.get(layer, {})))
    document.append("layer", layers)
    document.append("picture", _settled(_table(plan, plan.merged, result, store, device), picture))
    content = tomlkit.dumps(document).encode("utf-8")
    if path.exists() and path.read_bytes() == content and not partial_of(path).exists():
        return digest_of_parts([content])
    with store.lock(f"lock file {path.name}"), replacing(path) as partial:
        partial.write_bytes(content)
    return digest_of_parts([content])


def check_lock(path: Path, plan: Plan, result: Result, store: Store, device: Device) -> tuple[str, ...]:
    """The layers that were not compared: a neural layer that was locked on another kind of device may differ.

    Raises LockMismatch when another layer came out otherwise than it is locked; or the picture, while all its
    layers came out as they are locked.
    """
    if not path.exists():
        raise UsageError(f"there is no {path.name} to build by", "build once without --locked, and commit it")
    picture, locked = _locked(path)
    told = [
        f'layer "{layer}" is locked, but not in the piece' for layer in locked if layer not in plan.layers
    ]
    elsewhere: list[str] = []
    for layer, node in plan.layers.items():
        if layer not in locked:
            told.append(f'layer "{layer}" is not locked')
        elif node in result.entries:
            now = _table(plan, node, result, store, device)
            if _is_elsewhere(locked[layer], now):
                elsewhere.append(layer)
            else:
                told += _mismatch(f'layer "{layer}"', locked[layer], now)
    if not told and not elsewhere:
        told += _mismatch("the picture", picture, _table(plan, plan.merged, result, store, device))
    if told:
        raise LockMismatch(
            f"{path.name} does not agree:\n" + "\n".join(f"  {each}" for each in told),
            "build without --locked to write it anew, and look at what changed in git",
        )
    return tuple(elsewhere)


def _is_elsewhere(locked: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    """Whether a layer differs from its lock, and was locked on another kind of device."""
    return locked.get("output") != now["output"] and locked.get("device") != now.get("device")


def _mismatch(what: str, locked: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """How it differs from its lock, in words; nothing when it is as it was."""
    if locked.get("output") == now["output"]:
        return []
    fields = [field for field in ("engine", "seed", "size") if locked.get(field) != now.get(field)]
    other = [f"{field} {locked.get(field, '–')} → {now.get(field, '–')}" for field in fields]
    asked = "" if locked.get("action") == now["action"] else "; what it is made from changed"
    digests = f"{str(locked.get('output', '–'))[:12]} → {now['output'][:12]}"
    return [f"{what}: {', '.join([digests, *other])}{asked}"]


def _settled(table: Any, locked: Mapping[str, Any]) -> Any:
    """The table, with the seconds it is locked with when it came out the same."""
    if all(table.get(field) == locked.get(field) for field in ("action", "output", "device")):
        table["seconds"] = locked.get("seconds", table["seconds"])
    return table


def _locked(path: Path) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """What the lock at `path` says of the picture and of each layer; nothing when it is no lock."""
    try:
        lock = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return {}, {}
    return _tables(lock).get("picture", {}), _tables(_tables(lock).get("layer", {}))


def _tables(table: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    return {key: value for key, value in table.items() if isinstance(value, dict)}


def _table(plan: Plan, node: str, result: Result, store: Store, device: Device) -> Any:
    entry, action = result.entries[node], plan.nodes[node].action
    table = tomlkit.table()
    table["action"] = result.look_ups[node].key
    table["output"] = entry.output
    if isinstance(action, Stylize):
        table["engine"] = f"{action.extension.name} v{action.extension.version}"
        if weights := _weights(action):
            table["weights"] = weights
        table["seed"] = action.seed
        table["device"] = str(device)
    lineage = lineage_of(result.look_ups[node].manifest)
    if lineage is not None:
        table["patched_from"] = lineage.parent
        table["patches_in_a_row"] = lineage.count
    size = _size(store, entry.output)
    if size:
        table["size"] = size
    table["seconds"] = entry.seconds
    return table


def _weights(action: Stylize) -> dict[str, Json]:
    """The digest of each file of weights; nothing for an engine without any."""
    prefix = "weights "
    listed = action.ingredients()
    return {field.removeprefix(prefix): value for field, value in listed if field.startswith(prefix)}


def _size(store: Store, digest: str) -> str:
    if not store.has(digest):
        return ""
    value = codec.decode(store.open(digest))
    return str(value.extent) if isinstance(value, Raster) else ""
