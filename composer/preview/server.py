"""Server: the page of a watch, on this machine's own address; the one door to this room.

Knows the socket, the thread and how both end. Does not know what is answered.
"""

from __future__ import annotations

import asyncio
import errno
import re
import secrets
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from aiohttp import web

from ..errors import StoreError, UsageError
from ..store.store import Store
from ..watch.watch import Watch
from .board import Board
from .easel import Easel
from .gallery import Gallery
from .guard import Guard, forbid
from .routes import LARGEST_BODY, Routes

PORT = 8137
"""The first port that is tried when none is asked for."""
_TRIED = 20
_TOKEN = "token of the page"
_LONGEST_END = 0.5  # seconds


class Server:
    """Serves from `start` to `close`; start it before the watch runs, so that it misses nothing."""

    def __init__(self, watch: Watch, port: int | None = None) -> None:
        project = watch.project
        self._watch = watch
        self._draw = ThreadPoolExecutor(1, "page")
        easel = Easel(project.store)
        gallery = Gallery(easel.hold)
        self._board = Board(gallery, project.folder, project.piece.name)
        self._routes = Routes(self._board, gallery, easel, self._draw)
        self._socket = _bound(port)
        self.port: int = self._socket.getsockname()[1]
        self._guard = Guard(self.port, token_of(project.store))
        self._loop = asyncio.new_event_loop()
        self._end = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="page", daemon=True)

    @property
    def address(self) -> str:
        """What to open in a browser."""
        return f"http://127.0.0.1:{self.port}/{self._guard.token}/"

    def start(self) -> None:
        """Begin to listen to the watch, and to serve."""
        self._board.wake = self._woken
        self._watch.subscribe(self._board)
        self._thread.start()

    def close(self) -> None:
        """End within a second, whoever is connected."""
        self._watch.unsubscribe(self._board)
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join(2 * _LONGEST_END)
        self._draw.shutdown(wait=False, cancel_futures=True)

    def app(self) -> web.Application:
        """The application, for a server of one's own."""
        app = web.Application(middlewares=[self._guard.guarded], client_max_size=LARGEST_BODY)
        app.on_response_prepare.append(forbid)
        self._routes.add_to(app)
        return app

    def _woken(self) -> None:
        with suppress(RuntimeError):  # the loop has ended
            self._loop.call_soon_threadsafe(self._routes.ring)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._serve())
        finally:
            self._loop.close()

    async def _serve(self) -> None:
        app = self.app()
        runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=_LONGEST_END)
        await runner.setup()
        await web.SockSite(runner, self._socket).start()
        await self._end.wait()
        await runner.cleanup()


def token_of(store: Store) -> str:
    """The same in every run, so that an open page comes back; a new one where the store cannot keep it."""
    known = store.recall(_TOKEN)
    if isinstance(known, str) and re.fullmatch(r"[\w-]{22,64}", known):
        return known
    token = secrets.token_urlsafe(24)
    with suppress(StoreError):
        store.remember(_TOKEN, token)
    return token


def _bound(port: int | None) -> socket.socket:
    """A listening socket of this machine only; raises UsageError when the port is taken."""
    if port is not None:
        return _listening(port)
    for each in range(PORT, PORT + _TRIED):
        with suppress(UsageError):
            return _listening(each)
    return _listening(0)


def _listening(port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("127.0.0.1", port))
        listening.listen(64)
    except OSError as error:
        listening.close()
        hint = "choose another with --port, or leave --port out: then a free one is found"
        if error.errno == errno.EADDRINUSE:
            raise UsageError(f"port {port} is taken by another program", hint) from None
        raise UsageError(f"port {port} cannot be used: {error.strerror}", hint) from None
    return listening
