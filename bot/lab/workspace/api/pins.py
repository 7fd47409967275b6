"""pins.*: what a conversation holds on to."""

from __future__ import annotations

from bot.lab.workspace.api.calls import Call, method
from bot.lab.workspace.api.chat import permalink
from bot.lab.workspace.messages import Message
from bot.lab.workspace.words import BOT_USER, Json, Refusal

MOST = 100


@method("pins.add", "pins:write", tier=2)
def add(call: Call) -> Json:
    channel = call.joined()
    message = call.item(channel)
    if message.pinned:
        raise Refusal("already_pinned")
    if len(channel.pins) >= MOST:
        raise Refusal("too_many_pins")
    call.state.pin(message, BOT_USER)
    return {}


@method("pins.remove", "pins:write", tier=2)
def remove(call: Call) -> Json:
    message = call.item(call.joined())
    if not message.pinned:
        raise Refusal("no_pin")
    call.state.unpin(message)
    return {}


@method("pins.list", "pins:read", tier=2)
def list_(call: Call) -> Json:
    """The newest pin first."""
    channel = call.joined()
    items = [_shown(call, channel.timeline.get(ts)) for ts in reversed(channel.pins)]
    return {"items": [item for item in items if item]}


def _shown(call: Call, message: Message | None) -> Json:
    if message is None or message.pinned is None:
        return {}
    pinned = message.pinned
    return {
        "type": "message",
        "channel": message.channel,
        "created": pinned["pinned_ts"],
        "created_by": pinned["pinned_by"],
        "message": {name: value for name, value in call.state.shown(message).items() if name != "pinned_info"}
        | {"permalink": permalink(call, message), "pinned_to": [message.channel]},
    }
