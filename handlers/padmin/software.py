"""What is installed on a VIOS, and what its administrators ran there."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar

from handlers.hmcout import Unreadable
from handlers.padmin.printed import lines, matched, some, under
from handlers.place import Place
from handlers.reading import ViosRead
from handlers.table import Column, Kind, Row
from policies.words import Frozen


class Package(Frozen):
    """`state` and `type`: letters, of which the list itself tells the meaning."""

    name: str
    level: str
    state: str
    type: str
    description: str


_HEADING = re.compile(r" *Fileset +Level +State +Type +Description \(Uninstaller\)")
_PACKAGE = re.compile(
    r" +(?P<name>\S{1,80}) +(?P<level>\d\S{0,40}) +(?P<state>[A-Z?]) +(?P<type>[A-Z])(?: +(?P<description>\S.*))?",
    re.ASCII,
)
_LEGEND = re.compile(r"-{20,}| +-{20,}|State codes:|Type codes:| [A-Z?] -- [A-Z].*")
_STATES = {"A": "applied", "B": "broken", "C": "committed", "E": "EFIX locked", "O": "obsolete", "?": "inconsistent"}


def packages(text: str) -> tuple[Package, ...]:
    """Of `lssw`, or Unreadable: the list of `lslpp -L`, and below it what its letters mean."""
    rows = (line for line in under(_HEADING, some(text)) if not _LEGEND.fullmatch(line))
    return tuple(
        Package(
            name=each["name"],
            level=each["level"],
            state=each["state"],
            type=each["type"],
            description=each["description"] or "",
        )
        for each in (matched(_PACKAGE, line) for line in rows)
    )


class Packages(ViosRead):
    """List the software of a VIOS, with levels and states."""

    verb: ClassVar[str] = "packages"
    example: ClassVar[str] = "packages p72vio1"
    recorded: ClassVar[str] = "lssw"
    deadline: ClassVar[float] = 180.0
    columns: ClassVar[tuple[Column, ...]] = (
        Column(name="package"),
        Column(name="level"),
        Column(name="state", kind=Kind.STATE),
        Column(name="type"),
        Column(name="description"),
    )

    def argv(self, place: Place) -> tuple[str, ...]:
        return ("lssw",)

    def parse(self, text: str) -> Iterable[Row]:
        return [
            (each.name, each.level, _STATES.get(each.state, each.state), each.type, each.description or None)
            for each in packages(text)
        ]


# `Jun 10 2009, 12:44:27 padmin    license -accept`
_RAN = re.compile(
    r"(?P<at>[A-Z][a-z]{2} \d{1,2} \d{4}, \d\d:\d\d:\d\d) (?P<user>\S{1,32}) +(?P<command>\S.*)", re.ASCII
)


class Commands(ViosRead):
    """Show the global command log of a VIOS: who ran what there, the oldest first."""

    verb: ClassVar[str] = "commands"
    example: ClassVar[str] = "commands p72vio1 sort=-time"
    recorded: ClassVar[str] = "lsgcl"
    columns: ClassVar[tuple[Column, ...]] = (Column(name="time"), Column(name="user"), Column(name="ran"))

    def argv(self, place: Place) -> tuple[str, ...]:
        return ("lsgcl",)

    def parse(self, text: str) -> Iterable[Row]:
        return [_ran(line) for line in lines(text)]


def _ran(line: str) -> Row:
    found = matched(_RAN, line)
    try:
        at = datetime.strptime(found["at"], "%b %d %Y, %H:%M:%S")  # noqa: DTZ007 - its timezone isn't told
    except ValueError as fault:
        raise Unreadable(f"it has a date that is none: {found['at']}") from fault
    return (at.isoformat(sep=" "), found["user"], found["command"])


OPERATIONS: tuple[type[ViosRead], ...] = (Packages, Commands)
