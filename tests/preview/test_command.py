"""What of the page an artist meets in the terminal."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from composer.cli.main import main
from tests.preview.conftest import set_up


def test_a_taken_port_is_told_before_anything_is_built(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    piece = set_up(tmp_path)
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert main(["watch", str(piece), "--preview", "--port", str(port)]) == 2
    told = capsys.readouterr().err
    assert f"port {port} is taken by another program" in told
    assert "hint: choose another with --port" in told
    assert not (tmp_path / "build").exists()


@pytest.mark.parametrize("port", ["0", "65536", "x", "-1"])
def test_what_is_no_port_is_told(tmp_path: Path, port: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["watch", str(set_up(tmp_path)), "--preview", "--port", port])
    assert "1…65535" in capsys.readouterr().err


def test_without_a_page_its_server_is_not_imported() -> None:
    check = "import sys, composer.cli.watch; sys.exit('aiohttp' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0


def test_the_files_of_the_page_are_part_of_the_package() -> None:
    text = (Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8")
    assert "preview/static/*" in text
