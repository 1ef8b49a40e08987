"""The README tells the truth: its commands run, its pictures are there, and CI runs its test command."""

import re
import shlex
import shutil
from pathlib import Path

import pytest

from composer.cli.main import main

PROJECT = Path(__file__).parents[1]
README = (PROJECT / "README.md").read_text(encoding="utf-8")
COMMANDS = [
    line
    for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    for line in block.splitlines()
    if line.strip()
]
TOUR = [command for command in COMMANDS if command.startswith("composer ")]


def test_the_two_one_liners_set_up_from_a_bare_clone() -> None:
    build, tests = (command for command in COMMANDS if command.startswith("python3 -m venv .venv && "))
    assert build.endswith("&& .venv/bin/composer build projects/cup.toml")
    assert tests in (PROJECT / ".ci/run").read_text(encoding="utf-8").splitlines()


def test_the_tour_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ignored = shutil.ignore_patterns("build", ".composer", "paint", "gallery")
    shutil.copytree(PROJECT / "projects", tmp_path / "projects", ignore=ignored)
    monkeypatch.chdir(tmp_path)
    assert len(TOUR) >= 12
    for command in TOUR:
        status = main(shlex.split(command)[1:])
        assert status == 0, f"{command}: {capsys.readouterr().err}"
    for made in ("build/cup.psd", "build/cup.ora", "build/cup.png", "build/cup@0.5x.png", "cup.lock"):
        assert (tmp_path / "projects" / made).stat().st_size > 0
    assert (tmp_path / "my_piece/first_look.png").exists()


@pytest.mark.parametrize("picture", re.findall(r"!\[[^]]+]\(([^)]+)\)", README))
def test_every_picture_is_there_and_small(picture: str) -> None:
    assert 1_000 < (PROJECT / picture).stat().st_size < 200_000


def test_every_command_and_option_it_names_exists(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    told = capsys.readouterr().out
    for word in {command.split()[1] for command in TOUR}:
        assert word in told
