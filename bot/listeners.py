"""Slack's deliveries: kept first, acked next, dealt with after. Nothing else happens before the ack."""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot import forms
from bot.ledger import slack
from bot.ledger.slack import Envelope
from bot.ledger.store import Ledger
from policies.problems import Problem
from policies.words import Person

log = structlog.get_logger()
ANY = re.compile(r".*", re.DOTALL)
# What Slack sends with a delivery that nothing here needs, and that must not be kept.
DROPPED = ("token", "response_url", "response_urls")


class Listeners:
    """`handle` deals with a delivery once it is kept and acked; `open_home` with somebody who looks at their Home."""

    def __init__(
        self,
        ledger: Ledger,
        handle: Callable[[Envelope], Awaitable[None]],
        open_home: Callable[[Person], Coroutine[Any, Any, None]],
    ) -> None:
        self._ledger, self._handle, self._open_home = ledger, handle, open_home
        self._tasks: set[asyncio.Task[None]] = set()

    def app(self, client: AsyncWebClient) -> AsyncApp:
        """Bolt, with one listener a kind: an unknown command is acked as surely as a known one."""
        app = AsyncApp(client=client, request_verification_enabled=False)
        app.command(ANY)(self._listener("command"))
        app.action(ANY)(self._listener("action"))
        app.shortcut(ANY)(self._listener("shortcut"))
        app.view(ANY)(self._listener("view"))
        app.event("app_home_opened")(self._home_opened)
        return app

    async def _home_opened(self, body: dict[str, Any]) -> None:
        """Not kept: who still wants to see it after a crash opens it again."""
        event = body.get("event") or {}
        if event.get("tab", "home") == "home":
            self._begin(self._open_home(Person(workspace=str(body["team_id"]), member=str(event["user"]))))

    def _listener(self, kind: str) -> Callable[[AsyncAck, dict[str, Any]], Awaitable[None]]:
        async def listen(ack: AsyncAck, body: dict[str, Any]) -> None:
            await self._take_in(kind, ack, body)

        return listen

    async def _take_in(self, kind: str, ack: AsyncAck, body: dict[str, Any]) -> None:
        if kind == "view" and (faults := forms.faults(body["view"])):
            await ack(response_action="errors", errors=faults)  # it stays open, and nothing of it is kept
            return
        envelope = Envelope(key=_key(kind, body), kind=kind, body=_kept(body))
        try:
            fresh = await self._ledger.write(lambda tx: slack.take_in(tx, envelope))
        except Problem as problem:
            log.error("can't keep a delivery", code=problem.code)
            if kind == "command":
                await ack(text=f"{problem.said} {problem.because} {problem.next_step}")
            return
        await ack()
        if fresh:
            self._begin(self._deal_with(envelope))

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deal_with(self, envelope: Envelope) -> None:
        try:
            await self._handle(envelope)
        except Exception:
            # It stays in the inbox, and is dealt with at the next start.
            log.exception("a delivery failed", kind=envelope.kind, key=envelope.key)

    async def settled(self) -> None:
        """Back when everything that was taken in is dealt with."""
        while self._tasks:
            await asyncio.gather(*self._tasks)


def _key(kind: str, body: dict[str, Any]) -> str:
    """The same for every delivery of the same thing: Slack gives each interaction one trigger."""
    told = body.get("trigger_id") or hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
    return f"{kind}:{told}"


def _kept(body: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name not in DROPPED}
