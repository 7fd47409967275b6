"""What a method is, and what it is given: the register from which `/api/` answers."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from bot.lab.workspace.lab import Lab
from bot.lab.workspace.members import Member
from bot.lab.workspace.messages import Message
from bot.lab.workspace.params import Params
from bot.lab.workspace.records import NOUNS, Channel
from bot.lab.workspace.state import State
from bot.lab.workspace.words import BOT_USER, Json, Refusal

Caller = Literal["bot", "app"]
"""Whose token: the bot's, or the app-level one that opens sockets."""


@dataclass(frozen=True)
class Call:
    lab: Lab
    params: Params

    @property
    def state(self) -> State:
        return self.lab.state

    def needs(self, scope: str) -> None:
        """Raises Slack's refusal where the token lacks a scope."""
        if scope not in self.lab.scopes:
            raise missing_scope(scope, self.lab.scopes)

    def channel(self, name: str = "channel", *, to: str = "") -> Channel:
        """The conversation that a parameter names by id, and that the bot may know of; `to` "read" or "history" it."""
        channel = self.state.channels.get(self.params.needed(name))
        if channel is None or not channel.visible_to(BOT_USER):
            raise Refusal("channel_not_found")
        if to:
            self.needs(f"{NOUNS[channel.kind]}:{to}")
        return channel

    def joined(self, name: str = "channel", *, to: str = "") -> Channel:
        channel = self.channel(name, to=to)
        if BOT_USER not in channel.members:
            raise Refusal("not_in_channel")
        return channel

    def member(self, name: str = "user") -> Member:
        member = self.state.members.get(self.params.needed(name))
        if member is None:
            raise Refusal("user_not_found")
        return member

    def message(self, channel: Channel, name: str = "ts") -> Message:
        return self._existing(channel, self.params.needed(name))

    def item(self, channel: Channel) -> Message:
        """The message that reactions and pins name by its `timestamp`."""
        stamp = self.params.text("timestamp")
        if not stamp:
            raise Refusal("no_item_specified")
        if not re.fullmatch(r"\d+\.\d+", stamp):
            raise Refusal("bad_timestamp")
        return self._existing(channel, stamp)

    def _existing(self, channel: Channel, stamp: str) -> Message:
        message = channel.timeline.get(stamp)
        if message is None or message.tombstone:
            raise Refusal("message_not_found")
        return message


@dataclass(frozen=True)
class Method:
    name: str
    answer: Callable[[Call], Json]
    scopes: tuple[str, ...]
    tier: int
    caller: Caller
    takes_json: bool


def missing_scope(needed: str, provided: Iterable[str]) -> Refusal:
    return Refusal("missing_scope", needed=needed, provided=",".join(sorted(provided)))


METHODS: dict[str, Method] = {}
Answer = Callable[[Call], Json]


def method(
    name: str, *scopes: str, tier: int = 3, caller: Caller = "bot", takes_json: bool = True
) -> Callable[[Answer], Answer]:
    """Registers a method; any one of `scopes` is enough, none means that no scope is needed. Tier 0 is unmetered."""

    def register(answer: Answer) -> Answer:
        METHODS[name] = Method(name, answer, scopes, tier, caller, takes_json)
        return answer

    return register


def cursor_of(params: Params, prefix: str) -> str:
    """What a cursor points at; Slack's cursors are base64 of `prefix:value`."""
    cursor = params.text("cursor")
    if not cursor:
        return ""
    try:
        kind, _, value = base64.b64decode(cursor, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise Refusal("invalid_cursor") from None
    if kind != prefix:
        raise Refusal("invalid_cursor")
    return value


def next_cursor(prefix: str, value: str) -> Json:
    cursor = base64.b64encode(f"{prefix}:{value}".encode()).decode() if value else ""
    return {"response_metadata": {"next_cursor": cursor}}


def page_of(call: Call, ids: list[str], prefix: str, *, default: int = 100) -> tuple[list[str], Json]:
    """A page of a list of ids, and the cursor of the next."""
    limit = max(1, min(call.params.number("limit", default), 1000))
    start_at = cursor_of(call.params, prefix)
    start = ids.index(start_at) if start_at in ids else 0
    page, rest = ids[start : start + limit], ids[start + limit :]
    return page, next_cursor(prefix, rest[0] if rest else "")
