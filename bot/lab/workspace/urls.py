"""Response URLs: five uses within thirty minutes."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from dataclasses import dataclass

from bot.lab.workspace.words import TEAM, Clock, Refusal

LIFE_SECONDS = 30 * 60
MOST_USES = 5
KEPT = 10_000


@dataclass
class Answerable:
    """What a response URL answers: a command or a message of a conversation, for one person."""

    user: str
    channel: str
    expires: float
    message_ts: str = ""
    thread_ts: str = ""
    uses: int = 0


class ResponseUrls:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._issued: OrderedDict[str, Answerable] = OrderedDict()

    def issue(self, kind: str, user: str, channel: str, *, message_ts: str = "", thread_ts: str = "") -> str:
        """The path of a new URL; `kind` is "commands" or "actions"."""
        path = f"/{kind}/{TEAM}/{secrets.randbelow(10**13)}/{secrets.token_urlsafe(18)}"
        self._issued[path] = Answerable(user, channel, self._clock() + LIFE_SECONDS, message_ts, thread_ts)
        while len(self._issued) > KEPT:
            self._issued.popitem(last=False)
        return path

    def use(self, path: str) -> Answerable:
        answerable = self._issued.get(path)
        if answerable is None:
            raise Refusal("no_active_hooks", status=404)
        if self._clock() >= answerable.expires:
            raise Refusal("expired_url", status=404)
        if answerable.uses >= MOST_USES:
            raise Refusal("used_url", status=404)
        answerable.uses += 1
        return answerable
