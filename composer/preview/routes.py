"""Routes: what each address of the page's server answers with.

Knows requests and answers. Does not know sockets and threads, nor how anything is drawn. No word of a request
ever becomes a path: static files come from a fixed table, pictures are asked for by names that the gallery
knows.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from concurrent.futures import Executor
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from importlib.resources import files

from aiohttp import web

from ..errors import BlobMissing, Cancelled, ComposerError
from ..pixels.geometry import Bounds
from ..watch.events import Picture
from .board import Board
from .easel import LARGEST_PART, Easel, Wanted, encoded
from .gallery import Gallery
from .view import NotAView, parse_view

LARGEST_BODY = 256
"""Bytes of what a page may send."""
MOST_CLIENTS = 16
MOST_DRAWN = 48  # pictures asked for at once
_SCRIPTS = ("page", "told", "layers", "moving", "pictures", "slot", "view")
_STATIC = {
    "": ("page.html", "text/html"),
    "page.css": ("page.css", "text/css"),
    **{f"{name}.js": (f"{name}.js", "text/javascript") for name in _SCRIPTS},
}
_BREATH = 0.05  # seconds in which changes gather before they are told
_PULSE = 15.0


@dataclass
class Routes:
    """`draw`: where pictures are drawn, a few at a time and apart from the server's own thread."""

    board: Board
    gallery: Gallery
    easel: Easel
    draw: Executor
    clients: set[asyncio.Event] = field(default_factory=set)
    drawn: int = 0

    def add_to(self, app: web.Application) -> None:
        """Answer to these addresses."""
        get = app.router.add_get
        for name in _STATIC:
            get(f"/{{token}}/{name}", partial(self.static, name))
        get("/{token}/events", self.events)
        get("/{token}/picture/{name:[0-9a-f]{24}}", self.picture)
        get("/{token}/thumbnail/{name:[0-9a-f]{24}}", self.thumbnail)
        get("/{token}/look/{name:[0-9]{1,12}}", self.look)
        app.router.add_post("/{token}/accept", self.accept)

    def ring(self) -> None:
        """Something changed."""
        for client in self.clients:
            client.set()

    async def static(self, name: str, _request: web.Request) -> web.Response:
        """One of the page's own files."""
        file, kind = _STATIC[name]
        content = files(__package__).joinpath("static", file).read_bytes()
        return web.Response(body=content, content_type=kind, charset="utf-8")

    async def events(self, request: web.Request) -> web.StreamResponse:
        """All that the page shows, then what changes, as server-sent events."""
        if len(self.clients) >= MOST_CLIENTS:
            raise web.HTTPServiceUnavailable(text="too many pages are open\n")
        changed = asyncio.Event()
        self.clients.add(changed)
        try:
            response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
            await response.prepare(request)
            await response.write(b"retry: 700\n\n")
            with suppress(ConnectionError):  # the page was closed
                await self._tell(response, changed)
        finally:
            self.clients.discard(changed)
        return response

    async def _tell(self, response: web.StreamResponse, changed: asyncio.Event) -> None:
        known: dict[str, int] = {}
        while True:
            changed.clear()
            newer = self.board.newer(known)
            known |= {name: version for name, (version, _) in newer.items()}
            told = "".join(f"event: {name}\ndata: {text}\n\n" for name, (_, text) in newer.items())
            await response.write((told or ": here\n\n").encode())  # waits while the client does not read
            try:
                await asyncio.wait_for(changed.wait(), _PULSE)
            except TimeoutError:
                continue
            await asyncio.sleep(_BREATH)

    async def picture(self, request: web.Request) -> web.Response:
        """A picture, or a part of it, as the piece has it or as the page asks."""
        wanted = _wanted(request, self._found(request))
        if wanted.part.extent.pixels > LARGEST_PART or wanted.part.is_empty:
            raise web.HTTPBadRequest(text="this part is too large, or none\n")
        return await self._drawn(partial(self.easel.look, wanted, partial(_waits, request)))

    async def thumbnail(self, request: web.Request) -> web.Response:
        """A layer or its mask, small."""
        place, of = request.query.get("place", ""), request.query.get("of")
        if not re.fullmatch(r"[0-9.]{1,80}", place) or ".." in f".{place}." or of not in ("layer", "mask"):
            raise web.HTTPBadRequest(text="no such layer\n")
        draw = partial(self.easel.thumbnail, self._found(request), place, of_mask=of == "mask")
        return await self._drawn(draw)

    async def look(self, request: web.Request) -> web.Response:
        """How a layer that is being painted looks so far."""
        raster = self.board.look(request.match_info["name"])
        if raster is None:
            raise web.HTTPNotFound(text="there is a newer look\n")
        return await self._drawn(partial(encoded, raster.pixels))

    async def accept(self, request: web.Request) -> web.Response:
        """Compare with this picture from now on."""
        name = (await request.read()).decode("ascii", "replace")
        if not re.fullmatch(r"[0-9a-f]{24}", name) or not self.board.accept(name):
            raise web.HTTPNotFound(text="there is no such picture\n")
        return web.Response(status=204)

    def _found(self, request: web.Request) -> Picture:
        found = self.gallery.find(request.match_info["name"])
        if found is None:
            raise web.HTTPNotFound(text="there is no such picture\n")
        return found

    async def _drawn(self, draw: Callable[[], bytes]) -> web.Response:
        if self.drawn >= MOST_DRAWN:
            raise web.HTTPServiceUnavailable(text="too many pictures are asked for\n")
        self.drawn += 1
        try:
            content = await asyncio.get_running_loop().run_in_executor(self.draw, draw)
        except BlobMissing:
            raise web.HTTPNotFound(text="the store has it no more\n") from None
        except Cancelled:
            raise web.HTTPServiceUnavailable(text="nobody waited for it\n") from None
        except ComposerError as error:
            raise web.HTTPServiceUnavailable(text=f"{error.message}\n") from None
        finally:
            self.drawn -= 1
        return web.Response(body=content, content_type="image/png")


def _waits(request: web.Request) -> bool:
    return request.transport is not None and not request.transport.is_closing()


def _wanted(request: web.Request, picture: Picture) -> Wanted:
    query = request.query
    factor, box, mask = query.get("factor", "1"), query.get("box"), query.get("mask")
    try:
        view = parse_view(query.get("turned", ""), query.get("opacity", ""))
    except NotAView:
        raise web.HTTPBadRequest(text="no such view\n") from None
    if not re.fullmatch(r"[1-9][0-9]?", factor) or (box and not re.fullmatch(r"\d{1,6}(,\d{1,6}){3}", box)):
        raise web.HTTPBadRequest(text="no such part\n")
    if mask is not None and not re.fullmatch(r"\d{1,4}(\.\d{1,4}){0,15}", mask):
        raise web.HTTPBadRequest(text="no such mask\n")
    part = Bounds(*map(int, box.split(","))) if box else None
    return Wanted(picture, int(factor), part, view, mask)
