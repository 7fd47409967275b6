"""What the workspace holds beside messages and members: conversations, ephemeral messages, files."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.lab.workspace.messages import Timeline
from bot.lab.workspace.words import Json

NOUNS = {"public": "channels", "private": "groups", "im": "im", "mpim": "mpim"}
"""What scopes and events call each kind of conversation."""


@dataclass(kw_only=True)
class Channel:
    id: str
    name: str
    kind: str = "public"
    members: set[str] = field(default_factory=set)
    topic: str = ""
    created: int = 0
    creator: str = "U0LEAD"
    pins: list[str] = field(default_factory=list)
    """Of messages by their timestamps, the oldest pin first."""
    timeline: Timeline = field(default_factory=Timeline)

    @property
    def is_direct(self) -> bool:
        return self.kind == "im"

    def visible_to(self, user: str) -> bool:
        return self.kind == "public" or user in self.members

    def other(self, user: str) -> str:
        """The person at the other end of a direct message."""
        return next((member for member in sorted(self.members) if member != user), user)


@dataclass(kw_only=True)
class Whisper:
    """An ephemeral message: one person sees it, no history keeps it."""

    ts: str
    user: str
    channel: str
    author: str
    text: str = ""
    blocks: list[Json] = field(default_factory=list)
    thread_ts: str = ""

    def shown(self) -> Json:
        names = ("ts", "channel", "text", "blocks", "thread_ts")
        return {**{name: getattr(self, name) for name in names}, "user": self.author, "is_ephemeral": True}


@dataclass(kw_only=True)
class File:
    id: str
    name: str
    length: int
    ticket: str
    title: str = ""
    alt: str = ""
    data: bytes | None = None
    shared: bool = False
    facts: Json = field(default_factory=dict)
