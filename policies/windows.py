"""Change windows and freezes: what recurs by a rule of RFC 5545, on the wall clock of a zone.

A local time that the clocks skip counts from before the jump (02:30 that isn't is 03:30), one that comes twice is the
first of the two: RFC 5545, 3.3.5. `ends` is such a time too; `minutes` are real ones. An occurrence for which
the clocks leave no time doesn't happen. All moments that are given back are in UTC.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import groupby, takewhile
from typing import NamedTuple
from zoneinfo import ZoneInfo

from pydantic import ConfigDict, Field, field_validator, model_validator

from policies.recurrences import FIRST_YEAR, LAST_YEAR, dates, known_zone, parts
from policies.words import Frozen

LONGEST = timedelta(days=366)
# A zone may skip a day, and no zone is a day away from UTC.
SLACK = timedelta(days=2)


class Window(Frozen):
    """When something may happen, or, as a freeze, may not. A first day that the rule doesn't name is no occurrence."""

    model_config = ConfigDict(populate_by_name=True)

    name: str = Field(min_length=1, max_length=80)
    starts: datetime
    ends: datetime | None = None
    minutes: int | None = Field(default=None, ge=1, le=LONGEST // timedelta(minutes=1))
    zone: str = Field(default="UTC", max_length=80)
    repeat: str | None = Field(default=None, max_length=200)
    except_: tuple[datetime, ...] = Field(default=(), alias="except", max_length=400)

    @field_validator("starts", "ends", "except_")
    @classmethod
    def _local(cls, value: datetime | tuple[datetime, ...] | None) -> datetime | tuple[datetime, ...] | None:
        for each in value if isinstance(value, tuple) else (value,) if value else ():
            if each.tzinfo is not None:
                raise ValueError(f"{each} has an offset: write the local time; the zone stands in `zone`")
            if each.microsecond or not FIRST_YEAR <= each.year <= LAST_YEAR:
                raise ValueError(f"{each} is not a whole second of the years {FIRST_YEAR} to {LAST_YEAR}")
        return value

    @field_validator("zone")
    @classmethod
    def _known(cls, value: str) -> str:
        return known_zone(value)

    @field_validator("repeat")
    @classmethod
    def _rule(cls, value: str | None) -> str | None:
        if value is not None:
            parts(value)
        return value

    @model_validator(mode="after")
    def _lasts(self) -> Window:
        if (self.ends is None) == (self.minutes is None):
            raise ValueError("a window has either `ends` or `minutes`, and not both")
        if not timedelta(0) < self._length <= LONGEST:
            raise ValueError(f"a window ends after it starts, and within {LONGEST.days} days")
        return self

    @model_validator(mode="after")
    def _happens(self) -> Window:
        if self.except_:
            last = max(self.except_)
            begun = set(takewhile(lambda each: each <= last, _dates(self)))
            for each in self.except_:
                if each not in begun:
                    raise ValueError(f"`except` names {_shown(each)}, when nothing would start anyway")
        if _year(self, FIRST_YEAR) is None:
            raise ValueError(f"this window never occurs, or not before the end of {LAST_YEAR}")
        return self

    @property
    def _length(self) -> timedelta:
        return timedelta(minutes=self.minutes or 0) if self.ends is None else self.ends - self.starts

    @property
    def said(self) -> str:
        """The window in words, on one line."""
        until = f"for {self.minutes} minutes"
        if self.ends is not None:
            until = f"to {_shown(self.ends, day=self._length >= timedelta(days=1))}"
        words = [f"{self.name}: {_shown(self.starts)} {until} {self.zone}"]
        if self.repeat is not None:
            words.append(self.repeat.upper())
        if self.except_:
            more = f" and {len(self.except_) - 3} more" if len(self.except_) > 3 else ""
            words.append(f"except {', '.join(_shown(each) for each in self.except_[:3])}{more}")
        return ", ".join(words)

    def open_at(self, now: datetime) -> bool:
        """Whether an occurrence has begun and not ended: the start belongs to it, the end doesn't."""
        return next(self._open(now), None) is not None

    def closes_at(self, now: datetime) -> datetime | None:
        """When what is open now ends; of overlapping occurrences the last. None: nothing is open."""
        return max(self._open(now), default=None)

    def opens_after(self, now: datetime) -> datetime | None:
        """When the next occurrence begins, strictly after now; None: never again."""
        now = _moment(now)
        year = (now - SLACK).year
        while found := _year(self, year):
            at = bisect_right(found.starts, now)
            if at < len(found.starts):
                return found.starts[at]
            year = found.year + 1
        return None

    def _open(self, now: datetime) -> Iterator[datetime]:
        """The ends of the occurrences that are open now."""
        now = _moment(now)
        since = now - self._length - SLACK
        year = since.year
        while (found := _year(self, year)) and found.starts[0] <= now:
            begun = slice(bisect_left(found.starts, since), bisect_right(found.starts, now))
            yield from (end for end in found.ends[begun] if now < end)
            year = found.year + 1


def next_open(
    wanted: Sequence[Sequence[Window]], closed: Sequence[Window], now: datetime, *, within_days: int = 400
) -> datetime | None:
    """The first moment from now on at which one window of each of `wanted` is open and none of `closed`."""
    moment: datetime | None = _moment(now)
    last = _moment(now) + timedelta(days=within_days)
    while moment is not None and moment <= last:
        later = _not_before(wanted, closed, moment)
        if later == moment:
            return moment
        moment = later
    return None


def _not_before(wanted: Sequence[Sequence[Window]], closed: Sequence[Window], moment: datetime) -> datetime | None:
    """Before when it can't be: the moment itself if all is well then; None: it can never be."""
    bounds = [moment, *(end for each in closed if (end := each.closes_at(moment)))]
    for windows in wanted:
        if not any(each.open_at(moment) for each in windows):
            openings = [opening for each in windows if (opening := each.opens_after(moment))]
            if not openings:
                return None
            bounds.append(min(openings))
    return max(bounds)


def _moment(now: datetime) -> datetime:
    if now.tzinfo is None:
        raise ValueError(f"{now} is a local time of nowhere; a moment has its offset")
    # Before it there is no window; so far back one may look without falling off the calendar.
    return max(now.astimezone(UTC), datetime(FIRST_YEAR - 1, 1, 1, tzinfo=UTC))


def _shown(local: datetime, *, day: bool = True) -> str:
    clock = f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"
    return f"{local:%Y-%m-%d} {clock}" if day else clock


# ── occurrences ───────────────────────────────────────────────────────────────────────────────────────────────────


class _Year(NamedTuple):
    """The occurrences that begin in one local year, soonest first."""

    year: int
    starts: tuple[datetime, ...]
    ends: tuple[datetime, ...]


@lru_cache(maxsize=512)
def _year(window: Window, year: int) -> _Year | None:
    """The first local year, from this one on, in which anything occurs: one pass from the beginning, then kept."""
    left_out = frozenset(window.except_)
    for found, begun in groupby(_dates(window), key=lambda each: each.year):
        if found >= year:
            spans = [_span(window, each) for each in begun if each not in left_out]
            happening = sorted(span for span in spans if span[0] < span[1])
            if happening:
                return _Year(found, *zip(*happening, strict=True))
    return None


def _span(window: Window, local: datetime) -> tuple[datetime, datetime]:
    zone = ZoneInfo(window.zone)
    start = _in_utc(local, zone)
    if window.ends is None:
        return start, start + window._length
    return start, _in_utc(local + window._length, zone)


def _in_utc(local: datetime, zone: ZoneInfo) -> datetime:
    return local.replace(tzinfo=zone, fold=0).astimezone(UTC)


def _dates(window: Window) -> Iterator[datetime]:
    """The local starts, soonest first, those of `except` too."""
    return iter((window.starts,)) if window.repeat is None else dates(window.repeat, window.starts, window.zone)
