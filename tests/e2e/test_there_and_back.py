"""A file is edited and restored around a build, as quickly as one likes: what is built is what is said."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from composer.build.project import Project
from composer.build.receipt import Request, unchanged
from composer.build.session import Session

from .conftest import CleanBuild, Studio, picture
from .test_unchanged import LIGHT

OTHER = LIGHT.replace("opacity = 0.8", "opacity = 0.3")


@pytest.fixture
def light(studio: Studio) -> Studio:
    studio.write(LIGHT)
    return studio


def answered(studio: Studio) -> bool:
    """Whether a build would find nothing to do."""
    return unchanged(Request(studio.piece.resolve(), device="cpu")) is not None


def written_back(path: Path, content: bytes) -> None:
    """Replace the bytes of a file in place; its size and times are as they were, as far as a program can."""
    before = path.stat()
    with path.open("r+b") as file:
        file.write(content)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_size == before.st_size


def test_a_piece_that_was_another_one_only_while_it_was_read(
    light: Studio, clean_build: CleanBuild, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain, piece = Path.read_bytes, light.piece.resolve()

    def another(path: Path) -> bytes:
        if path != piece:
            return plain(path)
        written_back(path, OTHER.encode())
        content = plain(path)
        written_back(path, LIGHT.encode())
        return content

    with monkeypatch.context() as moment:
        moment.setattr(Path, "read_bytes", another)
        assert light.build().status == 0
    assert light.outputs() == clean_build(OTHER)
    assert not answered(light)
    assert light.build().status == 0
    assert light.outputs() == clean_build(LIGHT)
    assert answered(light)


def at_planning(monkeypatch: pytest.MonkeyPatch, edit: Callable[[], None]) -> None:
    plan = Project.plan

    def planned(*given: object, **named: object) -> object:
        found = plan(*given, **named)  # type: ignore[arg-type]
        edit()
        return found

    monkeypatch.setattr(Project, "plan", planned)


def at_the_end(monkeypatch: pytest.MonkeyPatch, edit: Callable[[], None]) -> None:
    build = Session.build

    def built(*given: object) -> object:
        found = build(*given)  # type: ignore[arg-type]
        edit()
        return found

    monkeypatch.setattr(Session, "build", built)


Moment = Callable[[pytest.MonkeyPatch, Callable[[], None]], None]


@pytest.mark.parametrize("moment", [at_planning, at_the_end])
@pytest.mark.parametrize("name", ["piece.toml", "photos/sun.png"])
def test_a_file_edited_around_a_build_with_its_old_size_and_times(
    light: Studio, clean_build: CleanBuild, moment: Moment, name: str
) -> None:
    path, is_piece = light.folder / name, name == "piece.toml"
    first, second = (LIGHT.encode(), OTHER.encode()) if is_piece else photos(light)
    path.write_bytes(first)
    with pytest.MonkeyPatch.context() as patch:
        moment(patch, lambda: written_back(path, second))
        assert light.build().status == 0
    assert answered(light) == (moment is at_planning and not is_piece), "only then it was built as it is now"
    written_back(path, first)
    assert light.build().status == 0
    assert light.outputs() == clean_build(LIGHT)
    assert answered(light)
    written_back(path, second)
    assert not answered(light)


def photos(light: Studio) -> list[bytes]:
    """The photo and another one, in as many bytes: what follows the end of a PNG is not read."""
    path = light.folder / "photos/sun.png"
    first = path.read_bytes()
    light.paint("photos/sun.png", picture(9, 80, 80))
    second = path.read_bytes()
    return [each.ljust(max(len(first), len(second)), b"\0") for each in (first, second)]


@pytest.mark.parametrize("name", ["build/piece.psd", "piece.lock"])
def test_what_was_written_and_edited_at_once(
    light: Studio, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    path = light.folder / name

    def edit() -> None:
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        written_back(path, bytes(content))

    with monkeypatch.context() as moment:
        at_the_end(moment, edit)
        assert light.build().status == 0
    assert not answered(light)
