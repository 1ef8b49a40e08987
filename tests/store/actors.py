"""Actors: small programs the store's tests run as processes, to be killed, raced and starved.

    python actors.py NAME ROOT [ARGUMENT...]

Each prints a line when it is where its test wants it, and a JSON report at its end.
"""

from __future__ import annotations

import json
import os
import random
import resource
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from composer.digest import digest_of_parts
from composer.errors import StoreError
from composer.store.store import ActionEntry, Store


def never() -> bool:
    return False


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def key_of(text: str) -> str:
    return digest_of_parts([text.encode()])


def some_parts(seed: str, size: int) -> Iterator[bytes]:
    """`size` bytes in parts of 64 KiB at most, the same for the same seed."""
    source = random.Random(seed)
    for start in range(0, size, 1 << 16):
        yield source.randbytes(min(1 << 16, size - start))


def make(store: Store, seed: str, size: int) -> str:
    output = store.put(some_parts(seed, size))
    store.publish(key_of(seed), ActionEntry(output, [["seed", seed]], 0.0, time.time(), size))
    return output


def publish_for_ever(root: Path, name: str) -> None:
    """Publish results, remember how many, and look one up again, until killed."""
    store = Store(root)
    say("ready")
    for count in range(1_000_000):
        with store.lock(key_of(f"{name}{count}"), never):
            make(store, f"{name}{count}", 700_000)
        store.remember(name, count)


def checkpoint_for_ever(root: Path, key: str) -> None:
    """Keep checkpoint upon checkpoint, each of one byte repeated, until killed."""
    store = Store(root)
    for count in range(1_000_000):
        store.keep_checkpoint(key, (bytes([count % 251]) * 100_000 for _ in range(20)))
        if count == 0:
            say("ready")


def work_once(root: Path, keys: str) -> None:
    """Do the work of each key that nobody has done yet; the runs go to a log beside the store."""
    store, log = Store(root), root.parent / "runs"
    for key in map(key_of, keys.split(",")):
        with store.lock(key, never):
            entry = store.action(key)
            if entry is None or not store.has(entry.output):
                with log.open("a") as runs:
                    runs.write(key + "\n")
                time.sleep(0.02)
                output = store.put([key.encode()])
                store.publish(key, ActionEntry(output, [], 0.02, time.time(), len(key)))


def take_turns(root: Path, turns: str) -> None:
    """Lock one key again and again, and fail should another be inside at the same time."""
    store, inside = Store(root), root.parent / "inside"
    for _ in range(int(turns)):
        with store.lock("turn", never):
            inside.touch(exist_ok=False)
            inside.unlink()


def lock_and_wait(root: Path, child: str) -> None:
    """Hold a lock until killed; with a child that lives on, if so asked."""
    with Store(root).lock("work", never):
        if child == "child" and os.fork() == 0:
            os.close(sys.stdout.fileno())
            wait_for(root.parent / "test is over")
            os._exit(0)
        say("ready")
        time.sleep(60)


def wait_for(path: Path) -> None:
    deadline = time.monotonic() + 20
    while not path.exists() and time.monotonic() < deadline:
        time.sleep(0.05)


def put_many(root: Path, name: str, count: str) -> None:
    """Put small blobs, and look each up."""
    store = Store(root)
    for number in range(int(count)):
        if not store.has(store.put([f"{name} {number}".encode()])):
            raise SystemExit(f"lost blob {number} of {name}")


def build_again_and_again(root: Path, name: str, builds: str) -> None:
    """Hold the store, make or find five results, and count those that were gone before the end."""
    store, lost = Store(root), 0
    say("ready")
    for _ in range(int(builds)):
        with store.hold():
            outputs = [make(store, f"{name}{number}", 2000) for number in range(5)]
            time.sleep(0.01)
            lost += sum(not store.path_of(output).exists() for output in outputs)
        time.sleep(0.02)
    say(json.dumps({"lost": lost}))


def hold_and_wait(root: Path, digest: str) -> None:
    """Use a blob in a build that lasts until killed."""
    store = Store(root)
    with store.hold():
        store.open(digest)
        say("ready")
        time.sleep(60)


def fill(root: Path, limit: str) -> None:
    """Put blobs and publish results until the disk, or a limit on a file's size, refuses; report."""
    store = Store(root)
    kept = [make(store, "first", 1000)]
    if limit == "file":
        resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, resource.RLIM_INFINITY))
    try:
        for number in range(1000):
            kept.append(make(store, f"more {number}", 100_000 + number * 20_000))
    except StoreError as error:
        report(root, kept, error)


def fill_by_checkpoints(root: Path, size: str) -> None:
    """Keep a checkpoint that fits, then one that does not, then put a result; report."""
    store = Store(root)
    kept = [make(store, "first", 1000)]
    store.keep_checkpoint(key_of("state"), [b"state"])
    error = refusal(lambda: store.keep_checkpoint(key_of("state"), some_parts("large", int(size))))
    if error is not None and store.checkpoint(key_of("state")) == b"state":
        kept.append(make(store, "second", 1000))
        report(root, kept, error)


def change_what_is_read_only(root: Path, *_: str) -> None:
    """Try every way of writing to a store that cannot be written; report."""
    store = Store(root)
    kept = [path.name for path in (root / "blobs").glob("*/*")]
    source = root.parent / "input"
    attempts: list[Callable[[], object]] = [
        lambda: store.put([b"new"]),
        lambda: store.publish(key_of("new"), ActionEntry(kept[0], [], 0.0, 0.0, 0)),
        lambda: store.remember("new", 1),
        lambda: store.keep_checkpoint(key_of("new"), [b"state"]),
        lambda: store.snapshot(source),
        lambda: store.lock("new", never).__enter__(),
        lambda: store.collect(0, []),
    ]
    with store.hold():
        refused = [error for attempt in attempts if (error := refusal(attempt)) is not None]
    if len(refused) == len(attempts):
        report(root, kept, refused[0])


def refusal(attempt: Callable[[], object]) -> StoreError | None:
    try:
        attempt()
    except StoreError as error:
        return error
    return None


def report(root: Path, kept: list[str], error: StoreError) -> None:
    store = Store(root)
    intact = sum(store.has(digest) and len(store.open(digest)) > 0 for digest in kept)
    half = [
        str(path)
        for path in (root / "blobs").glob("*/*")
        if digest_of_parts([path.read_bytes()]) != path.name
    ]
    stray = sum(1 for _ in (root / "tmp").iterdir())
    answers = {"error": str(error), "kept": len(kept), "intact": intact, "half": half, "stray": stray}
    say(json.dumps(answers | {"known": store.action(key_of("first")) is not None}))


ACTORS: dict[str, Callable[..., None]] = {
    actor.__name__: actor
    for actor in (
        publish_for_ever,
        checkpoint_for_ever,
        work_once,
        take_turns,
        lock_and_wait,
        put_many,
        build_again_and_again,
        hold_and_wait,
        fill,
        fill_by_checkpoints,
        change_what_is_read_only,
    )
}

if __name__ == "__main__":
    ACTORS[sys.argv[1]](Path(sys.argv[2]), *sys.argv[3:])
