"""The far end of response URLs."""

from __future__ import annotations

import json

from aiohttp import web

from bot.lab.workspace import answers
from bot.lab.workspace.lab import Lab
from bot.lab.workspace.words import Json, Refusal


class ResponseHooks:
    def __init__(self, lab: Lab) -> None:
        self._lab = lab

    def routes(self) -> list[web.RouteDef]:
        return [web.post("/commands/{rest:.+}", self.serve), web.post("/actions/{rest:.+}", self.serve)]

    async def serve(self, request: web.Request) -> web.Response:
        try:
            answer = await _read(request)
            answers.respond(self._lab, self._lab.response_urls.use(request.path), answer)
        except Refusal as refusal:
            status = refusal.status if refusal.status != 200 else 400
            return web.json_response(refusal.body(), status=status)
        return web.json_response({"ok": True})


async def _read(request: web.Request) -> Json:
    try:
        answer = json.loads(await request.text())
    except ValueError:
        raise Refusal("invalid_payload", status=400) from None
    if not isinstance(answer, dict):
        raise Refusal("invalid_payload", status=400)
    return answer
