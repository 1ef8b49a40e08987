"""Entries and documents: read as written, or not there."""

from __future__ import annotations

import math
import random
from pathlib import Path

import pytest

from composer.digest import Json, digest_of_parts
from composer.store.store import ActionEntry, Store

KEY = digest_of_parts([b"a key"])


@pytest.fixture
def entry(store: Store) -> ActionEntry:
    output = store.put([b"pixels"])
    manifest: list[list[Json]] = [
        ["operation", "blur 1"],
        ["radius", 2.5],
        ["name", "Größe \ud83d"],
        ["tiles", [1, None, {"a": True}]],
    ]
    return ActionEntry(output, manifest, 0.25, 1_700_000_000.5, 6)


def garblings(content: bytes) -> list[bytes]:
    """The content with a byte flipped, cut short, and grown, at chance places."""
    chance, garbled = random.Random(3), [b"", content + b"x", content[1:]]
    for _ in range(60):
        place = chance.randrange(len(content))
        flipped = content[place] ^ (1 << chance.randrange(8))
        garbled += [content[:place] + bytes([flipped]) + content[place + 1 :], content[:place]]
    return garbled


def test_an_entry_is_read_as_published(store: Store, root: Path, entry: ActionEntry) -> None:
    assert store.action(KEY) is None
    store.publish(KEY, entry)
    assert Store(root).action(KEY) == entry


def test_the_last_entry_published_is_read(store: Store, entry: ActionEntry) -> None:
    store.publish(KEY, ActionEntry(entry.output, [], 1.0, 1.0, 1))
    store.publish(KEY, entry)
    assert store.action(KEY) == entry


def test_an_entry_does_not_need_its_blob(store: Store, entry: ActionEntry) -> None:
    store.publish(KEY, entry)
    store.path_of(entry.output).unlink()
    assert store.action(KEY) == entry
    assert not store.has(entry.output)


def test_a_garbled_entry_is_a_miss(store: Store, root: Path, entry: ActionEntry) -> None:
    store.publish(KEY, entry)
    path = root / "actions" / KEY[:2] / KEY
    for content in garblings(path.read_bytes()):
        path.write_bytes(content)
        assert store.action(KEY) is None, content


def test_an_entry_under_the_key_of_another_is_a_miss(store: Store, root: Path, entry: ActionEntry) -> None:
    store.publish(KEY, entry)
    other = digest_of_parts([b"another key"])
    path = root / "actions" / other[:2] / other
    path.parent.mkdir(exist_ok=True)
    (root / "actions" / KEY[:2] / KEY).rename(path)
    assert store.action(other) is None


def test_a_folder_in_place_of_an_entry_is_a_miss(store: Store, root: Path) -> None:
    store.put([b"x"])
    (root / "actions" / KEY[:2] / KEY).mkdir(parents=True)
    assert store.action(KEY) is None


def test_an_output_must_be_a_digest(store: Store) -> None:
    with pytest.raises(ValueError, match="not a digest"):
        store.publish(KEY, ActionEntry("../version", [], 0.0, 0.0, 0))


@pytest.mark.parametrize("name", ["last plan", "projects/größe.toml", "../version", "", "a" * 5000, "\udcff"])
def test_what_is_remembered_is_recalled(store: Store, root: Path, name: str) -> None:
    assert store.recall(name) is None
    store.remember(name, {"rates": [1.5, None], "name": name})
    assert Store(root).recall(name) == {"rates": [1.5, None], "name": name}
    store.remember(name, [])
    assert store.recall(name) == []


def test_remembering_the_same_writes_nothing(store: Store, root: Path) -> None:
    store.remember("plan", {"a": 1, "b": 2})
    (path,) = (root / "documents").iterdir()
    before = path.stat()
    store.remember("plan", {"b": 2, "a": 1})
    assert path.stat().st_ino == before.st_ino


def test_a_garbled_document_is_forgotten(store: Store, root: Path) -> None:
    store.remember("plan", {"a": 1})
    (path,) = (root / "documents").iterdir()
    for content in garblings(path.read_bytes()):
        path.write_bytes(content)
        assert store.recall("plan") is None, content


def test_what_json_cannot_say_is_refused(store: Store) -> None:
    with pytest.raises(ValueError, match="JSON"):
        store.remember("rate", math.nan)
