"""Reading what a caller sent, the way Slack takes it: query, form, multipart or JSON, with JSON inside form fields."""

from __future__ import annotations

import json
from typing import Any

from aiohttp import web

from bot.lab.workspace.words import Json, Refusal, invalid_arguments


class Params:
    def __init__(self, given: Json) -> None:
        self._given = {name: value for name, value in given.items() if value is not None}

    def __contains__(self, name: str) -> bool:
        return name in self._given

    def text(self, name: str, default: str = "") -> str:
        value = self._given.get(name, default)
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise invalid_arguments(f"must be a string [json-pointer:/{name}]")
        return str(value)

    def needed(self, name: str) -> str:
        value = self.text(name)
        if not value:
            raise invalid_arguments(f"missing required field: {name}")
        return value

    def number(self, name: str, default: int) -> int:
        try:
            return int(self.text(name) or default)
        except ValueError:
            raise invalid_arguments(f"must be an integer [json-pointer:/{name}]") from None

    def flag(self, name: str, default: bool = False) -> bool:
        value = self._given.get(name, default)
        return value if isinstance(value, bool) else str(value).lower() in ("1", "true")

    def listed(self, name: str) -> list[str]:
        """A JSON array of strings or a comma-separated text."""
        value = self._given.get(name, "")
        if isinstance(value, list):
            return [str(one) for one in value]
        return [part.strip() for part in str(value).split(",") if part.strip()]

    def length(self, name: str) -> int:
        """In characters, as JSON."""
        value = self._given.get(name, "")
        return len(value if isinstance(value, str) else json.dumps(value, separators=(",", ":")))

    def json(self, name: str, error: str) -> Any:
        """A JSON value, also where it was sent as text; nothing when absent; `error` when it cannot be read."""
        value = self._given.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value) if value else None
        except ValueError:
            raise Refusal(error) from None


async def read(request: web.Request, *, takes_json: bool) -> tuple[Params, str]:
    """The parameters, and the token that came among them (only the header carries one beside a JSON body)."""
    given: Json = dict(request.query)
    if request.content_type == "application/json":
        if takes_json:
            given |= await _json_body(request)
        given.pop("token", None)
        return Params(given), ""
    if request.can_read_body:
        given |= {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
    token = str(given.pop("token", ""))
    return Params(given), token


async def _json_body(request: web.Request) -> Json:
    try:
        body = json.loads(await request.text() or "{}")
    except ValueError:
        raise Refusal("invalid_json") from None
    if not isinstance(body, dict):
        raise Refusal("json_not_object")
    return body
