"""The store's own cost: put, open verified and look up twenty 48 MB blobs; run `python -m benchmarks.store`.

48 MB is a 12-megapixel RGBA canvas of 8 bits. Prints medians over the blobs, in milliseconds. Knows
the store only; what a build costs is measured elsewhere.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

from composer.store.store import ActionEntry, Store

T = TypeVar("T")


def each(what: str, work: Callable[[T], object], items: Iterable[T]) -> None:
    """Print the median of the seconds that `work` takes for an item."""
    seconds = [clock(work, item) for item in items]
    median, slowest, total = statistics.median(seconds) * 1e3, max(seconds) * 1e3, sum(seconds)
    print(f"{what:<40} {median:9.3f} ms   slowest {slowest:9.3f} ms   all {total:7.3f} s")


def clock(work: Callable[[T], object], item: T) -> float:
    """The seconds that `work` takes for the item."""
    began = time.perf_counter()
    work(item)
    return time.perf_counter() - began


def measure_blobs(root: Path, count: int, size: int) -> None:
    """Put, put again, open in the same process, open in another, open after the index is lost."""
    store = Store(root)
    each("put", lambda content: store.put([content]), (os.urandom(size) for _ in range(count)))
    paths = list((root / "blobs").glob("*/*"))
    each("put, already there", lambda content: store.put([content]), (path.read_bytes() for path in paths))
    digests = [path.name for path in paths]
    each("open, verified by the index", store.open, digests)
    each("open, another process", Store(root).open, digests)
    (root / "stat-index").unlink()
    each("open, the index is lost: hashed", Store(root).open, digests)


def measure_snapshots(root: Path, inputs: list[Path]) -> None:
    """Take in files, look them up unchanged in the same process and in another, and when touched."""
    store = Store(root)
    each("snapshot, new file", store.snapshot, inputs)
    each("snapshot, unchanged", store.snapshot, inputs)
    each("snapshot, unchanged, another process", Store(root).snapshot, inputs)
    for path in inputs:
        path.touch()
    each("snapshot, touched", store.snapshot, inputs)


def measure_entries(root: Path, count: int) -> None:
    """Publish, look up, lock, remember, collect."""
    store = Store(root)
    entry = ActionEntry(store.put([b"x"]), [["field", "value"]] * 40, 1.0, time.time(), 1)
    keys = [f"{number:064x}" for number in range(count)]
    each("publish an action entry", lambda key: store.publish(key, entry), keys)
    each("look up an action and its blob", lambda key: look_up(store, key), keys)
    each("lock and let go", lambda key: lock(store, key), keys)
    each("remember", lambda key: store.remember("plan", [key]), keys)
    each("recall", lambda _: store.recall("plan"), keys)
    each("collect", lambda quota: store.collect(quota, []), [None])


def write_inputs(folder: Path, count: int, size: int) -> list[Path]:
    """Files of chance bytes, old enough to be trusted by the stat index."""
    paths = [folder / f"photo {number}.tif" for number in range(count)]
    for path in paths:
        path.write_bytes(os.urandom(size))
    time.sleep(2.1)
    return paths


def look_up(store: Store, key: str) -> None:
    entry = store.action(key)
    if entry is None or not store.has(entry.output):
        raise SystemExit("the store lost a result")


def lock(store: Store, key: str) -> None:
    with store.lock(key, lambda: False):
        pass


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=20, help="blobs and inputs (default: 20)")
    parser.add_argument("--size", type=int, default=48_000_000, help="bytes of each (default: 48 MB)")
    parser.add_argument("--folder", type=Path, help="measure the disk of this folder, not of the system's")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=chosen.folder) as folder:
        root = Path(folder) / ".composer"
        measure_blobs(root, chosen.count, chosen.size)
        measure_entries(root, 200)
        measure_snapshots(root, write_inputs(Path(folder), chosen.count, chosen.size))


if __name__ == "__main__":
    main()
