"""What the page is told, when, and what becomes of a page that does not listen."""

import json
import socket
import time
from pathlib import Path

import numpy as np
import pytest

from composer.build.device import choose_device
from composer.build.observe import How
from composer.build.project import Project
from composer.build.session import Session
from composer.cli.findings import survey_of
from composer.cli.main import main
from composer.pixels.geometry import Extent
from composer.pixels.raster import Raster
from composer.preview.board import Board
from composer.preview.gallery import Gallery, identity
from composer.watch.events import Building, Ended, Finished, Grown, Noted, Picture, Pictured, Started, Stepped
from tests.preview.conftest import Page


def test_a_page_sees_the_layers_as_the_piece_names_them(page: Page) -> None:
    names = [(layer["name"], layer["blend"], layer["visible"]) for layer in page.picture()["layers"]]
    assert names == [
        ("background", "normal", True),
        ("hill", "normal", True),
        ("lights", "normal", True),
        ("ink", "normal", False),
    ]
    (group,) = [layer for layer in page.picture()["layers"] if layer["group"]]
    assert (group["opacity"], [child["name"] for child in group["children"]]) == (0.5, ["sun <b>&amp;</b>"])
    assert group["children"][0]["mask"]


def test_a_save_changes_the_picture(page: Page) -> None:
    before = page.picture()
    stream = page.stream()
    page.edit("opacity = 0.5", "opacity = 0.25")
    told = stream.read_until(
        lambda t: t.get("picture") and t["picture"]["id"] != before["id"] and t["status"]["ended"]
    )
    assert told["picture"]["layers"][2]["opacity"] == 0.25
    assert told["why"]["changed"] == ["piece.toml"]
    assert any("opacity: 0.5 → 0.25" in text for text in told["why"]["nodes"])
    assert "rendered" in told["status"]["ended"]


def test_why_is_told_as_explain_tells_it(page: Page, capsys: pytest.CaptureFixture[str]) -> None:
    page.picture()
    page.watch.stop()
    page.edit("opacity = 0.5", "opacity = 0.25")
    assert main(["explain", str(page.piece), "--device", "cpu"]) == 0
    explained = capsys.readouterr().out
    project = Project(page.piece)
    session = Session(project, project.plan(), choose_device(project.plan(), "cpu"), 1.0, patch=False)
    board = board_of(page.folder)
    board(Building(1, (), tuple(survey_of(session, with_patches=False))))
    told = json.loads(board.newer({})["why"][1])["nodes"]
    assert any("opacity: 0.5 → 0.25" in text for text in told)
    for text in told:
        assert text in explained


def test_a_mistake_is_told_in_the_words_of_the_terminal(
    page: Page, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = page.picture()["id"]
    page.edit('blend = "screen"', 'blend = "scren"')
    told = page.told(lambda t: t.get("problems"))
    assert main(["check", str(page.piece)]) == 2
    assert told["problems"][0]["text"] == capsys.readouterr().err.strip("\n")
    assert told["problems"][0]["places"] == ["piece.toml:31"]
    assert told["picture"]["id"] == shown, "the last good picture stays"
    page.edit('blend = "scren"', 'blend = "screen"')
    assert page.stream().read_until(lambda t: t.get("problems") == [])["picture"]["id"] == shown


def test_a_page_that_comes_back_sees_all_that_is_now(page: Page) -> None:
    first = page.stream()
    before = first.read_until(lambda t: t.get("picture") and t["status"]["ended"])["picture"]["id"]
    first.close()
    page.edit("opacity = 0.5", "opacity = 0.75")
    page.told(lambda t: t.get("picture") and t["picture"]["id"] != before)
    again = page.stream().read_until(lambda t: len(t) == 7)
    assert again["picture"]["layers"][2]["opacity"] == 0.75


def test_a_page_that_does_not_read_keeps_nobody_waiting(page: Page) -> None:
    page.picture()
    deaf = socket.create_connection(("127.0.0.1", page.server.port))
    deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
    host = f"Host: 127.0.0.1:{page.server.port}\r\n\r\n"
    deaf.sendall(f"GET {page.root}events HTTP/1.1\r\n{host}".encode())
    time.sleep(0.2)
    began = time.monotonic()
    for i in range(20_000):
        page.server._board(Noted("a long sentence for nobody " * 20 + str(i)))
    assert time.monotonic() - began < 10
    told = page.told(lambda t: t.get("notes"))
    assert told["notes"][-1].endswith("19999")
    assert len(told["notes"]) < 10
    deaf.close()


def test_the_page_fetches_how_a_layer_looks_so_far(page: Page) -> None:
    page.picture()
    look = np.full((6, 9, 4), (10, 20, 30, 255), np.uint8)
    epoch = page.watch.state.wanted
    page.server._board(Started(epoch, "layer", False))
    page.server._board(Grown(epoch, "layer", False, Raster(look)))
    (told,) = page.told(lambda t: t.get("running"))["running"]
    assert np.array_equal(page.ask(f"look/{told['look']}").pixels, look[..., :3])


def board_of(folder: Path) -> Board:
    return Board(Gallery(lambda _: None), folder, "piece.toml")


def test_how_a_layer_grows_is_at_hand_while_it_runs(tmp_path: Path) -> None:
    board = board_of(tmp_path)
    look = Raster(np.zeros((4, 4, 4), np.uint8))
    board(Building(1, (), ()))
    board(Started(1, "layer", False))
    board(Stepped(1, "layer", False, 3, 10))
    board(Grown(1, "layer", False, look))
    assert '"done":3,"total":10,"look":"1"' in board.newer({})["running"][1]
    assert board.look("1") is look
    board(Grown(1, "layer", False, look))
    assert board.look("1") is None
    board(Finished(1, "layer", False, How.RENDERED, 1.0))
    assert board.look("2") is None
    assert board.newer({})["running"][1] == "[]"


def test_only_what_changed_is_told(tmp_path: Path) -> None:
    board = board_of(tmp_path)
    known = {name: version for name, (version, _) in board.newer({}).items()}
    board(Ended(1, (), 0, 3, 0.1, True))
    assert set(board.newer(known)) == {"status"}
    board(Noted("hear"))
    assert set(board.newer(known)) == {"status", "notes"}


def test_a_draft_says_so_and_is_not_accepted(tmp_path: Path) -> None:
    gallery = Gallery(lambda _: None)
    board = Board(gallery, tmp_path, "piece.toml")
    draft = Picture(1, "ab" * 32, tmp_path, Extent(10, 8), (), 0.25, 0.1)
    board(Pictured(draft))
    text = board.newer({})["picture"][1]
    assert '"draft":true' in text
    assert '"accepted":null' in text
    assert gallery.accepted is None


def test_the_gallery_is_bounded(tmp_path: Path) -> None:
    gallery = Gallery(lambda _: None)
    board = Board(gallery, tmp_path, "piece.toml")
    pictures = [Picture(i, f"{i:064x}", tmp_path, Extent(10, 8), (), 1.0, 0.1) for i in range(40)]
    for picture in pictures:
        board(Pictured(picture))
    found = [picture for picture in pictures if gallery.find(identity(picture))]
    assert found == [pictures[0], *pictures[-8:]], "the accepted one and the last"
