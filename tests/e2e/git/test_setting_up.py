"""git is set up around a piece, shows its outputs, and keeps what LFS has."""

import hashlib
import subprocess
from pathlib import Path

import pytest

from tests.e2e.conftest import set_up
from tests.e2e.git.conftest import Repo


def test_a_new_piece_comes_with_its_repository(tmp_path: Path, repo: Repo) -> None:
    folder = tmp_path / "new one"
    ran = repo.studio.run("new", str(folder / "piece.toml"), "--git")
    assert ran.status == 0, ran.err
    assert f"git init in {folder}" in ran.out
    assert (folder / ".git").is_dir()
    ignored = (folder / ".gitignore").read_text().splitlines()
    assert {".composer/", "build/"} < set(ignored)
    assert "*.psd diff=composer" in (folder / ".gitattributes").read_text().splitlines()
    driver = subprocess.run(["git", "config", "diff.composer.textconv"], cwd=folder, capture_output=True)
    assert driver.stdout.decode().strip().endswith("composer layers")


def test_lfs_is_offered_and_used_when_asked(repo: Repo) -> None:
    attributes = repo.studio.folder / ".gitattributes"
    offered = attributes.read_text()
    assert "# *.psd filter=lfs" in offered
    assert "\n*.psd filter=lfs" not in offered
    assert repo.studio.run("new", str(repo.studio.piece), "--git", "--lfs").status == 0
    assert attributes.read_text().startswith(offered)
    assert "\n*.psd filter=lfs diff=composer merge=lfs -text\n" in attributes.read_text()


def test_what_stands_in_the_files_stays_and_the_lock_is_not_ignored(repo: Repo) -> None:
    ignore = repo.studio.folder / ".gitignore"
    ignore.write_text("*.lock\nsketches/", encoding="utf-8")
    ran = repo.studio.run("new", str(repo.studio.piece), "--git")
    assert ignore.read_text().startswith("*.lock\nsketches/\n")
    assert "!/piece.lock" in ran.out
    (repo.studio.folder / "piece.lock").touch()
    assert "piece.lock" in repo.git("status", "--short", "-uall")
    before = ignore.read_text()
    repo.studio.run("new", str(repo.studio.piece), "--git")
    assert ignore.read_text() == before


@pytest.mark.usefixtures("repo")
def test_an_empty_repository_and_none_at_all(tmp_path: Path) -> None:
    studio = set_up(tmp_path / "alone")
    for command in ("diff", "log"):
        ran = studio.run(command, str(studio.piece))
        assert ran.status == 2
        assert "is in no git repository" in ran.err
    subprocess.run(["git", "init", "-q"], cwd=studio.folder, check=True)
    for command in ("diff", "log"):
        ran = studio.run(command, str(studio.piece))
        assert ran.status == 2
        assert "nothing is committed yet" in ran.err


def test_without_git_a_sentence_says_so(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    ran = repo.diff()
    assert ran.status == 1
    assert "there is no git on this machine's PATH" in ran.err
    assert "https://git-scm.com" in ran.err


def test_a_pointer_of_lfs_is_told(repo: Repo) -> None:
    photo = repo.studio.folder / "photos" / "sun.png"
    here = photo.read_bytes()
    photo.write_text(f"version https://git-lfs.github.com/spec/v1\noid sha256:{'0' * 64}\nsize 12345\n")
    repo.commit("As a pointer")
    photo.write_bytes(here)
    ran = repo.diff("--html")
    assert "photos/sun.png is only a Git LFS pointer here: git lfs pull" in ran.out
    page = (repo.studio.folder / "build" / "piece.diff.html").read_text(encoding="utf-8")
    assert "git lfs pull brings photos/sun.png" in page


def test_git_diff_shows_the_layers_of_an_output(repo: Repo) -> None:
    (repo.studio.folder / ".gitignore").write_text(".composer/\n")
    repo.build()
    repo.commit("With outputs")
    repo.studio.edit("opacity = 0.8", "opacity = 0.5")
    repo.build()
    for name in ("piece.psd", "piece.ora"):
        shown = repo.git("diff", "--", f"zwei Hügel/build/{name}")
        removed = [line for line in shown.splitlines() if line.startswith("-") and '"sun"' in line]
        added = [line for line in shown.splitlines() if line.startswith("+") and '"sun"' in line]
        assert len(removed) == len(added) == 1
        assert removed[0][1:].replace("80%", "50%") == added[0][1:]


def test_what_lfs_has_fetched_is_taken_from_there(repo: Repo) -> None:
    photo = repo.studio.folder / "photos" / "sun.png"
    here = photo.read_bytes()
    oid = hashlib.sha256(here).hexdigest()
    fetched = repo.root / ".git" / "lfs" / "objects" / oid[:2] / oid[2:4] / oid
    fetched.parent.mkdir(parents=True)
    fetched.write_bytes(here)
    photo.write_text(f"version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize {len(here)}\n")
    repo.commit("As a pointer")
    photo.write_bytes(here)
    assert repo.diff().out.splitlines()[1:] == ["nothing differs"]


def test_a_record_that_an_older_gitignore_does_not_know_is_told_once(repo: Repo) -> None:
    folder = repo.studio.folder
    (folder / ".gitignore").write_text(".composer/\n", encoding="utf-8")
    told = "git would list build/.written-by-composer, a record of Composer's own"
    ran = repo.studio.build()
    assert f"{told}: `composer new piece.toml --git` adds it to .gitignore" in ran.out
    assert (folder / ".gitignore").read_text(encoding="utf-8") == ".composer/\n"
    assert "build/.written-by-composer" in repo.git("status", "--short", "-uall")
    repo.studio.edit("opacity = 0.8", "opacity = 0.5")
    assert told not in repo.studio.build().out
    repo.studio.run("new", str(repo.studio.piece), "--git")
    repo.git("add", "-A")
    assert ".written-by-composer" not in repo.git("ls-files")


def test_a_record_that_git_leaves_out_is_not_mentioned(repo: Repo, tmp_path: Path) -> None:
    assert "git would list" not in repo.studio.build().out
    alone = set_up(tmp_path / "alone")
    alone.write(repo.studio.piece.read_text(encoding="utf-8"))
    assert "git would list" not in alone.build().out
