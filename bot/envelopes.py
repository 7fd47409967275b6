"""What a delivery says: who, where, and what in words. Pure."""

from __future__ import annotations

import html
from collections.abc import Iterator
from typing import Any

from bot import forms
from bot.ledger.slack import Envelope
from policies.words import Person

# Where a message keeps its words.
SAID = ("text", "pretext", "title", "fallback", "value", "blocks", "elements", "fields", "attachments", "rows")
VOTES = {"vote.approve": "approve", "vote.deny": "deny", "request.withdraw": "withdraw"}


def asked_in(envelope: Envelope) -> str:
    """What was asked, clicked or filled in, in words, for its refusal and the audit."""
    body = envelope.body
    if envelope.kind == "command":
        return f"{body.get('command', '')} {body.get('text') or ''}"
    if envelope.kind == "view":
        return f"the form {(body.get('view') or {}).get('callback_id', '')}"
    clicked: dict[str, Any] = next(iter(body.get("actions") or ()), {})
    name = str(clicked.get("action_id", envelope.kind))
    return f"{VOTES[name]} #{clicked.get('value', '')}" if name in VOTES else f"click on {name}"


def person_of(envelope: Envelope) -> Person:
    body = envelope.body
    if envelope.kind == "command":
        return Person(workspace=str(body["team_id"]), member=str(body["user_id"]))
    user = body["user"]
    return Person(workspace=str(user.get("team_id") or body["team"]["id"]), member=str(user["id"]))


def channel_of(envelope: Envelope) -> str:
    """Where it was said; a person's own id where it was in no channel."""
    body = envelope.body
    if envelope.kind == "command":
        return str(body["channel_id"])
    if envelope.kind == "view":
        return forms.channel_of(body["view"]) or str(body["user"]["id"])
    where = body.get("channel") or {}
    return str(where.get("id") or (body.get("container") or {}).get("channel_id") or body["user"]["id"])


def is_from_home(envelope: Envelope) -> bool:
    """Whether it was a click on somebody's Home, or a form opened there."""
    if envelope.kind == "view":
        return channel_of(envelope) == person_of(envelope).member
    return str((envelope.body.get("view") or {}).get("type")) == "home"


def words_of(message: Any) -> str:
    """All that a message says, in its text, its blocks and its attachments, each once. Slack hands it out escaped."""
    return html.unescape("\n".join(dict.fromkeys(filter(None, _texts(message)))))


def _texts(said: Any) -> Iterator[str]:
    """Pieces of rich text stand in one line; everything else is a line of its own."""
    if isinstance(said, list):
        for each in said:
            yield from _texts(each)
    if not isinstance(said, dict):
        return
    if str(said.get("type", "")).startswith("rich_text_") and isinstance(parts := said.get("elements"), list):
        yield "".join(text for part in parts for text in _texts(part))
        return
    for name in SAID:
        if isinstance(text := said.get(name), str):
            yield text
        else:
            yield from _texts(text)
