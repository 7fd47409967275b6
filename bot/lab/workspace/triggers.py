"""Trigger ids: good for three seconds and for one exchange."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from dataclasses import dataclass

from bot.lab.workspace.words import Clock, Refusal

LIFE_SECONDS = 3.0
KEPT = 10_000


@dataclass
class Trigger:
    """`view` is the modal in which it arose, `channel` the conversation, if any."""

    user: str
    view: str
    channel: str
    expires: float
    exchanged: bool = False


class Triggers:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._issued: OrderedDict[str, Trigger] = OrderedDict()
        self.stillborn = 0
        """How many of the next triggers are expired when they are issued: a fault."""

    def issue(self, user: str, view: str = "", channel: str = "") -> str:
        id = f"{secrets.randbelow(10**13)}.{secrets.randbelow(10**12)}.{secrets.token_hex(16)}"
        life = 0.0 if self.stillborn else LIFE_SECONDS
        self.stillborn = max(0, self.stillborn - 1)
        self._issued[id] = Trigger(user, view, channel, self._clock() + life)
        while len(self._issued) > KEPT:
            self._issued.popitem(last=False)
        return id

    def exchange(self, id: str) -> Trigger:
        """What is behind a trigger, once."""
        trigger = self._issued.get(id)
        if trigger is None:
            raise Refusal("invalid_trigger_id")
        if trigger.exchanged:
            raise Refusal("exchanged_trigger_id")
        if self._clock() >= trigger.expires:
            raise Refusal("expired_trigger_id")
        trigger.exchanged = True
        return trigger

    def expire(self, next_ones: int = 0) -> None:
        """Ends every trigger that is out, and the next few as they are issued."""
        for trigger in self._issued.values():
            trigger.expires = 0.0
        self.stillborn = next_ones
