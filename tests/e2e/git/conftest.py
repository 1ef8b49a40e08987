"""A piece in a real repository of its own."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.e2e.conftest import PIECE, Ran, Studio, set_up

PLAIN = re.sub(r"^style = .*\n", "", PIECE, flags=re.MULTILINE)
"""The same piece without neural layers: builds take a moment."""


class Repo:
    """A studio in a repository of its own; the folder's name has a space and an umlaut."""

    def __init__(self, root: Path, studio: Studio) -> None:
        self.root = root
        self.studio = studio

    def git(self, *words: str) -> str:
        ran = subprocess.run(["git", *words], cwd=self.root, capture_output=True, text=True)
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    def commit(self, subject: str) -> str:
        self.git("add", "-A")
        self.git("commit", "-qm", subject)
        return self.git("rev-parse", "--short", "HEAD").strip()

    def build(self) -> None:
        ran = self.studio.build()
        assert ran.status == 0, ran.err

    def diff(self, *words: str) -> Ran:
        return self.studio.run("diff", *words, str(self.studio.piece), "--device", "cpu")

    def log(self, *words: str) -> Ran:
        return self.studio.run("log", str(self.studio.piece), "--device", "cpu", *words)


@pytest.fixture
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repo:
    """A piece in a subfolder of a repository, committed once, not built."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    for who in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{who}_NAME", "Änne")
        monkeypatch.setenv(f"GIT_{who}_EMAIL", "aenne@example.org")
    root = tmp_path / "Schöne Bilder"
    studio = set_up(root / "zwei Hügel")
    studio.write(PLAIN)
    repo = Repo(root, studio)
    repo.git("init", "-q", "-b", "main")
    assert studio.run("new", str(studio.piece), "--git").status == 0
    repo.commit("First hills")
    return repo
