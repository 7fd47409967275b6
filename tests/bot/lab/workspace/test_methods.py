"""Every method that the workspace promises: its answer, its pace, its scope."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.lab.workspace import Limits, Pace, People, Workspace, start
from bot.lab.workspace.api.calls import METHODS
from tests.bot.lab.workspace.cards import modal, section
from tests.bot.lab.workspace.conftest import Clock

OPS = "C0POWEROPS"
PROMISED = {
    "auth": ["test"],
    "apps.connections": ["open"],
    "chat": [
        "postMessage",
        "update",
        "delete",
        "postEphemeral",
        "scheduleMessage",
        "getPermalink",
        "startStream",
        "appendStream",
        "stopStream",
    ],
    "conversations": ["list", "info", "history", "replies", "members", "join", "open", "create", "invite"],
    "users": ["info", "list", "conversations"],
    "usergroups": ["list"],
    "usergroups.users": ["list"],
    "views": ["open", "update", "push", "publish"],
    "files": ["getUploadURLExternal", "completeUploadExternal"],
    "reactions": ["add"],
    "pins": ["add"],
    "blocks": ["validate"],
}
TIERED = sorted(name for name, method in METHODS.items() if method.tier)


async def test_every_method(workspace: Workspace, web: AsyncWebClient, people: People, clock: Clock) -> None:
    """What the bot uses, and what a bot would use next, is answered with `ok`, as Slack's own client calls it."""
    called: set[str] = set()

    async def call(method: str, **arguments: Any) -> Any:
        called.add(method)
        answer = await web.api_call(method, params=arguments)
        assert answer["ok"], method
        return answer

    root = (await call("chat.postMessage", channel=OPS, text="root"))["ts"]
    gone = (await call("chat.postMessage", channel=OPS, text="gone"))["ts"]
    for method, more in [
        ("auth.test", {}),
        ("chat.update", {"channel": OPS, "ts": root, "text": "edited"}),
        ("chat.delete", {"channel": OPS, "ts": gone}),
        ("chat.postEphemeral", {"channel": OPS, "user": "U0LEAD", "text": "psst"}),
        ("chat.scheduleMessage", {"channel": OPS, "text": "later", "post_at": int(clock()) + 3600}),
        ("chat.getPermalink", {"channel": OPS, "message_ts": root}),
        ("conversations.list", {"types": "public_channel,private_channel,im,mpim"}),
        ("conversations.info", {"channel": OPS}),
        ("conversations.history", {"channel": OPS}),
        ("conversations.replies", {"channel": OPS, "ts": root}),
        ("conversations.members", {"channel": OPS}),
        ("conversations.join", {"channel": "C0RANDOM"}),
        ("conversations.open", {"users": "U0LEAD"}),
        ("users.info", {"user": "U0LEAD"}),
        ("users.list", {}),
        ("users.conversations", {}),
        ("usergroups.list", {}),
        ("usergroups.users.list", {"usergroup": "S0ADMINS"}),
        ("reactions.add", {"channel": OPS, "timestamp": root, "name": "eyes"}),
        ("pins.add", {"channel": OPS, "timestamp": root}),
    ]:
        await call(method, **more)
    made = (await call("conversations.create", name="incident-1"))["channel"]["id"]
    await call("conversations.invite", channel=made, users="U0LEAD,U0APPROVER")
    to = {"channel": OPS, "thread_ts": root, "recipient_team_id": "T0LAB", "recipient_user_id": "U0LEAD"}
    stream = (await call("chat.startStream", **to))["ts"]
    await call("chat.appendStream", channel=OPS, ts=stream, markdown_text="one")
    await call("chat.stopStream", channel=OPS, ts=stream)
    called |= await _with_json(workspace, web)
    called |= await _upload(web, root)
    assert [file["name"] for file in (await people.thread("power-ops", root))[-1]["files"]] == ["run.log"]
    assert called >= {f"{family}.{name}" for family, names in PROMISED.items() for name in names}
    assert set(METHODS) >= called


async def _with_json(workspace: Workspace, web: AsyncWebClient) -> set[str]:
    """Those that take views or blocks, and the one for the app-level token."""
    opened = await web.views_open(trigger_id=workspace.lab.triggers.issue("U0LEAD"), view=modal())
    view_id = opened["view"]["id"]
    await web.views_update(view_id=view_id, view=modal(section("two")), hash=opened["view"]["hash"])
    await web.views_push(trigger_id=workspace.lab.triggers.issue("U0LEAD", view_id), view=modal())
    await web.views_publish(user_id="U0LEAD", view={"type": "home", "blocks": [section("home")]})
    await web.api_call("blocks.validate", json={"blocks": [section("fine")]})
    await web.apps_connections_open(app_token=workspace.app_token)
    return {"views.open", "views.update", "views.push", "views.publish", "blocks.validate", "apps.connections.open"}


async def _upload(web: AsyncWebClient, thread: str) -> set[str]:
    asked = await web.files_getUploadURLExternal(filename="run.log", length=3)
    async with aiohttp.ClientSession() as session, session.post(asked["upload_url"], data=b"abc") as response:
        assert response.status == 200
    await web.files_completeUploadExternal(files=[{"id": asked["file_id"]}], channel_id=OPS, thread_ts=thread)
    return {"files.getUploadURLExternal", "files.completeUploadExternal"}


@pytest.mark.parametrize("method", TIERED)
async def test_every_tier(method: str, clock: Clock) -> None:
    """Each tiered method answers 429 with the wait once its tier is spent, and works again after that wait."""
    tier = METHODS[method].tier
    limits = Limits(posting=Pace(1 / 7, 1), tiers={number: Pace(1 / 7, 1) for number in (1, 2, 3, 4)})
    async with await start(limits=limits, clock=clock) as workspace, aiohttp.ClientSession() as session:
        head = {"Authorization": f"Bearer {workspace.bot_token}"}

        async def status() -> tuple[int, str | None]:
            async with session.post(f"{workspace.api_url}{method}", headers=head) as response:
                return response.status, response.headers.get("Retry-After")

        assert [await status(), await status()] == [(200, None), (429, "7")]
        clock.ahead += 7
        assert await status() == (200, None)
    assert tier in (1, 2, 3, 4)


async def test_pace_of_a_channel(clock: Clock) -> None:
    """However a channel is named, by id or name, its messages share one pace."""
    async with await start(limits=Limits(posting=Pace(1.0, 1)), clock=clock) as workspace:
        web = AsyncWebClient(token=workspace.bot_token, base_url=workspace.api_url)
        await web.chat_postMessage(channel=OPS, text="x")
        for again in ("#power-ops", "power-ops"):
            with pytest.raises(SlackApiError, match="ratelimited"):
                await web.chat_postMessage(channel=again, text="x")


SCOPED = [
    ("chat.postMessage", {"channel": OPS, "text": "x"}, "chat:write"),
    ("conversations.history", {"channel": OPS}, "channels:history"),
    ("conversations.history", {"channel": "D0LEAD"}, "im:history"),
    ("conversations.info", {"channel": OPS}, "channels:read"),
    ("conversations.list", {"types": "private_channel"}, "groups:read"),
    ("conversations.create", {"name": "new"}, "channels:manage"),
    ("conversations.create", {"name": "new", "is_private": True}, "groups:write"),
    ("conversations.invite", {"channel": OPS, "users": "U0LEAD"}, "channels:manage"),
    ("conversations.open", {"users": "U0LEAD"}, "im:write"),
    ("files.getUploadURLExternal", {"filename": "a", "length": 1}, "files:write"),
    ("reactions.add", {"channel": OPS, "name": "eyes", "timestamp": "1.2"}, "reactions:write"),
    ("pins.add", {"channel": OPS, "timestamp": "1.2"}, "pins:write"),
    ("usergroups.list", {}, "usergroups:read"),
]


@pytest.mark.parametrize(("method", "arguments", "scope"), SCOPED)
async def test_scope(method: str, arguments: dict[str, Any], scope: str) -> None:
    """Without its scope, which depends on the kind of conversation, a method is refused and says what it needs."""
    # Of each family another scope is there, so that no method is let in by a neighbour.
    neighbours = {"groups:history", "im:read", "mpim:read", "mpim:write", "groups:write", "channels:manage"}
    async with await start(scopes=neighbours - {scope}) as workspace:
        workspace.state.direct("U0LEAD", "U0HSCBOT")
        web = AsyncWebClient(token=workspace.bot_token, base_url=workspace.api_url)
        with pytest.raises(SlackApiError) as caught:
            await web.api_call(method, params=arguments)
    assert (caught.value.response["error"], caught.value.response["needed"]) == ("missing_scope", scope)
