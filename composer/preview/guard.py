"""Guard: who may ask the page's server for anything, and what every answer forbids.

Knows addresses, headers and the token. Does not know what is answered. A page elsewhere on the web can make
a browser send requests here, under a name of its own that leads to this machine (DNS rebinding) or across
origins; neither has the right Host and Origin. Another user of this machine does not know the token.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass

from aiohttp import web
from aiohttp.typedefs import Handler

_ALWAYS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' blob: data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_OWN_SITES = ("same-origin", "none")


@dataclass(frozen=True)
class Guard:
    """Lets through what comes from this machine's own page."""

    port: int
    token: str

    @property
    def hosts(self) -> tuple[str, ...]:
        """The names under which the page is reached."""
        return f"127.0.0.1:{self.port}", f"localhost:{self.port}"

    def check(self, request: web.Request) -> None:
        """Raises a 403 or 404 that says no more than it must."""
        if request.headers.getall("Host", []) not in [[host] for host in self.hosts]:
            raise web.HTTPForbidden(text="this server answers to 127.0.0.1 only\n")
        origin = request.headers.get("Origin")
        is_plain = request.method in ("GET", "HEAD")
        if origin not in (f"http://{request.host}", None) or (origin is None and not is_plain):
            raise web.HTTPForbidden(text="this server answers to its own page only\n")
        if self._is_foreign(request, is_plain):
            raise web.HTTPForbidden(text="this server answers to its own page only\n")
        token = request.match_info.get("token", "")
        if not hmac.compare_digest(token.encode("utf-8", "surrogatepass"), self.token.encode()):
            raise web.HTTPNotFound(text="open the address that `composer watch --preview` prints\n")

    def _is_foreign(self, request: web.Request, is_plain: bool) -> bool:
        """Whether a browser says that another site asks; a link that is followed to the page is no harm."""
        site = request.headers.get("Sec-Fetch-Site", "none")
        followed = is_plain and request.headers.get("Sec-Fetch-Mode") == "navigate"
        return site not in _OWN_SITES and not followed

    @web.middleware
    async def guarded(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """The middleware: asked before every request, whether its path is known or not."""
        self.check(request)
        return await handler(request)


async def forbid(_request: web.Request, response: web.StreamResponse) -> None:
    """The signal that sets the headers of every answer, refusals too."""
    response.headers.update(_ALWAYS)
    response.headers["Server"] = "composer"
