"""Clocks of several hosts: what their logs tell is put in order by when we read it, and each clock is measured. Pure.

A stamp is the host's own, of whole minutes, in a timezone that it doesn't tell: two hosts' stamps are never compared.
What is new in a log since we last read it was written between the two readings, and that also measures the clock.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from pydantic import AwareDatetime

from handlers.errlog import Entry
from policies.words import Frozen

_MINUTE = timedelta(minutes=1)
_KEPT = 20  # lines by which the place where a log was read up to is known again


class Mark(Frozen):
    """How far a log was read: its newest lines, newest first, and when."""

    at: AwareDatetime
    lines: tuple[str, ...] = ()


class News(Frozen):
    """What is new in a log, oldest first. Not `whole`: the place read up to is gone, so that entries may be missing.

    `since` None: it was read for the first time, and what stands in it may be of any age.
    """

    vios: str
    since: AwareDatetime | None
    until: AwareDatetime
    entries: tuple[Entry, ...] = ()
    whole: bool = True


class Skew(Frozen):
    """Between which bounds a clock is ahead of ours, in seconds; behind where negative."""

    least: float
    most: float

    @property
    def ahead(self) -> float:
        """The least that is certain: zero where the bounds leave it open which of the two is ahead."""
        return self.least if self.least > 0 else min(self.most, 0.0)


def mark(entries: tuple[Entry, ...], at: datetime) -> Mark:
    return Mark(at=at, lines=tuple(each.line for each in entries[:_KEPT]))


def news(vios: str, entries: tuple[Entry, ...], before: Mark | None, at: datetime) -> News:
    """What a log tells beyond the mark. An empty log where there was one has been cleared."""
    if before is None:
        return News(vios=vios, since=None, until=at, entries=entries[::-1], whole=False)
    lines = tuple(each.line for each in entries)
    known = before.lines
    # The same line can stand twice, as a stamp has whole minutes: all of what is remembered has to follow.
    for place in range(len(lines) + 1):
        rest = lines[place : place + len(known)]
        if (known and rest == known) or (not known and place == len(lines)):
            return News(vios=vios, since=before.at, until=at, entries=entries[:place][::-1])
    return News(vios=vios, since=before.at, until=at, entries=_newer(entries, known), whole=False)


def _newer(entries: tuple[Entry, ...], known: tuple[str, ...]) -> tuple[Entry, ...]:
    """Of a log that was cut, what surely wasn't there before."""
    return tuple(each for each in reversed(entries) if each.line not in known)


def ordered(read: Iterable[News]) -> tuple[tuple[str, Entry], ...]:
    """All of it by our own reading: each log keeps its order, and what was read later comes later."""
    found = sorted(read, key=lambda each: (each.until, each.vios))
    return tuple((each.vios, entry) for each in found for entry in each.entries)


def skew(of: News) -> Skew | None:
    """By the newest entry that was written between two readings; None where none was, or where some may be missing."""
    if of.since is None or not of.whole or not of.entries:
        return None
    stamp = of.entries[-1].stamp.replace(tzinfo=of.until.tzinfo)
    return Skew(least=(stamp - of.until).total_seconds(), most=(stamp + _MINUTE - of.since).total_seconds())
