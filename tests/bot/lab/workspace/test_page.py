"""What the page is fed."""

from __future__ import annotations

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.lab.workspace import Workspace
from bot.lab.workspace.page import STATIC


async def test_live_feed(workspace: Workspace, web: AsyncWebClient) -> None:
    """Each seat hears what is said in its channels, and never another's ephemeral or direct message."""
    async with aiohttp.ClientSession() as session:
        seat = await session.ws_connect(f"{workspace.url}lab/live?user=U0LEAD")
        await web.chat_postEphemeral(channel="C0POWEROPS", user="U0REQUESTER", text="secret")
        await web.chat_postMessage(channel="U0REQUESTER", text="secret")
        posted = await web.chat_postMessage(channel="C0POWEROPS", text="for all")
        await web.chat_update(channel="C0POWEROPS", ts=posted["ts"], text="for all, again")
        heard = [await seat.receive_json() for _ in range(2)]
    assert [(one["type"], one["message"]["text"]) for one in heard] == [
        ("message", "for all"),
        ("message_changed", "for all, again"),
    ]


async def test_every_file_is_served(workspace: Workspace) -> None:
    """The page's own files come from the package, scripts as scripts, and none of them builds HTML from text."""
    async with aiohttp.ClientSession() as session:
        for path in (path for path in STATIC.rglob("*") if path.is_file()):
            async with session.get(f"{workspace.url}static/{path.relative_to(STATIC)}") as response:
                assert response.status == 200
                assert path.suffix != ".js" or "javascript" in response.content_type
            text = path.read_text(encoding="utf-8")
            assert not any(word in text for word in ("innerHTML", "insertAdjacentHTML", "document.write", "eval("))
