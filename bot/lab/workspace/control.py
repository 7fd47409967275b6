"""`/lab/…`: the people's side and the faults, for any program and for the page. Same origin, JSON only."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import quote

from aiohttp import web
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from bot.lab.workspace.faults import ApiFault, DeliveryFault, TriggerFault
from bot.lab.workspace.lab import Lab
from bot.lab.workspace.people import PeopleSide
from bot.lab.workspace.words import BOT_USER, TEAM_DOMAIN, Json, Refusal

LONGEST_WAIT = 60.0
SHOWN_INLINE = {"image/png", "image/jpeg", "image/gif", "image/webp"}


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Slash(_Asked):
    user: str
    channel: str
    command: str
    text: str = ""


class Click(_Asked):
    """On a message with `channel` and `ts`, or in a view with `view_id`."""

    user: str
    action_id: str
    channel: str = ""
    ts: str = ""
    view_id: str = ""
    block_id: str = ""
    value: Any = None
    values: Json | None = None


class Submit(_Asked):
    user: str
    view_id: str
    values: Json = {}


class Close(_Asked):
    user: str
    view_id: str
    clear: bool = False


class Shortcut(_Asked):
    user: str
    callback_id: str
    channel: str = ""
    ts: str = ""


class Options(_Asked):
    user: str
    action_id: str
    value: str = ""
    view_id: str = ""
    channel: str = ""
    ts: str = ""


class Post(_Asked):
    user: str
    channel: str
    text: str
    thread_ts: str = ""


class Home(_Asked):
    user: str
    tab: str = "home"


class Direct(_Asked):
    user: str
    other: str


class Cut(_Asked):
    half_open: bool = False


class Nothing(_Asked):
    pass


AnyFault = ApiFault | DeliveryFault | TriggerFault
_FAULT: TypeAdapter[AnyFault] = TypeAdapter(AnyFault)


class Control:
    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        self._people = PeopleSide(lab)

    def routes(self) -> list[web.RouteDef]:
        people = self._people
        return [
            _post("/lab/slash", Slash, lambda a: people.slash(a.user, a.channel, a.command, a.text)),
            _post("/lab/click", Click, self._click),
            _post("/lab/submit", Submit, lambda a: people.submit(a.user, a.view_id, a.values)),
            _post("/lab/close", Close, lambda a: people.close_view(a.user, a.view_id, clear=a.clear)),
            _post("/lab/shortcut", Shortcut, lambda a: people.shortcut(a.user, a.callback_id, a.channel, a.ts)),
            _post("/lab/options", Options, self._options),
            _post("/lab/post", Post, self._say),
            _post("/lab/home", Home, self._home),
            _post("/lab/direct", Direct, self._direct),
            _post("/lab/cut", Cut, self._cut),
            _post("/lab/refresh", Nothing, self._refresh),
            _post("/lab/faults", None, self._arm),
            _post("/lab/faults/clear", Nothing, self._clear),
            web.get("/lab/faults", _get(lambda _: {"ok": True, "faults": self._lab.faults.shown()})),
            web.get("/lab/workspace", _get(lambda _: self._workspace())),
            web.get("/lab/deliveries", _get(lambda _: {"ok": True, "deliveries": list(self._lab.courier.delivered)})),
            web.get("/lab/channels/{name}/messages", _get(self._messages)),
            web.get("/lab/users/{id}/inbox", _get(lambda r: people.inbox(r.match_info["id"]))),
            web.get("/lab/files/{id}", self._file),
            web.get("/lab/wait", self._wait),
        ]

    async def _click(self, asked: Click) -> Json:
        a = asked
        if a.view_id:
            return await self._people.click_view(a.user, a.view_id, a.action_id, a.value, a.block_id, a.values)
        return await self._people.click(a.user, a.channel, a.ts, a.action_id, a.value, a.block_id, a.values)

    async def _options(self, a: Options) -> Json:
        return await self._people.options(a.user, a.action_id, a.value, view_id=a.view_id, channel=a.channel, ts=a.ts)

    async def _say(self, asked: Post) -> Json:
        return self._people.post(asked.user, asked.channel, asked.text, asked.thread_ts)

    async def _home(self, asked: Home) -> Json:
        return self._people.open_home(asked.user, asked.tab)

    async def _direct(self, asked: Direct) -> Json:
        return self._people.open_direct(asked.user, asked.other)

    async def _cut(self, asked: Cut) -> Json:
        return {"ok": True, "connections": self._lab.sockets.cut(half_open=asked.half_open)}

    async def _refresh(self, _: Nothing) -> Json:
        return {"ok": True, "connections": self._lab.sockets.refresh()}

    async def _arm(self, fault: AnyFault) -> Json:
        if isinstance(fault, TriggerFault):
            self._lab.triggers.expire(fault.times)
        else:
            self._lab.faults.arm(fault)
        return {"ok": True, "faults": self._lab.faults.shown()}

    async def _clear(self, _: Nothing) -> Json:
        self._lab.faults.clear()
        return {"ok": True, "faults": []}

    def _workspace(self) -> Json:
        """Everything that a page needs before it can draw itself."""
        state = self._lab.state
        return {
            "ok": True,
            "team": TEAM_DOMAIN,
            "bot": BOT_USER,
            "revision": state.revision,
            "connections": self._lab.sockets.connections,
            "members": [
                {"id": m.id, "name": m.name, "real_name": m.real_name, "title": m.title, "is_bot": m.is_bot}
                for m in state.members.values()
            ],
            "channels": [
                {"id": c.id, "name": c.name, "kind": c.kind, "topic": c.topic, "members": sorted(c.members)}
                for c in state.channels.values()
            ],
            "groups": [group.shown(with_users=True) for group in state.groups.values()],
            "commands": self._lab.commands,
        }

    def _messages(self, request: web.Request) -> Json:
        query = request.query
        limit = max(1, min(int(query.get("limit", "1000")), 10_000))
        name, user = request.match_info["name"], query.get("user", "")
        return self._people.messages(name, before=query.get("before", ""), limit=limit, user=user)

    async def _wait(self, request: web.Request) -> web.Response:
        """Answers as soon as something changed after revision `after`, at the latest after `seconds`."""
        after = int(request.query.get("after", "-1"))
        seconds = min(float(request.query.get("seconds", "20")), LONGEST_WAIT)
        return web.json_response({"ok": True, "revision": await self._lab.state.wait_past(after, seconds)})

    async def _file(self, request: web.Request) -> web.Response:
        """A file's bytes. Only plain images are shown in place: what was uploaded must not run as a page of ours."""
        file = self._lab.state.files.get(request.match_info["id"])
        if file is None or file.data is None or not file.shared:
            return _refused(Refusal("file_not_found", status=404))
        kind = str(file.facts.get("mimetype"))
        inline = kind in SHOWN_INLINE
        headers = {
            "Content-Disposition": f"{'inline' if inline else 'attachment'}; filename*=UTF-8''{quote(file.name)}",
            "Content-Security-Policy": "sandbox",
        }
        shown_as = kind if inline else "application/octet-stream"
        return web.Response(body=file.data, content_type=shown_as, headers=headers)


def _post(path: str, kind: type[_Asked] | None, answer: Callable[[Any], Awaitable[Json]]) -> web.RouteDef:
    """A route that reads a JSON body of this kind (a fault, where none is named) and answers with JSON."""
    read = kind.model_validate_json if kind else _FAULT.validate_json

    async def serve(request: web.Request) -> web.Response:
        try:
            return _json(await answer(read(await request.text() or "{}")))
        except ValidationError as error:
            faults = error.errors(include_input=False, include_url=False, include_context=False)
            return _refused(Refusal("invalid_arguments", status=400, faults=faults))
        except Refusal as refusal:
            return _refused(refusal)

    return web.post(path, serve)


def _get(answer: Callable[[web.Request], Json]) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def serve(request: web.Request) -> web.Response:
        try:
            return _json(answer(request))
        except ValueError:
            return _refused(Refusal("invalid_arguments", status=400))
        except Refusal as refusal:
            return _refused(refusal)

    return serve


def _json(body: Json) -> web.Response:
    return web.json_response(body)


def _refused(refusal: Refusal) -> web.Response:
    return web.json_response(refusal.body(), status=refusal.status if refusal.status != 200 else 404)
