"""The pages for artists tell the truth: their commands are run, as those of the README are, with real git."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import Studio, picture
from .test_unchanged import LIGHT

PROJECT = Path(__file__).parents[2]
PAGES = {page.stem: page.read_text(encoding="utf-8") for page in (PROJECT / "docs").glob("*.md")}
COMMANDS = {
    name: [
        line
        for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
        for line in block.splitlines()
        if line.strip()
    ]
    for name, text in PAGES.items()
}
Shell = Callable[[Path, str], str]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A PATH with `composer`, the programs of the system, and no git-lfs; and git of nobody in particular."""
    programs = tmp_path / "programs"
    programs.mkdir()
    composer = programs / "composer"
    composer.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m composer "$@"\n')
    composer.chmod(0o755)
    for name in ("git", "sh"):
        found = shutil.which(name)
        assert found is not None
        (programs / name).symlink_to(found)
    told = {"PATH": str(programs), "HOME": str(tmp_path), "GIT_CONFIG_NOSYSTEM": "1"}
    told |= {f"GIT_{who}_NAME": "A" for who in ("AUTHOR", "COMMITTER")}
    told |= {f"GIT_{who}_EMAIL": "a@b.c" for who in ("AUTHOR", "COMMITTER")}
    return {**os.environ, "PYTHONPATH": str(PROJECT), **told}


@pytest.fixture
def shell(environment: dict[str, str]) -> Shell:
    """What a line prints that an artist types in a folder; it must succeed."""

    def run(folder: Path, line: str) -> str:
        ran = subprocess.run(
            ["sh", "-ec", line], cwd=folder, env=environment, capture_output=True, text=True, timeout=300
        )
        assert ran.returncode == 0, f"{line}: {ran.stdout}{ran.stderr}"
        return ran.stdout

    return run


def four_commits(folder: Path, shell: Shell) -> None:
    """A history as the page assumes it, of a piece that is small enough to be built while one waits."""
    piece = folder / "piece.toml"
    text = re.sub(r"(width|height)( *= )\d+", r"\1\g<2>64", piece.read_text(encoding="utf-8"))
    for opacity in (1.0, 0.9, 0.8, 0.7):
        piece.write_text(text.replace('mask   = "!middle"', f'mask = "!middle"\nopacity = {opacity}'))
        shell(folder, "composer build piece.toml --device cpu")
        shell(folder, f'git add . && git commit -q -m "Opacity {opacity}"')


def test_the_page_about_git(tmp_path: Path, shell: Shell) -> None:
    folder = tmp_path / "harbour"
    told: dict[str, str] = {}
    for command in COMMANDS["git"]:
        told[command] = shell(tmp_path if "harbour/" in command else folder, command)
        if command == "composer new harbour/piece.toml --git":
            four_commits(folder, shell)
    assert "git-lfs is not installed" in told["composer new harbour/piece.toml --git --lfs"]
    assert "*.psd filter=lfs" in (folder / ".gitattributes").read_text()
    since = {line: text for line, text in told.items() if line.startswith("composer diff HEAD~3")}
    assert len(since) == 5
    for line, text in since.items():
        assert "opacity 1.0 → 0.7" in text or "opacity 1 → 0.7" in text, line
    (history,) = (text for line, text in told.items() if line == "composer log")
    assert [line.split("  ")[3] for line in history.splitlines() if "Opacity" in line] == [
        f"Opacity {opacity}" for opacity in (0.7, 0.8, 0.9, 1.0)
    ]
    for made in ("build/piece.diff.html", "changes.html", "sheet.png", "sheet.html", "piece.lock"):
        assert (folder / made).stat().st_size > 500
    shown = shell(folder, "composer layers build/piece.psd")
    assert re.search(r'"painterly base"  normal  70%  mask .*  pixels [0-9a-f]{12}', shown)
    assert set(shell(folder, "git status --short --untracked-files=all").split()) <= {
        "M", "??", ".gitattributes", "changes.html", "sheet.png", "sheet.html"
    }  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS["watch"])
def test_the_page_about_watching(studio: Studio, environment: dict[str, str], command: str) -> None:
    studio.write(LIGHT)
    words = command.split()
    watch = subprocess.Popen(
        words, cwd=studio.folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert watch.stdout is not None
    told = ""
    end = time.monotonic() + 120
    for line in watch.stdout:
        told += line
        assert time.monotonic() < end, told
        if "rendered, " in line:
            break
    watch.send_signal(signal.SIGINT)
    told += watch.stdout.read()
    watch.stdout.close()
    assert watch.wait(30) == 130, told
    assert "what was finished is kept" in told
    assert ("the page is at http://127.0.0.1:" in told) == ("--preview" in command)


def test_the_page_about_photobashing(studio: Studio, shell: Shell) -> None:
    masks = '[mask.figure]\nuse = "shape"\nshape = "ellipse"\n\n[mask.sky]\nuse = "gradient"\n\n[mask.low]'
    studio.write(LIGHT.replace("[mask.low]", masks).replace('name = "hill"', 'name = "photo"'))
    for command in COMMANDS["photobash"]:
        assert "wrote" in shell(studio.folder, command)


def test_the_page_about_what_changed(tmp_path: Path, shell: Shell) -> None:
    """The patches themselves are tested elsewhere: `--patch` of a small piece in the place of a large one."""
    studio = Studio(tmp_path / "projects")
    studio.paint("photos/hill.png", picture(1, 120, 100))
    studio.paint("photos/sun.png", picture(2, 80, 80))
    studio.paint("styles/dots.png", picture(3, 64, 64))
    studio.paint("styles/bars.png", picture(4, 64, 48))
    (studio.folder / "cup.toml").write_text(LIGHT, encoding="utf-8")
    for command in COMMANDS["incremental"]:
        assert "wrote" in shell(tmp_path, command)


def test_the_page_about_settings(studio: Studio, shell: Shell) -> None:
    studio.write(LIGHT)
    for command in COMMANDS["settings"]:
        assert "wrote" in shell(studio.folder, command)


def test_no_page_has_commands_that_no_test_runs() -> None:
    tested = {"git", "watch", "photobash", "incremental", "settings"}
    assert {name for name, lines in COMMANDS.items() if lines} == tested


@pytest.mark.parametrize("page", PAGES)
def test_every_command_and_option_that_a_page_names_exists(page: str, shell: Shell, tmp_path: Path) -> None:
    named = re.findall(r"`composer (\w+)([^`]*)`", PAGES[page])
    for command, rest in named:
        told = shell(tmp_path, f"composer {command} --help")
        for option in re.findall(r"--[a-z-]+", rest):
            assert option in told, f"composer {command}{rest}"
