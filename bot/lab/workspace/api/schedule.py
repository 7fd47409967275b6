"""chat.*scheduled*: messages for later."""

from __future__ import annotations

from bot.lab.workspace.api.calls import Call, cursor_of, method, next_cursor
from bot.lab.workspace.api.chat import WRITE, posting_channel, thread_root
from bot.lab.workspace.api.content import read_content
from bot.lab.workspace.messages import Message
from bot.lab.workspace.records import Channel
from bot.lab.workspace.scheduled import Scheduled
from bot.lab.workspace.words import BOT_ID, BOT_USER, Json, Refusal

FURTHEST = 120 * 24 * 3600
WINDOW = 5 * 60
MOST_IN_WINDOW = 30
TOO_LATE = 60
"""Seconds before it is due from which a scheduled message can't be taken back."""


@method("chat.scheduleMessage", WRITE)
def schedule(call: Call) -> Json:
    channel = posting_channel(call)
    post_at = _post_at(call, channel)
    content = read_content(call.params)
    root = thread_root(call, channel)
    broadcast = bool(root) and call.params.flag("reply_broadcast")
    message = Message(ts="", channel=channel.id, user=BOT_USER, thread_ts=root, broadcast=broadcast, **content)
    one = call.lab.schedule.add(message, post_at)
    told = {"type": "delayed_message", "subtype": "bot_message", "text": message.text, "bot_id": BOT_ID}
    shown = {**told, **{name: content[name] for name in ("blocks", "attachments") if content.get(name)}}
    return {"channel": channel.id, "scheduled_message_id": one.id, "post_at": post_at, "message": shown}


def _post_at(call: Call, channel: Channel) -> int:
    text, now = call.params.needed("post_at"), call.state.clock()
    if not text.isdecimal():
        raise Refusal("invalid_time")
    post_at = int(text)
    if post_at <= now:
        raise Refusal("time_in_past")
    if post_at > now + FURTHEST:
        raise Refusal("time_too_far")
    near = [one for one in call.lab.schedule.of(channel.id) if abs(one.post_at - post_at) < WINDOW]
    if len(near) >= MOST_IN_WINDOW:
        raise Refusal("restricted_too_many")
    return post_at


@method("chat.deleteScheduledMessage", WRITE)
def delete(call: Call) -> Json:
    channel = call.channel()
    one = call.lab.schedule.get(call.params.needed("scheduled_message_id"))
    if one is None or one.message.channel != channel.id or one.post_at < call.state.clock() + TOO_LATE:
        raise Refusal("invalid_scheduled_message_id")
    call.lab.schedule.remove(one)
    return {}


@method("chat.scheduledMessages.list")
def list_(call: Call) -> Json:
    wanted = call.params.text("channel")
    if wanted and wanted not in call.state.channels:
        raise Refusal("invalid_channel")
    oldest, latest = call.params.number("oldest", 0), call.params.number("latest", 0)
    waiting = [
        one for one in call.lab.schedule.of(wanted) if one.post_at >= oldest and (not latest or one.post_at <= latest)
    ]
    limit, skip = max(1, min(call.params.number("limit", 100), 100)), int(cursor_of(call.params, "offset") or 0)
    page, rest = waiting[skip : skip + limit], waiting[skip + limit :]
    return {
        "scheduled_messages": [_shown(one) for one in page],
        **next_cursor("offset", str(skip + limit) if rest else ""),
    }


def _shown(one: Scheduled) -> Json:
    return {
        "id": one.id,
        "channel_id": one.message.channel,
        "post_at": one.post_at,
        "date_created": one.created,
        "text": one.message.text,
    }
