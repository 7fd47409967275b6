"""Whether the hosts of a watch are looked at in time; where not, that is told, and again for as long as it lasts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bot.watch import deadman
from bot.watch.asking import Tools
from bot.watch.deadman import Standing
from policies.alerts import Sighting

LATE_AFTER = 3  # intervals without a look
SAY_EVERY = 15.0  # seconds, while something is wrong


@dataclass(kw_only=True)
class _Beat:
    at: float  # of the last whole look, whatever it found
    died: str = ""  # of what the last one failed
    said_at: float = float("-inf")
    was_wrong: bool = True  # until it was told once that nothing is: an earlier start may have left something open


class Pulse:
    """`every`: seconds from one look at a host to the next."""

    def __init__(self, hosts: Iterable[str], *, every: float, tools: Tools) -> None:
        self._every, self._tools = every, tools
        self._beats = {host: _Beat(at=tools.monotonic()) for host in hosts}

    def beat(self, host: str) -> None:
        beat = self._beats[host]
        beat.at, beat.died = self._tools.monotonic(), ""

    def failed(self, host: str, fault: Exception) -> None:
        self._beats[host].died = type(fault).__name__
        self._beats[host].said_at = float("-inf")

    def to_be_told(self) -> list[Sighting]:
        """What is wrong with the looks at each host, and once that it isn't any more."""
        now, found = self._tools.monotonic(), list[Sighting]()
        for host, beat in self._beats.items():
            told = deadman.sighting(self._standing(host, beat, now), self._tools.ledger.now())
            if (told.symptoms and now - beat.said_at >= SAY_EVERY) or (beat.was_wrong and not told.symptoms):
                found.append(told)
                beat.said_at, beat.was_wrong = now, bool(told.symptoms)
        return found

    def _standing(self, host: str, beat: _Beat, now: float) -> Standing:
        return Standing(
            host=host,
            every=self._every,
            late_after=LATE_AFTER,
            pairs=1,
            since_round=now - beat.at,
            died=beat.died,
            told_by="`/drift status` tells when each host was looked at",
        )
