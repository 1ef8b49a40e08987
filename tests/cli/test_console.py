"""The console: whatever the streams are, a command ends with words and a status, never with a traceback."""

import subprocess
import sys
from pathlib import Path

import pytest

from composer.cli.console import plain

PIECE = """\
[canvas]
width = 12
height = 8
[[layer]]
name = "Lärm → \\u001b[2J 😀"
fill = "#345"
[output]
png = "build/{piece}.png"
"""


@pytest.fixture
def piece(tmp_path: Path) -> Path:
    path = tmp_path / "piece.toml"
    path.write_text(PIECE, encoding="utf-8")
    return path


def _shell(line: str) -> subprocess.CompletedProcess[str]:
    """A shell command in which `composer` is this one; standard output is the last thing it prints."""
    text = line.replace("composer", f"'{sys.executable}' -m composer")
    return subprocess.run(["bash", "-c", text], capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("PYTHONIOENCODING=ascii composer explain '{0}'", 0),
        ("composer explain '{0}' >&-", 0),
        ("composer build '{0}' >&-", 0),
        ("composer explain '{0}' > /dev/full", 1),
        ("set -o pipefail; composer schema | true", 1),
    ],
)
def test_no_stream_makes_a_traceback(piece: Path, line: str, status: int) -> None:
    ran = _shell(line.format(piece))
    assert "Traceback" not in ran.stderr
    assert "Exception ignored" not in ran.stderr
    assert ran.returncode == status, ran.stderr


def test_a_build_ends_its_work_when_nobody_reads_it_any_more(piece: Path) -> None:
    ran = _shell(f"composer build '{piece}' --verbose | true")
    assert ran.stderr == ""
    assert (piece.parent / "build" / "piece.png").exists()


def test_a_piece_cannot_play_tricks_on_the_terminal(piece: Path) -> None:
    ran = _shell(f"composer explain '{piece}'")
    assert "\x1b" not in ran.stdout
    assert "Lärm → \\x1b[2J 😀" in ran.stdout


def test_plain_keeps_lines_and_tabs() -> None:
    assert plain("a\tb\nc…\x07\x9b") == "a\tb\nc…\\x07\\x9b"


@pytest.mark.parametrize(
    "line", ["composer new /proc/nowhere/piece.toml", "composer schema -o /proc/nowhere/schema.json"]
)
def test_a_place_that_cannot_be_written_is_named(line: str) -> None:
    ran = _shell(line)
    assert ran.returncode == 1
    assert ran.stderr.startswith(("error: /proc/nowhere", f"error: cannot write {line.split()[-1]}"))
    assert "hint: " in ran.stderr
