"""The events that the app is subscribed to, sent as things happen."""

from __future__ import annotations

from bot.lab.workspace import payloads
from bot.lab.workspace.lab import Lab
from bot.lab.workspace.messages import Message
from bot.lab.workspace.records import NOUNS
from bot.lab.workspace.state import mentions
from bot.lab.workspace.words import BOT_USER, Json

USUAL_EVENTS = frozenset({"app_home_opened", "app_mention", "message.im"})
"""Also known: message.channels, message.groups, message.mpim."""


class EventFeed:
    def __init__(self, lab: Lab) -> None:
        self._lab = lab

    def said(self, message: Message) -> None:
        """A person said something where the bot is."""
        channel = self._lab.state.channels[message.channel]
        if BOT_USER not in channel.members:
            return
        content = self._lab.state.shown(message) | {"channel": channel.id, "event_ts": message.ts}
        if f"message.{NOUNS[channel.kind]}" in self._lab.events:
            self._send({**content, "channel_type": NOUNS[channel.kind].rstrip("s")})
        if not channel.is_direct and BOT_USER in mentions(message.text) and "app_mention" in self._lab.events:
            self._send({**content, "type": "app_mention"})

    def home_opened(self, user: str, tab: str = "home") -> None:
        if "app_home_opened" not in self._lab.events:
            return
        home = self._lab.state.views.homes.get(user)
        channel = self._lab.state.direct(user, BOT_USER)
        content: Json = {
            "type": "app_home_opened",
            "user": user,
            "channel": channel.id,
            "tab": tab,
            "event_ts": self._lab.state.next_ts(),
        }
        self._send(content | ({"view": home.shown()} if home else {}))

    def _send(self, content: Json) -> None:
        payload = payloads.event(self._lab, content)
        self._lab.in_background(self._lab.deliver("events_api", payload, accepts_response=False))
