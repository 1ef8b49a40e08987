"""The pages for artists: their pictures are there, and the pieces these are painted from are right."""

import re
from pathlib import Path
from runpy import run_path

import pytest

from composer.cli.main import main

DOCS = Path(__file__).parents[1] / "docs"
PAGES = sorted(DOCS.glob("*.md"))
PAINTER = run_path(str(DOCS / "pictures" / "paint.py"))
STRIPS = dict(PAINTER["strips"]())
PICTURES = [
    (page, picture) for page in PAGES for picture in re.findall(r"!\[[^]]+]\(([^)]+)\)", page.read_text())
]


@pytest.mark.parametrize(("page", "picture"), PICTURES, ids=lambda value: Path(value).name)
def test_every_picture_is_there_small_and_painted_by_the_script(page: Path, picture: str) -> None:
    file = page.parent / picture
    assert 1_000 < file.stat().st_size < 200_000
    assert file.stem in STRIPS


def test_every_picture_painted_is_shown() -> None:
    assert {Path(picture).stem for _, picture in PICTURES} == set(STRIPS)


@pytest.mark.parametrize("name", STRIPS)
def test_the_pieces_behind_the_pictures_have_no_mistakes(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for style in ("impasto", "ink_wash"):
        (tmp_path / f"{style}.jpg").write_bytes((PAINTER["STYLES"] / f"{style}.jpg").read_bytes())
    for picture in STRIPS[name]:
        piece = picture if isinstance(picture, str) else picture[0]
        (tmp_path / "piece.toml").write_text(piece, encoding="utf-8")
        assert main(["check", str(tmp_path / "piece.toml")]) == 0, capsys.readouterr().err


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_a_page_points_to_exists(page: Path) -> None:
    targets = re.findall(r"[^!]\[[^]]+]\(([^)#]+)\)", page.read_text())
    missing = [target for target in targets if "://" not in target and not (page.parent / target).exists()]
    assert missing == []


def test_every_setting_of_the_machine_is_listed() -> None:
    code = (path.read_text(encoding="utf-8") for path in DOCS.parent.joinpath("composer").rglob("*.py"))
    known = {name for text in code for name in re.findall(r'"(COMPOSER_[A-Z_]*[A-Z])"', text)}
    listed = re.findall(
        r"^\| `(COMPOSER_\w+)`", (DOCS / "settings.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert sorted(known) == sorted(listed)
