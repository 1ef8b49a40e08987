"""The disk refuses, or the store goes away, at any moment: a sentence, nothing corrupt, and on it goes."""

import json
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from .conftest import PIECE, CleanBuild, Studio, set_up

LIGHT = "\n".join(line for line in PIECE.splitlines() if not line.startswith("style = {"))
ROOT = Path(__file__).parents[2]


@pytest.fixture
def light(studio: Studio) -> Studio:
    """A project without style layers, not built yet."""
    studio.write(LIGHT)
    return studio


def test_kills_of_builds_and_watches() -> None:
    command = [sys.executable, "-m", "benchmarks.kills", "15", "--seed", "7"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "every build after it equals a clean one" in ran.stdout


def test_a_disk_that_is_full_at_any_write(tmp_path: Path, clean_build: CleanBuild) -> None:
    set_up(tmp_path / "project").write(LIGHT)
    moments = random.Random(5)
    attempts = [*moments.sample(range(1, 330), 6), *(-each for each in moments.sample(range(1, 330), 3))]
    command = [sys.executable, "-m", "tests.e2e.full_disk", str(tmp_path), *map(str, attempts)]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    answers = [json.loads(line) for line in ran.stdout.splitlines()]
    assert len(answers) == len(attempts), ran.stderr
    assert sum(answer["status"] == 1 for answer in answers) >= 5, "the disk must have been in the way"
    for answer in answers:
        assert "mistake in Composer" not in answer["err"], answer
        if answer["status"]:
            assert "No space left on device" in answer["err"], answer
            assert "hint: " in answer["err"], answer
        assert answer["partial"] == [], answer
        assert answer["after"] == 0, answer
        assert Studio(tmp_path / f"attempt {answer['attempt']}").outputs() == clean_build(LIGHT), answer


def test_a_store_deleted_while_it_is_built(light: Studio, clean_build: CleanBuild) -> None:
    store, moments = light.folder / ".composer", random.Random(3)
    for _ in range(4):
        build = light.start("build", str(light.piece), "--device", "cpu")
        while not store.exists() and build.poll() is None:
            time.sleep(0.002)
        time.sleep(moments.uniform(0.0, 0.6))
        shutil.rmtree(store, ignore_errors=True)
        _, err = build.communicate(timeout=120)
        assert build.returncode in (0, 1)
        assert "mistake in Composer" not in err
        assert "damaged" not in err, "nothing is wrong with the photographs"
        assert (build.returncode == 0) == (err == "")
        shutil.rmtree(light.folder / "build", ignore_errors=True)
        shutil.rmtree(store, ignore_errors=True)
    assert light.build().status == 0
    assert light.outputs() == clean_build(LIGHT)


def test_a_store_that_cannot_be_written_is_still_read(light: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    assert light.build().status == 0

    def refused(home: Path) -> None:
        raise OSError(30, "Read-only file system", str(home))

    monkeypatch.setattr("composer.store.durable._claim", refused)
    ran = light.build("--dry-run")
    assert ran.status == 0, ran.err
    assert "0 to run" in ran.out
