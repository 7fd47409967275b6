"""The clock of a VIOS and its time zone, as `chdate` prints and sets them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, ClassVar, TypeAlias

from pydantic import Field, StringConstraints

from handlers.changing import Change, Guard, Lasts
from handlers.heard import Reads
from handlers.hmcout import Unreadable
from handlers.place import Place
from policies.words import Effect, Frozen

# `2009-03-04T01:02`, by the VIOS's own zone: chdate takes no seconds.
Minute: TypeAlias = Annotated[
    str, StringConstraints(min_length=16, max_length=16, pattern=r"^20[0-3]\d-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d$")
]
# As POSIX writes a zone: AST, CET-1CEST, EST5EDT,M3.2.0,M11.1.0; or as the zone database names it: Europe/Oslo.
ZoneName: TypeAlias = Annotated[
    str,
    StringConstraints(
        min_length=3, max_length=40,
        pattern=r"^(?:[A-Z]{3,6}(?:[+-]?\d{1,2}(?::\d\d)?(?:[A-Z]{3,6}(?:,[A-Za-z0-9./:,-]{1,24})?)?)?"
        r"|[A-Z][A-Za-z]+(?:/[A-Z][A-Za-z_+-]+\d{0,2}){1,2})$",
    ),
]  # fmt: skip
SLACK = timedelta(minutes=10)  # that the setting itself and the read behind it may take
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DATE = re.compile(
    r"[A-Z][a-z]{2} (?P<month>[A-Z][a-z]{2}) +(?P<day>\d{1,2}) (?P<time>\d\d:\d\d:\d\d) "
    r"(?P<zone>[A-Za-z0-9+<>-]{1,12}) (?P<year>\d{4})",
    re.ASCII,
)


class Reading(Frozen):
    """What its clock shows, local to it, and what it calls its zone."""

    now: datetime
    zone: str


def reading(text: str) -> Reading:
    """Of `chdate` without a flag: `Wed Nov 25 22:36:33 UTC 2026`; or Unreadable, as in another language."""
    found = _DATE.fullmatch(text.strip())
    if found is None or found["month"] not in _MONTHS:
        raise Unreadable(f"it isn't a date: {text.strip()[:120]!r}")
    month = _MONTHS.index(found["month"]) + 1
    try:
        now = datetime.fromisoformat(f"{found['year']}-{month:02}-{int(found['day']):02}T{found['time']}")
    except ValueError as fault:
        raise Unreadable(f"it has a date that is none: {text.strip()[:120]!r}") from fault
    return Reading(now=now, zone=found["zone"])


class SetClock(Change[Reading]):
    """Set the date and the time of a VIOS, by its own time zone."""

    verb: ClassVar[str] = "set-clock"
    effect: ClassVar[Effect] = Effect.CHANGES
    example: ClassVar[str] = "set-clock p75vio1 2026-03-01T03:00"

    to: Minute = Field(
        description="year-month-dayThour:minute, by its own zone",
        json_schema_extra={"place": 1, "example": "2026-03-01T03:00", "other": "2026-02-28T04:01"},
    )

    @classmethod
    def clashes(cls, given: Mapping[str, object]) -> list[str]:
        try:
            datetime.fromisoformat(str(given.get("to")))
        except ValueError:
            return [f"{given.get('to')} is no date"]
        return []

    @property
    def wanted(self) -> datetime:
        return datetime.fromisoformat(self.to)

    def look_at(self, place: Place) -> Reads[Reading]:
        return (yield from self.asked(place, ("chdate",), reading))

    def guards(self, before: Reading) -> tuple[Guard, ...]:
        """Its time is no fact: that would be another one when the approval is used."""
        return (Guard(name="its time zone is known", holds=True, seen=before.zone),)

    def doing(self, before: Reading) -> tuple[tuple[str, ...], ...]:
        at = self.wanted
        parts = {"hour": at.hour, "minute": at.minute, "month": at.month, "day": at.day, "year": at.year}
        return (("chdate", *(word for name, part in parts.items() for word in (f"-{name}", str(part)))),)

    def left(self, after: Reading) -> list[str]:
        if self.wanted <= after.now <= self.wanted + SLACK:
            return []
        return [f"its clock shows {after.now:%Y-%m-%d %H:%M:%S} {after.zone}"]

    def moves(self, before: Reading) -> str:
        late = self.wanted - before.now
        way = f"{abs(late)} {'back' if late < timedelta(0) else 'forward'}"
        return (
            f"its clock goes from {before.now:%Y-%m-%d %H:%M:%S} to {self.wanted:%Y-%m-%d %H:%M} {before.zone}: {way}"
        )


class SetTimezone(Change[str]):
    """Set the time zone of a VIOS. What runs already keeps the old one until the next restart."""

    verb: ClassVar[str] = "set-timezone"
    effect: ClassVar[Effect] = Effect.CHANGES
    example: ClassVar[str] = "set-timezone p75vio1 CET-1CEST"

    zone: ZoneName = Field(
        description="the time zone", json_schema_extra={"place": 1, "example": "CET-1CEST", "other": "EET-2EEST"}
    )

    def look_at(self, place: Place) -> Reads[str]:
        return (yield from self.asked(place, ("awk", "/TZ=/", "/etc/environment"), _zone))

    def guards(self, before: str) -> tuple[Guard, ...]:
        return (Guard(name="its time zone is known", holds=True, seen=before),)

    def doing(self, before: str) -> tuple[tuple[str, ...], ...]:
        return (("chdate", "-timezone", self.zone),) if before != self.zone else ()

    def left(self, after: str) -> list[str]:
        return [] if after == self.zone else [f"its time zone is {after}"]

    def moves(self, before: str) -> str:
        return f"its time zone goes from {before} to {self.zone}"

    def undo(self, before: str) -> SetTimezone | None:
        return self.but(zone=before)

    def lasts(self) -> Lasts:
        return Lasts.FOR_NEW_LOGINS


def _zone(text: str) -> str:
    """The zone that logins get: the line `TZ=…` of the file that has their environment."""
    found = [line for line in text.splitlines() if line.startswith("TZ=")]
    if len(found) != 1 or not re.fullmatch(r"TZ=[\x21-\x7e]{1,80}", found[0]):
        raise Unreadable(f"not one time zone: {text.strip()[:120]!r}")
    return found[0].removeprefix("TZ=").strip("'\"")
