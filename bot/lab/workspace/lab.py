"""What every part of a running workspace shares: the state and the rooms round it."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Coroutine
from dataclasses import dataclass, field

from bot.lab.workspace.envelopes import Outcome
from bot.lab.workspace.faults import Faults
from bot.lab.workspace.limits import Meter
from bot.lab.workspace.request_url import RequestUrl
from bot.lab.workspace.scheduled import Schedule
from bot.lab.workspace.sockets import Sockets
from bot.lab.workspace.state import State
from bot.lab.workspace.triggers import Triggers
from bot.lab.workspace.urls import ResponseUrls
from bot.lab.workspace.words import Json

log = logging.getLogger(__name__)


@dataclass(kw_only=True)
class Tokens:
    """Made at random at each start; never logged."""

    bot: str = field(default_factory=lambda: f"xoxb-{secrets.token_hex(24)}", repr=False)
    app: str = field(default_factory=lambda: f"xapp-1-{secrets.token_hex(32)}", repr=False)
    signing: str = field(default_factory=lambda: secrets.token_hex(16), repr=False)
    verification: str = field(default_factory=lambda: secrets.token_hex(12), repr=False)


@dataclass(kw_only=True)
class Lab:
    state: State
    faults: Faults
    sockets: Sockets
    triggers: Triggers
    meter: Meter
    response_urls: ResponseUrls
    schedule: Schedule
    tokens: Tokens
    scopes: frozenset[str]
    commands: list[Json]
    events: frozenset[str]
    request_url: RequestUrl | None = None
    url: str = ""
    _tasks: set[asyncio.Task[object]] = field(default_factory=set)

    @property
    def courier(self) -> Sockets | RequestUrl:
        """What takes payloads to the app: its request URL where it has one, else Socket Mode."""
        return self.request_url or self.sockets

    async def deliver(self, kind: str, payload: Json, *, accepts_response: bool) -> Outcome:
        return await self.courier.deliver(kind, payload, accepts_response=accepts_response)

    def in_background(self, work: Coroutine[object, object, object]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[object]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("a delivery failed", exc_info=error)

    async def close(self) -> None:
        await self.sockets.close()
        await self.schedule.close()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self.request_url is not None:
            await self.request_url.close()
