"""Socket Mode: who gets an envelope, and what becomes of one that nobody acknowledges."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.lab.workspace import People, Workspace
from tests.bot.lab.workspace.conftest import Connect


@pytest.fixture
def texts(app: AsyncApp) -> list[str]:
    """The text of each command that the app was given."""
    seen: list[str] = []

    @app.command("/power")
    async def power(ack: Any, command: dict[str, Any]) -> None:
        seen.append(command["text"])
        await ack()

    return seen


async def raw(workspace: Workspace, session: aiohttp.ClientSession) -> aiohttp.ClientWebSocketResponse:
    """A bare connection, past its hello."""
    opened = await AsyncWebClient(token=workspace.app_token, base_url=workspace.api_url).apps_connections_open(
        app_token=workspace.app_token
    )
    socket = await session.ws_connect(opened["url"])
    hello = await socket.receive_json()
    assert (hello["type"], hello["connection_info"]["app_id"]) == ("hello", "A0HSCBOT")
    return socket


async def test_redelivery_after_cut(workspace: Workspace, people: People) -> None:
    """An envelope whose connection dies before the acknowledgement reaches the next connection, once it is up."""
    async with aiohttp.ClientSession() as session:
        first = await raw(workspace, session)
        asked = asyncio.ensure_future(people.slash("requester", "power-ops", "/power on"))
        before = await first.receive_json()
        await people.cut()
        second = await raw(workspace, session)
        after = await second.receive_json()
        await second.send_json({"envelope_id": after["envelope_id"]})
        ended = await asked
    assert before["envelope_id"] == after["envelope_id"]
    assert (after["retry_attempt"], after["retry_reason"]) == (1, "connection_lost")
    assert (ended["acked"], ended["attempts"]) == (True, 2)


async def test_bolt_comes_back(workspace: Workspace, people: People, connect: Connect, texts: list[str]) -> None:
    """A Bolt app whose socket is cut comes back by itself and gets the command that waited meanwhile."""
    await connect()
    await people.cut()
    assert (await people.slash("requester", "power-ops", "/power again"))["acked"]
    assert texts == ["again"]


async def test_hello(workspace: Workspace) -> None:
    """Each connection is told how many there are, is asked to make way by name, and the eleventh is turned away."""
    client = AsyncWebClient(base_url=workspace.api_url)
    async with aiohttp.ClientSession() as session, People(workspace.url) as people:
        opened = []
        for _ in range(11):
            url = (await client.apps_connections_open(app_token=workspace.app_token))["url"]
            opened.append(await session.ws_connect(url))
        firsts = [await socket.receive_json() for socket in opened]
        await people.refresh()
        asked = [await socket.receive_json() for socket in opened[:10]]
    assert [one.get("num_connections") for one in firsts] == [*range(1, 11), None]
    assert (firsts[10]["type"], firsts[10]["reason"]) == ("disconnect", "too_many_websockets")
    assert {(one["type"], one["reason"]) for one in asked} == {("disconnect", "refresh_requested")}


async def test_refresh(workspace: Workspace, people: People, connect: Connect, texts: list[str]) -> None:
    """An app that is asked to make way opens a new connection and misses nothing."""
    await connect()
    await people.refresh()
    assert (await people.slash("requester", "power-ops", "/power on"))["acked"]
    assert texts == ["on"]


async def test_one_delivery_each(people: People, connect: Connect, texts: list[str]) -> None:
    """With several connections each envelope goes to one of them, in turns."""
    await connect()
    await connect()
    for number in range(6):
        await people.slash("requester", "power-ops", f"/power {number}")
    assert texts == [str(number) for number in range(6)]
    assert len({envelope["connection"] for envelope in await people.deliveries()}) == 2


async def test_duplicate_and_drop(people: People, connect: Connect, texts: list[str]) -> None:
    """A doubled delivery comes twice with the same envelope; a dropped one never comes and the person sees it."""
    await connect()
    await people.fault(delivery="slash_commands", do="duplicate")
    assert (await people.slash("requester", "power-ops", "/power twice"))["acked"]
    await people.fault(delivery="slash_commands", do="drop")
    assert not (await people.slash("requester", "power-ops", "/power never"))["acked"]
    assert texts == ["twice", "twice"]


async def test_delay(people: People, connect: Connect, texts: list[str]) -> None:
    """Of two deliveries the one that was asked to be late is overtaken, and still acknowledged."""
    await connect()
    await people.fault(delivery="slash_commands", do="delay", seconds=0.3)
    both = await asyncio.gather(*(people.slash("requester", "power-ops", f"/power {name}") for name in "ab"))
    (late,) = [one["payload"]["text"] for one in await people.deliveries() if one["fault"] == "delay"]
    assert [one["acked"] for one in both] == [True, True]
    assert (len(texts), texts[-1]) == (2, late)


async def test_half_open(people: People, connect: Connect, texts: list[str]) -> None:
    """A half-open connection swallows a command; the client notices and later ones get through."""
    await connect()
    await people.cut(half_open=True)
    assert not (await people.slash("requester", "power-ops", "/power lost"))["acked"]

    async def through() -> bool:
        return bool((await people.slash("requester", "power-ops", "/power found"))["acked"])

    assert await people.wait_for(through, 30)
    assert texts == ["found"]


async def test_events_are_retried(workspace: Workspace, people: People) -> None:
    """An event that nobody acknowledges comes again with its count and reason, and the same event id."""
    async with aiohttp.ClientSession() as session:
        socket = await raw(workspace, session)
        await people.post("lead", "power-ops", "@hscbot help")
        seen: list[dict[str, Any]] = []
        while len(seen) < 3:
            envelope = await socket.receive_json()
            if envelope["payload"]["event"]["type"] == "app_mention":
                seen.append(envelope)
    assert [(one["retry_attempt"], one["retry_reason"]) for one in seen] == [(0, ""), (1, "timeout"), (2, "timeout")]
    assert len({one["payload"]["event_id"] for one in seen}) == 1


async def test_ticket_is_good_once(workspace: Workspace) -> None:
    """A socket URL opens one connection; the bot's token cannot ask for one."""
    client = AsyncWebClient(token=workspace.bot_token, base_url=workspace.api_url)
    with pytest.raises(SlackApiError, match="not_allowed_token_type"):
        await client.api_call("apps.connections.open")
    url = (await client.apps_connections_open(app_token=workspace.app_token))["url"]
    async with aiohttp.ClientSession() as session:
        await session.ws_connect(url)
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(url)
