"""The Web API: posting, editing, reading; every refusal under Slack's own name."""

from __future__ import annotations

import time
import zlib
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.lab.workspace import Limits, Pace, People, Workspace, start
from bot.lab.workspace.messages import Message, Span, Timeline
from bot.lab.workspace.records import File
from bot.lab.workspace.state import State
from tests.bot.lab.workspace.conftest import Clock

OPS = "C0POWEROPS"


async def refused(web: AsyncWebClient, method: str, **arguments: Any) -> str:
    """The error with which a call is refused."""
    with pytest.raises(SlackApiError) as caught:
        await web.api_call(method, json=arguments)
    return str(caught.value.response["error"])


REFUSALS: list[tuple[str, str, dict[str, Any]]] = [
    ("channel_not_found", "chat.postMessage", {"channel": "C0NOSUCH", "text": "x"}),
    ("not_in_channel", "chat.postMessage", {"channel": "C0RANDOM", "text": "x"}),
    ("no_text", "chat.postMessage", {"channel": OPS}),
    ("invalid_thread_ts", "chat.postMessage", {"channel": OPS, "text": "x", "thread_ts": "yesterday"}),
    ("invalid_blocks_format", "chat.postMessage", {"channel": OPS, "blocks": "[{"}),
    ("invalid_metadata_format", "chat.postMessage", {"channel": OPS, "text": "x", "metadata": {"a": 1}}),
    ("cant_update_message", "chat.update", {"channel": OPS, "ts": "theirs", "text": "x"}),
    ("message_not_found", "chat.update", {"channel": OPS, "ts": "gone", "text": "x"}),
    ("msg_too_long", "chat.update", {"channel": OPS, "ts": "ours", "text": "x" * 4_001}),
    ("cant_delete_message", "chat.delete", {"channel": OPS, "ts": "theirs"}),
    ("user_not_in_channel", "chat.postEphemeral", {"channel": OPS, "user": "U0NOBODY", "text": "x"}),
    ("thread_not_found", "conversations.replies", {"channel": OPS, "ts": "gone"}),
    ("not_in_channel", "conversations.history", {"channel": "C0RANDOM"}),
    ("invalid_arguments", "conversations.info", {}),
    ("unknown_method", "chat.shout", {}),
]


async def test_refusals(web: AsyncWebClient, people: People) -> None:
    """Each wrong call is refused under Slack's name for it."""
    stamps = {"theirs": (await people.post("lead", "power-ops", "mine"))["ts"]}
    for name in ("ours", "gone"):
        stamps[name] = (await web.chat_postMessage(channel=OPS, text="x"))["ts"]
    await web.chat_delete(channel=OPS, ts=stamps["gone"])
    for error, method, arguments in REFUSALS:
        if "ts" in arguments:
            arguments = {**arguments, "ts": stamps[arguments["ts"]]}
        assert await refused(web, method, **arguments) == error, (method, arguments)


async def test_tokens_and_scopes(workspace: Workspace) -> None:
    """No token, a wrong token and a missing scope are three different refusals."""
    assert await refused(AsyncWebClient(base_url=workspace.api_url), "auth.test") == "not_authed"
    assert await refused(AsyncWebClient(token="x", base_url=workspace.api_url), "auth.test") == "invalid_auth"
    async with await start(scopes={"chat:write"}) as narrow:
        web = AsyncWebClient(token=narrow.bot_token, base_url=narrow.api_url)
        with pytest.raises(SlackApiError) as caught:
            await web.users_list()
    answer = caught.value.response
    assert (answer["error"], answer["needed"], answer["provided"]) == ("missing_scope", "users:read", "chat:write")


async def test_every_encoding(workspace: Workspace) -> None:
    """Query, form, multipart and JSON say the same; a token in a JSON body is no token."""
    url, head = f"{workspace.api_url}chat.postMessage", {"Authorization": f"Bearer {workspace.bot_token}"}
    said = {"channel": OPS, "text": "hello", "blocks": '[{"type": "divider"}]'}
    multipart = aiohttp.FormData(said, default_to_multipart=True)
    async with aiohttp.ClientSession() as session:
        for sent in ({"params": said}, {"data": said}, {"data": multipart}, {"json": said}):
            async with session.post(url, headers=head, **sent) as response:
                assert (await response.json())["message"]["blocks"][0]["type"] == "divider"
        async with session.post(url, data={**said, "token": workspace.bot_token}) as response:
            assert (await response.json())["ok"]
        async with session.post(url, json={**said, "token": workspace.bot_token}) as response:
            assert (await response.json())["error"] == "not_authed"
        async with session.get(f"{workspace.api_url}users.list", headers=head) as response:
            assert (await response.json())["ok"]


async def test_threads_and_metadata(web: AsyncWebClient) -> None:
    """A thread is counted on its root, stays out of the history, and metadata comes back where it is asked for."""
    metadata = {"event_type": "request", "event_payload": {"id": "r-1"}}
    root = (await web.chat_postMessage(channel=OPS, text="root", metadata=metadata))["ts"]
    first = (await web.chat_postMessage(channel=OPS, text="one", thread_ts=root))["ts"]
    last = (await web.chat_postMessage(channel=OPS, text="two", thread_ts=first))["ts"]
    (message,) = (await web.conversations_history(channel=OPS, include_all_metadata=True))["messages"]
    assert (message["reply_count"], message["latest_reply"], message["metadata"]) == (2, last, metadata)
    replies = (await web.conversations_replies(channel=OPS, ts=root))["messages"]
    assert [(one["text"], one["thread_ts"]) for one in replies] == [("root", root), ("one", root), ("two", root)]
    assert "metadata" not in replies[0]
    await web.chat_delete(channel=OPS, ts=root)
    assert (await web.conversations_history(channel=OPS))["messages"][0]["subtype"] == "tombstone"


async def test_paging(web: AsyncWebClient) -> None:
    """Pages follow one another without a gap or a repeat, in the history and in a thread."""
    sent = [(await web.chat_postMessage(channel=OPS, text=str(number)))["ts"] for number in range(7)]
    for number in range(5):
        await web.chat_postMessage(channel=OPS, text=f"reply {number}", thread_ts=sent[0])
    history = [
        m["text"] async for page in await web.conversations_history(channel=OPS, limit=3) for m in page["messages"]
    ]
    thread = [
        m["text"]
        async for page in await web.conversations_replies(channel=OPS, ts=sent[0], limit=2)
        for m in page["messages"]
        if m["text"].startswith("reply")
    ]
    assert history == [str(number) for number in reversed(range(7))]
    assert thread == [f"reply {number}" for number in range(5)]


def test_timeline_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A conversation never holds more than its bound; the oldest messages go, with their threads."""
    monkeypatch.setattr("bot.lab.workspace.messages.KEPT_MESSAGES", 100)
    timeline = Timeline()
    for number in range(1000):
        root = f"{number:010d}.000000"
        timeline.add(Message(ts=root, channel=OPS, user="U0LEAD"))
        timeline.add(Message(ts=f"{number:010d}.000001", channel=OPS, user="U0LEAD", thread_ts=root))
    page, following = timeline.newest(Span(limit=1000))
    assert (len(timeline), len(page), following) == (100, 50, "")
    assert all(timeline.replies(message.ts) for message in page)


def test_files_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest files make room for new ones, by number and by bytes."""
    monkeypatch.setattr("bot.lab.workspace.state.KEPT_FILES", 5)
    monkeypatch.setattr("bot.lab.workspace.state.KEPT_BYTES", 30)
    state = State(time.time)
    for number in range(20):
        file = File(id=f"F{number}", name="x", length=10, ticket=str(number))
        state.add_file(file)
        if number >= 10:
            state.receive(file, b"x" * 10)
        assert len(state.files) <= 5
    assert list(state.files) == ["F17", "F18", "F19"]


async def test_rate_limit(clock: Clock) -> None:
    """Beyond its burst a channel takes one message a second; others are not held up, and the wait is told."""
    async with await start(limits=Limits(posting=Pace(1.0, 2)), clock=clock) as workspace:
        web = AsyncWebClient(token=workspace.bot_token, base_url=workspace.api_url)
        for _ in range(2):
            await web.chat_postMessage(channel=OPS, text="x")
        with pytest.raises(SlackApiError) as caught:
            await web.chat_postMessage(channel=OPS, text="x")
        assert (caught.value.response.status_code, caught.value.response["error"]) == (429, "ratelimited")
        assert caught.value.response.headers["Retry-After"] == "1"
        await web.chat_postMessage(channel="C0POWERALERTS", text="x")
        clock.ahead += 1.0
        await web.chat_postMessage(channel=OPS, text="x")


async def test_files(web: AsyncWebClient, people: People) -> None:
    """A file goes up in three steps into a thread with its comment, and comes down byte for byte."""
    root = (await web.chat_postMessage(channel=OPS, text="root"))["ts"]
    await web.files_upload_v2(
        channel=OPS, thread_ts=root, filename="run.log", content="HSCLA318\n", initial_comment="The log"
    )
    message = (await people.thread("power-ops", root))[-1]
    (file,) = message["files"]
    assert (message["text"], file["name"], file["preview"]) == ("The log", "run.log", "HSCLA318\n")
    assert await people.file(file["id"]) == b"HSCLA318\n"
    with pytest.raises(SlackApiError, match="not_in_channel"):
        await web.files_upload_v2(channel="C0RANDOM", filename="run.log", content="x")
    asked = await web.files_getUploadURLExternal(filename="a", length=3)
    with pytest.raises(SlackApiError, match="file_not_found"):
        await web.files_completeUploadExternal(files=[{"id": asked["file_id"], "title": "a"}])


async def test_pictures(web: AsyncWebClient, people: People) -> None:
    """What is a PNG by its bytes is shown as one, with its measures and its description; what only says so isn't."""
    root = (await web.chat_postMessage(channel=OPS, text="root"))["ts"]
    content = png(1080, 620)
    for name, bytes_ in (
        ("pair.png", content),
        ("cut.png", content[:-3]),
        ("no.png", b"no picture"),
        ("pair", content),
    ):
        await web.files_upload_v2(channel=OPS, thread_ts=root, filename=name, content=bytes_, alt_txt="a pair")
    files = {m["files"][0]["name"]: m["files"][0] for m in (await people.thread("power-ops", root))[1:]}
    shown = files["pair.png"]
    assert (shown["mimetype"], shown["filetype"], shown["alt_txt"]) == ("image/png", "png", "a pair")
    assert (shown["original_w"], shown["original_h"]) == (1080, 620)
    assert (shown["thumb_360_w"], shown["thumb_360_h"]) == (360, 207)
    assert "thumb_480" in shown
    assert files["pair"]["mimetype"] == "image/png", "its name doesn't matter"
    for other in ("cut.png", "no.png"):
        assert files[other]["mimetype"] == "application/octet-stream"
        assert "original_w" not in files[other]


async def test_a_small_picture_is_not_enlarged(web: AsyncWebClient) -> None:
    """Its small versions are as large as itself at most."""
    await web.files_upload_v2(channel=OPS, filename="dot.png", content=png(100, 50), alt_txt="a dot")
    newest = (await web.conversations_history(channel=OPS))["messages"][0]["files"][0]
    assert (newest["thumb_360_w"], newest["thumb_360_h"]) == (100, 50)
    assert "thumb_480" not in newest


async def test_a_description_has_its_limit(web: AsyncWebClient) -> None:
    """A thousand characters are taken, one more is refused before anything is uploaded."""
    await web.files_getUploadURLExternal(filename="a.png", length=3, alt_txt="x" * 1_000)
    with pytest.raises(SlackApiError, match="alt_txt_too_large"):
        await web.files_getUploadURLExternal(filename="a.png", length=3, alt_txt="x" * 1_001)


@pytest.mark.parametrize("given", [{}, {"id": "F0", "url": "https://files.slack.com/x"}, {"id": ""}, {"name": "x"}])
async def test_an_image_block_names_one_file(web: AsyncWebClient, given: dict[str, str]) -> None:
    """A file of Slack's is named by its id or its address, and by nothing else."""
    block = {"type": "image", "alt_text": "x", "slack_file": given}
    assert await refused(web, "chat.postMessage", channel=OPS, text="x", blocks=[block]) == "invalid_blocks"


def png(width: int, height: int) -> bytes:
    """A picture of one colour."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4) + kind + data + zlib.crc32(kind + data).to_bytes(4)

    header = width.to_bytes(4) + height.to_bytes(4) + bytes((8, 0, 0, 0, 0))
    rows = zlib.compress((b"\0" + bytes(width)) * height)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


async def test_conversations_and_users(web: AsyncWebClient) -> None:
    """Channels, members, groups and direct messages are there to be looked up."""
    channels = {c["name"]: c for c in (await web.conversations_list())["channels"]}
    assert {name: c["is_member"] for name, c in channels.items()} == {
        "power-ops": True,
        "power-alerts": True,
        "random": False,
    }
    await web.conversations_join(channel="C0RANDOM")
    assert (await web.chat_postMessage(channel="#random", text="in"))["channel"] == "C0RANDOM"
    direct = (await web.conversations_open(users="U0LEAD"))["channel"]["id"]
    assert (await web.chat_postMessage(channel="U0LEAD", text="psst"))["channel"] == direct
    assert (await web.users_info(user="U0LEAD"))["user"]["real_name"] == "Logan Lead"
    groups = {g["handle"]: g["id"] for g in (await web.usergroups_list())["usergroups"]}
    approvers = (await web.usergroups_users_list(usergroup=groups["power-approvers"]))["users"]
    assert approvers == ["U0APPROVER", "U0LEAD"]


async def test_streams(web: AsyncWebClient, clock: Clock) -> None:
    """A streamed message grows, ends when it is stopped, and after five minutes by itself."""
    root = (await web.chat_postMessage(channel=OPS, text="root"))["ts"]
    to = {"channel": OPS, "thread_ts": root, "recipient_team_id": "T0LAB", "recipient_user_id": "U0LEAD"}
    stream = (await web.chat_startStream(**to, markdown_text="one "))["ts"]
    await web.chat_appendStream(channel=OPS, ts=stream, markdown_text="two ")
    assert (await web.chat_stopStream(channel=OPS, ts=stream, markdown_text="three"))["message"][
        "text"
    ] == "one two three"
    assert await refused(web, "chat.appendStream", channel=OPS, ts=stream, markdown_text="x") == (
        "message_not_in_streaming_state"
    )
    late = (await web.chat_startStream(**to))["ts"]
    clock.ahead += 301
    assert await refused(web, "chat.stopStream", channel=OPS, ts=late) == "message_not_in_streaming_state"
