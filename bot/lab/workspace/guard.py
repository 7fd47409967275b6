"""Who may talk to the workspace: this machine, and in a browser only our own page.

A foreign page in somebody's browser could otherwise post to a loopback port, or reach it under its own name by pointing
that name at 127.0.0.1.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Awaitable, Callable

from aiohttp import web
from aiohttp.typedefs import Middleware
from yarl import URL

from bot.lab.workspace import reach

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

PAGE_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)


class Guard:
    def __init__(self) -> None:
        self._hosts: frozenset[str] = frozenset()
        self._remote = False
        self._port = 0

    def allow(self, host: str, port: int) -> None:
        """The names of this machine and of what it listens on; beyond the loopback any address, but no other name."""
        self._hosts = frozenset(reach.named(name, port) for name in (reach.LOOPBACK, "localhost", host))
        self._remote, self._port = not reach.is_loopback(host), port

    def _known(self, host: str) -> bool:
        return host in self._hosts or (self._remote and _address_on(host, self._port))

    def why_not(self, request: web.Request) -> str:
        if not self._known(request.host):
            return "host_not_allowed"
        origin = request.headers.get("Origin")
        if origin is not None and origin != f"http://{request.host}":
            return "origin_not_allowed"
        if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
            return "origin_not_allowed"
        is_lab_post = request.path.startswith("/lab/") and request.method == "POST"
        if is_lab_post and request.content_type != "application/json":
            return "json_only"
        return ""

    def middleware(self) -> Middleware:
        @web.middleware
        async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
            if why := self.why_not(request):
                return web.json_response({"ok": False, "error": why}, status=403)
            return await handler(request)

        return check


def _address_on(host: str, port: int) -> bool:
    """Whether this names a machine by its address: a foreign page can point a name of its own at us, but no address."""
    try:
        url = URL(f"http://{host}")
        return url.port == port and bool(ipaddress.ip_address(url.host or ""))
    except ValueError:
        return False


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    response.headers.setdefault("Content-Security-Policy", PAGE_POLICY)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "no-referrer")
    response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    response.headers.setdefault("Cache-Control", "no-store")
