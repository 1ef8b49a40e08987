"""Who is let in: this machine's own page, and nobody else."""

import socket
from importlib.resources import files
from pathlib import Path

import pytest

from composer.build.project import Project
from composer.errors import UsageError
from composer.preview.routes import LARGEST_BODY, MOST_CLIENTS
from composer.preview.server import PORT, Server
from composer.watch.watch import Watch
from tests.preview.conftest import Page, free_port, set_up

SECRET = "not for the web"


def test_the_page_and_its_files_are_served_and_need_nothing_from_elsewhere(page: Page) -> None:
    kinds = {".html": "text/html", ".css": "text/css", ".js": "text/javascript"}
    static = sorted(Path(str(files("composer.preview").joinpath("static"))).iterdir())
    assert len(static) > 6
    for file in static:
        answer = page.ask("" if file.suffix == ".html" else file.name)
        assert (answer.status, answer.body) == (200, file.read_bytes())
        assert answer.headers["content-type"].startswith(kinds[file.suffix])
        assert b"http" not in answer.body
        assert len(answer.body.splitlines()) <= 300
    assert page.ask("page.html").status == 404, "each file has one address"


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:{port}",
        "127.0.0.1",
        "127.0.0.1:1",
        "0.0.0.0:{port}",
        "127.0.0.1:{port}.x",
        "",
    ],
)
def test_another_host_name_is_refused(page: Page, host: str) -> None:
    for name in ("", "events", "picture/" + "0" * 24):
        answer = page.ask(name, headers={"Host": host.format(port=page.server.port)})
        assert answer.status in (400, 403)
        assert page.root.strip("/").encode() not in answer.body


def test_localhost_is_this_machine(page: Page) -> None:
    assert page.ask("", headers={"Host": f"localhost:{page.server.port}"}).status == 200


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "https://127.0.0.1:{port}", "http://127.0.0.1:1"]
)
def test_another_origin_is_refused(page: Page, origin: str) -> None:
    name = page.picture()["id"].encode()
    headers = {"Origin": origin.format(port=page.server.port)}
    assert page.ask("accept", "POST", headers, name).status == 403
    assert page.ask("events", headers=headers).status == 403


def test_nothing_is_changed_without_an_origin(page: Page) -> None:
    assert page.ask("accept", "POST", {}, page.picture()["id"].encode()).status == 403


def test_what_a_browser_calls_cross_site_is_refused_but_a_link_to_the_page(page: Page) -> None:
    foreign = {"Sec-Fetch-Site": "cross-site"}
    assert page.ask("events", headers=foreign | {"Sec-Fetch-Mode": "no-cors"}).status == 403
    assert page.ask("page.js", headers=foreign | {"Sec-Fetch-Mode": "no-cors"}).status == 403
    assert page.ask("", headers=foreign | {"Sec-Fetch-Mode": "navigate"}).status == 200


@pytest.mark.parametrize("root", ["/", "/x/", "/" + "A" * 32 + "/"])
def test_who_does_not_know_the_token_sees_nothing(page: Page, root: str) -> None:
    for name in ("", "events", "page.js", "accept"):
        answer = page.ask(name, root=root)
        assert answer.status == 404
        assert b"composer watch --preview" in answer.body


@pytest.mark.parametrize(
    "path",
    [
        "../piece.toml",
        "..%2fpiece.toml",
        "%2e%2e/%2e%2e/piece.toml",
        "page.js/../../piece.toml",
        "static/page.js",
        "picture/../../piece.toml",
        "picture/..%2f..%2fpiece.toml",
        "picture//etc/passwd",
        "thumbnail/" + "0" * 24 + "?place=..%2f..&of=mask",
        "look/..%2f..",
        "page.html",
        "server.py",
        "%00",
    ],
)
def test_no_word_of_a_request_becomes_a_path(page: Page, path: str) -> None:
    page.piece.with_name("secret.txt").write_text(SECRET)
    answer = page.ask(path)
    assert answer.status in (400, 404)
    assert b"canvas" not in answer.body
    assert b"root:" not in answer.body


def test_what_is_not_known_is_not_there(page: Page) -> None:
    picture = page.picture()
    unknown = "f" * 24
    assert page.ask(f"picture/{unknown}").status == 404
    assert page.ask(f"thumbnail/{unknown}?place=0&of=layer").status == 404
    assert page.ask(f"thumbnail/{picture['id']}?place=99&of=layer").status == 404
    assert page.ask(f"picture/{picture['id']}?mask=0").status == 404, "the background has no mask"
    assert page.ask("look/1").status == 404
    own = {"Origin": f"http://127.0.0.1:{page.server.port}"}
    assert page.ask("accept", "POST", own, unknown.encode()).status == 404
    assert page.ask("accept", "POST", own, b"\xff\xfe").status in (400, 404)


@pytest.mark.parametrize(
    "query",
    [
        "factor=0",
        "factor=-1",
        "factor=1000000",
        "factor=x",
        "box=1,2,3",
        "box=9,9,1,1",
        "box=0,0,0,0",
        "box=1e9,0,1,1",
        "turned=../x",
        "turned=" + "1," * 4001,
        "opacity=0:2",
        "opacity=0:nan",
        "opacity=0",
        "mask=x",
    ],
)
def test_what_no_page_would_ask_for_is_refused(page: Page, query: str) -> None:
    assert page.ask(f"picture/{page.picture()['id']}?{query}").status in (400, 413, 414)


def test_what_is_sent_is_bounded(page: Page) -> None:
    own = {"Origin": f"http://127.0.0.1:{page.server.port}"}
    assert page.ask("accept", "POST", own, b"0" * (LARGEST_BODY + 1)).status == 413


def test_only_so_many_pages_at_once(page: Page) -> None:
    streams = [page.stream() for _ in range(MOST_CLIENTS)]
    assert [stream.status for stream in streams] == [200] * MOST_CLIENTS
    assert page.ask("events").status == 503


def test_every_answer_forbids_what_it_can(page: Page) -> None:
    for answer in (page.ask(""), page.ask("nothing"), page.ask("", headers={"Host": "evil.example"})):
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert "unsafe" not in answer.headers["content-security-policy"]
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert "access-control-allow-origin" not in answer.headers


def test_only_this_machine_is_served(page: Page) -> None:
    assert page.server._socket.getsockname()[0] == "127.0.0.1"


def test_a_port_that_is_taken_is_told(tmp_path: Path) -> None:
    watch = Watch(Project(set_up(tmp_path)))
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(UsageError, match=f"port {port} is taken") as told:
            Server(watch, port)
    assert "--port" in told.value.hint


def test_without_a_port_a_free_one_is_found(tmp_path: Path) -> None:
    watch = Watch(Project(set_up(tmp_path)))
    servers = [Server(watch) for _ in range(2)]
    for server in servers:
        server.start()
    first, second = (server.port for server in servers)
    assert PORT <= first < second
    for server in servers:
        server.close()


def test_the_address_stays_when_the_command_is_started_again(tmp_path: Path) -> None:
    path, port = set_up(tmp_path), free_port()
    addresses = []
    for _ in range(2):
        server = Server(Watch(Project(path)), port)
        server.start()
        addresses.append(server.address)
        server.close()
    assert addresses[0] == addresses[1]
    assert len(addresses[0].split("/")[3]) >= 32
