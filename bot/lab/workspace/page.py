"""The page: its static files, the WebSocket that tells it what changed, and the fleet for its side panel."""

from __future__ import annotations

import asyncio
import contextlib
import json
from pathlib import Path
from typing import Protocol, TypedDict

from aiohttp import WSMsgType, web
from pydantic import BaseModel, ConfigDict, ValidationError

from bot.lab.workspace.lab import Lab
from bot.lab.workspace.state import Listener
from bot.lab.workspace.words import Json

STATIC = Path(__file__).parent / "static"
QUEUE = 1000


class Machine(TypedDict):
    name: str
    state: str  # in the machine's own words, such as "Running"


class System(Machine):
    partitions: list[Machine]


class Fault(TypedDict):
    """Something that can be made to go wrong in the fleet: what it does, to what it may, and to what it has."""

    id: str
    group: str
    does: str
    heals: str
    kind: str  # of its targets
    targets: list[str]
    on: list[str]


class Fleet(TypedDict):
    systems: list[System]
    faults: list[Fault]


class FleetSide(Protocol):
    """What the side panel shows and offers. After a change, `state.tell({"type": "fleet"})` makes the pages look."""

    def shown(self) -> Fleet: ...

    async def switch(self, fault: str, target: str, on: bool) -> None:
        """Raises KeyError for a fault that isn't offered, and ValueError, which says why, where it can't be."""


class _Switched(BaseModel):
    model_config = ConfigDict(extra="forbid")

    fault: str
    target: str
    on: bool


class Page:
    """`fleet`: None, and the page has no side panel."""

    def __init__(self, lab: Lab, fleet: FleetSide | None = None) -> None:
        self._lab = lab
        self.fleet = fleet
        self._open: set[web.WebSocketResponse] = set()

    def routes(self) -> list[web.AbstractRouteDef]:
        return [
            web.get("/", self._index),
            web.get("/lab/live", self._live),
            web.get("/lab/fleet", self._fleet),
            web.post("/lab/fleet", self._switch),
            web.static("/static", STATIC),
        ]

    async def _index(self, request: web.Request) -> web.FileResponse:
        return web.FileResponse(STATIC / "index.html")

    async def _fleet(self, request: web.Request) -> web.Response:
        return web.json_response({"ok": True, "fleet": self.fleet.shown() if self.fleet else None})

    async def _switch(self, request: web.Request) -> web.Response:
        """`{fault, target, on}`: makes something in the fleet go wrong, or right again."""
        try:
            asked = _Switched.model_validate_json(await request.read())
        except ValidationError:
            return web.json_response({"ok": False, "error": "invalid_arguments"}, status=400)
        try:
            if self.fleet is None:
                raise KeyError(asked.fault)
            await self.fleet.switch(asked.fault, asked.target, asked.on)
        except KeyError:
            return web.json_response({"ok": False, "error": "fault_not_found"}, status=404)
        except ValueError as refusal:
            return web.json_response({"ok": False, "error": "fault_refused", "why": str(refusal)}, status=409)
        self._lab.state.tell({"type": "fleet"})
        return web.json_response({"ok": True})

    async def _live(self, request: web.Request) -> web.WebSocketResponse:
        """Every change that the person in `user` may see, as it happens."""
        user = request.query.get("user", "")
        if user not in self._lab.state.members:
            raise web.HTTPNotFound(text="no such user")
        queue: asyncio.Queue[Json | None] = asyncio.Queue()
        listen = self._listener(user, queue)
        # Before the socket opens: from then on the page counts on missing nothing.
        self._lab.state.listeners.add(listen)
        try:
            return await self._told(request, queue)
        finally:
            self._lab.state.listeners.discard(listen)

    async def _told(self, request: web.Request, queue: asyncio.Queue[Json | None]) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(heartbeat=20)
        await socket.prepare(request)
        self._open.add(socket)
        sender = asyncio.get_running_loop().create_task(_send(socket, queue))
        try:
            async for frame in socket:
                if frame.type is WSMsgType.ERROR:
                    break
        finally:
            self._open.discard(socket)
            sender.cancel()
        return socket

    def _listener(self, user: str, queue: asyncio.Queue[Json | None]) -> Listener:
        def listen(event: Json) -> None:
            if queue.qsize() >= QUEUE:
                # The page fell behind: the end of its socket makes it read everything anew.
                queue.put_nowait(None)
            elif self._may_see(user, event):
                queue.put_nowait(event)

        return listen

    def _may_see(self, user: str, event: Json) -> bool:
        if "user" in event:
            return bool(event["user"] == user)
        channel = self._lab.state.channels.get(str(event.get("channel")))
        return channel is None or channel.visible_to(user)

    async def close(self) -> None:
        for socket in list(self._open):
            with contextlib.suppress(ConnectionError):
                await socket.close()


async def _send(socket: web.WebSocketResponse, queue: asyncio.Queue[Json | None]) -> None:
    with contextlib.suppress(ConnectionError):
        while (event := await queue.get()) is not None:
            await socket.send_str(json.dumps(event))
        await socket.close()
