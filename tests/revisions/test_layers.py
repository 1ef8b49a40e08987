"""`composer layers` on files of strangers."""

from pathlib import Path
from zipfile import ZipFile

import pytest

from composer.cli.main import main

STACK = """<?xml version="1.0"?>{head}
<image w="8" h="6"><stack>
  <layer name="top {name}" opacity="0.5" composite-op="svg:soft-light" visibility="hidden" src="data/a.png"/>
  <stack name="group" isolation="auto"><layer name="inner" src="data/b.png"/></stack>
</stack></image>"""


def ora(path: Path, stack: str) -> Path:
    with ZipFile(path, "w") as file:
        file.writestr("mimetype", "image/openraster")
        file.writestr("stack.xml", stack)
    return path


def told(path: Path, capsys: pytest.CaptureFixture[str]) -> list[str]:
    assert main(["layers", str(path)]) == 0
    return capsys.readouterr().out.splitlines()


def test_layers_stand_from_the_bottom_up(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert told(ora(tmp_path / "a.ora", STACK.format(head="", name="ä")), capsys) == [
        "ORA, 8x6, layers from the bottom up:",
        '"group"  group  pass_through  100%',
        '    "inner"  normal  100%  pixels missing',
        '"top ä"  soft_light  50%  hidden  pixels missing',
    ]


def test_entities_deep_nests_and_huge_files_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'
    assert (
        "declares a document type"
        in told(ora(tmp_path / "b.ora", STACK.format(head=bomb, name="&b;")), capsys)[0]
    )
    deep = "<image>" + "<stack>" * 500 + "</stack>" * 500 + "</image>"
    assert "nest too deep" in told(ora(tmp_path / "d.ora", deep), capsys)[0]
    assert "too large" in told(ora(tmp_path / "l.ora", " " * (9 << 20)), capsys)[0]


def test_what_cannot_be_read_is_told_and_does_not_stop_git(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, content, words in (
        ("a.psd", b"8BPS\0\1" + bytes(20), "a.psd is damaged, or no PSD"),
        ("b.ora", b"PK\x03\x04" + bytes(40), "b.ora is damaged, or no ORA"),
        ("c.psd", b"hello", "c.psd is neither PSD nor ORA"),
    ):
        (tmp_path / name).write_bytes(content)
        assert told(tmp_path / name, capsys)[0].startswith(words)
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'a' * 64}\nsize 77\n"
    (tmp_path / "d.psd").write_text(pointer)
    assert told(tmp_path / "d.psd", capsys) == [f"a Git LFS pointer to 77 bytes, sha256 {'a' * 64}"]
    assert main(["layers", str(tmp_path / "none.psd")]) == 1
    assert "there is no file" in capsys.readouterr().err
