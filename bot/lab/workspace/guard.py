"""Who may talk to the workspace: this machine, and in a browser only our own page.

A foreign page in somebody's browser could otherwise post to a loopback port, or reach it under its own name by pointing
that name at 127.0.0.1.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web
from aiohttp.typedefs import Middleware

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

    def allow(self, port: int) -> None:
        self._hosts = frozenset({f"127.0.0.1:{port}", f"localhost:{port}"})

    def why_not(self, request: web.Request) -> str:
        if request.host not in self._hosts:
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


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    response.headers.setdefault("Content-Security-Policy", PAGE_POLICY)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "no-referrer")
    response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    response.headers.setdefault("Cache-Control", "no-store")
