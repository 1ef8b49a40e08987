"""What the store's tests share: an empty store, and actors (see actors.py) that never outlive a test."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from composer.store.store import Store

ACTORS = Path(__file__).with_name("actors.py")
PROJECT = ACTORS.parents[2]

Actor = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / ".composer"


@pytest.fixture
def store(root: Path) -> Store:
    return Store(root)


@pytest.fixture
def actor(root: Path) -> Iterator[Actor]:
    """Start an actor on the store; `before` is a command that starts it in turn."""
    started: list[subprocess.Popen[str]] = []

    def start(name: str, *arguments: str, before: tuple[str, ...] = ()) -> subprocess.Popen[str]:
        command = [*before, sys.executable, str(ACTORS), name, str(root), *arguments]
        environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


@pytest.fixture
def tick() -> Callable[[], None]:
    """Let the file system's clock move on: before Linux 6.13 it stands still for up to 10 ms."""
    return lambda: time.sleep(0.02)
