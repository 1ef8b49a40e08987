"""The revisions that changed the picture, on lines and on a contact sheet."""

import re
from pathlib import Path

from tests.e2e.conftest import Studio, picture
from tests.e2e.git.conftest import Repo


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
