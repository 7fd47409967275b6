"""Messages, and the timeline of one conversation: ordered, threaded, paged and bounded."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator
from dataclasses import dataclass, field

from bot.lab.workspace.words import APP, BOT_ID, BOT_NAME, BOT_USER, TEAM, Json

KEPT_MESSAGES = 200_000
KEPT_EDITS = 50


@dataclass(kw_only=True)
class Message:
    ts: str
    channel: str
    user: str
    text: str = ""
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    thread_ts: str = ""
    broadcast: bool = False
    metadata: Json | None = None
    files: list[Json] = field(default_factory=list)
    reactions: dict[str, list[str]] = field(default_factory=dict)
    edited: Json | None = None
    history: list[Json] = field(default_factory=list)
    tombstone: bool = False
    streaming_until: float = 0.0
    pinned: Json | None = None

    @property
    def is_reply(self) -> bool:
        return bool(self.thread_ts) and self.thread_ts != self.ts

    @property
    def by_bot(self) -> bool:
        return self.user == BOT_USER

    def shown(self, *, with_metadata: bool = False) -> Json:
        """The message object of `conversations.history`, without what only its thread knows."""
        if self.tombstone:
            return self._tombstone()
        message: Json = {"type": "message", "user": self.user, "text": self.text, "ts": self.ts, "team": TEAM}
        if self.by_bot:
            message |= {"bot_id": BOT_ID, "app_id": APP, "bot_profile": _bot_profile()}
        optional: Json = {
            "blocks": self.blocks,
            "attachments": self.attachments,
            "thread_ts": self.thread_ts,
            "files": self.files,
            "edited": self.edited,
            "reactions": [{"name": name, "users": who, "count": len(who)} for name, who in self.reactions.items()],
            "metadata": self.metadata if with_metadata else None,
            "pinned_to": [self.channel] if self.pinned else [],
            "pinned_info": self.pinned,
            "subtype": "thread_broadcast" if self.broadcast else "",
        }
        return message | {name: value for name, value in optional.items() if value}

    def _tombstone(self) -> Json:
        return {
            "type": "message",
            "subtype": "tombstone",
            "user": "USLACKBOT",
            "text": "This message was deleted.",
            "hidden": True,
            "ts": self.ts,
            "thread_ts": self.ts,
        }

    def remember(self, ts: str) -> None:
        """Keeps how the message reads now, before an edit at `ts`."""
        self.history.append({"ts": ts, "text": self.text, "blocks": self.blocks})
        del self.history[:-KEPT_EDITS]


def _bot_profile() -> Json:
    return {"id": BOT_ID, "app_id": APP, "name": BOT_NAME, "deleted": False, "updated": 0, "team_id": TEAM}


@dataclass(frozen=True)
class Span:
    """A page of timestamps, newest first unless `rising`; `latest` and `oldest` are timestamps or empty."""

    oldest: str = ""
    latest: str = ""
    inclusive: bool = False
    limit: int = 100


class Timeline:
    """One conversation's messages. Timestamps have a fixed width, so that they sort as text."""

    def __init__(self) -> None:
        self._by_ts: dict[str, Message] = {}
        self._all: list[str] = []
        self._top: list[str] = []
        self._threads: dict[str, list[str]] = {}

    def __len__(self) -> int:
        return len(self._all)

    def get(self, ts: str) -> Message | None:
        return self._by_ts.get(ts)

    def add(self, message: Message) -> None:
        self._by_ts[message.ts] = message
        insort(self._all, message.ts)
        if message.is_reply:
            self._threads.setdefault(message.thread_ts, []).append(message.ts)
            self._by_ts[message.thread_ts].thread_ts = message.thread_ts
        if not message.is_reply or message.broadcast:
            insort(self._top, message.ts)
        while len(self._all) > KEPT_MESSAGES:
            self._forget(self._all[0])

    def remove(self, message: Message) -> None:
        """A message with replies leaves a tombstone, as in Slack; any other one is gone."""
        if self._threads.get(message.ts):
            message.tombstone = True
            return
        self._forget(message.ts)

    def _forget(self, ts: str) -> None:
        message = self._by_ts.pop(ts)
        _drop(self._all, ts)
        _drop(self._top, ts)
        if message.is_reply and message.thread_ts in self._threads:
            _drop(self._threads[message.thread_ts], ts)
        for reply in self._threads.pop(ts, []):
            self._forget(reply)

    def replies(self, root: str) -> list[str]:
        return self._threads.get(root, [])

    def thread_facts(self, root: str) -> Json:
        """What a root message says of its thread; empty without replies."""
        replies = self.replies(root)
        if not replies:
            return {}
        users = list(dict.fromkeys(self._by_ts[ts].user for ts in replies))
        return {
            "reply_count": len(replies),
            "reply_users_count": len(users),
            "latest_reply": replies[-1],
            "reply_users": users,
            "is_locked": False,
            "subscribed": False,
        }

    def newest(self, span: Span) -> tuple[list[Message], str]:
        """A page of the top level, newest first, and the timestamp at which the next page begins."""
        low, high = _bounds(self._top, span)
        start = max(low, high - span.limit)
        page = [self._by_ts[ts] for ts in reversed(self._top[start:high])]
        return page, self._top[start - 1] if start > low else ""

    def thread(self, root: str, span: Span, after: str) -> tuple[list[Message], str]:
        """A page of a thread, oldest first, root included, and the timestamp at which the next page begins."""
        stamps = self.replies(root)
        low, high = _bounds(stamps, span)
        low = max(low, bisect_left(stamps, after))
        stop = min(high, low + span.limit)
        page = [self._by_ts[ts] for ts in [root, *stamps[low:stop]]]
        return page, stamps[stop] if stop < high else ""

    def everything(self, *, before: str = "", limit: int = 1000) -> tuple[list[Message], bool]:
        """The newest `limit` messages before a timestamp, replies too, oldest first; whether older ones exist."""
        end = bisect_left(self._all, before) if before else len(self._all)
        start = max(0, end - limit)
        return [self._by_ts[ts] for ts in self._all[start:end]], start > 0

    def __iter__(self) -> Iterator[Message]:
        return (self._by_ts[ts] for ts in self._all)


def _bounds(stamps: list[str], span: Span) -> tuple[int, int]:
    after, before = (bisect_left, bisect_right) if span.inclusive else (bisect_right, bisect_left)
    low = after(stamps, span.oldest) if span.oldest else 0
    high = before(stamps, span.latest) if span.latest else len(stamps)
    return low, max(low, high)


def _drop(stamps: list[str], ts: str) -> None:
    at = bisect_left(stamps, ts)
    if at < len(stamps) and stamps[at] == ts:
        del stamps[at]
