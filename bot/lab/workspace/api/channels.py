"""conversations.*: making, joining and opening them, and inviting people."""

from __future__ import annotations

import re

from bot.lab.workspace.api.calls import Call, method
from bot.lab.workspace.api.conversations import shown
from bot.lab.workspace.records import Channel
from bot.lab.workspace.views import new_id
from bot.lab.workspace.words import BOT_USER, Json, Refusal, invalid_arguments

LONGEST_NAME = 80
MOST_IN_DIRECT = 8
MOST_INVITED = 100
MANAGING = {"public": "channels:manage", "private": "groups:write"}
INVITING = {"public": "channels:write.invites", "private": "groups:write.invites"}

UNCOUNTED = ("num_members",)  # what joins, creates and invites don't tell


@method("conversations.create", *MANAGING.values(), tier=2)
def create(call: Call) -> Json:
    kind = "private" if call.params.flag("is_private") else "public"
    call.needs(MANAGING[kind])
    name = _name(call)
    now = int(call.state.clock())
    channel = Channel(id=new_id("C0"), name=name, kind=kind, members={BOT_USER}, created=now, creator=BOT_USER)
    return {"channel": shown(call.state.add_channel(channel), without=UNCOUNTED)}


def _name(call: Call) -> str:
    name = call.params.text("name")
    if not name:
        raise Refusal("invalid_name_required")
    if len(name) > LONGEST_NAME:
        raise Refusal("invalid_name_maxlength")
    if not re.search(r"\w", name):
        raise Refusal("invalid_name_punctuation")
    if not re.fullmatch(r"[\w-]+", name) or name != name.lower():
        raise Refusal("invalid_name_specials")
    if call.state.channel(name) is not None:
        raise Refusal("name_taken")
    return name


@method("conversations.join", "channels:join", "channels:manage")
def join(call: Call) -> Json:
    channel = call.channel()
    if channel.kind != "public":
        raise Refusal("method_not_supported_for_channel_type")
    if BOT_USER in channel.members:
        warning = "already_in_channel"
        return {
            "channel": shown(channel, without=UNCOUNTED),
            "warning": warning,
            "response_metadata": {"warnings": [warning]},
        }
    call.state.join(channel, BOT_USER)
    return {"channel": shown(channel, without=UNCOUNTED)}


@method("conversations.invite", *MANAGING.values(), *INVITING.values())
def invite(call: Call) -> Json:
    channel = _to_invite_into(call)
    users = list(dict.fromkeys(call.params.listed("users")))
    if not users:
        raise Refusal("no_user")
    if len(users) > MOST_INVITED:
        raise invalid_arguments(f"no more than {MOST_INVITED} items allowed [json-pointer:/users]")
    refused = {user: why for user in users if (why := _why_not(call, channel, user))}
    errors = [{"user": user, "ok": False, "error": why} for user, why in refused.items()]
    if refused and (len(refused) == len(users) or not call.params.flag("force")):
        raise Refusal(next(iter(refused.values())), errors=errors)
    call.state.join(channel, *(user for user in users if user not in refused))
    return {"channel": shown(channel, without=UNCOUNTED), **({"errors": errors} if errors else {})}


def _to_invite_into(call: Call) -> Channel:
    channel = call.channel()
    if channel.kind not in MANAGING:
        raise Refusal("method_not_supported_for_channel_type")
    if not {MANAGING[channel.kind], INVITING[channel.kind]} & call.lab.scopes:
        call.needs(MANAGING[channel.kind])
    if BOT_USER not in channel.members:
        raise Refusal("not_in_channel")
    return channel


def _why_not(call: Call, channel: Channel, user: str) -> str:
    if user not in call.state.members:
        return "user_not_found"
    if user == BOT_USER:
        return "cant_invite_self"
    return "already_in_channel" if user in channel.members else ""


@method("conversations.open", "im:write", "mpim:write")
def open_(call: Call) -> Json:
    if "channel" in call.params:
        return _opened(call, call.channel(), already=True)
    users = list(dict.fromkeys(call.params.listed("users")))
    if not users:
        raise Refusal("users_list_not_supplied")
    if any(user not in call.state.members for user in users):
        raise Refusal("user_not_found")
    if len(users) > MOST_IN_DIRECT:
        raise Refusal("too_many_users")
    call.needs("im:write" if len(users) == 1 else "mpim:write")
    already = call.state.found_direct(*users, BOT_USER) is not None
    return _opened(call, call.state.direct(*users, BOT_USER), already=already)


def _opened(call: Call, channel: Channel, *, already: bool) -> Json:
    if channel.kind in MANAGING:
        raise Refusal("method_not_supported_for_channel_type")
    told = shown(channel, without=UNCOUNTED) if call.params.flag("return_im") else {"id": channel.id}
    return {"channel": told, **({"no_op": True, "already_open": True} if already else {})}
