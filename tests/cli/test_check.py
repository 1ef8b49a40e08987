"""`composer check` as the artist reads it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from composer.cli.main import main

HEAD = """\
[canvas]
width = 40
height = 30
[source.cat]
sample = "chelsea"
[style.fur]
sample = "chelsea"
"""
CAT = '[[layer]]\nname = "cat"\nsource = "cat"\n'
Check = Callable[[str], tuple[int, str, str]]


@pytest.fixture
def check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Check:
    """Checks a piece of these lines: exit status, output, errors."""
    monkeypatch.chdir(tmp_path)
    for variable in ("HOME", "U2NET_HOME", "COMPOSER_WEIGHTS"):
        monkeypatch.setenv(variable, str(tmp_path / variable.lower()))

    def run(text: str) -> tuple[int, str, str]:
        Path("piece.toml").write_text(HEAD + text, encoding="utf-8")
        status = main(["check", "piece.toml"])
        told = capsys.readouterr()
        return status, told.out, told.err

    return run


def test_a_right_piece_whose_weights_are_not_here_is_told_so(check: Check) -> None:
    status, out, err = check(CAT + 'style = { use = "vgg19", from = ["fur"] }\n')
    assert status == 1
    assert out == ("piece.toml: no mistakes, but some of the weights that it needs are not on this machine\n")
    assert err.startswith(
        'piece.toml:11:17: error: the weights "vgg19" are not on this machine\n   11 | style'
    )
    assert "hint: run `composer models fetch vgg19`" in err


def test_a_mistake_of_the_piece_is_told_instead(check: Check) -> None:
    status, out, err = check(CAT + 'style = { use = "vgg19", from = ["fur"], strenght = 1.0 }\n')
    assert (status, out) == (2, "")
    assert 'did you mean "strength"?' in err
    assert "models fetch" not in err
