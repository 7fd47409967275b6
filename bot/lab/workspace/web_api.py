"""`/api/…` over HTTP: token, scope, fault and pace before the method, Slack's manner of answering after it."""

from __future__ import annotations

import asyncio
import secrets

from aiohttp import web

from bot.lab.workspace import params
from bot.lab.workspace.api import (
    auth,
    channels,
    chat,
    conversations,
    files,
    pins,
    reactions,
    schedule,
    streams,
    users,
    validate,
    views,
)
from bot.lab.workspace.api.calls import METHODS, Call, Method, missing_scope
from bot.lab.workspace.faults import ApiFault
from bot.lab.workspace.lab import Lab
from bot.lab.workspace.limits import rate_limited
from bot.lab.workspace.params import Params
from bot.lab.workspace.words import Json, Refusal

FAMILIES = (auth, channels, chat, conversations, files, pins, reactions, schedule, streams, users, validate, views)
"""Importing a family registers its methods."""


class WebApi:
    def __init__(self, lab: Lab) -> None:
        self._lab = lab

    def routes(self) -> list[web.RouteDef]:
        return [
            web.route("*", "/api/{method}", self.serve),
            web.post("/upload/v1/{ticket}", self.upload),
            web.get("/files-pri/{id}/{name}", self.download),
        ]

    async def serve(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["method"]
        try:
            method = METHODS.get(name)
            given, token = await params.read(request, takes_json=method is None or method.takes_json)
            if method is None:
                raise Refusal("unknown_method", req_method=name)
            self._check_token(method, _bearer(request) or token)
            return await self._with_faults(request, method, given)
        except Refusal as refusal:
            return self._answer(refusal.body(), refusal.status, refusal.headers)

    def _check_token(self, method: Method, token: str) -> None:
        if not token:
            raise Refusal("not_authed")
        known = {"bot": self._lab.tokens.bot, "app": self._lab.tokens.app}
        if not any(secrets.compare_digest(token.encode(), one.encode()) for one in known.values()):
            raise Refusal("invalid_auth")
        if not secrets.compare_digest(token.encode(), known[method.caller].encode()):
            raise Refusal("not_allowed_token_type")
        if method.caller == "bot" and method.scopes and not self._lab.scopes.intersection(method.scopes):
            raise missing_scope(method.scopes[0], self._lab.scopes)

    async def _with_faults(self, request: web.Request, method: Method, given: Params) -> web.StreamResponse:
        fault = self._lab.faults.of_call(method.name, self._channel_names(given))
        if fault is None:
            return self._answer(self._call(method, given))
        if fault.answer == "slow":
            await asyncio.sleep(fault.seconds)
            return self._answer(self._call(method, given))
        if fault.when == "after":
            self._call(method, given)
        return _faulty(request, fault)

    def _call(self, method: Method, given: Params) -> Json:
        posts_into = self._lab.state.addressed(given.text("channel")) if method.name == "chat.postMessage" else None
        self._lab.meter.check(method.name, method.tier, posts_into.id if posts_into else "")
        return {"ok": True, **method.answer(Call(self._lab, given))}

    def _channel_names(self, given: Params) -> set[str]:
        wanted = given.text("channel") or given.text("channel_id")
        channel = self._lab.state.channel(wanted) if wanted else None
        return {wanted, channel.id, channel.name, f"#{channel.name}"} if channel else {wanted}

    def _answer(self, body: Json, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
        scopes = {"X-OAuth-Scopes": ",".join(sorted(self._lab.scopes)), "X-Slack-Req-Id": secrets.token_hex(16)}
        return web.json_response(body, status=status, headers={**scopes, **(headers or {})})

    async def upload(self, request: web.Request) -> web.Response:
        """The second step of an upload: the raw body, or a multipart form with one file."""
        file = next((f for f in self._lab.state.files.values() if f.ticket == request.match_info["ticket"]), None)
        if file is None or file.data is not None:
            raise web.HTTPNotFound(text="no such upload")
        data = await _uploaded_bytes(request)
        if len(data) != file.length:
            raise web.HTTPBadRequest(text=f"expected {file.length} bytes, got {len(data)}")
        self._lab.state.receive(file, data)
        return web.Response(text=f"OK - {len(data)}")

    async def download(self, request: web.Request) -> web.Response:
        """`url_private`: for whoever holds the bot's token."""
        file = self._lab.state.files.get(request.match_info["id"])
        if not secrets.compare_digest(_bearer(request).encode(), self._lab.tokens.bot.encode()):
            raise web.HTTPForbidden(text="the bot's token is needed")
        if file is None or file.data is None:
            raise web.HTTPNotFound(text="no such file")
        return web.Response(body=file.data, content_type="application/octet-stream")


def _bearer(request: web.Request) -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _faulty(request: web.Request, fault: ApiFault) -> web.StreamResponse:
    if fault.answer == 429:
        raise rate_limited(fault.retry_after)
    if fault.answer == "nothing":
        if request.transport is not None:
            request.transport.abort()
        return web.Response()
    if isinstance(fault.answer, int):
        return web.Response(status=fault.answer, text="Server Error", content_type="text/html")
    raise Refusal(fault.answer)


async def _uploaded_bytes(request: web.Request) -> bytes:
    if request.content_type != "multipart/form-data":
        return await request.read()
    for value in (await request.post()).values():
        if isinstance(value, web.FileField):
            return value.file.read()
    return b""
