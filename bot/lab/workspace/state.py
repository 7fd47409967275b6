"""The whole workspace in memory: one state, changed only here, each change told to whoever listens."""

from __future__ import annotations

import asyncio
import contextlib
import re
import secrets
from collections import deque
from collections.abc import Callable

from bot.lab.workspace.members import Group, Member, first_groups, first_members
from bot.lab.workspace.messages import Message
from bot.lab.workspace.records import Channel, File, Whisper
from bot.lab.workspace.views import Stacks, View, new_id
from bot.lab.workspace.words import BOT_USER, Clock, Json

KEPT_WHISPERS = 100
KEPT_FILES = 1000
KEPT_BYTES = 256 * 1024 * 1024
Listener = Callable[[Json], None]


class State:
    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.members: dict[str, Member] = {member.id: member for member in first_members()}
        self.groups: dict[str, Group] = {group.id: group for group in first_groups()}
        self.channels: dict[str, Channel] = {}
        self.whispers: dict[str, deque[Whisper]] = {}
        self.files: dict[str, File] = {}
        self.views = Stacks()
        self.listeners: set[Listener] = set()
        self.revision = 0
        self._changed = asyncio.Event()
        self._last_ts = 0
        self._seed_channels()

    def _seed_channels(self) -> None:
        people = {member.id for member in self.members.values() if not member.is_bot}
        self._add("C0POWEROPS", "power-ops", people | {BOT_USER}, "Ask for operations on the fleet with /lpm")
        self._add("C0POWERALERTS", "power-alerts", people | {BOT_USER}, "What the fleet reports by itself")
        self._add("C0RANDOM", "random", set(people), "Anything else")

    def _add(self, id: str, name: str, members: set[str], topic: str) -> None:
        self.add_channel(Channel(id=id, name=name, members=members, topic=topic, created=int(self.clock())))

    # ── finding ────────────────────────────────────────────────────────────────────────────────────────────────

    def channel(self, wanted: str) -> Channel | None:
        """By id, or by name with or without its `#`."""
        name = wanted.removeprefix("#")
        return self.channels.get(wanted) or next((c for c in self.channels.values() if c.name == name), None)

    def member(self, wanted: str) -> Member | None:
        """By id, or by name with or without its `@`."""
        name = wanted.removeprefix("@")
        return self.members.get(wanted) or next((m for m in self.members.values() if m.name == name), None)

    def direct(self, *users: str) -> Channel:
        """The conversation of exactly these people, made when it is first needed."""
        return self.found_direct(*users) or self._open(set(users))

    def found_direct(self, *users: str) -> Channel | None:
        people = set(users)
        return next((c for c in self.channels.values() if c.kind in ("im", "mpim") and c.members == people), None)

    def addressed(self, wanted: str) -> Channel | None:
        """Where a message goes that names this: a conversation, or the bot's direct message with a person."""
        is_person = wanted in self.members and wanted != BOT_USER
        return self.direct(wanted, BOT_USER) if is_person else self.channel(wanted)

    def _open(self, people: set[str]) -> Channel:
        kind = "im" if len(people) <= 2 else "mpim"
        others = "-".join(sorted(self.members[user].name for user in people if user != BOT_USER))
        with_bot = BOT_USER in people and len(people) == 2
        id = "D0" + others.upper() if with_bot else new_id("D0" if kind == "im" else "C0")
        channel = Channel(id=id, name=f"{kind}-{others}", kind=kind, members=people, created=int(self.clock()))
        return self.add_channel(channel)

    def add_channel(self, channel: Channel) -> Channel:
        self.channels[channel.id] = channel
        self.changed(channel)
        return channel

    def join(self, channel: Channel, *users: str) -> None:
        channel.members.update(users)
        self.changed(channel)

    def changed(self, channel: Channel) -> None:
        self.tell({"type": "channel", "channel": channel.id})

    # ── messages ───────────────────────────────────────────────────────────────────────────────────────────────

    def next_ts(self) -> str:
        """Now, in Slack's seconds.microseconds, and never twice the same."""
        self._last_ts = max(int(self.clock() * 1_000_000), self._last_ts + 1)
        return f"{self._last_ts // 1_000_000:010d}.{self._last_ts % 1_000_000:06d}"

    def post(self, message: Message) -> Message:
        message.blocks = with_block_ids(message.blocks)
        self.channels[message.channel].timeline.add(message)
        self._tell_message("message", message)
        return message

    def edit(self, message: Message, *, by: str, **changes: object) -> None:
        ts = self.next_ts()
        message.remember(ts)
        for name, value in changes.items():
            setattr(message, name, value)
        message.blocks = with_block_ids(message.blocks)
        message.edited = {"user": by, "ts": ts}
        self._tell_message("message_changed", message)

    def grow(self, message: Message, **changes: object) -> None:
        """Changes a message that is being streamed: not an edit, and not kept as one."""
        for name, value in changes.items():
            setattr(message, name, value)
        message.blocks = with_block_ids(message.blocks)
        self._tell_message("message_changed", message)

    def pin(self, message: Message, by: str) -> None:
        message.pinned = {"channel": message.channel, "pinned_by": by, "pinned_ts": int(self.clock())}
        self.channels[message.channel].pins.append(message.ts)
        self._tell_message("message_changed", message)

    def unpin(self, message: Message) -> None:
        message.pinned = None
        self.channels[message.channel].pins.remove(message.ts)
        self._tell_message("message_changed", message)

    def delete(self, message: Message) -> None:
        if message.pinned:
            self.unpin(message)
        self.channels[message.channel].timeline.remove(message)
        self.tell(
            {"type": "message_deleted", "channel": message.channel, "ts": message.ts, "thread_ts": message.thread_ts}
        )

    def react(self, message: Message, name: str, user: str) -> None:
        message.reactions.setdefault(name, []).append(user)
        self._tell_message("message_changed", message)

    def unreact(self, message: Message, name: str, user: str) -> None:
        message.reactions[name].remove(user)
        if not message.reactions[name]:
            del message.reactions[name]
        self._tell_message("message_changed", message)

    def whisper(self, whisper: Whisper) -> Whisper:
        whisper.blocks = with_block_ids(whisper.blocks)
        self.whispers.setdefault(whisper.user, deque(maxlen=KEPT_WHISPERS)).append(whisper)
        self.tell({"type": "ephemeral", "user": whisper.user, "message": whisper.shown()})
        return whisper

    def rewhisper(self, whisper: Whisper, *, text: str, blocks: list[Json]) -> None:
        whisper.text, whisper.blocks = text, with_block_ids(blocks)
        self.tell({"type": "ephemeral", "user": whisper.user, "message": whisper.shown()})

    def unwhisper(self, whisper: Whisper) -> None:
        with contextlib.suppress(ValueError):
            self.whispers[whisper.user].remove(whisper)
        self.tell({"type": "ephemeral_deleted", "user": whisper.user, "channel": whisper.channel, "ts": whisper.ts})

    def find_whisper(self, user: str, ts: str) -> Whisper | None:
        return next((w for w in self.whispers.get(user, ()) if w.ts == ts), None)

    def shown(self, message: Message, *, with_metadata: bool = False) -> Json:
        timeline = self.channels[message.channel].timeline
        facts = timeline.thread_facts(message.ts) if not message.is_reply else self._parent(message)
        return message.shown(with_metadata=with_metadata) | facts

    def _parent(self, message: Message) -> Json:
        root = self.channels[message.channel].timeline.get(message.thread_ts)
        return {"parent_user_id": root.user} if root else {}

    # ── files ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def add_file(self, file: File) -> None:
        self.files[file.id] = file
        self._forget_files()

    def receive(self, file: File, data: bytes) -> None:
        file.data = data
        self._forget_files()

    def _forget_files(self) -> None:
        """The oldest go, bytes and all, once there are too many of either; the newest stays."""
        size = sum(len(file.data or b"") for file in self.files.values())
        while len(self.files) > 1 and (len(self.files) > KEPT_FILES or size > KEPT_BYTES):
            oldest = self.files.pop(next(iter(self.files)))
            size -= len(oldest.data or b"")

    # ── views ──────────────────────────────────────────────────────────────────────────────────────────────────

    def put_view(self, user: str, body: Json, *, replaces: View | None = None, channel: str = "") -> View:
        """Opens a modal on top of a person's stack, or publishes a Home, or changes `replaces` in place."""
        body = {**body, "blocks": with_block_ids(body.get("blocks", []))}
        view = replaces or View(id=new_id("V0"), user=user, body=body, channel=channel)
        view.body, view.errors = body, {}
        view.hash = f"{int(self.clock())}.{secrets.token_hex(4)}"
        if replaces is None:
            self._place(view)
        self.tell({"type": "view", "user": user, "view": view.shown()})
        return view

    def _place(self, view: View) -> None:
        if view.kind == "home":
            view.root = view.id
            self.views.homes[view.user] = view
            return
        stack = self.views.stack(view.user)
        view.root = stack[0].id if stack else view.id
        view.previous = stack[-1].id if stack else ""
        stack.append(view)

    def close_view(self, view: View) -> None:
        self.views.close(view)
        self.tell({"type": "view_closed", "user": view.user, "view_id": view.id})

    def view_errors(self, view: View, errors: Json) -> None:
        view.errors = errors
        self.tell({"type": "view_errors", "user": view.user, "view_id": view.id, "errors": errors})

    # ── telling ────────────────────────────────────────────────────────────────────────────────────────────────

    def _tell_message(self, kind: str, message: Message) -> None:
        event = {"type": kind, "channel": message.channel, "message": self.shown(message, with_metadata=True)}
        self.tell(event)

    def tell(self, event: Json) -> None:
        self.revision += 1
        event["revision"] = self.revision
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()
        for listener in list(self.listeners):
            listener(event)

    async def wait_past(self, revision: int, seconds: float) -> int:
        """The revision as soon as it is past the given one, or as it is when the time is up."""
        if self.revision <= revision:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), seconds)
        return self.revision


def with_block_ids(blocks: list[Json]) -> list[Json]:
    """Slack names the blocks that came without an id."""
    return [block if block.get("block_id") else {**block, "block_id": secrets.token_urlsafe(4)[:5]} for block in blocks]


def mentions(text: str) -> list[str]:
    return re.findall(r"<@([A-Z0-9]+)(?:\|[^>]*)?>", text)
