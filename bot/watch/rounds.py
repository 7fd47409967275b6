"""When each thing of one host is due: spread over the round, sooner while unsettled, and never twice at once.

Times are seconds of a clock that only goes forward.
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

JITTER = 0.1  # of the interval, by which a look may come early; never late


@dataclass(frozen=True, kw_only=True)
class Over:
    """A round in which every thing was looked at. `missed`: looks that began more than an interval late."""

    began: float
    ended: float
    things: int
    missed: int


class Rounds:
    """`every`: seconds from one look at a thing to the next; `floor`: the least, for one that is unsettled."""

    def __init__(self, *, every: float, floor: float, dice: random.Random) -> None:
        self.every, self._floor, self._dice = every, min(floor, every), dice
        self._due: dict[str, float] = {}
        self._heap: list[tuple[float, str]] = []
        self._busy: set[str] = set()
        self._left: set[str] = set()
        self._began = self._missed = 0.0
        self.lag = 0.0  # seconds that the last look began after it was due

    def __len__(self) -> int:
        return len(self._due)

    def set(self, keys: Iterable[str], now: float, ages: Mapping[str, float] | None = None) -> None:
        """The things that there are; a new one is due at some time within an interval. `ages`: seconds since a thing
        was last looked at, by an earlier start: it is due as if there had been none in between."""
        there = set(keys)
        for key in sorted(there - self._due.keys()):
            age, some = (ages or {}).get(key), self._dice.uniform(0, self.every)
            self._put(key, now + (some if age is None else max(some * JITTER, min(self.every - age, self.every))))
        for key in self._due.keys() - there:
            del self._due[key]
        if not self._left:
            self._begin(now)
        self._left &= there

    def hurry(self, now: float) -> None:
        """Everything anew from here on, spread over an interval: after a while in which nothing could be looked at."""
        for key in sorted(self._due):
            self._put(key, now + self._dice.uniform(0, self.every))

    def wait(self, now: float) -> float:
        """Seconds until something is due; a whole interval where there is nothing."""
        self._tidy()
        return max(0.0, self._heap[0][0] - now) if self._heap else self.every

    def take(self, now: float) -> str | None:
        """The thing that is due for the longest, not taken by anybody else until it is done."""
        self._tidy()
        if not self._heap or self._heap[0][0] > now:
            return None
        due, key = heapq.heappop(self._heap)
        self._busy.add(key)
        self.lag = now - due
        self._missed += self.lag > self.every
        return key

    def done(self, key: str, now: float, *, soon: bool = False) -> Over | None:
        """It was looked at; the round that is over with that."""
        self._busy.discard(key)
        if (due := self._due.get(key)) is not None:
            later = self.every * (1 - self._dice.uniform(0, JITTER))
            self._put(key, now + self._floor if soon else max(now, due + later))
        self._left.discard(key)
        return None if self._left else self._over(now)

    def _over(self, now: float) -> Over:
        over = Over(began=self._began, ended=now, things=len(self._due), missed=int(self._missed))
        self._begin(now)
        return over

    def _begin(self, now: float) -> None:
        self._began, self._missed, self._left = now, 0, set(self._due)

    def _put(self, key: str, due: float) -> None:
        self._due[key] = due
        heapq.heappush(self._heap, (due, key))

    def _tidy(self) -> None:
        """What was put anew, is gone, or is being looked at stands in the heap in vain."""
        while self._heap and (self._due.get(self._heap[0][1]) != self._heap[0][0] or self._heap[0][1] in self._busy):
            heapq.heappop(self._heap)
