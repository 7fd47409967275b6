"""conversations.*: which there are, who is in them, what was said."""

from __future__ import annotations

from bot.lab.workspace.api.calls import Call, cursor_of, method, next_cursor, page_of
from bot.lab.workspace.messages import Span
from bot.lab.workspace.records import NOUNS, Channel
from bot.lab.workspace.words import BOT_USER, TEAM, Json, Refusal

READ = ("channels:read", "groups:read", "im:read", "mpim:read")
HISTORY = ("channels:history", "groups:history", "im:history", "mpim:history")
KINDS = {"public_channel": "public", "private_channel": "private", "im": "im", "mpim": "mpim"}


def shown(channel: Channel, *, without: tuple[str, ...] = ()) -> Json:
    """A conversation, without what the asking method doesn't tell of it."""
    return {name: value for name, value in _whole(channel).items() if name not in without}


def _whole(channel: Channel) -> Json:
    base: Json = {"id": channel.id, "created": channel.created, "is_archived": False, "context_team_id": TEAM}
    if channel.is_direct:
        return base | {"is_im": True, "is_org_shared": False, "user": channel.other(BOT_USER), "priority": 0}
    return base | {
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": channel.kind == "public",
        "is_group": channel.kind == "private",
        "is_im": False,
        "is_mpim": channel.kind == "mpim",
        "is_private": channel.kind != "public",
        "is_general": False,
        "is_shared": False,
        "is_ext_shared": False,
        "is_org_shared": False,
        "is_member": BOT_USER in channel.members,
        "num_members": len(channel.members),
        "creator": channel.creator,
        "topic": {"value": channel.topic, "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
    }


@method("conversations.list", *READ, tier=2)
def list_(call: Call) -> Json:
    return _listed(call, [c for c in call.state.channels.values() if c.visible_to(BOT_USER)])


@method("users.conversations", *READ)
def of_user(call: Call) -> Json:
    user = call.params.text("user", BOT_USER)
    theirs = [c for c in call.state.channels.values() if user in c.members and c.visible_to(BOT_USER)]
    return _listed(call, theirs, without=("is_member", "num_members"))


def _listed(call: Call, channels: list[Channel], *, without: tuple[str, ...] = ()) -> Json:
    types = call.params.listed("types") or ["public_channel"]
    if unknown := [kind for kind in types if kind not in KINDS]:
        raise Refusal("invalid_types", detail=",".join(unknown))
    kinds = {KINDS[kind] for kind in types}
    for kind in sorted(kinds):
        call.needs(f"{NOUNS[kind]}:read")
    ids = [channel.id for channel in channels if channel.kind in kinds]
    page, cursor = page_of(call, ids, "team")
    return {"channels": [shown(call.state.channels[id], without=without) for id in page], **cursor}


@method("conversations.info", *READ)
def info(call: Call) -> Json:
    return {"channel": shown(call.channel(to="read"))}


@method("conversations.members", *READ, tier=4)
def members(call: Call) -> Json:
    page, cursor = page_of(call, sorted(call.channel(to="read").members), "user")
    return {"members": page, **cursor}


@method("conversations.history", *HISTORY)
def history(call: Call) -> Json:
    channel = call.joined(to="history")
    span = _span(call, latest=cursor_of(call.params, "next_ts"))
    page, following = channel.timeline.newest(span)
    with_metadata = call.params.flag("include_all_metadata")
    return {
        "messages": [call.state.shown(message, with_metadata=with_metadata) for message in page],
        "has_more": bool(following),
        "pin_count": len(channel.pins),
        **(next_cursor("next_ts", following) if following else {}),
    }


@method("conversations.replies", *HISTORY)
def replies(call: Call) -> Json:
    channel = call.joined(to="history")
    message = channel.timeline.get(call.params.needed("ts"))
    if message is None:
        raise Refusal("thread_not_found")
    root = message.thread_ts or message.ts
    page, following = channel.timeline.thread(root, _span(call), cursor_of(call.params, "next_ts"))
    with_metadata = call.params.flag("include_all_metadata")
    return {
        "messages": [call.state.shown(message, with_metadata=with_metadata) for message in page],
        "has_more": bool(following),
        **(next_cursor("next_ts", following) if following else {}),
    }


def _span(call: Call, latest: str = "") -> Span:
    params = call.params
    return Span(
        oldest=_stamp(params.text("oldest"), "invalid_ts_oldest"),
        latest=latest or _stamp(params.text("latest"), "invalid_ts_latest"),
        inclusive=bool(latest) or params.flag("inclusive"),
        limit=max(1, min(params.number("limit", 100), 999)),
    )


def _stamp(text: str, error: str) -> str:
    """A timestamp in full width, so that it compares with those of messages; zero is no bound."""
    try:
        seconds, _, micros = text.partition(".")
        return f"{int(seconds):010d}.{micros:0<6}" if text and float(text) else ""
    except ValueError:
        raise Refusal(error) from None
