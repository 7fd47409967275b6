"""Lets things go wrong in a running fleet, remembers what did, and puts it right again."""

from __future__ import annotations

from dataclasses import dataclass

from bot.lab.fleet.events import Event, apply
from bot.lab.fleet.model import check
from bot.lab.fleet.running import RunningFleet
from bot.lab.fleet.troubles import TROUBLES, Kind, begun_by, ended_by, found_by


@dataclass(frozen=True)
class Damage:
    """`target` is FRAME/NAME for a partition, and its name for a frame or an HMC."""

    trouble: str
    target: str


class Breaker:
    def __init__(self, fleet: RunningFleet) -> None:
        self._fleet = fleet
        self._until: dict[Damage, float] = {}

    @property
    def broken(self) -> list[Damage]:
        """What was broken, isn't healed and isn't over, oldest first; each where it was broken."""
        now = self._fleet.fleet.now
        return [each for each, until in self._until.items() if now < until]

    def on(self, trouble: str) -> list[str]:
        return [each.target for each in self.broken if each.trouble == trouble]

    def let(self, trouble: str, target: str) -> Damage:
        """KeyError for a trouble that there isn't; ValueError, and nothing happens, where it can't befall that."""
        self._happen(begun_by(trouble, self._fleet.fleet, target))
        broken = Damage(trouble, self._whole(trouble, target))
        self._until[broken] = self._fleet.fleet.now + TROUBLES[trouble].lasts
        return broken

    def heal(self, trouble: str, target: str) -> Damage:
        """Also what somebody else broke, or what is over."""
        events = ended_by(trouble, self._fleet.fleet, target)
        healed = Damage(trouble, self._whole(trouble, target))
        self._happen(events)
        for each in [one for one in self._until if one == healed or self._moved(one, healed)]:
            del self._until[each]
        return healed

    def _whole(self, trouble: str, target: str) -> str:
        kind = TROUBLES[trouble].kind
        found = found_by(self._fleet.fleet, kind, target)
        return found.name if kind in {Kind.HMC, Kind.FRAME} else f"{found.system}/{found.name}"

    def _moved(self, one: Damage, other: Damage) -> bool:
        """The same partition, which a migration has taken to another frame since."""
        system, slash, name = one.target.partition("/")
        if one.trouble != other.trouble or not slash or name != other.target.partition("/")[2]:
            return False
        return self._fleet.fleet.systems[system].partition(name) is None

    def _happen(self, events: list[Event]) -> None:
        """All of it or nothing."""
        state = self._fleet.fleet
        for event in events:
            after = apply(event, state)
            check(after, state)
            state = after
        for event in events:
            self._fleet.happen(event)
