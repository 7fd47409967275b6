"""reactions.*"""

from __future__ import annotations

import re

from bot.lab.workspace.api.calls import Call, method
from bot.lab.workspace.words import BOT_USER, Json, Refusal


@method("reactions.add", "reactions:write")
def add(call: Call) -> Json:
    name = call.params.needed("name").strip(":")
    if not re.fullmatch(r"[a-z0-9_+\-']+(::skin-tone-[2-6])?", name):
        raise Refusal("invalid_name")
    message = call.item(call.channel())
    if BOT_USER in message.reactions.get(name, []):
        raise Refusal("already_reacted")
    call.state.react(message, name, BOT_USER)
    return {}


@method("reactions.remove", "reactions:write", tier=2)
def remove(call: Call) -> Json:
    name = call.params.needed("name").strip(":")
    message = call.item(call.channel())
    if BOT_USER not in message.reactions.get(name, []):
        raise Refusal("no_reaction")
    call.state.unreact(message, name, BOT_USER)
    return {}
