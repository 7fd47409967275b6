"""Pictures as values: what a report asks to be drawn, and the same in words. Pure; who draws them is another's concern.

The words tell all that the picture does: for those who can't see it, and where it can't be drawn or sent.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Annotated, Literal, Self, TypeAlias
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, AwareDatetime, Field, model_validator

from policies.recurrences import known_zone
from policies.words import Frozen

LONGEST = 10_000  # characters of all its words; what is said first is what matters most
CUT = "… There is more than I can tell here."
LISTED = 40  # spans, changes or gaps that the words list one by one; of more they list the newest


ZoneName: TypeAlias = Annotated[str, AfterValidator(known_zone)]


class Drawable(Frozen, ABC):
    """Something to be drawn beside an answer."""

    zone: ZoneName = "UTC"  # in which its times are told

    @property
    @abstractmethod
    def stem(self) -> str:
        """What its file is called, without what makes the name unique."""

    @property
    @abstractmethod
    def sentences(self) -> tuple[str, ...]:
        """All that the picture shows, the most important first."""

    @property
    def alt(self) -> str:
        """On one line, without what can't be printed."""
        said = " ".join(" ".join(self.sentences).split())
        whole = "".join(ch if ch.isprintable() else "�" for ch in said)
        return whole if len(whole) <= LONGEST else whole[: LONGEST - len(CUT)] + CUT

    def as_of(self, at: datetime) -> Self:
        """The same, where its flow didn't know what time it was."""
        return self

    def in_zone(self, zone: str) -> Self:
        return self.model_copy(update={"zone": zone})

    def local(self, at: datetime) -> datetime:
        return at.astimezone(ZoneInfo(self.zone))

    def moment(self, at: datetime) -> str:
        """`2026-11-25 21:45:10 CET`."""
        return f"{self.local(at):%Y-%m-%d %H:%M:%S %Z}"

    def clock(self, at: datetime, beside: datetime) -> str:
        """`21:45:10`, with its date where that isn't the other's."""
        here = self.local(at)
        return f"{here:%H:%M:%S}" if here.date() == self.local(beside).date() else f"{here:%Y-%m-%d %H:%M:%S}"


def lasted(time: timedelta) -> str:
    """`2 d 3 h`, `4 min 10 s`: the two greatest units."""
    left, parts = int(time.total_seconds()), []
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1)):
        if left >= size:
            parts.append(f"{left // size} {unit}")
            left %= size
    return " ".join(parts[:2]) or "under 1 s"


def _newest(items: Sequence[str], noun: str) -> str:
    if len(items) <= LISTED:
        return "; ".join(items)
    return f"{len(items)} {noun}, of which the last {LISTED}: {'; '.join(items[-LISTED:])}"


# ── states over time ──────────────────────────────────────────────────────────────────────────────────────────────


class Span(Frozen):
    """One lane was in a state from then to then. Where no span is, nothing could be read."""

    lane: str
    since: AwareDatetime
    until: AwareDatetime
    state: str


class Mark(Frozen):
    """Something that happened at one moment, such as `failover to p72vio2`."""

    at: AwareDatetime
    said: str


class HistoryPicture(Drawable):
    """The states of a few things over one time, a lane each; failovers and the like marked."""

    kind: Literal["history"] = "history"
    title: str
    lanes: tuple[str, ...] = Field(min_length=1, max_length=4)
    spans: tuple[Span, ...] = Field(default=(), max_length=2_000)
    marks: tuple[Mark, ...] = Field(default=(), max_length=500)
    since: AwareDatetime
    until: AwareDatetime

    @model_validator(mode="after")
    def _is_sound(self) -> Self:
        if self.since >= self.until:
            raise ValueError("it ends before it begins")
        if any(each.lane not in self.lanes or each.since > each.until for each in self.spans):
            raise ValueError("a span is in no lane, or ends before it begins")
        return self

    @property
    def stem(self) -> str:
        return "history"

    def of(self, lane: str) -> tuple[Span, ...]:
        """What of the lane lies in the time that is shown, in order; a state ends where the next one begins."""
        inside = sorted(
            (each for each in self.spans if each.lane == lane and each.until > self.since and each.since < self.until),
            key=lambda each: (each.since, each.until),
        )
        ends = [*(each.since for each in inside[1:]), self.until][: len(inside)]
        cut = (
            each.model_copy(update={"since": max(each.since, self.since), "until": min(each.until, end)})
            for each, end in zip(inside, ends, strict=True)
        )
        return tuple(each for each in cut if each.since < each.until)

    def gaps(self, lane: str) -> tuple[tuple[datetime, datetime], ...]:
        """From when to when nothing was read of it."""
        found, reached = [], self.since
        for each in self.of(lane):
            if each.since > reached:
                found.append((reached, each.since))
            reached = max(reached, each.until)
        return (*found, (reached, self.until)) if reached < self.until else tuple(found)

    @property
    def shown_marks(self) -> tuple[Mark, ...]:
        inside = (each for each in self.marks if self.since <= each.at <= self.until)
        return tuple(sorted(inside, key=lambda each: each.at))

    @property
    def sentences(self) -> tuple[str, ...]:
        marks = [f"{self._at(each.at)} {each.said}" for each in self.shown_marks]
        return (
            f"{self.title}, from {self.moment(self.since)} to {self.moment(self.until)}.",
            f"Marked: {_newest(marks, 'moments')}." if marks else "Nothing is marked.",
            *(self._of_lane(lane) for lane in self.lanes),
        )

    def _of_lane(self, lane: str) -> str:
        spans = [f"{each.state} {self._at(each.since)} to {self._at(each.until)}" for each in self.of(lane)]
        gaps = [f"{self._at(start)} to {self._at(end)}" for start, end in self.gaps(lane)]
        unread = f" Not read: {_newest(gaps, 'gaps')}." if gaps else ""
        if not spans:
            return f"{lane}: nothing could be read in all of this time."
        return f"{lane}: {self._totals(lane)}. In order: {_newest(spans, 'spans')}.{unread}"

    def _totals(self, lane: str) -> str:
        total: dict[str, timedelta] = {}
        for each in self.of(lane):
            total[each.state] = total.get(each.state, timedelta()) + (each.until - each.since)
        return ", ".join(f"{state} for {lasted(time)}" for state, time in total.items())

    def _at(self, at: datetime) -> str:
        return self.clock(at, self.since)


# ── numbers over time ─────────────────────────────────────────────────────────────────────────────────────────────


# What is larger is no number of packets, bytes or differences.
Value: TypeAlias = Annotated[float, Field(ge=-1e30, le=1e30, allow_inf_nan=False)]


class Reading(Frozen):
    """`value` None: it was to be read then, and couldn't be."""

    at: AwareDatetime
    value: Value | None


class Series(Frozen):
    """One number over time. `unit`: such as `packets/s`; empty for a mere count. `holds`: each value until the next."""

    name: str
    unit: str = ""
    holds: bool = False
    readings: tuple[Reading, ...] = Field(default=(), max_length=2_000)

    @property
    def ordered(self) -> tuple[Reading, ...]:
        return tuple(sorted(self.readings, key=lambda each: each.at))

    @property
    def known(self) -> tuple[tuple[datetime, float], ...]:
        return tuple((each.at, each.value) for each in self.ordered if each.value is not None)

    @property
    def gaps(self) -> tuple[datetime, ...]:
        """The first moment of each stretch in which it couldn't be read."""
        rows = self.ordered
        first = [rows[0].at] if rows and rows[0].value is None else []
        return (*first, *(b.at for a, b in pairwise(rows) if b.value is None and a.value is not None))

    @property
    def turns(self) -> tuple[tuple[datetime, float], ...]:
        """The first value, and each that isn't the one before."""
        return (*self.known[:1], *(b for a, b in pairwise(self.known) if b[1] != a[1]))

    @property
    def highest(self) -> tuple[datetime, float] | None:
        return max(self.known, key=lambda each: each[1], default=None)

    def told(self, value: float) -> str:
        return f"{number(value)} {self.unit}".rstrip()


class SeriesPicture(Drawable):
    """Numbers over time, a small plot each, one below the other on one time axis."""

    kind: Literal["series"] = "series"
    title: str
    series: tuple[Series, ...] = Field(default=(), max_length=4)
    undated: bool = False  # only the time between its readings is known: the last one is from when it is told

    def as_of(self, at: datetime) -> Self:
        if not self.undated or self.window is None:
            return self
        later = at - self.window[1]
        moved = tuple(
            one.model_copy(
                update={"readings": tuple(each.model_copy(update={"at": each.at + later}) for each in one.readings)}
            )
            for one in self.series
        )
        return self.model_copy(update={"series": moved, "undated": False})

    @property
    def stem(self) -> str:
        return "series"

    @property
    def window(self) -> tuple[datetime, datetime] | None:
        """From the first to the last moment of any of them."""
        moments = [each.at for one in self.series for each in one.readings]
        return (min(moments), max(moments)) if moments else None

    @property
    def sentences(self) -> tuple[str, ...]:
        if self.window is None:
            return (f"{self.title}: nothing was read.", *(f"{one.name}: nothing was read." for one in self.series))
        start, end = self.window
        return (
            f"{self.title}, from {self.moment(start)} to {self.moment(end)}.",
            *(self._of(one, start) for one in self.series),
        )

    def _of(self, one: Series, start: datetime) -> str:
        if not one.known:
            return f"{one.name}: nothing was read."
        low, high = min(one.known, key=lambda each: each[1]), one.highest or one.known[0]
        gaps = _newest([self.clock(each, start) for each in one.gaps], "times")
        unread = f"; not read from {gaps}" if gaps else ""
        if one.holds:
            turns = [f"{one.told(value)} from {self.clock(at, start)}" for at, value in one.turns]
            return f"{one.name}: highest {one.told(high[1])}; {_newest(turns, 'changes')}{unread}."
        return (
            f"{one.name}: {len(one.known)} readings, lowest {one.told(low[1])} at {self.clock(low[0], start)}, "
            f"highest {one.told(high[1])} at {self.clock(high[0], start)}, last {one.told(one.known[-1][1])}{unread}."
        )


def number(value: float) -> str:
    """At most four figures: `950`, `1.2 k`, `3.45 M`, `0.02`."""
    short = float(f"{value:.3g}")  # first: 999,999 is a million, not a thousand thousands
    if abs(value) >= 10_000:
        for size, letter in ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")):
            if size <= abs(short) < size * 1e3:
                return f"{short / size:.3g} {letter}"
        return f"{short:.3g}"
    return f"{value:.0f}" if value == int(value) or abs(value) >= 100 else f"{value:.3g}"
