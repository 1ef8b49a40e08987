"""Lockfile: `piece.lock`, the readable record of what a full build rendered, for git.

Knows its TOML. Does not know how anything was rendered. One entry a layer: action key, output digest,
engine and weights, seed, pixel size, device, seconds; of a patched layer what it was patched from.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import tomlkit

from ..digest import Json
from ..graph.action import Stylize
from ..graph.manifest import Device
from ..graph.node import Plan
from ..pixels import codec
from ..pixels.raster import Raster
from ..store.store import Store
from .execute import Result
from .patching import lineage_of

_HEAD = "Written by composer after each full build; commit it, so that diffs show which renders changed."


def write_lock(path: Path, plan: Plan, result: Result, store: Store, device: Device) -> bool:
    """Write the lock when it differs from what is there; whether it did. Raises OSError."""
    document = tomlkit.document()
    document.add(tomlkit.comment(_HEAD))
    layers = tomlkit.table(is_super_table=True)
    for layer, node in plan.layers.items():
        layers.append(layer, _table(plan, node, result, store, device))
    document.append("layer", layers)
    text = tomlkit.dumps(document)
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return False
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    partial.write_text(text, encoding="utf-8")
    partial.replace(path)
    return True


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
