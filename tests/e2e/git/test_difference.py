"""Two revisions of a piece compared, in words and side by side."""

import os
import re

import pytest

from tests.e2e.conftest import picture, set_up
from tests.e2e.git.conftest import PLAIN, Repo


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


def test_the_one_piece_of_a_folder_need_not_be_named(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(repo.studio.folder)
    (repo.studio.folder / "picks.toml").write_text("[pick]\n")
    repo.studio.edit("opacity = 0.8", "opacity = 0.5")
    assert "opacity 0.8 → 0.5" in repo.studio.run("diff").out
    (repo.studio.folder / "second.toml").write_text(PLAIN)
    ran = repo.studio.run("diff")
    assert ran.status == 2
    assert "this folder has 2 pieces: piece.toml, second.toml" in ran.err


def test_a_file_that_was_only_touched_is_no_difference_and_git_is_left_alone(repo: Repo) -> None:
    photos = sorted((repo.studio.folder / "photos").iterdir())
    for path in photos:
        os.utime(path, (1, 1))
    index = (repo.root / ".git/index").read_bytes()
    assert "nothing differs" in repo.diff().out
    assert "not committed" not in repo.log().out
    assert (repo.root / ".git/index").read_bytes() == index
    photos[0].write_bytes(photos[0].read_bytes() + b"edited")
    assert "not committed" in repo.log().out
