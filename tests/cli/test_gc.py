"""`composer gc`: sizes as people write them, and words when the quota cannot be kept."""

from pathlib import Path

import pytest

from composer.cli.gc import size_in_bytes
from composer.cli.main import main

PIECE = """\
[canvas]
width = 12
height = 8
[[layer]]
name = "sky"
fill = "#345"
"""


@pytest.mark.parametrize(
    ("text", "size"), [("500MB", 500_000_000), ("1.5 k", 1500), ("2KiB", 2048), ("1GiB", 2**30), ("7", 7)]
)
def test_a_quota_is_read_with_its_unit(text: str, size: int) -> None:
    assert size_in_bytes(text) == size


def test_a_quota_that_the_last_build_exceeds_is_explained(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "piece.toml").write_text(PIECE)
    assert main(["build", str(tmp_path / "piece.toml")]) == 0
    assert main(["gc", str(tmp_path), "--quota", "1"]) == 0
    assert "more than the quota" in capsys.readouterr().out
