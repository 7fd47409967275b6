"""What goes wrong on demand, and who may ask for it."""

from __future__ import annotations

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.lab.workspace import People, Workspace
from bot.lab.workspace.client import Refused

OPS = "C0POWEROPS"


async def test_answers_go_wrong(web: AsyncWebClient, people: People) -> None:
    """429, 500, an error of Slack's and no answer at all each come as often as asked, then never again."""
    await people.fault(method="chat.postMessage", answer=429, retry_after=7)
    await people.fault(method="chat.postMessage", answer="channel_is_limited_access")
    with pytest.raises(SlackApiError) as caught:
        await web.chat_postMessage(channel=OPS, text="x")
    assert (caught.value.response.status_code, caught.value.response.headers["Retry-After"]) == (429, "7")
    with pytest.raises(SlackApiError, match="channel_is_limited_access"):
        await web.chat_postMessage(channel=OPS, text="x")
    await people.fault(method="*", answer=500)
    with pytest.raises(SlackApiError, match="500"):
        await web.auth_test()
    assert (await web.chat_postMessage(channel=OPS, text="x"))["ok"]
    assert len(await people.messages(OPS)) == 1


async def test_answer_lost_after_effect(workspace: Workspace, people: People) -> None:
    """A call can take effect though its answer is lost."""
    await people.fault(method="chat.postMessage", answer="nothing", when="after", channel="power-ops")
    head = {"Authorization": f"Bearer {workspace.bot_token}"}
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.ClientConnectionError):
            await session.post(f"{workspace.api_url}chat.postMessage", headers=head, json={"channel": OPS, "text": "x"})
    assert [message["text"] for message in await people.messages("power-ops")] == ["x"]


async def test_faults_can_be_cleared(web: AsyncWebClient, people: People) -> None:
    """Armed faults can be taken back; one that makes no sense is refused with what is wrong."""
    await people.fault(method="chat.postMessage", answer=500, times=99)
    await people.clear_faults()
    assert (await web.chat_postMessage(channel=OPS, text="x"))["ok"]
    with pytest.raises(Refused, match="invalid_arguments"):
        await people.fault(method="chat.postMessage", answer=500, sometimes=True)


FOREIGN = [
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Host": "evil.example"},
    {"Host": "127.0.0.1:1"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Content-Type": "text/plain"},
]


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
async def test_foreign_pages(workspace: Workspace, people: People, headers: dict[str, str]) -> None:
    """A page of another origin, or one under another name for this machine, can do nothing here."""
    async with aiohttp.ClientSession() as session:
        body = '{"user": "lead", "channel": "power-ops", "text": "x"}'
        sent = {"Content-Type": "application/json", **headers}
        async with session.post(f"{workspace.url}lab/post", data=body, headers=sent) as response:
            assert response.status == 403
        if "Content-Type" not in headers:
            for path in ("lab/live?user=U0LEAD", "lab/workspace", "", "api/auth.test"):
                async with session.get(workspace.url + path, headers=headers) as response:
                    assert response.status == 403
    assert await people.messages("power-ops") == []


async def test_page_is_strict(workspace: Workspace) -> None:
    """The page runs only its own scripts, and an uploaded file never runs as a page of ours."""
    web = AsyncWebClient(token=workspace.bot_token, base_url=workspace.api_url)
    await web.files_upload_v2(channel=OPS, filename="x.html", content="<script>alert(1)</script>")
    file = next(iter(workspace.state.files))
    async with aiohttp.ClientSession() as session:
        async with session.get(workspace.url) as response:
            policy = response.headers["Content-Security-Policy"]
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy
        async with session.get(f"{workspace.url}lab/files/{file}") as response:
            assert response.content_type == "application/octet-stream"
            assert response.headers["Content-Disposition"].startswith("attachment")
            assert response.headers["X-Content-Type-Options"] == "nosniff"


async def test_tokens_stay_secret(workspace: Workspace) -> None:
    """Tokens are new at each start and in no representation of what holds them."""
    assert workspace.bot_token.startswith("xoxb-")
    assert workspace.app_token.startswith("xapp-")
    shown = repr(workspace.lab) + repr(workspace.lab.tokens) + str(vars(workspace))
    assert workspace.bot_token not in shown
    assert workspace.app_token not in shown
