"""Slack's deliveries: kept first, acked next, dealt with after. Nothing else happens before the ack."""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import aiohttp
import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.ledger import slack
from bot.ledger.slack import Envelope
from bot.ledger.store import Ledger
from policies.problems import Problem
from policies.words import Person

log = structlog.get_logger()
ANY = re.compile(r".*", re.DOTALL)
PATIENCE = 2.0  # seconds in which a delivery is kept or its sender told; Slack itself gives up after three
BUSY = "My database is busy. I go on trying to take this in, and tell you here what becomes of it."
# What Slack sends with a delivery that nothing here needs, and that must not be kept.
SECRET = re.compile(
    r"\b(?:xox[a-z]|xapp)-[A-Za-z0-9-]{8,}"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)",
    re.DOTALL,
)
TAKEN_OUT = "(taken out: a secret)"
DROPPED = ("token", "response_url", "response_urls")


class Listeners:
    """`handle` deals with a delivery once it is kept and acked; `open_home` with somebody who looks at their Home.

    `faults` tells what is wrong with a form, by field; `offered` what a field offers for what is typed into it.
    """

    def __init__(
        self,
        ledger: Ledger,
        handle: Callable[[Envelope], Awaitable[None]],
        open_home: Callable[[Person], Coroutine[Any, Any, None]],
        faults: Callable[[dict[str, Any]], dict[str, str]],
        offered: Callable[[dict[str, Any]], Awaitable[list[dict[str, Any]]]],
    ) -> None:
        self._ledger, self._handle, self._open_home = ledger, handle, open_home
        self._faults, self._offered = faults, offered
        self._tasks: set[asyncio.Task[None]] = set()

    def app(self, client: AsyncWebClient) -> AsyncApp:
        """Bolt, with one listener a kind: an unknown command is acked as surely as a known one."""
        app = AsyncApp(client=client, request_verification_enabled=False)
        app.command(ANY)(self._listener("command", client))
        app.action(ANY)(self._listener("action", client))
        app.shortcut(ANY)(self._listener("shortcut", client))
        app.view(ANY)(self._listener("view", client))
        app.options(ANY)(self._offer)
        app.event("app_home_opened")(self._home_opened)
        return app

    async def _home_opened(self, body: dict[str, Any]) -> None:
        """Not kept: who still wants to see it after a crash opens it again."""
        event = body.get("event") or {}
        if event.get("tab", "home") == "home":
            self._begin(self._open_home(Person(workspace=str(body["team_id"]), member=str(event["user"]))))

    async def _offer(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Somebody types into a field. Nothing of it is kept."""
        await ack(options=await self._offered(body))

    def _listener(self, kind: str, client: AsyncWebClient) -> Callable[[AsyncAck, dict[str, Any]], Awaitable[None]]:
        async def listen(ack: AsyncAck, body: dict[str, Any]) -> None:
            await self._take_in(Envelope(key=_key(kind, body), kind=kind, body=_kept(body)), ack, client)

        return listen

    async def _take_in(self, envelope: Envelope, ack: AsyncAck, client: AsyncWebClient) -> None:
        if envelope.kind == "view" and (faults := self._faults(envelope.body["view"])):
            await ack(response_action="errors", errors=faults)  # it stays open, and nothing of it is kept
            return
        keeping = asyncio.ensure_future(self._ledger.write(lambda tx: slack.take_in(tx, envelope)))
        await asyncio.wait([keeping], timeout=PATIENCE)
        late = not keeping.done()
        if late:
            await (ack(text=BUSY) if envelope.kind == "command" else ack())
        try:
            fresh = await keeping
        except Problem as problem:
            log.error("can't keep a delivery", code=problem.code)
            if envelope.kind == "command" and not late:
                await ack(text=_words(problem))
                return
            if not late:
                await ack()
            await _tell(client, envelope, problem)
            return
        if not late:
            await ack()
        if fresh:
            self._begin(self._deal_with(envelope, client))

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deal_with(self, envelope: Envelope, client: AsyncWebClient) -> None:
        try:
            await self._handle(envelope)
        except Exception as fault:
            # It stays in the inbox, and is dealt with at the next start.
            log.exception("a delivery failed", kind=envelope.kind, key=envelope.key)
            if isinstance(fault, Problem):
                await _tell(client, envelope, fault)

    async def settled(self) -> None:
        """Back when everything that was taken in is dealt with."""
        while self._tasks:
            await asyncio.gather(*self._tasks)


def _key(kind: str, body: dict[str, Any]) -> str:
    """The same for every delivery of the same thing: Slack gives each interaction one trigger."""
    told = body.get("trigger_id") or hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
    return f"{kind}:{told}"


def _kept(body: dict[str, Any]) -> dict[str, Any]:
    """What is dealt with and kept: without what Slack sends along, and without secrets that people type by mistake."""
    return {name: _discreet(value) for name, value in body.items() if name not in DROPPED}


def _discreet(value: Any) -> Any:
    if isinstance(value, str):
        return SECRET.sub(TAKEN_OUT, value)
    if isinstance(value, dict):
        return {name: _discreet(each) for name, each in value.items()}
    return [_discreet(each) for each in value] if isinstance(value, list) else value


def _words(problem: Problem) -> str:
    return f"{problem.said} {problem.because} {problem.next_step}"


async def _tell(client: AsyncWebClient, envelope: Envelope, problem: Problem) -> None:
    """Straight to who sent it: where the ledger fails there is no outbox either."""
    body = envelope.body
    channel = body.get("channel_id") or (body.get("channel") or {}).get("id")
    person = body.get("user_id") or (body.get("user") or {}).get("id")
    try:
        await client.chat_postEphemeral(channel=str(channel), user=str(person), text=_words(problem))
    except (SlackApiError, aiohttp.ClientError, TimeoutError, OSError) as fault:
        log.error("can't tell it either", key=envelope.key, fault=type(fault).__name__)
