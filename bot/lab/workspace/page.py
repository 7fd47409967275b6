"""The page: its static files, and the WebSocket that tells it what changed."""

from __future__ import annotations

import asyncio
import contextlib
import json
from pathlib import Path

from aiohttp import WSMsgType, web

from bot.lab.workspace.lab import Lab
from bot.lab.workspace.state import Listener
from bot.lab.workspace.words import Json

STATIC = Path(__file__).parent / "static"
QUEUE = 1000


class Page:
    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        self._open: set[web.WebSocketResponse] = set()

    def routes(self) -> list[web.AbstractRouteDef]:
        return [
            web.get("/", self._index),
            web.get("/lab/live", self._live),
            web.static("/static", STATIC),
        ]

    async def _index(self, request: web.Request) -> web.FileResponse:
        return web.FileResponse(STATIC / "index.html")

    async def _live(self, request: web.Request) -> web.WebSocketResponse:
        """Every change that the person in `user` may see, as it happens."""
        user = request.query.get("user", "")
        if user not in self._lab.state.members:
            raise web.HTTPNotFound(text="no such user")
        socket = web.WebSocketResponse(heartbeat=20)
        await socket.prepare(request)
        self._open.add(socket)
        queue: asyncio.Queue[Json | None] = asyncio.Queue()
        listen = self._listener(user, queue)
        self._lab.state.listeners.add(listen)
        sender = asyncio.get_running_loop().create_task(_send(socket, queue))
        try:
            async for frame in socket:
                if frame.type is WSMsgType.ERROR:
                    break
        finally:
            self._lab.state.listeners.discard(listen)
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
