"""Signed HTTP: the same bot without Socket Mode."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qs

import pytest
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from bot.lab.workspace import NotLoopback, People, Workspace, start
from tests.bot.lab.workspace.cards import actions, button, field, modal, section
from tests.bot.lab.workspace.conftest import QUICK, Clock

SECRET = "0123456789abcdef"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def served(handler: Handler) -> AsyncIterator[str]:
    """An app's own HTTP server; the URL of its door."""
    application = web.Application()
    application.router.add_post("/slack/events", handler)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def bolt(prepare: Callable[[AsyncApp], object], clock: Clock) -> AsyncIterator[tuple[Workspace, People]]:
    """A Bolt app behind its request URL, a workspace that posts to it, and people."""
    apps: list[AsyncApp] = []

    async def door(request: web.Request) -> web.StreamResponse:
        return await to_aiohttp_response(await apps[0].async_dispatch(await to_bolt_request(request)))

    async with (
        served(door) as url,
        await start(request_url=url, signing_secret=SECRET, limits=None, patience=QUICK, clock=clock) as workspace,
        People(workspace.url) as people,
    ):
        client = AsyncWebClient(token=workspace.bot_token, base_url=workspace.api_url)
        apps.append(AsyncApp(client=client, signing_secret=SECRET))
        prepare(apps[0])
        yield workspace, people


def whole_job(app: AsyncApp, heard: asyncio.Queue[str]) -> None:
    """Command, button, form and mention."""

    @app.command("/power")
    async def power(ack: Any, say: Any) -> None:
        await ack("on its way")
        await say(text="Move it?", blocks=[section("Move it?"), actions(button("approve"))])

    @app.action("approve")
    async def approve(ack: Any, body: dict[str, Any], client: Any) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=modal(field("why")))

    @app.view("form")
    async def form(ack: Any, view: dict[str, Any]) -> None:
        why = view["state"]["values"]["why"]["why_text"]["value"]
        await (ack(response_action="errors", errors={"why": "Say more"}) if why == "no" else ack())

    @app.event("app_mention")
    async def mention(event: dict[str, Any]) -> None:
        heard.put_nowait(event["text"])


async def test_whole_job(clock: Clock) -> None:
    """A command, a click, a form and a mention go to the request URL of a Bolt app, and its answers come back."""
    heard: asyncio.Queue[str] = asyncio.Queue()
    async with bolt(lambda app: whole_job(app, heard), clock) as (workspace, people):
        ended = await people.slash("requester", "power-ops", "/power on")
        assert (ended["acked"], ended["response"]) == (True, {"text": "on its way"})
        await people.wait_for_ephemeral("requester", lambda m: m["text"] == "on its way")
        message = await people.wait_for_message("power-ops", lambda m: m["text"] == "Move it?")
        await people.click("approver", "power-ops", message["ts"], "approve")
        view = await people.wait_for_view("approver")
        assert (await people.submit("approver", view["id"], {"why_text": "no"}))["errors"] == {"why": "Say more"}
        assert (await people.submit("approver", view["id"], {"why_text": "it is due"}))["ok"]
        await people.post("lead", "power-ops", "@hscbot help")
        assert await asyncio.wait_for(heard.get(), 10) == "<@U0HSCBOT> help"
        app_client = AsyncWebClient(base_url=workspace.api_url)
        with pytest.raises(SlackApiError, match="forbidden_team"):
            await app_client.apps_connections_open(app_token=workspace.app_token)


async def test_stale_timestamp(clock: Clock) -> None:
    """Bolt refuses what was signed more than five minutes ago, and the person sees that it failed."""
    clock.ahead = -600.0
    async with bolt(lambda app: whole_job(app, asyncio.Queue()), clock) as (_, people):
        assert (await people.slash("requester", "power-ops", "/power"))["error"] == "http_client_error"


async def test_on_the_wire(clock: Clock) -> None:
    """Commands are forms, interactions a `payload` in a form, events JSON; each is signed over its very bytes."""
    seen: list[tuple[str, dict[str, Any]]] = []
    mentioned = asyncio.Event()
    verifier = SignatureVerifier(SECRET)

    async def door(request: web.Request) -> web.Response:
        body = await request.read()
        assert verifier.is_valid_request(body, dict(request.headers))
        assert not verifier.is_valid_request(body + b" ", dict(request.headers))
        if request.content_type == "application/json":
            event = json.loads(body)
            seen.append((event["type"], event))
            if event["type"] == "event_callback":
                mentioned.set()
            return web.json_response({"challenge": event.get("challenge")})
        form = {name: value[0] for name, value in parse_qs(body.decode()).items()}
        given = json.loads(form["payload"]) if "payload" in form else form
        seen.append((given.get("type", "command"), given))
        return web.Response()

    async with (
        served(door) as url,
        await start(request_url=url, signing_secret=SECRET, patience=QUICK, clock=clock) as workspace,
        People(workspace.url) as people,
    ):
        assert (await people.slash("requester", "power-ops", "/power für & alle"))["acked"]
        assert (await people.shortcut("requester", "explain"))["acked"]
        await people.post("lead", "power-ops", "@hscbot one")
        await asyncio.wait_for(mentioned.wait(), 10)
        deliveries = await people.deliveries()
    assert [kind for kind, _ in seen] == ["command", "shortcut", "url_verification", "event_callback"]
    assert seen[0][1]["text"] == "für & alle"
    assert [one["type"] for one in deliveries] == ["slash_commands", "interactive", "events_api"]


async def test_retries(clock: Clock) -> None:
    """An event that fails comes again with number and reason until the app waives it; a command does not."""
    tries: list[tuple[str | None, str | None]] = []
    statuses = {"0": 500, "1": 404}
    again = asyncio.Event()

    async def door(request: web.Request) -> web.Response:
        if request.content_type != "application/json":
            return web.Response(status=503)
        event = await request.json()
        if event["type"] == "url_verification":
            return web.Response(text=event["challenge"])
        number = request.headers.get("X-Slack-Retry-Num")
        tries.append((number, request.headers.get("X-Slack-Retry-Reason")))
        if number:
            again.set()
        waived = {"X-Slack-No-Retry": "1"} if number else {}
        return web.Response(status=statuses[number or "0"], headers=waived)

    async with (
        served(door) as url,
        await start(request_url=url, patience=QUICK, clock=clock) as workspace,
        People(workspace.url) as people,
    ):
        await people.post("lead", "power-ops", "@hscbot one")
        await asyncio.wait_for(again.wait(), 10)
        ended = await people.slash("requester", "power-ops", "/power")
        assert (ended["error"], ended["attempts"]) == ("http_service_error", 1)
    assert tries == [(None, None), ("1", "http_error")]


async def test_silence(clock: Clock) -> None:
    """An app that does not answer in time, or is not there, fails visibly; faults hit HTTP as they hit sockets."""

    async def door(request: web.Request) -> web.Response:
        return web.Response()

    async with (
        served(door) as url,
        await start(request_url=url, patience=QUICK, clock=clock) as workspace,
        People(workspace.url) as people,
    ):
        await people.fault(delivery="slash_commands", do="drop")
        assert (await people.slash("requester", "power-ops", "/power"))["error"] == "operation_timeout"
        assert (await people.slash("requester", "power-ops", "/power"))["acked"]
    async with (
        await start(request_url=url, patience=QUICK, clock=clock) as workspace,
        People(workspace.url) as people,
    ):
        assert (await people.slash("requester", "power-ops", "/power"))["error"] == "dispatch_failed"


@pytest.mark.parametrize("url", ["http://192.0.2.1/slack/events", "https://example.com/", "ftp://127.0.0.1/"])
async def test_only_this_machine(url: str) -> None:
    """A request URL on another machine is not posted to."""
    with pytest.raises((NotLoopback, ValueError)):
        await start(request_url=url)
