"""A command that is told to read a file says what stands in its place."""

import os
from pathlib import Path

import pytest

from composer.cli.main import main
from composer.cli.present import check_present
from composer.errors import InputError


@pytest.fixture
def places(tmp_path: Path) -> Path:
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("nowhere")
    (tmp_path / "round").symlink_to("round")
    return tmp_path


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("folder", "folder is a folder\nhint: name a picture in it"),
        ("pipe", "pipe is not a file, but a pipe or a device\nhint: name a picture on disk"),
        ("link", "link is a link to nowhere, where there is no file\nhint: name a picture"),
        ("round", "round is a link to round, where there is no file\nhint: name a picture"),
        ("none", "there is no file {}/none\nhint: check its spelling: name a picture"),
    ],
)
def test_what_stands_there_is_told(places: Path, name: str, told: str) -> None:
    with pytest.raises(InputError) as caught:
        check_present(places / name, "a picture")
    assert f"{caught.value.message}\nhint: {caught.value.hint}".endswith(told.format(places))


def test_a_file_and_a_link_to_one_are_fine(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x")
    (tmp_path / "link").symlink_to("file")
    check_present(tmp_path / "file", "a picture")
    check_present(tmp_path / "link", "a picture")


def test_so_say_new_and_layers(places: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["layers", str(places / "folder")]) == 1
    assert "is a folder" in capsys.readouterr().err
    assert main(["new", str(places / "piece.toml"), "--photo", str(places / "pipe")]) == 1
    assert "is not a file, but a pipe or a device" in capsys.readouterr().err
