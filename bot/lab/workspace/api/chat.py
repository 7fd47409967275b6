"""chat.*: posting, editing and deleting messages, ephemeral ones, links to them."""

from __future__ import annotations

import re

from bot.lab.workspace.api.calls import Call, method
from bot.lab.workspace.api.content import MOST_POSTED, MOST_UPDATED, read_content
from bot.lab.workspace.messages import Message
from bot.lab.workspace.records import Channel, Whisper
from bot.lab.workspace.words import BOT_USER, Json, Refusal

WRITE = "chat:write"
TS = re.compile(r"\d+\.\d+")


@method("chat.postMessage", WRITE)
def post_message(call: Call) -> Json:
    channel = posting_channel(call)
    content = read_content(call.params, cut=True)
    root = thread_root(call, channel, gone_is_none=True)
    message = call.state.post(
        Message(
            ts=call.state.next_ts(),
            channel=channel.id,
            user=BOT_USER,
            thread_ts=root,
            broadcast=bool(root) and call.params.flag("reply_broadcast"),
            **content,
        )
    )
    shown = call.state.shown(message, with_metadata=True)
    return {"channel": channel.id, "ts": message.ts, "message": shown, **_cut_off(call)}


def _cut_off(call: Call) -> Json:
    """The warning that comes with a text of which the end is missing."""
    if len(call.params.text("text")) <= MOST_POSTED:
        return {}
    return {"warning": "message_truncated", "response_metadata": {"warnings": ["message_truncated"]}}


def posting_channel(call: Call) -> Channel:
    """Where to post: a conversation's id or a public channel's name, or a person's id for their direct message."""
    wanted = call.params.needed("channel")
    if wanted in call.state.members:
        if wanted == BOT_USER:
            raise Refusal("cannot_dm_bot")
        return call.state.direct(wanted, BOT_USER)
    channel = call.state.channel(wanted)
    if channel is None or not channel.visible_to(BOT_USER):
        raise Refusal("channel_not_found")
    if BOT_USER not in channel.members and "chat:write.public" not in call.lab.scopes:
        raise Refusal("not_in_channel")
    return channel


def thread_root(call: Call, channel: Channel, *, gone_is_none: bool = False) -> str:
    """The root of the thread in which to post, also where a reply was named.

    `gone_is_none`: what is meant for a thread that is gone is posted to the channel, and only its answer tells.
    """
    wanted = call.params.text("thread_ts")
    if not wanted:
        return ""
    if not TS.fullmatch(wanted):
        raise Refusal("invalid_thread_ts")
    message = channel.timeline.get(wanted)
    if message is None:
        if gone_is_none:
            return ""
        raise Refusal("thread_not_found")
    return message.thread_ts or message.ts


@method("chat.update", WRITE)
def update(call: Call) -> Json:
    channel = call.channel()
    message = call.message(channel)
    if not message.by_bot:
        raise Refusal("cant_update_message")
    if call.state.clock() < message.streaming_until:
        raise Refusal("streaming_state_conflict")
    content = read_content(call.params, most_text=MOST_UPDATED)
    call.state.edit(message, by=BOT_USER, **content)
    shown = call.state.shown(message, with_metadata=True)
    shown = {name: value for name, value in shown.items() if name != "ts"}
    return {"channel": channel.id, "ts": message.ts, "text": message.text, "message": shown}


@method("chat.delete", WRITE)
def delete(call: Call) -> Json:
    channel = call.channel()
    message = call.message(channel)
    if not message.by_bot:
        raise Refusal("cant_delete_message")
    call.state.delete(message)
    return {"channel": channel.id, "ts": message.ts}


@method("chat.postEphemeral", WRITE, tier=4)
def post_ephemeral(call: Call) -> Json:
    channel = posting_channel(call)
    content = read_content(call.params)
    user = call.params.needed("user")
    if user not in channel.members:
        raise Refusal("user_not_in_channel")
    whisper = call.state.whisper(
        Whisper(
            ts=call.state.next_ts(),
            user=user,
            channel=channel.id,
            author=BOT_USER,
            text=content.get("text", ""),
            blocks=content.get("blocks", []),
            thread_ts=thread_root(call, channel),
        )
    )
    return {"message_ts": whisper.ts}


@method("chat.getPermalink", tier=0)
def get_permalink(call: Call) -> Json:
    channel = call.channel()
    message = call.message(channel, "message_ts")
    return {"channel": channel.id, "permalink": permalink(call, message)}


def permalink(call: Call, message: Message) -> str:
    link = f"{call.lab.url}archives/{message.channel}/p{message.ts.replace('.', '')}"
    return link + (f"?thread_ts={message.thread_ts}&cid={message.channel}" if message.is_reply else "")
