"""A disk that is full, or cannot be written, under every command that writes: told, and nothing is half."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from .conftest import Studio, picture
from .test_unchanged import LIGHT
from .tight_disk import NETWORK

ROOT = Path(__file__).parents[2]
ROOMS = [0, 6_000, 30_000]
COMMANDS = [
    ["build", "piece.toml", "--device", "cpu", "--jobs", "1"],
    ["mask", "piece.toml", "low"],
    ["diff", "--html=page.html", "--render"],
    ["log", "--sheet", "sheet.png", "--render"],
    ["log", "--sheet", "sheet.html"],
    ["schema", "-o", "piece.schema.json"],
    ["models", "import", "vgg19", "network"],
    ["models", "fetch", "vgg19"],
]
NEW = [["new", "made/piece.toml", "--photo", "photos/hill.png", "--git"], ["new", "piece.toml", "--git"]]
TOLD = ("No space left on device", "disk is full", "Read-only file system")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project in git with everything written once, and then edited."""
    home = tmp_path_factory.mktemp("tight")
    (home / "disk").mkdir()
    studio = Studio(home / "project")
    for name, seed, size in (("hill", 1, (120, 100)), ("sun", 2, (80, 80))):
        studio.paint(f"photos/{name}.png", picture(seed, *size))
    studio.paint("styles/dots.png", picture(3, 64, 64))
    studio.paint("styles/bars.png", picture(4, 64, 48))
    (studio.folder / "network").write_bytes(NETWORK)
    studio.write(LIGHT)
    (studio.folder / ".gitignore").write_text(".composer/\nbuild/\n")
    for words in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "First"]):
        author = ["-c", "user.name=A", "-c", "user.email=a@b.c"]
        subprocess.run(["git", *author, *words], cwd=studio.folder, check=True)
    with pytest.MonkeyPatch.context() as here:
        here.chdir(studio.folder)
        for command in COMMANDS[:-2]:
            assert studio.run(*command).status == 0
    studio.edit("opacity = 0.8", "opacity = 0.3")
    studio.edit("to = [0, 60]", "to = [0, 40]")
    (studio.folder / "piece.schema.json").write_text("an older one")
    return home


def tried(home: Path, commands: list[list[str]], rooms: list[int | None]) -> list[dict[str, Any]]:
    """What came of the commands, on a disk of 12 MB that is mounted for them alone."""
    if shutil.which("unshare") is None:
        pytest.skip("no unshare on this machine: a small file system cannot be mounted")
    own = ["unshare", "--mount", "--map-root-user", "sh", "-ec"]
    mount = f"mount -t tmpfs -o size=12m none '{home}/disk'"
    trial = subprocess.run([*own, mount], capture_output=True, text=True)
    if trial.returncode != 0:
        pytest.skip(f"mounting is not allowed here: {trial.stderr.strip()}")
    words = json.dumps({"commands": commands, "rooms": rooms})
    command = [*own, f'{mount}; exec "$@"', "sh", sys.executable, "-m", "tests.e2e.tight_disk"]
    ran = subprocess.run([*command, str(home), words], cwd=ROOT, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    return [json.loads(line) for line in ran.stdout.splitlines()]


def assert_told_and_whole(answer: dict[str, Any]) -> None:
    assert "mistake in Composer" not in answer["err"], answer["err"]
    assert "RAISED" not in answer["err"], answer["err"]
    if answer["status"]:
        assert any(told in answer["err"] for told in TOLD), answer["err"]
        assert "hint: " in answer["err"], answer["err"]
    assert answer["scratch"] == [], "what was laid out for a moment is still there"
    assert answer["again"] == 0, answer["told"]
    for name, digest in answer["before"].items():
        kept = {digest, answer["whole"][name]}
        assert answer["after"].get(name) in kept, f"{name} is neither as it was nor as it is to be"
    strange = answer["after"].keys() - answer["before"].keys() - answer["whole"].keys()
    assert not strange, "something half written was left"
    for name in answer["after"].keys() - answer["before"].keys():
        assert answer["after"][name] == answer["whole"][name], f"{name} is half written"


def ignored(answer: dict[str, Any]) -> dict[str, Any]:
    """Without the record of what was written, which grows with every writing."""
    for key in ("before", "after", "whole"):
        answer[key] = {name: digest for name, digest in answer[key].items() if ".written-by" not in name}
    return answer


@pytest.mark.parametrize("command", [*COMMANDS, *NEW], ids=lambda words: " ".join(words[:3]))
def test_a_full_disk(home: Path, command: list[str]) -> None:
    answers = [ignored(answer) for answer in tried(home, [command], [*ROOMS])]
    assert len(answers) == len(ROOMS)
    for answer in answers:
        assert_told_and_whole(answer)
    assert answers[0]["status"] != 0, "the disk was not in the way"


def test_a_disk_that_cannot_be_written(home: Path) -> None:
    for answer in tried(home, [*COMMANDS, *NEW], [None]):
        assert answer["status"] == 1, answer
        assert "Read-only file system" in answer["err"], answer
        assert_told_and_whole(ignored(answer))


def test_what_only_reads_reads_a_disk_that_cannot_be_written(home: Path) -> None:
    commands = [
        ["check", "piece.toml"],
        ["explain", "piece.toml", "--device", "cpu"],
        ["build", "piece.toml", "--dry-run", "--device", "cpu"],
        ["diff"],
        ["log"],
        ["layers", "build/piece.psd"],
    ]
    for answer in tried(home, commands, [None]):
        assert (answer["status"], answer["err"]) == (0, ""), answer
