"""Weights: where they are looked for, fetching, importing, and files that are not what they should be."""

import errno
import hashlib
import http.server
import os
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from composer import weights
from composer.errors import InputError, MissingWeights, StoreError, UsageError

BYTES = b"not a network, but bytes" * 1000
NAME = "u2netp"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty place for weights, and a pin that fits our bytes."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("U2NET_HOME", str(tmp_path / "weights"))
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    monkeypatch.delenv("COMPOSER_WEIGHTS", raising=False)
    known = replace(weights.KNOWN[NAME], pin=f"md5:{hashlib.md5(BYTES).hexdigest()}")
    monkeypatch.setitem(weights.KNOWN, NAME, known)
    return tmp_path / "weights"


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A server of this machine that has the file; it lies about its length when `net.promised` holds one."""
    folder = tmp_path / "served"
    folder.mkdir()
    (folder / "net.onnx").write_bytes(BYTES)

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def __init__(self, request: object, address: object, owner: object) -> None:
            super().__init__(request, address, owner, directory=str(folder))  # type: ignore[arg-type]

        def send_header(self, keyword: str, value: str) -> None:
            promised = folder / "net.promised"
            if keyword == "Content-Length" and promised.exists():
                value = promised.read_text()
            super().send_header(keyword, value)

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Quiet) as listening:
        thread = threading.Thread(target=listening.serve_forever)
        thread.start()
        serve(monkeypatch, f"http://127.0.0.1:{listening.server_port}/net.onnx")
        yield folder / "net.onnx"
        listening.shutdown()
        thread.join()


def serve(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setitem(weights.KNOWN, NAME, replace(weights.KNOWN[NAME], url=url))


def test_missing_weights_name_the_command_and_the_path(home: Path) -> None:
    with pytest.raises(MissingWeights) as caught:
        weights.locate(NAME)
    assert "composer models fetch u2netp" in caught.value.hint
    assert str(home / "models" / NAME / "u2netp.onnx") in caught.value.hint


def test_unknown_weights_list_the_known() -> None:
    with pytest.raises(UsageError, match="u2net_human_seg"):
        weights.locate("nonesuch")


@pytest.mark.parametrize("place", [0, 1, 2])
def test_weights_are_found_wherever_rembg_puts_them(place: int) -> None:
    path = weights.places(NAME)[place]
    path.parent.mkdir(parents=True)
    path.write_bytes(BYTES)
    assert weights.locate(NAME) == path
    assert weights.missing()[NAME] is False
    assert weights.verify(NAME)


@pytest.mark.parametrize(
    ("variables", "wanted"),
    [
        ({"U2NET_HOME": "/u2", "REMBG_HOME": "/re"}, "/u2"),
        ({"REMBG_HOME": "/re", "XDG_DATA_HOME": "/xdg"}, "/re"),
        ({"XDG_DATA_HOME": "/xdg"}, "/xdg/rembg"),
        ({"HOME": "/me"}, "/me/.rembg"),
    ],
)
def test_home_is_rembgs(variables: dict[str, str], wanted: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("U2NET_HOME", "REMBG_HOME", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert weights.places(NAME)[0] == Path(wanted, "models", NAME, "u2netp.onnx")


@pytest.mark.parametrize(
    ("variables", "wanted"),
    [
        ({"COMPOSER_WEIGHTS": "/mine", "XDG_DATA_HOME": "/xdg"}, "/mine"),
        ({"XDG_DATA_HOME": "/xdg"}, "/xdg/composer/weights"),
        ({"HOME": "/me"}, "/me/.local/share/composer/weights"),
    ],
)
def test_weights_of_engines_lie_in_composers_own_folder(
    variables: dict[str, str], wanted: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert weights.places("vgg19") == (Path(wanted, "vgg19.safetensors"),)


@pytest.mark.usefixtures("server")
def test_fetching_brings_the_file_and_tells_its_progress() -> None:
    told: list[tuple[int, int]] = []
    path = weights.fetch(NAME, lambda done, total: told.append((done, total)))
    assert path.read_bytes() == BYTES
    assert told[-1] == (len(BYTES), len(BYTES))
    assert list(path.parent.iterdir()) == [path]


def test_fetching_twice_asks_the_network_once(server: Path) -> None:
    first = weights.fetch(NAME)
    server.unlink()
    assert weights.fetch(NAME) == first


def test_other_bytes_than_pinned_are_refused_and_leave_nothing(server: Path, home: Path) -> None:
    server.write_bytes(b"something else")
    with pytest.raises(InputError, match='not the weights "u2netp"'):
        weights.fetch(NAME)
    assert not [path for path in home.rglob("*") if path.is_file()]
    assert weights.missing()[NAME]


def test_offline_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    serve(monkeypatch, "http://127.0.0.1:1/net.onnx")
    with pytest.raises(MissingWeights, match="could not be fetched") as caught:
        weights.fetch(NAME)
    assert "composer models import u2netp FILE" in caught.value.hint


def test_a_connection_that_breaks_off_is_not_taken_for_another_file(server: Path, home: Path) -> None:
    server.with_suffix(".promised").write_text(str(len(BYTES) + 7))
    with pytest.raises(MissingWeights, match=f"it ended after {len(BYTES)} of {len(BYTES) + 7} bytes"):
        weights.fetch(NAME)
    assert not [path for path in home.rglob("*") if path.is_file()]


def test_importing_checks_the_bytes(tmp_path: Path) -> None:
    brought = tmp_path / "brought.onnx"
    brought.write_bytes(BYTES)
    assert weights.import_file(NAME, brought) == weights.locate(NAME)
    brought.write_bytes(BYTES[1:])
    with pytest.raises(InputError, match="not the weights"):
        weights.import_file(NAME, brought)
    assert weights.locate(NAME).read_bytes() == BYTES
    brought.write_bytes(b"PK" + BYTES)
    with pytest.raises(InputError, match="not the weights") as refused:
        weights.import_file(NAME, brought)
    assert "this is a pickle" in refused.value.hint
    with pytest.raises(InputError, match=r"absent\.onnx cannot be read"):
        weights.import_file(NAME, tmp_path / "absent.onnx")


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path, home: Path) -> None:
    home.write_bytes(b"a file where the folder should be")
    brought = tmp_path / "brought.onnx"
    brought.write_bytes(BYTES)
    with pytest.raises(StoreError, match="cannot be written"):
        weights.import_file(NAME, brought)


def test_a_full_disk_is_not_taken_for_a_bad_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    brought = tmp_path / "brought.onnx"
    brought.write_bytes(BYTES)

    def full(_number: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(StoreError, match="No space left on device"):
        weights.import_file(NAME, brought)
    assert weights.missing()[NAME]


def test_what_a_killed_fetch_left_is_not_taken_for_the_file_and_goes(server: Path) -> None:
    target = weights.places(NAME)[0]
    target.parent.mkdir(parents=True)
    left, running = target.with_name("u2netp.onnxab12.part"), target.with_name("u2netp.onnxcd34.part")
    for path in (left, running):
        path.write_bytes(BYTES[:99])
    os.utime(left, (1, 1))
    assert weights.missing()[NAME]
    assert weights.fetch(NAME).read_bytes() == server.read_bytes()
    assert sorted(target.parent.iterdir()) == [target, running]


def test_a_changed_file_has_another_digest_and_does_not_verify(home: Path) -> None:
    home.mkdir()
    path = home / "u2netp.onnx"
    path.write_bytes(BYTES)
    before = weights.digest(NAME)
    path.write_bytes(BYTES + b"!")
    assert weights.digest(NAME) != before
    assert not weights.verify(NAME)


def test_every_entry_is_pinned_named_and_carries_no_code() -> None:
    for name, known in weights.KNOWN.items():
        assert known.name == name
        assert known.file.endswith((".onnx", ".safetensors"))
        algorithm, _, digest = known.pin.partition(":")
        assert len(bytes.fromhex(digest)) == hashlib.new(algorithm).digest_size
        assert known.url.startswith("https://")
        assert known.licence
        assert known.purpose
        assert known.megabytes > 0
