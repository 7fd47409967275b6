"""Calls of the Web API for two servers at once. `$name` stands for whatever a server has for that name."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
SCOPES = [
    *("channels:history", "channels:join", "channels:manage", "channels:read", "channels:write", "chat:write"),
    *("commands", "files:read", "files:write", "groups:history", "groups:read", "groups:write", "im:history"),
    *("im:read", "im:write", "mpim:history", "mpim:read", "mpim:write", "pins:read", "pins:write", "reactions:read"),
    *("reactions:write", "team:read", "usergroups:read", "users.profile:read", "users:read", "users:read.email"),
]


@dataclass(frozen=True, kw_only=True)
class Call:
    """`how`: as JSON, a form, a query or multipart. `keep`: names, and where in the answer stands what they name."""

    method: str
    given: Json = field(default_factory=dict)
    how: str = "form"
    verb: str = "POST"
    headers: dict[str, str] = field(default_factory=dict)
    keep: dict[str, str] = field(default_factory=dict)


def _call(method: str, /, **given: Any) -> Call:
    return Call(method=method, given=given)


def _kept(name: str, at: str, method: str, /, **given: Any) -> Call:
    return Call(method=method, given=given, keep={name: at})


SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "said"}}
TITLE = {"type": "plain_text", "text": "Title"}
MODAL = {"type": "modal", "title": TITLE, "blocks": [SECTION]}
NAMED = MODAL | {"external_id": "the-one"}
HOME = {"type": "home", "blocks": [SECTION]}
HERE = {"channel": "$ops", "ts": "$ts"}
MARKED = {"channel": "$ops", "timestamp": "$ts"}
NOBODY, NOWHERE, NEVER = "U0NOBODY", "C0NOWHERE", "1111111111.000000"

WHO = {
    "who am I": _call("auth.test"),
    "no token": Call(method="auth.test", headers={"Authorization": ""}),
    "an unknown token": Call(method="auth.test", headers={"Authorization": "Bearer xoxb-unknown"}),
    "an unknown method": _call("chat.shout"),
    "by GET": Call(method="auth.test", verb="GET", how="query"),
    "the team": _call("team.info"),
    "a bot": _call("bots.info", bot="$bot_id"),
    "an unknown bot": _call("bots.info", bot="B0NOBODY"),
    "users": _call("users.list"),
    "a user": _call("users.info", user="$lead"),
    "a user by query": Call(method="users.info", verb="GET", how="query", given={"user": "$lead"}),
    "an unknown user": _call("users.info", user=NOBODY),
    "a user, unnamed": _call("users.info"),
    "by e-mail": _call("users.lookupByEmail", email="lead@example.com"),
    "by an unknown e-mail": _call("users.lookupByEmail", email="x@example.com"),
}
POSTING = {
    "a post": _kept("ts", "ts", "chat.postMessage", channel="$ops", text="one"),
    "a post as JSON": Call(method="chat.postMessage", how="json", given={"channel": "$ops", "text": "one"}),
    "a post by query": Call(method="chat.postMessage", how="query", given={"channel": "$ops", "text": "one"}),
    "a post as multipart": Call(method="chat.postMessage", how="multipart", given={"channel": "$ops", "text": "one"}),
    "a post by name": _call("chat.postMessage", channel="power-ops", text="one"),
    "a post by #name": _call("chat.postMessage", channel="#power-ops", text="one"),
    "a post to a person": _call("chat.postMessage", channel="$lead", text="one"),
    "a post to itself": _call("chat.postMessage", channel="$bot", text="one"),
    "a post of blocks": _call("chat.postMessage", channel="$ops", blocks=[SECTION]),
    "a post of attachments": _call("chat.postMessage", channel="$ops", attachments=[{"text": "x"}]),
    "a post of nothing": _call("chat.postMessage", channel="$ops"),
    "a post nowhere": _call("chat.postMessage", channel=NOWHERE, text="one"),
    "a post without a channel": _call("chat.postMessage", text="one"),
    "a post where it is not": _call("chat.postMessage", channel="$random", text="one"),
    "a post of too much": _call("chat.postMessage", channel="$ops", text="x" * 40_001),
    "a reply": _call("chat.postMessage", channel="$ops", text="two", thread_ts="$ts"),
    "a reply to nothing": _call("chat.postMessage", channel="$ops", text="two", thread_ts=NEVER),
    "metadata": _call("chat.postMessage", channel="$ops", text="x", metadata={"event_type": "e", "event_payload": {}}),
    "metadata that is none": _call("chat.postMessage", channel="$ops", text="x", metadata="no"),
    "metadata without a type": _call("chat.postMessage", channel="$ops", text="x", metadata={"event_payload": {}}),
    "blocks that are no JSON": _call("chat.postMessage", channel="$ops", blocks="no"),
    "blocks that are no list": _call("chat.postMessage", channel="$ops", blocks={"type": "section"}),
    "an unknown block": _call("chat.postMessage", channel="$ops", blocks=[{"type": "poster"}]),
    "51 blocks": _call("chat.postMessage", channel="$ops", blocks=[SECTION] * 51),
    "an unknown field": _call("chat.postMessage", channel="$ops", blocks=[SECTION | {"colour": "red"}]),
    "3,001 characters": _call(
        "chat.postMessage",
        channel="$ops",
        blocks=[{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3_001}}],
    ),
    "a whisper": _call("chat.postEphemeral", channel="$ops", user="$lead", text="psst"),
    "a whisper to nobody": _call("chat.postEphemeral", channel="$ops", user=NOBODY, text="psst"),
    "a whisper of nothing": _call("chat.postEphemeral", channel="$ops", user="$lead"),
    "a link": _call("chat.getPermalink", channel="$ops", message_ts="$ts"),
    "a link to nothing": _call("chat.getPermalink", channel="$ops", message_ts=NEVER),
    "a link nowhere": _call("chat.getPermalink", channel=NOWHERE, message_ts="$ts"),
}
CHANGING = {
    "an edit": _call("chat.update", **HERE, text="two"),
    "an edit to blocks": _call("chat.update", **HERE, blocks=[SECTION]),
    "an edit to nothing": _call("chat.update", **HERE),
    "an edit of nothing": _call("chat.update", channel="$ops", ts=NEVER, text="two"),
    "an edit of another's": _call("chat.update", channel="$ops", ts="$asked", text="two"),
    "an edit nowhere": _call("chat.update", channel=NOWHERE, ts="$ts", text="two"),
    "an edit by name": _call("chat.update", channel="power-ops", ts="$ts", text="two"),
    "an edit to too much": _call("chat.update", **HERE, text="x" * 4_001),
    "a reaction": _call("reactions.add", **MARKED, name="eyes"),
    "a reaction again": _call("reactions.add", **MARKED, name="eyes"),
    "a reaction without a name": _call("reactions.add", **MARKED),
    "a reaction to nothing": _call("reactions.add", channel="$ops", timestamp=NEVER, name="eyes"),
    "a reaction nowhere": _call("reactions.add", channel=NOWHERE, timestamp="$ts", name="eyes"),
    "no reaction any more": _call("reactions.remove", **MARKED, name="eyes"),
    "no reaction once more": _call("reactions.remove", **MARKED, name="eyes"),
    "a pin": _call("pins.add", **MARKED),
    "a pin again": _call("pins.add", **MARKED),
    "a pin on nothing": _call("pins.add", channel="$ops", timestamp=NEVER),
    "a pin nowhere": _call("pins.add", channel=NOWHERE, timestamp="$ts"),
    "a pin where it is not": _call("pins.add", channel="$random", timestamp="$elsewhere"),
    "a deletion": _call("chat.delete", **HERE),
    "a deletion again": _call("chat.delete", **HERE),
    "a deletion of another's": _call("chat.delete", channel="$ops", ts="$asked"),
    "a deletion nowhere": _call("chat.delete", channel=NOWHERE, ts="$ts"),
    "a later post": _call("chat.scheduleMessage", channel="$ops", text="later", post_at="$soon"),
    "a later post in the past": _call("chat.scheduleMessage", channel="$ops", text="later", post_at=1),
    "a later post too far off": _call("chat.scheduleMessage", channel="$ops", text="later", post_at=4_000_000_000),
    "a later post of nothing": _call("chat.scheduleMessage", channel="$ops", post_at="$soon"),
    "a later post nowhere": _call("chat.scheduleMessage", channel=NOWHERE, text="later", post_at="$soon"),
}
CONVERSATIONS = {
    "channels": _call("conversations.list"),
    "conversations of all kinds": _call("conversations.list", types="public_channel,private_channel,im,mpim"),
    "conversations of an unknown kind": _call("conversations.list", types="party"),
    "channels from a wrong cursor": _call("conversations.list", cursor="no"),
    "a channel": _call("conversations.info", channel="$ops"),
    "a channel where it is not": _call("conversations.info", channel="$random"),
    "an unknown channel": _call("conversations.info", channel=NOWHERE),
    "a channel by name": _call("conversations.info", channel="power-ops"),
    "history": _call("conversations.history", channel="$ops"),
    "history where it is not": _call("conversations.history", channel="$random"),
    "history of nowhere": _call("conversations.history", channel=NOWHERE),
    "history from a wrong cursor": _call("conversations.history", channel="$ops", cursor="no"),
    "history from a wrong time": _call("conversations.history", channel="$ops", oldest="yesterday"),
    "a thread": _call("conversations.replies", channel="$ops", ts="$asked"),
    "a thread of nothing": _call("conversations.replies", channel="$ops", ts=NEVER),
    "members": _call("conversations.members", channel="$ops"),
    "members of nowhere": _call("conversations.members", channel=NOWHERE),
    "a chat": _kept("chat", "channel.id", "conversations.open", users="$lead"),
    "a chat again, by its id": _call("conversations.open", channel="$chat"),
    "a chat with nobody": _call("conversations.open", users=NOBODY),
    "a chat, unnamed": _call("conversations.open"),
    "a chat by a channel's id": _call("conversations.open", channel="$ops"),
    "history of a chat": _call("conversations.history", channel="$chat"),
    "joining a chat": _call("conversations.join", channel="$chat"),
    "joining nowhere": _call("conversations.join", channel=NOWHERE),
    "joining where it is": _call("conversations.join", channel="$ops"),
    "a new channel": _kept("made", "channel.id", "conversations.create", name="change-board"),
    "a new channel of a taken name": _call("conversations.create", name="change-board"),
    "a new channel of a wrong name": _call("conversations.create", name="Not A Name!"),
    "a new channel without a name": _call("conversations.create"),
    "a new channel of a long name": _call("conversations.create", name="x" * 81),
    "an invitation": _call("conversations.invite", channel="$made", users="$lead"),
    "an invitation again": _call("conversations.invite", channel="$made", users="$lead"),
    "an invitation of nobody": _call("conversations.invite", channel="$made", users=NOBODY),
    "an invitation of itself": _call("conversations.invite", channel="$made", users="$bot"),
    "an invitation where it is not": _call("conversations.invite", channel="$random", users="$lead"),
    "an invitation nowhere": _call("conversations.invite", channel=NOWHERE, users="$lead"),
    "an invitation of none": _call("conversations.invite", channel="$made"),
}
UPLOADED = "another place"  # after this call, the bytes are sent there
FILES = {
    "a file's place": _kept("file", "file_id", "files.getUploadURLExternal", filename="a.log", length=5),
    "a file's place without a length": _call("files.getUploadURLExternal", filename="a.log"),
    "a file's place without a name": _call("files.getUploadURLExternal", length=5),
    "an upload that never came": _call("files.completeUploadExternal", files=[{"id": "$file"}]),
    "an upload of nothing": _call("files.completeUploadExternal", files=[]),
    "an upload of an unknown file": _call("files.completeUploadExternal", files=[{"id": "F0NONE"}]),
    UPLOADED: Call(
        method="files.getUploadURLExternal",
        given={"filename": "b.log", "length": 5},
        keep={"sent": "file_id", "upload": "upload_url"},
    ),
    "an upload to nowhere": _call("files.completeUploadExternal", files=[{"id": "$sent"}], channel_id=NOWHERE),
    "an upload": _call("files.completeUploadExternal", files=[{"id": "$sent"}], channel_id="$ops"),
    "an upload again": _call("files.completeUploadExternal", files=[{"id": "$sent"}], channel_id="$ops"),
    "a file": _call("files.info", file="$sent"),
    "a file that never came": _call("files.info", file="$file"),
    "an unknown file": _call("files.info", file="F0NONE"),
}
VIEWS = {
    "a modal": _kept("view", "view.id", "views.open", trigger_id="$trigger", view=MODAL),
    "a modal again on its trigger": _call("views.open", trigger_id="$used", view=MODAL),
    "a modal on no trigger": _call("views.open", view=MODAL),
    "a modal on a wrong trigger": _call("views.open", trigger_id="1.2.abc", view=MODAL),
    "no modal": _call("views.open", trigger_id="$trigger"),
    "a modal that is no JSON": _call("views.open", trigger_id="$trigger", view="no"),
    "a modal without a title": _call("views.open", trigger_id="$trigger", view={"type": "modal", "blocks": [SECTION]}),
    "a modal without blocks": _call("views.open", trigger_id="$trigger", view={"type": "modal", "title": TITLE}),
    "a home for a modal": _call("views.open", trigger_id="$trigger", view=HOME),
    "a modal with a long title": _call(
        "views.open", trigger_id="$trigger", view=MODAL | {"title": {"type": "plain_text", "text": "x" * 25}}
    ),
    "a modal to stack on": _kept("view", "view.id", "views.open", trigger_id="$trigger", view=MODAL),
    "a second modal": _kept("second", "view.id", "views.push", trigger_id="$trigger_on_view", view=MODAL),
    "a third modal": _kept("third", "view.id", "views.push", trigger_id="$trigger_on_second", view=MODAL),
    "a fourth modal": _call("views.push", trigger_id="$trigger_on_third", view=MODAL),
    "a modal on nothing": _call("views.push", trigger_id="$trigger", view=MODAL),
    "a change": _kept("hash", "view.hash", "views.update", view_id="$third", view=MODAL),
    "a change by hash": _call("views.update", view_id="$third", hash="$hash", view=MODAL),
    "a change by an old hash": _call("views.update", view_id="$third", hash="$hash", view=MODAL),
    "a change of nothing": _call("views.update", view_id="V0NONE", view=MODAL),
    "a change, unnamed": _call("views.update", view=MODAL),
    "a change to a home": _call("views.update", view_id="$third", view=HOME),
    "a modal with a name": _kept("view", "view.id", "views.open", trigger_id="$trigger", view=NAMED),
    "a change by its name": _call("views.update", external_id="the-one", view=NAMED),
    "a second of that name": _call("views.push", trigger_id="$trigger_on_view", view=NAMED),
    "a home": _kept("hash", "view.hash", "views.publish", user_id="$lead", view=HOME),
    "a home by an old hash": _call("views.publish", user_id="$lead", hash="1.old", view=HOME),
    "a home for nobody": _call("views.publish", user_id=NOBODY, view=HOME),
    "a home, unnamed": _call("views.publish", view=HOME),
    "a modal for a home": _call("views.publish", user_id="$lead", view=MODAL),
}
CALLS: dict[str, Call] = WHO | POSTING | CHANGING | CONVERSATIONS | FILES | VIEWS
