"""What a VIOS tells of itself: its partition, what it starts from, its clock, licence, platform and welcome."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar

from handlers.hmcout import Unreadable
from handlers.padmin.printed import lines, matched, some, strange
from handlers.place import Place
from handlers.reading import ViosRead
from handlers.table import Column, Kind, Row
from policies.words import Frozen

BOOTS = ("bootlist", "-mode", "normal", "-ls")


class Identity(ViosRead):
    """Show the partition's id and name as the VIOS itself knows them."""

    verb: ClassVar[str] = "identity"
    example: ClassVar[str] = "identity p72vio1"
    recorded: ClassVar[str] = "lslparinfo"
    columns: ClassVar[tuple[Column, ...]] = (Column(name="id", kind=Kind.NUMBER), Column(name="name"))

    def argv(self, place: Place) -> tuple[str, ...]:
        return ("lslparinfo",)

    def parse(self, text: str) -> Iterable[Row]:
        found = some(text)
        if len(found) != 1:
            raise strange(found[-1])
        own = matched(_IDENTITY, found[0])
        return [(int(own["id"]), own["name"])]


_IDENTITY = re.compile(r"(?P<id>\d{1,5}) +(?P<name>[A-Za-z0-9_].{0,63})", re.ASCII)


class Bootlist(ViosRead):
    """Show what a VIOS starts from, in order."""

    verb: ClassVar[str] = "bootlist"
    example: ClassVar[str] = "bootlist p72vio1"
    recorded: ClassVar[str] = "bootlist"
    columns: ClassVar[tuple[Column, ...]] = (
        Column(name="position", kind=Kind.NUMBER),
        Column(name="device"),
        Column(name="volume"),
        Column(name="path"),
        Column(name="options"),
    )

    def argv(self, place: Place) -> tuple[str, ...]:
        return BOOTS

    def parse(self, text: str) -> Iterable[Row]:
        return [
            (number, each.device, each.volume, each.path, each.options) for number, each in enumerate(boots(text), 1)
        ]


class Boot(Frozen):
    """`volume`: the boot logical volume on it, where it has one."""

    device: str
    volume: str | None
    path: str | None
    options: str | None


def boots(text: str) -> tuple[Boot, ...]:
    """What it starts from, in order, or Unreadable."""
    return tuple(_boots(line) for line in some(text))


_BOOTS = re.compile(r"(?P<device>[a-z][\w.-]{0,31})(?P<options>(?: [a-z_-]+=\S*)*)", re.ASCII)


def _boots(line: str) -> Boot:
    found = matched(_BOOTS, line)
    options = dict(each.split("=", 1) for each in found["options"].split())
    volume, path = options.pop("blv", None), options.pop("pathid", None)
    others = " ".join(f"{key}={value}" for key, value in options.items()) or None
    return Boot(device=found["device"], volume=volume, path=path, options=others)


class Motd(ViosRead):
    """Show the message of the day of a VIOS."""

    verb: ClassVar[str] = "motd"
    example: ClassVar[str] = "motd p72vio1"
    recorded: ClassVar[str] = "motd"
    of_people: ClassVar[bool] = True
    columns: ClassVar[tuple[Column, ...]] = (Column(name="line", kind=Kind.NUMBER), Column(name="text"))

    def argv(self, place: Place) -> tuple[str, ...]:
        return ("motd",)

    def parse(self, text: str) -> Iterable[Row]:
        """Any line will do that can be printed."""
        return list(enumerate(lines(text), 1))


class Clock(ViosRead):
    """Show the date, time and time zone of a VIOS."""

    verb: ClassVar[str] = "clock"
    example: ClassVar[str] = "clock p72vio*"
    recorded: ClassVar[str] = "chdate"
    columns: ClassVar[tuple[Column, ...]] = (Column(name="clock"), Column(name="zone"))

    def argv(self, place: Place) -> tuple[str, ...]:
        return ("chdate",)

    def parse(self, text: str) -> Iterable[Row]:
        return [clock(text)]


# As `date` prints it in the C locale: `Thu Apr 14 08:33:00 UTC 2016`.
_CLOCK = re.compile(
    r"[A-Z][a-z]{2} (?P<date>[A-Z][a-z]{2} [ \d]?\d \d\d:\d\d:\d\d) (?P<zone>[A-Za-z0-9_+:<>-]{1,40}) (?P<year>\d{4})",
    re.ASCII,
)


def clock(text: str) -> tuple[str, str]:
    """Its own time in the form of ISO 8601, without an offset, and the name of its zone; or Unreadable."""
    found = some(text)
    if len(found) != 1:
        raise strange(found[-1])
    told = matched(_CLOCK, found[0])
    try:
        at = datetime.strptime(f"{told['date']} {told['year']}", "%b %d %H:%M:%S %Y")  # noqa: DTZ007 - of its zone
    except ValueError as fault:
        raise Unreadable(f"it has a date that is none: {told['date']}") from fault
    return at.isoformat(sep=" "), told["zone"]


class Licence(ViosRead):
    """Show whether the licence of a VIOS has been accepted: without that padmin can do next to nothing there."""

    verb: ClassVar[str] = "license"
    example: ClassVar[str] = "license *"
    recorded: ClassVar[str] = "license"
    columns: ClassVar[tuple[Column, ...]] = (Column(name="license", kind=Kind.STATE), Column(name="by"))

    def argv(self, place: Place) -> tuple[str, ...]:
        return ("license",)

    def parse(self, text: str) -> Iterable[Row]:
        first, *rest = some(text)
        state = matched(_LICENCE, first)
        if len(rest) > 1:
            raise strange(rest[1])
        by = matched(_ACCEPTED, rest[0])["by"] if rest else None
        return [("not accepted" if state["missing"] else "accepted", by)]


# Both forms are unverified.
_LICENCE = re.compile(r"The license has (?P<missing>not )?been accepted\.?")
_ACCEPTED = re.compile(r"[a-z]{2}_[A-Z]{2} +(?P<by>[A-Z][a-z]{2} \d{1,2} \d{4}, \d\d:\d\d:\d\d +\S{1,40})", re.ASCII)


class Platform(ViosRead):
    """Show the level of the operating system below a VIOS."""

    verb: ClassVar[str] = "platform"
    example: ClassVar[str] = "platform *"
    recorded: ClassVar[str] = "oem_platform_level"
    columns: ClassVar[tuple[Column, ...]] = (Column(name="platform"), Column(name="level"))

    def argv(self, place: Place) -> tuple[str, ...]:
        return ("oem_platform_level",)

    def parse(self, text: str) -> Iterable[Row]:
        found = some(text)
        if len(found) != 2:
            raise strange(found[-1])
        return [(matched(_PLATFORM, found[0])["name"], matched(_LEVEL, found[1])[0])]


_PLATFORM = re.compile(r"(?P<name>[A-Z][A-Za-z]{1,20}) VERSION: ?")
_LEVEL = re.compile(r"\d{1,4}(?:[.-]\d{1,4}){1,4}", re.ASCII)

OPERATIONS: tuple[type[ViosRead], ...] = (Identity, Bootlist, Motd, Clock, Licence, Platform)
