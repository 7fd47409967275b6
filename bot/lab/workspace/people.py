"""What a person can do in the workspace, and how it ended for them."""

from __future__ import annotations

from typing import Any

from bot.lab.workspace import answers, payloads, widgets
from bot.lab.workspace.envelopes import Outcome
from bot.lab.workspace.escaping import escaped
from bot.lab.workspace.event_feed import EventFeed
from bot.lab.workspace.lab import Lab
from bot.lab.workspace.members import Member
from bot.lab.workspace.messages import Message
from bot.lab.workspace.records import Channel, Whisper
from bot.lab.workspace.urls import Answerable
from bot.lab.workspace.views import View
from bot.lab.workspace.words import BOT_NAME, BOT_USER, Json, Refusal

_FAILED = {"timeout": "operation_timeout", "no_connection": "dispatch_failed", "invalid_response": "dispatch_failed"}
"""By which error the person reads that a command failed; what the app's own server answered stands for itself."""


class PeopleSide:
    """Each method answers `{"ok": true, "acked": …}`; a Refusal means that the person could not even try."""

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        self._state = lab.state
        self._events = EventFeed(lab)

    # ── who and where ──────────────────────────────────────────────────────────────────────────────────────────

    def member(self, wanted: str) -> Member:
        member = self._state.member(wanted)
        if member is None or member.is_bot:
            raise Refusal("user_not_found")
        return member

    def channel(self, wanted: str, user: Member | None = None) -> Channel:
        """By id or name; `@name` is the direct message with that person or the bot."""
        if wanted.startswith("@") and user is not None:
            other = self._state.member(wanted)
            if other is None:
                raise Refusal("user_not_found")
            return self._state.direct(user.id, other.id)
        channel = self._state.channel(wanted)
        if channel is None or (user is not None and not channel.visible_to(user.id)):
            raise Refusal("channel_not_found")
        return channel

    def _message(self, channel: Channel, ts: str) -> Message:
        message = channel.timeline.get(ts)
        if message is None or message.tombstone:
            raise Refusal("message_not_found")
        return message

    def _view(self, user: Member, view_id: str) -> View:
        view = self._state.views.find(view_id=view_id)
        if view is None or view.user != user.id:
            raise Refusal("view_not_found")
        return view

    # ── saying things ──────────────────────────────────────────────────────────────────────────────────────────

    def post(self, user: str, channel: str, text: str, thread_ts: str = "") -> Json:
        who = self.member(user)
        where = self.channel(channel, who)
        if not text.strip():
            raise Refusal("no_text")
        root = self._message(where, thread_ts) if thread_ts else None
        message = Message(
            ts=self._state.next_ts(),
            channel=where.id,
            user=who.id,
            text=self._with_mentions(text),
            thread_ts=(root.thread_ts or root.ts) if root else "",
        )
        where.members.add(who.id)
        self._events.said(self._state.post(message))
        return {"ok": True, "channel": where.id, "ts": message.ts}

    def _with_mentions(self, text: str) -> str:
        """Text as typed, in Slack's form: escaped, with `@name` as a mention."""
        text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        for member in self._state.members.values():
            text = text.replace(f"@{member.name}", f"<@{member.id}>")
        return text

    async def slash(self, user: str, channel: str, command: str, text: str = "") -> Json:
        who = self.member(user)
        where = self.channel(channel, who)
        known = {str(one["command"]): one for one in self._lab.commands}
        if not command.startswith("/") or (known and command not in known):
            self._apologise(who, where, f"{command} is not a valid command.")
            return {"ok": False, "error": "invalid_command"}
        if known.get(command, {}).get("should_escape"):
            text = escaped(text, self._state.members.values(), self._state.channels.values())
        payload = payloads.slash(self._lab, who, where, command, text)
        outcome = await self._lab.deliver("slash_commands", payload, accepts_response=True)
        if outcome.acked and outcome.response:
            return self._said(outcome, who, where, command)
        return self._ended(outcome, who, where, command)

    def _said(self, outcome: Outcome, who: Member, where: Channel, command: str) -> Json:
        try:
            answers.say(self._lab, Answerable(who.id, where.id, 0), outcome.response or {})
        except Refusal as refusal:
            self._apologise(who, where, f"{command} failed with the error “dispatch_failed”")
            return {**_told(outcome), "ok": False, "error": refusal.error, **refusal.extra}
        return _told(outcome)

    def _ended(self, outcome: Outcome, who: Member, where: Channel, did: str) -> Json:
        if outcome.acked:
            return _told(outcome)
        error = _FAILED.get(outcome.why, outcome.why)
        self._apologise(who, where, f"{did} failed with the error “{error}”: {BOT_NAME} did not respond.")
        return {**_told(outcome), "ok": False, "error": error}

    def _apologise(self, who: Member, where: Channel, text: str) -> None:
        """Slack's own word to the person; nobody else sees it."""
        ts = self._state.next_ts()
        self._state.whisper(Whisper(ts=ts, user=who.id, channel=where.id, author="USLACKBOT", text=text))

    # ── acting on messages and views ───────────────────────────────────────────────────────────────────────────

    async def click(
        self,
        user: str,
        channel: str,
        ts: str,
        action_id: str,
        value: Any = None,
        block_id: str = "",
        values: Json | None = None,
    ) -> Json:
        who = self.member(user)
        where = self.channel(channel, who)
        message = self._state.find_whisper(who.id, ts) or self._message(where, ts)
        block, element = widgets.find(message.blocks, action_id, block_id=block_id, value=value)
        action = widgets.action(block, element, value, self._state.next_ts())
        given = {**(values or {}), action_id: value} if value is not None else values or {}
        held = widgets.state_of(message.blocks, given)
        payload = payloads.message_action_click(self._lab, who, message, [action], held)
        outcome = await self._lab.deliver("interactive", payload, accepts_response=False)
        return self._ended(outcome, who, where, "This action")

    async def click_view(
        self, user: str, view_id: str, action_id: str, value: Any = None, block_id: str = "", values: Json | None = None
    ) -> Json:
        who = self.member(user)
        view = self._view(who, view_id)
        block, element = widgets.find(view.body["blocks"], action_id, block_id=block_id, value=value)
        view.values = widgets.state_of(view.body["blocks"], {**(values or {}), action_id: value}, view.channel)
        action = widgets.action(block, element, value, self._state.next_ts())
        payload = payloads.view_click(self._lab, who, view, [action])
        outcome = await self._lab.deliver("interactive", payload, accepts_response=False)
        return self._trouble(outcome, view)

    async def submit(self, user: str, view_id: str, values: Json) -> Json:
        who = self.member(user)
        view = self._view(who, view_id)
        blocks = view.body["blocks"]
        if strange := widgets.unknown(blocks, values):
            raise Refusal("input_not_found", names=strange)
        view.values, view.errors = widgets.state_of(blocks, values, view.channel), {}
        if lacking := widgets.missing(blocks, view.values):
            self._state.view_errors(view, lacking)
            return {"ok": False, "error": "input_required", "errors": lacking}
        payload = payloads.view_submission(self._lab, who, view)
        outcome = await self._lab.deliver("interactive", payload, accepts_response=True)
        if not outcome.acked:
            return self._trouble(outcome, view)
        return self._submitted(outcome, view)

    def _submitted(self, outcome: Outcome, view: View) -> Json:
        try:
            answers.apply_submission(self._lab, view, outcome.response)
        except Refusal as refusal:
            self._state.view_errors(view, {"": "We had some trouble connecting. Try again?"})
            return {**_told(outcome), "ok": False, "error": refusal.error, **refusal.extra}
        if view.errors:
            return {**_told(outcome), "ok": False, "error": "view_errors", "errors": view.errors}
        return _told(outcome)

    def _trouble(self, outcome: Outcome, view: View) -> Json:
        if outcome.acked:
            return _told(outcome)
        self._state.view_errors(view, {"": "We had some trouble connecting. Try again?"})
        return {**_told(outcome), "ok": False, "error": outcome.why}

    async def close_view(self, user: str, view_id: str, *, clear: bool = False) -> Json:
        """Closes a view, or the whole stack; the app is told of each that asked to be."""
        who = self.member(user)
        view = self._view(who, view_id)
        clear = clear or bool(view.body.get("clear_on_close"))
        closing = list(reversed(self._state.views.stack(who.id))) if clear else [view]
        for one in closing:
            self._state.close_view(one)
            if one.body.get("notify_on_close"):
                payload = payloads.view_closed(self._lab, who, one, cleared=clear)
                self._lab.in_background(self._lab.deliver("interactive", payload, accepts_response=False))
        return {"ok": True, "closed": [one.id for one in closing]}

    async def shortcut(self, user: str, callback_id: str, channel: str = "", ts: str = "") -> Json:
        """A shortcut on a message, or a global one without `ts`."""
        who = self.member(user)
        where = self.channel(channel, who) if channel else self._state.direct(who.id, BOT_USER)
        if ts:
            payload = payloads.message_shortcut(self._lab, who, self._message(where, ts), callback_id)
        else:
            payload = payloads.global_shortcut(self._lab, who, callback_id)
        outcome = await self._lab.deliver("interactive", payload, accepts_response=False)
        return self._ended(outcome, who, where, "This shortcut")

    async def options(
        self, user: str, action_id: str, typed: str, *, view_id: str = "", channel: str = "", ts: str = ""
    ) -> Json:
        """What an external select offers for what was typed."""
        who = self.member(user)
        if view_id:
            view = self._view(who, view_id)
            blocks, where = (
                view.body["blocks"],
                {"container": {"type": "view", "view_id": view.id}, "view": view.shown()},
            )
        else:
            message = self._message(self.channel(channel, who), ts)
            container = {"type": "message", "message_ts": ts, "channel_id": message.channel, "is_ephemeral": False}
            blocks, where = message.blocks, {"container": container, "message": self._state.shown(message)}
        block, element = widgets.find(blocks, action_id)
        payload = payloads.suggestion(self._lab, who, block, element, typed, where)
        outcome = await self._lab.deliver("interactive", payload, accepts_response=True)
        return _told(outcome) | {"ok": outcome.acked, **(outcome.response or {})}

    def open_direct(self, user: str, other: str) -> Json:
        return {"ok": True, "channel": self.channel("@" + other.removeprefix("@"), self.member(user)).id}

    def open_home(self, user: str, tab: str = "home") -> Json:
        who = self.member(user)
        self._events.home_opened(who.id, tab)
        return {"ok": True, "channel": self._state.direct(who.id, BOT_USER).id}

    # ── reading ────────────────────────────────────────────────────────────────────────────────────────────────

    def messages(self, channel: str, *, before: str = "", limit: int = 1000, user: str = "") -> Json:
        where = self.channel(channel, self.member(user) if user else None)
        page, more = where.timeline.everything(before=before, limit=limit)
        return {"ok": True, "channel": where.id, "messages": [self.told(message) for message in page], "has_more": more}

    def told(self, message: Message) -> Json:
        """A message with what only the lab knows of it: how it read before each edit."""
        return self._state.shown(message, with_metadata=True) | {"history": message.history}

    def inbox(self, user: str) -> Json:
        who = self.member(user)
        home = self._state.views.homes.get(who.id)
        views = [{**view.shown(), "errors": view.errors} for view in self._state.views.stack(who.id)]
        direct = [c for c in self._state.channels.values() if c.kind in ("im", "mpim") and who.id in c.members]
        return {
            "ok": True,
            "user": who.id,
            "ephemeral": [whisper.shown() for whisper in self._state.whispers.get(who.id, ())],
            "views": views,
            "home": home.shown() if home else None,
            "dms": [{"id": c.id, "with": sorted(c.members - {who.id}), "messages": len(c.timeline)} for c in direct],
        }


def _told(outcome: Outcome) -> Json:
    told: Json = {"ok": True, "acked": outcome.acked, "ack_ms": outcome.ack_ms, "attempts": outcome.attempts}
    return told | {"response": outcome.response, **({"why": outcome.why} if outcome.why else {})}
