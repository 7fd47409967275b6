"""The interfaces of a host, as `ifconfig -a` shows them, and what has gone over them, as `netstat -i` counts it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import ClassVar

from handlers.hmcout import Unreadable
from handlers.place import Place
from handlers.reading import AixRead
from handlers.table import Column, Kind, Row
from policies.words import Frozen

_HEAD = re.compile(r"(?P<name>[a-z]{1,6}\d{1,4}): flags=[0-9a-f]+(?:,[0-9a-f]+)?<(?P<flags>[A-Z0-9_,()]*)>", re.ASCII)
_INET = re.compile(
    r"\s+inet (?P<address>[0-9.]{7,15})(?: --> [0-9.]{7,15})? netmask (?P<mask>0x[0-9a-f]{1,8})"
    r"(?: broadcast (?P<broadcast>[0-9.]{7,15}))?",
    re.ASCII,
)
_INET6 = re.compile(r"\s+inet6 (?P<address>[0-9a-fA-F:.%]{2,60}(?:/\d{1,3})?)", re.ASCII)
_OPTIONS = re.compile(r"\s+(?:[a-z][a-z0-9_]+ \d+\s*)+", re.ASCII)  # such as tcp_sendspace 262144


class Address(Frozen):
    address: str
    mask: str = ""  # of IPv4, with dots


class Interface(Frozen):
    name: str
    flags: tuple[str, ...]
    addresses: tuple[Address, ...] = ()

    @property
    def is_up(self) -> bool:
        return "UP" in self.flags

    @property
    def largesend(self) -> bool:
        return "LARGESEND" in self.flags


def interfaces(text: str) -> tuple[Interface, ...]:
    """In order, or Unreadable."""
    found: list[Interface] = []
    for line in filter(str.strip, text.splitlines()):
        if head := _HEAD.fullmatch(line.rstrip()):
            flags = tuple(filter(None, head["flags"].split(",")))
            found.append(Interface(name=head["name"], flags=flags))
        elif found and (address := _address(line.rstrip())) is not None:
            found[-1] = found[-1].model_copy(update={"addresses": (*found[-1].addresses, address)})
        elif not (found and _OPTIONS.fullmatch(line)):
            raise Unreadable(f"it has a line that I don't know: {line.strip()[:120]!r}")
    if not found:
        raise Unreadable("no interface is listed, not even lo0")
    return tuple(found)


def _address(line: str) -> Address | None:
    if inet := _INET.fullmatch(line):
        mask = int(inet["mask"], 16)
        return Address(address=inet["address"], mask=".".join(str(mask >> shift & 0xFF) for shift in (24, 16, 8, 0)))
    inet6 = _INET6.fullmatch(line)
    return Address(address=inet6["address"]) if inet6 else None


class Interfaces(AixRead):
    """Show the interfaces of a host: up or down, addresses, and whether largesend is on."""

    verb: ClassVar[str] = "interfaces"
    example: ClassVar[str] = "interfaces web01"
    recorded: ClassVar[str] = "aix-ifconfig"
    columns: ClassVar[tuple[Column, ...]] = (
        Column(name="interface"),
        Column(name="state", kind=Kind.STATE),
        Column(name="address"),
        Column(name="netmask"),
        Column(name="largesend", kind=Kind.STATE),
    )

    def argv(self, place: Place) -> tuple[str, ...]:
        return ("ifconfig", "-a")

    def parse(self, text: str) -> Iterable[Row]:
        return [
            (
                each.name, "up" if each.is_up else "down", at.address if at else None, at.mask or None if at else None,
                "on" if each.largesend else "off",
            )
            for each in interfaces(text)
            for at in each.addresses or (None,)
        ]  # fmt: skip


# ── netstat -i ────────────────────────────────────────────────────────────────────────────────────────────────────

_HEADING = ("Name", "Mtu", "Network", "Address", "Ipkts", "Ierrs", "Opkts", "Oerrs", "Coll")
_COUNTS = re.compile(
    r"(?P<name>[a-z]{1,6}\d{1,4}\*?) +(?P<mtu>\d{1,6}) +(?P<network>\S{1,64})(?: +(?P<address>\S.{0,80}?))?"
    r" +(?P<ipkts>\d+) +(?P<ierrs>\d+) +(?P<opkts>\d+) +(?P<oerrs>\d+) +(?P<coll>\d+)",
    re.ASCII,
)


class Statistics(AixRead):
    """Show what has gone over the interfaces of a host since it started: packets, errors and collisions."""

    verb: ClassVar[str] = "statistics"
    example: ClassVar[str] = "statistics web01"
    recorded: ClassVar[str] = "aix-netstat-i"
    columns: ClassVar[tuple[Column, ...]] = (
        Column(name="interface"),
        Column(name="mtu", kind=Kind.NUMBER),
        Column(name="network"),
        Column(name="address"),
        *(Column(name=name, kind=Kind.NUMBER) for name in ("ipkts", "ierrs", "opkts", "oerrs", "coll")),
    )

    def argv(self, place: Place) -> tuple[str, ...]:
        return ("netstat", "-i")

    def parse(self, text: str) -> Iterable[Row]:
        heading, *lines = filter(str.strip, text.splitlines()) if text.strip() else [""]
        if tuple(heading.split()) != _HEADING:
            raise Unreadable(f"it doesn't begin with its heading: {heading[:120]!r}")
        return [_counts(line) for line in lines]


def _counts(line: str) -> Row:
    found = _COUNTS.fullmatch(line.rstrip())
    if found is None:
        raise Unreadable(f"it has a line that I don't know: {line.strip()[:120]!r}")
    counts = (int(found[name]) for name in ("ipkts", "ierrs", "opkts", "oerrs", "coll"))
    return (found["name"], int(found["mtu"]), found["network"], found["address"], *counts)
