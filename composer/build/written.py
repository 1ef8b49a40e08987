"""Written: which bytes the tool wrote where, so that it can tell its own files from hand work.

Knows two records of it: the store's, and one beside the files, which lasts as long as they do – whoever
deletes the store has outputs that are still known. A record that is lost or garbled knows nothing. Does not
know what becomes of a file.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..digest import Json
from ..store.replacing import partial_of, replacing
from ..store.store import Store

RECORD = ".written-by-composer"
"""The record beside the files, one a folder."""
_ABOUT = "what composer wrote here, by digest (BLAKE3): a file that is not listed is never written over"
_DOCUMENT = "outputs"
_BEGUN = "?"  # before a digest that may not have come to be at the first writing of a file
_MOST = 50  # digests a file: an older output of the tool may come back, from git


@dataclass(frozen=True)
class Written:
    """What was written from a store, for the project in `folder`. Whoever adds to it holds the store's lock.

    Files outside of the project are known to the store only: nothing else is to appear beside them.
    """

    store: Store
    folder: Path

    def is_known(self, path: Path) -> bool:
        """Whether the tool is known to have finished a file at `path`."""
        return any(not each.startswith(_BEGUN) for each in self._entries(path))

    def digests(self, path: Path) -> list[str]:
        """The bytes at `path` that are the tool's own, the last ones last."""
        return [each.removeprefix(_BEGUN) for each in self._entries(path)]

    def begin(self, path: Path, digest: str) -> None:
        """Record that `digest` is about to be written. Raises StoreError."""
        self._add(path, digest if self.is_known(path) else _BEGUN + digest)

    def finish(self, path: Path, digest: str) -> None:
        """Record that `digest` is written. Raises StoreError."""
        self._add(path, digest)

    def _entries(self, path: Path) -> list[str]:
        recalled = self._recalled(path)
        return [*(each for each in self._beside(path) if each not in recalled), *recalled]

    def _add(self, path: Path, entry: str) -> None:
        digest = entry.removeprefix(_BEGUN)
        others = (each for each in self._entries(path) if each.removeprefix(_BEGUN) != digest)
        latest = [*others, entry][-_MOST:]
        if latest != self._recalled(path):
            self.store.remember(_DOCUMENT, {**self._document(), self._name(path): [*latest]})
        if path.is_relative_to(self.folder):
            self._add_beside(path, latest)

    def _add_beside(self, path: Path, latest: Sequence[str]) -> None:
        record = path.with_name(RECORD)
        if latest == self._beside(path) and not partial_of(record).exists():
            return
        written = {**_lists(record), path.name: latest}
        text = json.dumps({"about": _ABOUT, "written": written}, indent=1, ensure_ascii=False, sort_keys=True)
        with replacing(record) as partial:
            partial.write_text(f"{text}\n", encoding="utf-8", errors="surrogatepass")

    def _recalled(self, path: Path) -> list[str]:
        return _digests(self._document().get(self._name(path)))

    def _document(self) -> Mapping[str, Json]:
        known = self.store.recall(_DOCUMENT)
        return known if isinstance(known, dict) else {}

    def _beside(self, path: Path) -> list[str]:
        return _digests(_lists(path.with_name(RECORD)).get(path.name))

    def _name(self, path: Path) -> str:
        """Relative to the project, so that a moved one stays known."""
        inside = path.is_relative_to(self.folder)
        return path.relative_to(self.folder).as_posix() if inside else path.as_posix()


def _lists(record: Path) -> Mapping[str, Json]:
    try:
        known = json.loads(record.read_text(encoding="utf-8", errors="surrogatepass"))
    except (OSError, ValueError):
        return {}
    listed = known.get("written") if isinstance(known, dict) else None
    return listed if isinstance(listed, dict) else {}


def _digests(listed: Json) -> list[str]:
    return [each for each in listed if isinstance(each, str)] if isinstance(listed, list) else []
