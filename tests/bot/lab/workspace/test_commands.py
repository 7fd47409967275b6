"""Commands and clicks, from a person to the bot and back."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.lab.workspace import People, Workspace, start
from bot.lab.workspace.client import Refused
from tests.bot.lab.workspace.cards import actions, button, section
from tests.bot.lab.workspace.conftest import QUICK, Clock, Connect

SLASH_FIELDS = {
    *("token", "team_id", "team_domain", "channel_id", "channel_name", "user_id", "user_name", "command", "text"),
    *("api_app_id", "is_enterprise_install", "response_url", "trigger_id"),
}


async def test_command_to_message(app: AsyncApp, people: People, connect: Connect) -> None:
    """A command reaches the bot with Slack's fields, and what the bot posts is there for people to read."""
    seen: list[dict[str, Any]] = []

    @app.command("/power")
    async def power(ack: Any, body: dict[str, Any], say: Any) -> None:
        await ack()
        seen.append(body)
        await say(text=f"did {body['text']}", metadata={"event_type": "done", "event_payload": {"n": 1}})

    await connect()
    ended = await people.slash("requester", "#power-ops", "/power lpm list")
    message = await people.wait_for_message("power-ops", lambda m: m["text"] == "did lpm list")
    assert (ended["ok"], ended["acked"], ended["attempts"]) == (True, True, 1)
    assert set(seen[0]) == SLASH_FIELDS
    assert (seen[0]["user_id"], seen[0]["channel_name"]) == ("U0REQUESTER", "power-ops")
    assert message["metadata"] == {"event_type": "done", "event_payload": {"n": 1}}


async def test_acknowledgement_is_shown(app: AsyncApp, people: People, connect: Connect) -> None:
    """What an acknowledgement says is shown to the person alone, or to all where it asks for it."""

    @app.command("/quiet")
    async def quiet(ack: Any) -> None:
        await ack("only you")

    @app.command("/loud")
    async def loud(ack: Any) -> None:
        await ack(text="all of you", response_type="in_channel")

    await connect()
    await people.slash("requester", "power-ops", "/quiet")
    await people.slash("requester", "power-ops", "/loud")
    assert [m["text"] for m in await people.messages("power-ops")] == ["all of you"]
    assert [m["text"] for m in (await people.inbox("requester"))["ephemeral"]] == ["only you"]
    assert (await people.inbox("approver"))["ephemeral"] == []


async def test_silence_is_seen(app: AsyncApp, people: People, connect: Connect) -> None:
    """A person whose command nobody acknowledges is told so."""

    @app.command("/power")
    async def power() -> None:
        """Never acknowledges."""

    await connect()
    ended = await people.slash("requester", "power-ops", "/power")
    assert (ended["ok"], ended["acked"], ended["error"]) == (False, False, "operation_timeout")
    (told,) = (await people.inbox("requester"))["ephemeral"]
    assert "did not respond" in told["text"]


async def test_nobody_connected() -> None:
    """Without a connection a command waits for the length of the queue's patience, then fails visibly."""
    patience = type(QUICK)(queue=0.05)
    async with await start(patience=patience) as workspace, People(workspace.url) as people:
        ended = await people.slash("requester", "power-ops", "/power")
        assert (ended["error"], ended["why"]) == ("dispatch_failed", "no_connection")


async def test_only_known_commands() -> None:
    """With a manifest's commands at hand, others are refused as Slack refuses them."""
    commands = [{"command": "/power", "description": "Power", "usage_hint": "help"}]
    async with await start(commands=commands) as workspace, People(workspace.url) as people:
        assert (await people.slash("requester", "power-ops", "/pwoer"))["error"] == "invalid_command"
        assert (await people.workspace())["commands"] == commands


async def test_click(app: AsyncApp, people: People, workspace: Workspace, connect: Connect, web: Any) -> None:
    """A click carries the message, its action and a trigger; the bot's edit keeps the earlier wording."""
    bodies: list[dict[str, Any]] = []

    @app.action("approve")
    async def approve(ack: Any, body: dict[str, Any], client: Any) -> None:
        await ack()
        bodies.append(body)
        await client.chat_update(channel=body["channel"]["id"], ts=body["message"]["ts"], text="approved", blocks=[])

    await connect()
    blocks = [section("Move it?"), actions(button("approve", "req-7", style="primary"), button("deny"))]
    posted = await web.chat_postMessage(channel="C0POWEROPS", text="Move it?", blocks=blocks)
    assert (await people.click("approver", "power-ops", posted["ts"], "approve"))["acked"]
    message = await people.wait_for_message("power-ops", lambda m: m["text"] == "approved")
    (action,) = bodies[0]["actions"]
    assert (action["value"], action["style"], action["text"]["text"]) == ("req-7", "primary", "Approve")
    assert bodies[0]["container"]["message_ts"] == posted["ts"] == bodies[0]["message"]["ts"]
    assert bodies[0]["user"]["id"] == "U0APPROVER"
    assert (message["history"][0]["text"], message["edited"]["user"]) == ("Move it?", "U0HSCBOT")
    with pytest.raises(Refused, match="action_not_found"):
        await people.click("approver", "power-ops", posted["ts"], "approve")


async def test_shortcut(app: AsyncApp, people: People, connect: Connect) -> None:
    """A shortcut on a message carries that message and its callback id."""
    bodies: list[dict[str, Any]] = []

    @app.shortcut("explain")
    async def explain(ack: Any, body: dict[str, Any]) -> None:
        await ack()
        bodies.append(body)

    await connect()
    posted = await people.post("lead", "power-ops", "HSCLA318 again")
    await people.shortcut("lead", "explain", "power-ops", posted["ts"])
    assert (bodies[0]["type"], bodies[0]["message"]["text"]) == ("message_action", "HSCLA318 again")


async def test_response_url(app: AsyncApp, people: People, connect: Connect) -> None:
    """A response URL takes five answers and no sixth."""
    statuses: list[int] = []
    done = asyncio.Event()

    @app.command("/power")
    async def power(ack: Any, respond: Any) -> None:
        await ack()
        statuses.extend([(await respond(f"answer {number}")).status_code for number in range(6)])
        done.set()

    await connect()
    await people.slash("requester", "power-ops", "/power")
    await asyncio.wait_for(done.wait(), 10)
    told = [m["text"] for m in (await people.inbox("requester"))["ephemeral"]]
    assert (statuses, told) == ([200] * 5 + [404], [f"answer {number}" for number in range(5)])


async def test_response_url_ends(app: AsyncApp, people: People, connect: Connect, clock: Clock) -> None:
    """A response URL works for thirty minutes."""
    urls: list[str] = []

    @app.command("/power")
    async def power(ack: Any, body: dict[str, Any]) -> None:
        urls.append(body["response_url"])
        await ack()

    await connect()
    await people.slash("requester", "power-ops", "/power")
    hook = AsyncWebhookClient(urls[0])
    clock.ahead += 29 * 60
    assert (await hook.send(text="in time", response_type="in_channel")).status_code == 200
    clock.ahead += 60
    late = await hook.send(text="too late")
    assert (late.status_code, json.loads(late.body)["error"]) == (404, "expired_url")
    assert [m["text"] for m in await people.messages("power-ops")] == ["in time"]
