"""A piece in git: set up, compared, listed and looked at, in a real repository."""

import hashlib
import os
import re
import subprocess
from pathlib import Path

import pytest

from .conftest import PIECE, Ran, Studio, picture, set_up

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


def test_the_difference_is_told_field_by_field_and_nothing_is_touched(repo: Repo) -> None:
    studio = repo.studio
    studio.edit("opacity = 0.8", "opacity = 0.5")
    studio.edit('name = "sun in bars"', 'name = "moon"')
    studio.edit("radius = 1.5", "radius = 3.0")
    before = repo.git("status", "--porcelain"), sorted(repo.root.glob("**/[!.]*"))
    ran = repo.diff()
    assert ran.status == 0, ran.err
    head, *told = ran.out.splitlines()
    assert head.endswith("First hills) → the working tree")
    assert told == [
        'layer "sun"',
        "    opacity 0.8 → 0.5",
        "    filter blur radius 1.5 → 3",
        'layer "moon"',
        '    renamed, it was "sun in bars"',
    ]
    after = (
        repo.git("status", "--porcelain"),
        [path for path in sorted(repo.root.glob("**/[!.]*")) if ".composer" not in path.parts],
    )
    assert after == before


def test_two_revisions_and_a_detached_head(repo: Repo) -> None:
    repo.studio.edit("opacity = 0.8", "opacity = 0.5")
    repo.commit("Softer")
    repo.git("checkout", "-q", "--detach")
    for words in (("HEAD~1", "HEAD"), ("HEAD~1..HEAD",)):
        assert "opacity 0.8 → 0.5" in repo.diff(*words).out
    assert "opacity 0.5 → 0.8" in repo.diff("HEAD", "HEAD~1").out
    assert "nothing differs" in repo.diff().out


def test_a_photo_saved_anew_is_told_to_have_the_same_pixels(repo: Repo) -> None:
    repo.build()
    repo.commit("Built")
    repo.studio.paint("photos/hill.png", picture(1, 120, 100), compression=9)
    repo.studio.paint("photos/sun.png", picture(5, 80, 80))
    repo.build()
    out = repo.diff().out
    assert "file photos/hill.png\n    saved anew, with the same pixels" in out
    assert re.search(r"file photos/sun.png\n    changed \([\d.]+ kB → [\d.]+ kB\)", out)
    assert re.search(r'lock of layer "sun"\n    [0-9a-f]{12} → [0-9a-f]{12}', out)


def test_the_page_has_the_pictures_of_the_store_and_renders_only_when_asked(repo: Repo) -> None:
    repo.studio.edit("opacity = 0.8", "opacity = 0.5")
    repo.studio.edit("from = [0, 20]", "from = [0, 40]")
    page = repo.studio.folder / "build" / "piece.diff.html"
    ran = repo.diff("--html")
    assert "--render makes them" in ran.err + ran.out
    assert "data:image" not in page.read_text(encoding="utf-8")
    assert "not in the store: --render makes it" in page.read_text(encoding="utf-8")
    assert repo.diff("--render", "--html").status == 0
    text = page.read_text(encoding="utf-8")
    titles = re.findall("<h2>(.*?)</h2>", text)
    assert (
        titles == ["The picture", "layer &quot;sun&quot;", "layer &quot;sun in bars&quot;"][:2] + titles[2:]
    )
    assert "mask &quot;low&quot;" in titles
    assert len(re.findall('<img src="data:image/webp', text)) >= 6
    assert 'class="empty"' not in text
    assert not re.search(r"(?:src|href)=\"(?!data:)", text)
    assert not (repo.studio.folder / "piece.lock").exists()


def test_a_page_of_someone_else_is_not_overwritten(repo: Repo) -> None:
    mine = repo.studio.folder / "mine.html"
    mine.write_text("<p>mine</p>")
    ran = repo.diff(f"--html={mine}")
    assert ran.status == 2
    assert mine.read_text() == "<p>mine</p>"
    assert "put --html last" in repo.studio.run("diff", "--html", "HEAD", str(repo.studio.piece)).err


def test_a_broken_piece_at_the_old_revision_is_told_with_line_and_revision(repo: Repo) -> None:
    repo.studio.edit('blend = "soft_light"', "blend = ")
    broken = repo.commit("Oops")
    repo.studio.edit("blend = ", 'blend = "soft_light"')
    repo.studio.edit("opacity = 0.8", "opacity = 0.5")
    repo.commit("Mended")
    ran = repo.diff("HEAD~1")
    assert ran.status == 2
    line = 1 + (PLAIN[: PLAIN.index('blend = "soft_light"')]).count("\n")
    assert ran.err.startswith(f"{broken}:piece.toml:{line}:")
    out = repo.log().out.splitlines()
    assert [row.split("  ")[3] for row in out] == ["Mended", "Oops", "First hills"]
    assert out[0].endswith("[the piece is mended]")
    assert f"broken here: line {line}" in out[1]


def test_revisions_without_the_piece_and_unknown_ones_are_told(repo: Repo) -> None:
    other = set_up(repo.root / "other")
    other.write(PLAIN)
    ran = other.run("diff", str(other.piece))
    assert ran.status == 2
    assert "has no other/piece.toml" in ran.err
    assert "there it has zwei Hügel/piece.toml" in ran.err
    assert 'git knows no revision "v7"' in repo.diff("v7").err
    assert (
        'git knows no revision "--all"'
        in repo.studio.run("diff", "--device", "cpu", "--", "--all", str(repo.studio.piece)).err
    )


def test_a_renamed_piece_is_followed(repo: Repo) -> None:
    repo.studio.edit("opacity = 0.8", "opacity = 0.5")
    repo.commit("Softer")
    repo.git("mv", "zwei Hügel/piece.toml", "zwei Hügel/dämmerung.toml")
    repo.studio.piece = repo.studio.folder / "dämmerung.toml"
    assert "piece.toml, now dämmerung.toml" in repo.diff().out.splitlines()[0]
    repo.commit("Its name")
    repo.studio.edit("opacity = 0.5", "opacity = 0.4")
    repo.commit("Softer still")
    subjects = [row.split("  ")[3] for row in repo.log().out.splitlines()]
    assert subjects == ["Softer still", "Softer", "First hills"]
    assert "opacity 0.8 → 0.4" in repo.diff("HEAD~3", "HEAD").out


def test_the_log_lists_what_changed_the_picture_and_nothing_else(repo: Repo) -> None:
    studio = repo.studio
    studio.edit('title = "Two hills"', 'title = "Two green hills"  # and a sun')
    repo.commit("Only words")
    studio.edit("from = [0, 20]", "from = [0, 30]")
    repo.commit("Lower")
    studio.paint("photos/sun.png", picture(5, 80, 80))
    repo.commit("Another sun")
    studio.edit("opacity = 0.8", "opacity = 0.5")
    lines = repo.log().out.splitlines()
    assert lines[0] == "not committed: layer sun"
    assert [row.split("  ")[3:] for row in lines[1:]] == [
        ["Another sun", "[file zwei Hügel/photos/sun.png]"],
        ["Lower", "[mask low]"],
        ["First hills", "[the piece begins]"],
    ]
    assert all(re.match(r"[0-9a-f]{7,}  \d{4}-\d\d-\d\d  Änne  ", row) for row in lines[1:])


def test_a_merge_counts_only_when_it_differs_from_what_it_merges(repo: Repo) -> None:
    repo.git("checkout", "-qb", "side")
    repo.studio.edit("opacity = 0.8", "opacity = 0.5")
    repo.commit("On the side")
    repo.git("checkout", "-q", "main")
    repo.studio.edit("from = [0, 20]", "from = [0, 30]")
    repo.commit("On main")
    repo.git("merge", "-q", "--no-ff", "-m", "Both", "side")
    subjects = [row.split("  ")[3] for row in repo.log().out.splitlines()]
    assert subjects[0] == "Both"
    assert sorted(subjects[1:]) == ["First hills", "On main", "On the side"]
    repo.git("checkout", "-qb", "notes", "HEAD")
    (repo.root / "notes.txt").write_text("moon?")
    repo.commit("Notes")
    repo.git("checkout", "-q", "main")
    repo.git("merge", "-q", "--no-ff", "-m", "With notes", "notes")
    assert [row.split("  ")[3] for row in repo.log().out.splitlines()] == subjects


def test_a_contact_sheet_has_empty_frames_until_it_is_rendered(repo: Repo) -> None:
    repo.build()
    repo.commit("Built")
    repo.studio.edit("opacity = 0.8", "opacity = 0.5")
    repo.commit("Weicher – schöner")
    page, sheet = repo.root / "sheet.html", repo.root / "sheet.png"
    assert "--render makes them" in repo.log("--sheet", str(page)).out
    text = page.read_text(encoding="utf-8")
    assert text.count("data:image/webp") == 1
    assert text.count('class="empty"') == 1
    assert "Weicher – schöner" in text
    assert repo.log("--sheet", str(sheet), "--render").status == 0
    assert sheet.read_bytes().startswith(b"\x89PNG")
    repo.log("--sheet", str(page))
    assert page.read_text(encoding="utf-8").count("data:image/webp") == 2


def test_a_shallow_clone_says_where_its_history_ends(repo: Repo, tmp_path: Path) -> None:
    repo.studio.edit("opacity = 0.8", "opacity = 0.5")
    repo.commit("Softer")
    repo.git("clone", "-q", "--depth", "1", repo.root.as_uri(), str(tmp_path / "clone"))
    clone = Studio(tmp_path / "clone" / "zwei Hügel")
    out = clone.run("log", str(clone.piece)).out.splitlines()
    assert [row.split("  ")[3:] for row in out] == [["Softer", "[older revisions are not in this clone]"]]
    assert "git fetch --unshallow" in clone.run("diff", "HEAD~1", str(clone.piece)).err


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


def test_the_one_piece_of_a_folder_need_not_be_named(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(repo.studio.folder)
    (repo.studio.folder / "picks.toml").write_text("[pick]\n")
    repo.studio.edit("opacity = 0.8", "opacity = 0.5")
    assert "opacity 0.8 → 0.5" in repo.studio.run("diff").out
    (repo.studio.folder / "second.toml").write_text(PLAIN)
    ran = repo.studio.run("diff")
    assert ran.status == 2
    assert "this folder has 2 pieces: piece.toml, second.toml" in ran.err


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
