"""Small changes of a host: looking for new devices, and forgetting whom it knew."""

from __future__ import annotations

import re
from typing import ClassVar

from pydantic import Field

from handlers.aix.devices import DEVICE_COLUMNS, Device, device_row, devices
from handlers.aix.hosts import HostChange, HostChangeAt
from handlers.changing import Guard, Lasts
from handlers.heard import Reads, Unread, heard
from handlers.hmcout import Unreadable
from handlers.operation import HostName
from handlers.place import Place
from handlers.table import Table

# What ssh-keygen prints of a host that it finds; the line of the file follows, which is nobody's business.
_FOUND = re.compile(r"# Host (\S{1,253}) found: line (\d{1,6})(?: .*)?", re.ASCII)
_KEY = re.compile(r"(?:@[a-z-]{1,32} )?\S{1,500} [a-z][a-z0-9@.-]{2,80} AAAA[A-Za-z0-9+/=]*(?: .*)?", re.ASCII)
_SHOWN = 12


class Scan(HostChangeAt[tuple[Device, ...]]):
    """Look for new devices with cfgmgr, and tell which came."""

    verb: ClassVar[str] = "scan"
    example: ClassVar[str] = "scan web01"
    deadline: ClassVar[float] = 15 * 60.0  # seconds: on a host with many paths it takes minutes
    stop: ClassVar[str] = "it is left to end by itself"
    exit_counts: ClassVar[bool] = True

    def look_at(self, place: Place) -> Reads[tuple[Device, ...]]:
        return (yield from self.asked(place, ("lsdev", "-C"), devices))

    def guards(self, before: tuple[Device, ...]) -> tuple[Guard, ...]:
        return ()

    def doing(self, before: tuple[Device, ...]) -> tuple[tuple[str, ...], ...]:
        return (("cfgmgr",),)

    def missing(self, before: tuple[Device, ...], after: tuple[Device, ...]) -> list[str]:
        there = {each.name: each.status for each in after}
        lost = [each for each in before if each.status == "Available" and there.get(each.name) != "Available"]
        return [f"{each.name} was Available and is {there.get(each.name, 'gone')}" for each in lost]

    def told(self, after: tuple[Device, ...]) -> str:
        return f"there are {len(after)} devices; whether any of them is new can't be told any more"

    def moves(self, before: tuple[Device, ...]) -> str:
        return f"cfgmgr looks for devices beside the {len(before)} that there are"

    def done(self, before: tuple[Device, ...], after: tuple[Device, ...]) -> str:
        came = [each.name for each in _came(before, after)]
        more = f" and {len(came) - _SHOWN} more" if len(came) > _SHOWN else ""
        return f"new: {', '.join(came[:_SHOWN])}{more}" if came else "nothing new was found"

    def rows(self, before: tuple[Device, ...], after: tuple[Device, ...]) -> Table | None:
        came = _came(before, after)
        return Table(columns=DEVICE_COLUMNS, rows=tuple(map(device_row, came))) if came else None

    def lasts(self) -> Lasts:
        return Lasts.ONCE


def _came(before: tuple[Device, ...], after: tuple[Device, ...]) -> list[Device]:
    """What is there now that wasn't, or wasn't usable."""
    were = {(each.name, each.status) for each in before}
    return [each for each in after if (each.name, each.status) not in were and each.status == "Available"]


class ForgetHost(HostChange[tuple[int, ...]]):
    """Let hscbot's user on a host forget the key of another, such as an HMC that was installed anew."""

    verb: ClassVar[str] = "forget-host"
    example: ClassVar[str] = "forget-host web01 hmc2"

    known: HostName = Field(
        description="whom it shall forget, as it stands in known_hosts", json_schema_extra={"place": 1}
    )

    def look_at(self, place: Place) -> Reads[tuple[int, ...]]:
        """The lines on which it stands. That it stands on none is exit 1, without a word."""
        result = heard((yield self.command_at(place, ("ssh-keygen", "-F", self.known))))
        if result.exit_status == 1 and not result.text.strip() and not result.unsent:
            return ()
        if result.exit_status != 0 or result.malformed:
            said = result.unsent or " ".join(result.text.split())[:160]
            raise Unread(f"whom it knows couldn't be read: {said or 'the connection was lost'}")
        try:
            return found_lines(result.text)
        except Unreadable as fault:
            raise Unread(f"whom it knows couldn't be read: {fault}") from fault

    def guards(self, before: tuple[int, ...]) -> tuple[Guard, ...]:
        return ()

    def doing(self, before: tuple[int, ...]) -> tuple[tuple[str, ...], ...]:
        return (("ssh-keygen", "-R", self.known),) if before else ()

    def left(self, after: tuple[int, ...]) -> list[str]:
        return [f"{self.known} is still known, on line {after[0]}"] if after else []

    def moves(self, before: tuple[int, ...]) -> str:
        keys = "its key" if len(before) == 1 else f"its {len(before)} keys"
        return f"{self.known} is forgotten, with {keys}; known_hosts.old keeps what was"


def found_lines(text: str) -> tuple[int, ...]:
    """Of `ssh-keygen -F`, a line that tells where and then the key's own, or Unreadable."""
    lines = [line.rstrip() for line in text.splitlines()]
    found = [_FOUND.fullmatch(line) for line in lines[::2]]
    if not found or None in found or len(lines) % 2 or not all(map(_KEY.fullmatch, lines[1::2])):
        raise Unreadable(f"it tells of no line: {text.strip()[:120]!r}")
    return tuple(int(each[2]) for each in found if each is not None)
