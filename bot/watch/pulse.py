"""Whether the hosts of a watch are looked at in time; where not, that is told, and again for as long as it lasts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.watch import deadman
from bot.watch.asking import Tools
from bot.watch.deadman import Standing
from policies.alerts import Sighting

LATE_AFTER = 3  # intervals without a look
SAY_EVERY = 15.0  # seconds, while something is wrong


@dataclass(kw_only=True)
class _Beat:
    every: float  # seconds from one look to the next
    at: float  # of the last whole look, whatever it found
    died: str = ""  # of what the last one failed
    said_at: float = float("-inf")
    was_wrong: bool = True  # until it was told once that nothing is: an earlier start may have left something open


class Pulse:
    """Of what `set` names: seconds from one look at a host to the next."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._beats: dict[str, _Beat] = {}
        self._left: set[str] = set()

    def set(self, every: Mapping[str, float]) -> None:
        """The hosts that there are; what was wrong with one that isn't any more is over."""
        now = self._tools.monotonic()
        self._left = (self._left | self._beats.keys()) - every.keys()
        self._beats = {host: self._beats.get(host) or _Beat(at=now, every=each) for host, each in every.items()}

    def beat(self, host: str) -> None:
        if (beat := self._beats.get(host)) is None:
            return
        beat.at, beat.died = self._tools.monotonic(), ""

    def failed(self, host: str, fault: Exception) -> None:
        if (beat := self._beats.get(host)) is not None:
            beat.died, beat.said_at = type(fault).__name__, float("-inf")

    def to_be_told(self) -> list[Sighting]:
        """What is wrong with the looks at each host, and once that it isn't any more."""
        now, found = self._tools.monotonic(), list[Sighting]()
        while self._left:
            over = self._standing(self._left.pop(), _Beat(every=0.0, at=now), now)
            found.append(deadman.sighting(over, self._tools.ledger.now()))
        for host, beat in self._beats.items():
            told = deadman.sighting(self._standing(host, beat, now), self._tools.ledger.now())
            if (told.symptoms and now - beat.said_at >= SAY_EVERY) or (beat.was_wrong and not told.symptoms):
                found.append(told)
                beat.said_at, beat.was_wrong = now, bool(told.symptoms)
        return found

    def _standing(self, host: str, beat: _Beat, now: float) -> Standing:
        return Standing(
            host=host,
            every=beat.every,
            late_after=LATE_AFTER,
            pairs=1,
            since_round=now - beat.at,
            died=beat.died,
            told_by="`/drift status` tells when each host was looked at",
        )
