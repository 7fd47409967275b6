"""chat.*Stream: a message that grows while it is written, for at most five minutes."""

from __future__ import annotations

from bot.lab.workspace.api.calls import Call, method
from bot.lab.workspace.api.chat import WRITE, posting_channel, thread_root
from bot.lab.workspace.api.content import read_blocks, read_metadata
from bot.lab.workspace.blocks import MOST_TEXT
from bot.lab.workspace.messages import Message
from bot.lab.workspace.records import Channel
from bot.lab.workspace.words import BOT_USER, TEAM, Json, Refusal

LIFE_SECONDS = 5 * 60
CHUNKS = {"markdown_text", "task_update", "plan_update", "blocks"}
"""Of which the text is kept and shown; the others are taken and left."""


@method("chat.startStream", WRITE, tier=2)
def start(call: Call) -> Json:
    channel = posting_channel(call)
    if not channel.is_direct:
        _check_recipient(call)
    call.params.needed("thread_ts")
    message = Message(
        ts=call.state.next_ts(),
        channel=channel.id,
        user=BOT_USER,
        thread_ts=thread_root(call, channel),
        streaming_until=call.state.clock() + LIFE_SECONDS,
        **_grown("", _piece(call)),
    )
    call.state.post(message)
    return {"channel": channel.id, "ts": message.ts}


def _check_recipient(call: Call) -> None:
    if not call.params.text("recipient_team_id"):
        raise Refusal("missing_recipient_team_id")
    if call.params.text("recipient_team_id") != TEAM:
        raise Refusal("team_not_found")
    if not call.params.text("recipient_user_id"):
        raise Refusal("missing_recipient_user_id")
    if call.params.text("recipient_user_id") not in call.state.members:
        raise Refusal("user_not_found")


@method("chat.appendStream", WRITE, tier=4)
def append(call: Call) -> Json:
    channel, message = _streaming(call)
    piece = _piece(call)
    if not (piece or call.params.json("chunks", "invalid_chunks")):
        raise Refusal("no_text")
    call.state.grow(message, **_grown(message.text, piece))
    return {"channel": channel.id, "ts": message.ts}


@method("chat.stopStream", WRITE, tier=2)
def stop(call: Call) -> Json:
    channel, message = _streaming(call)
    changes = _grown(message.text, _piece(call))
    if "blocks" in call.params:
        changes["blocks"] = [*changes["blocks"], *read_blocks(call.params)]
    if "metadata" in call.params:
        changes["metadata"] = read_metadata(call.params)
    call.state.grow(message, streaming_until=0.0, **changes)
    return {"channel": channel.id, "ts": message.ts, "message": call.state.shown(message, with_metadata=True)}


def _streaming(call: Call) -> tuple[Channel, Message]:
    channel = call.channel()
    message = call.message(channel)
    if not message.by_bot:
        raise Refusal("message_not_owned_by_app")
    if call.state.clock() >= message.streaming_until:
        raise Refusal("message_not_in_streaming_state")
    return channel, message


def _piece(call: Call) -> str:
    """The text to append: as such, or from chunks of markdown text."""
    text = call.params.text("markdown_text")
    chunks = call.params.json("chunks", "invalid_chunks") or []
    if not isinstance(chunks, list) or not all(isinstance(one, dict) and one.get("type") in CHUNKS for one in chunks):
        raise Refusal("invalid_chunks")
    text += "".join(str(chunk.get("text", "")) for chunk in chunks if chunk["type"] == "markdown_text")
    if len(text) > MOST_TEXT:
        raise Refusal("msg_too_long")
    return text


def _grown(text: str, piece: str) -> Json:
    text += piece
    return {"text": text, "blocks": [{"type": "markdown", "text": text}] if text else []}
