"""`composer models` as the artist reads it: what a file is for, where it lies, and what is wrong with it."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from composer import weights
from composer.cli.main import main

from ..narrow_vgg import write_narrow_vgg

Ask = Callable[..., tuple[int, str]]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the weights would lie; nothing is there."""
    for variable in ("HOME", "U2NET_HOME", "COMPOSER_WEIGHTS"):
        monkeypatch.setenv(variable, str(tmp_path / variable.lower()))
    return tmp_path / "composer_weights"


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str]) -> Ask:
    """Runs the command: its exit code and all it wrote."""

    def run(*words: str) -> tuple[int, str]:
        code = main(["models", *words])
        told = capsys.readouterr()
        return code, told.out + told.err

    return run


@pytest.fixture
def brought(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file brought by hand, which is the one that is pinned."""
    path = tmp_path / "brought" / "model.safetensors"
    write_narrow_vgg(path)
    pin = f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"
    monkeypatch.setitem(weights.KNOWN, "vgg19", replace(weights.KNOWN["vgg19"], pin=pin))
    return path


def line_of(name: str, told: str) -> str:
    return next(line for line in told.splitlines() if line.split()[1:2] == [name])


def test_the_list_says_what_each_file_is_for_and_how_to_bring_it(ask: Ask) -> None:
    _, told = ask("list")
    assert {line.split()[1] for line in told.splitlines()} == set(weights.KNOWN)
    line = line_of("vgg19", told)
    for fact in ("missing", "575 MB", "BSD-3-Clause", "style engine vgg19", "composer models fetch vgg19"):
        assert fact in line
    assert "mask segment" in line_of("u2net", told)


def test_a_file_brought_by_hand_is_listed_and_verified(ask: Ask, brought: Path, folder: Path) -> None:
    place = folder / "vgg19.safetensors"
    assert ask("import", "vgg19", str(brought)) == (0, f"vgg19 is at {place}\n")
    assert place.read_bytes() == brought.read_bytes()
    assert line_of("vgg19", ask("list")[1]).endswith(f"style engine vgg19: {place}")
    assert ask("verify", "vgg19") == (0, f"{place} is as published\n")
    assert ask("verify") == (0, f"{place} is as published\n")


def test_another_file_is_refused_and_nothing_is_kept(ask: Ask, brought: Path, folder: Path) -> None:
    brought.write_bytes(brought.read_bytes() + b"!")
    code, told = ask("import", "vgg19", str(brought))
    assert code == 1
    assert 'these are not the weights "vgg19"' in told
    assert "https://huggingface.co/timm/vgg19.tv_in1k/" in told
    assert not list(folder.iterdir())


def test_a_garbled_file_is_found_out(ask: Ask, brought: Path, folder: Path) -> None:
    ask("import", "vgg19", str(brought))
    with (folder / "vgg19.safetensors").open("r+b") as file:
        file.seek(-1, 2)
        file.write(b"\xff")
    code, told = ask("verify")
    assert code == 1
    assert "is not the file that was published; bring it again: composer models fetch vgg19" in told


def test_without_a_network_the_address_and_the_next_step_are_told(
    ask: Ask, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = replace(weights.KNOWN["vgg19"], url="http://127.0.0.1:1/model.safetensors")
    monkeypatch.setitem(weights.KNOWN, "vgg19", known)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    code, told = ask("fetch", "vgg19")
    assert code == 1
    for words in (known.url, "composer models import vgg19 FILE", str(folder / "vgg19.safetensors")):
        assert words in told
