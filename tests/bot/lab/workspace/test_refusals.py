"""What Slack refuses is refused under Slack's name, and changes nothing."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.lab.workspace import People
from tests.bot.lab.workspace.cards import modal, section
from tests.bot.lab.workspace.conftest import Clock

OPS, RANDOM = "C0POWEROPS", "C0RANDOM"


async def refusal(web: AsyncWebClient, method: str, **arguments: Any) -> dict[str, Any]:
    """The answer with which a call is refused."""
    with pytest.raises(SlackApiError) as caught:
        await web.api_call(method, json=arguments)
    return dict(caught.value.response.data)


async def refused(web: AsyncWebClient, method: str, **arguments: Any) -> str:
    return str((await refusal(web, method, **arguments))["error"])


NAMES = [
    ("", "invalid_name_required"),
    ("x" * 81, "invalid_name_maxlength"),
    ("---", "invalid_name_punctuation"),
    ("Power", "invalid_name_specials"),
    ("power ops", "invalid_name_specials"),
    ("power-ops", "name_taken"),
]


@pytest.mark.parametrize(("name", "error"), NAMES)
async def test_channel_names(web: AsyncWebClient, name: str, error: str) -> None:
    """A channel's name is lower case, at most eighty characters, and not taken."""
    assert await refused(web, "conversations.create", name=name) == error


async def test_invitations(web: AsyncWebClient, people: People) -> None:
    """An invitation is all or nothing unless forced, and says of each person what was wrong."""
    made = (await web.conversations_create(name="incident-1", is_private=True))["channel"]["id"]
    wrong = ["U0LEAD", "U0NOBODY", "U0HSCBOT"]
    answer = await refusal(web, "conversations.invite", channel=made, users=",".join(wrong))
    assert [(one["user"], one["error"]) for one in answer["errors"]] == [
        ("U0NOBODY", "user_not_found"),
        ("U0HSCBOT", "cant_invite_self"),
    ]
    assert (await web.conversations_members(channel=made))["members"] == ["U0HSCBOT"]
    await web.conversations_invite(channel=made, users=wrong, force=True)
    assert await refused(web, "conversations.invite", channel=made, users="U0LEAD") == "already_in_channel"
    assert await refused(web, "conversations.invite", channel=made, users="") == "no_user"
    assert await refused(web, "conversations.invite", channel=RANDOM, users="U0LEAD") == "not_in_channel"
    direct = (await web.conversations_open(users="U0LEAD"))["channel"]["id"]
    assert (
        await refused(web, "conversations.invite", channel=direct, users="U0APPROVER")
        == "method_not_supported_for_channel_type"
    )
    await people.post("lead", made, "I see it")
    with pytest.raises(Exception, match="channel_not_found"):
        await people.post("outsider", made, "I do not")


async def test_pins(web: AsyncWebClient, people: People) -> None:
    """A message is pinned once, shows it, and is let go of when it is deleted."""
    pinned = (await web.chat_postMessage(channel=OPS, text="x"))["ts"]
    await web.pins_add(channel=OPS, timestamp=pinned)
    (message,) = await people.messages("power-ops")
    assert (message["pinned_to"], message["pinned_info"]["pinned_by"]) == ([OPS], "U0HSCBOT")
    assert await refused(web, "pins.add", channel=OPS, timestamp=pinned) == "already_pinned"
    await web.pins_remove(channel=OPS, timestamp=pinned)
    assert await refused(web, "pins.remove", channel=OPS, timestamp=pinned) == "no_pin"
    assert await refused(web, "pins.add", channel=OPS) == "no_item_specified"
    assert await refused(web, "pins.add", channel=OPS, timestamp="yesterday") == "bad_timestamp"
    assert await refused(web, "pins.add", channel=OPS, timestamp="1.2") == "message_not_found"
    assert await refused(web, "pins.add", channel=RANDOM, timestamp=pinned) == "not_in_channel"
    await web.pins_add(channel=OPS, timestamp=pinned)
    assert [item["message"]["ts"] for item in (await web.pins_list(channel=OPS))["items"]] == [pinned]
    await web.chat_delete(channel=OPS, ts=pinned)
    assert (await web.pins_list(channel=OPS))["items"] == []


async def test_edits(web: AsyncWebClient, people: People) -> None:
    """Only what is there, is ours and does not stream can be edited, and an ephemeral message never."""
    theirs = (await people.post("lead", "power-ops", "mine"))["ts"]
    gone = (await web.chat_postMessage(channel=OPS, text="x"))["ts"]
    await web.chat_delete(channel=OPS, ts=gone)
    whisper = (await web.chat_postEphemeral(channel=OPS, user="U0LEAD", text="psst"))["message_ts"]
    to = {"channel": OPS, "thread_ts": theirs, "recipient_team_id": "T0LAB", "recipient_user_id": "U0LEAD"}
    streaming = (await web.chat_startStream(**to))["ts"]
    for ts, error in [
        (theirs, "cant_update_message"),
        (gone, "message_not_found"),
        (whisper, "message_not_found"),
        (streaming, "streaming_state_conflict"),
    ]:
        assert await refused(web, "chat.update", channel=OPS, ts=ts, text="y") == error
    await web.chat_stopStream(channel=OPS, ts=streaming)
    await web.chat_update(channel=OPS, ts=streaming, text="y")


async def test_streams(web: AsyncWebClient, people: People, clock: Clock) -> None:
    """A stream takes nothing after five minutes, nothing of others', and says to whom it goes."""
    root = (await people.post("lead", "power-ops", "go"))["ts"]
    to = {"channel": OPS, "thread_ts": root, "recipient_team_id": "T0LAB", "recipient_user_id": "U0LEAD"}
    stream = (await web.chat_startStream(**to))["ts"]
    said = {"channel": OPS, "ts": stream}
    assert await refused(web, "chat.appendStream", **said) == "no_text"
    assert await refused(web, "chat.appendStream", **said, chunks=[{"type": "dance"}]) == "invalid_chunks"
    assert await refused(web, "chat.appendStream", **said, markdown_text="x" * 12_001) == "msg_too_long"
    await web.chat_appendStream(**said, chunks=[{"type": "markdown_text", "text": "so far"}])
    assert await refused(web, "chat.appendStream", channel=OPS, ts=root, markdown_text="x") == (
        "message_not_owned_by_app"
    )
    clock.ahead += 300
    for method in ("chat.appendStream", "chat.stopStream"):
        assert await refused(web, method, **said, markdown_text="late") == "message_not_in_streaming_state"
    assert (await people.thread("power-ops", root))[-1]["text"] == "so far"
    for missing in ("recipient_team_id", "recipient_user_id"):
        less = {name: value for name, value in to.items() if name != missing}
        assert await refused(web, "chat.startStream", **less) == f"missing_{missing}"


async def test_views(web: AsyncWebClient) -> None:
    """A view that changed meanwhile is not overwritten, and what is no view is not published."""
    home = {"type": "home", "blocks": [section("one")]}
    first = (await web.views_publish(user_id="U0LEAD", view=home))["view"]
    await web.views_publish(user_id="U0LEAD", view=home, hash=first["hash"])
    assert await refused(web, "views.publish", user_id="U0LEAD", view=home, hash=first["hash"]) == "hash_conflict"
    assert await refused(web, "views.update", view_id=first["id"], view=home, hash=first["hash"]) == "hash_conflict"
    assert await refused(web, "views.publish", user_id="U0LEAD", view=modal()) == "invalid_arguments"
    assert await refused(web, "views.update", view_id="V0NOSUCH", view=modal()) == "not_found"
    assert await refused(web, "views.push", trigger_id="1.2.3", view=modal()) == "invalid_trigger_id"


async def test_validate(web: AsyncWebClient) -> None:
    """Blocks, a message or a view are judged without being sent: where, and what is wrong."""
    wrong: list[tuple[dict[str, Any], str, str]] = [
        ({"blocks": [section("x" * 3001)]}, "invalid_blocks", "/0/text/text"),
        ({"message": {"blocks": [{"type": "marquee"}]}}, "invalid_message", "/blocks/0/type"),
        ({"view": {**modal(), "colour": "red"}}, "invalid_view", ""),
    ]
    for given, error, pointer in wrong:
        answer = await refusal(web, "blocks.validate", **given)
        assert (answer["error"], answer["errors"][0]["pointer"]) == (error, pointer)
    assert await refused(web, "blocks.validate") == "invalid_arguments"
    assert await refused(web, "blocks.validate", blocks=[], view=modal()) == "invalid_arguments"


async def test_failed_share_can_be_tried_again(web: AsyncWebClient) -> None:
    """A file whose thread is refused is not yet shared: the same upload goes through with the right one."""
    asked = await web.files_getUploadURLExternal(filename="run.log", length=3)
    async with aiohttp.ClientSession() as session:
        await session.post(asked["upload_url"], data=b"abc")
    files = [{"id": asked["file_id"], "title": "The log"}]
    failing: list[tuple[dict[str, Any], str]] = [
        ({"channel_id": OPS, "thread_ts": "1.2"}, "thread_not_found"),
        ({"channel_id": RANDOM}, "not_in_channel"),
        ({"channel_id": OPS, "blocks": [{"type": "marquee"}]}, "invalid_blocks"),
    ]
    for wrong, error in failing:
        assert await refused(web, "files.completeUploadExternal", files=files, **wrong) == error
    shared = await web.files_completeUploadExternal(files=files, channel_id=OPS)
    assert shared["files"][0]["title"] == "The log"
    assert await refused(web, "files.completeUploadExternal", files=files, channel_id=OPS) == "file_not_found"


async def test_scheduled(web: AsyncWebClient, people: People, clock: Clock) -> None:
    """A scheduled message waits until it is due, then is there for all; until a minute before it can be taken back.

    One with metadata never comes: Slack's reference calls that a fault of Slack's.
    """
    soon = int(clock()) + 3600
    kept = await web.chat_scheduleMessage(channel=OPS, text="later", post_at=soon)
    dropped = (await web.chat_scheduleMessage(channel=OPS, text="never", post_at=soon))["scheduled_message_id"]
    await web.chat_deleteScheduledMessage(channel=OPS, scheduled_message_id=dropped)
    root = (await people.post("lead", "random", "go"))["ts"]
    await web.conversations_join(channel="C0RANDOM")
    metadata = {"event_type": "later", "event_payload": {}}
    await web.chat_scheduleMessage(channel="C0RANDOM", text="with metadata", post_at=soon, metadata=metadata)
    await web.chat_scheduleMessage(channel="C0RANDOM", text="a reply", post_at=soon, thread_ts=root)
    assert [one["id"] for one in (await web.chat_scheduledMessages_list(channel=OPS))["scheduled_messages"]] == [
        kept["scheduled_message_id"]
    ]
    assert await people.messages("power-ops") == []
    clock.ahead += 3600 - 30
    late = {"channel": OPS, "scheduled_message_id": kept["scheduled_message_id"]}
    assert await refused(web, "chat.deleteScheduledMessage", **late) == "invalid_scheduled_message_id"
    clock.ahead += 30
    message = await people.wait_for_message("power-ops", lambda m: m["text"] == "later")
    assert float(message["ts"]) >= soon
    await people.wait_for_message("random", lambda m: m["text"] == "a reply")
    assert [m["text"] for m in await people.thread("random", root)] == ["go", "a reply"]
    assert (await web.chat_scheduledMessages_list())["scheduled_messages"] == []


async def test_scheduled_pages(web: AsyncWebClient, clock: Clock) -> None:
    """Scheduled messages come in pages, soonest first, and no more than thirty for five minutes."""
    at = int(clock()) + 3600
    for number in range(30):
        await web.chat_scheduleMessage(channel=OPS, text=str(number), post_at=at + number)
    assert await refused(web, "chat.scheduleMessage", channel=OPS, text="x", post_at=at) == "restricted_too_many"
    pages = await web.chat_scheduledMessages_list(limit=12)
    told = [one["text"] async for page in pages for one in page["scheduled_messages"]]
    assert told == [str(number) for number in range(30)]
    for post_at, error in [
        (int(clock()) - 1, "time_in_past"),
        (int(clock()) + 121 * 86400, "time_too_far"),
        ("soon", "invalid_time"),
    ]:
        assert await refused(web, "chat.scheduleMessage", channel=OPS, text="x", post_at=post_at) == error
    assert await refused(web, "chat.scheduledMessages.list", channel="C0NOSUCH") == "invalid_channel"
