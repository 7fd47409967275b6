"""What a VIOS tells of its own network: adapters, interfaces and the ports that are open."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import ClassVar

from pydantic import Field

from handlers.hmcout import Unreadable
from handlers.padmin.printed import lines, matched, some, strange, under
from handlers.place import Place
from handlers.reading import ViosRead
from handlers.table import Column, Kind, Row


class Tcpip(ViosRead):
    """List the Ethernet adapters of a VIOS that its own address may be put on."""

    verb: ClassVar[str] = "tcpip"
    example: ClassVar[str] = "tcpip p72vio1"
    recorded: ClassVar[str] = "lstcpip-adapters"
    columns: ClassVar[tuple[Column, ...]] = (Column(name="adapter"), Column(name="kind"), Column(name="description"))

    def argv(self, place: Place) -> tuple[str, ...]:
        return ("lstcpip", "-adapters")

    def parse(self, text: str) -> Iterable[Row]:
        kind, rows = "", []
        for line in some(text):
            if title := _KIND.fullmatch(line):
                kind = "virtual" if title["virtual"] else "physical"
                continue
            found = matched(_ADAPTER, line)
            if not kind:
                raise strange(line)
            rows.append((found["name"], kind, found["description"]))
        return rows


_KIND = re.compile(r"(?P<virtual>Virtual )?[Ee]thernet [Aa]dapters:")  # the form of this list is unverified
_ADAPTER = re.compile(r"(?P<name>ent\d{1,4}):? +(?P<description>\S.*)", re.ASCII)


class Ports(ViosRead):
    """List the open sockets of a VIOS; listening=yes those alone that wait for somebody."""

    verb: ClassVar[str] = "ports"
    example: ClassVar[str] = "ports p72vio1 listening=yes"
    recorded: ClassVar[str] = "lstcpip-sockets"
    columns: ClassVar[tuple[Column, ...]] = (
        Column(name="protocol"),
        Column(name="local"),
        Column(name="remote"),
        Column(name="state", kind=Kind.STATE),
        Column(name="to_read", kind=Kind.NUMBER),
        Column(name="to_send", kind=Kind.NUMBER),
    )

    listening: bool = Field(default=False, description="only those that listen")

    def argv(self, place: Place) -> tuple[str, ...]:
        return ("lstcpip", "-sockets", "-family", "inet")

    def parse(self, text: str) -> Iterable[Row]:
        below = under(_HEADING, under(_TITLE, lines(text)))
        found = [matched(_SOCKET, line) for line in below if not _TITLE.fullmatch(line)]
        rows = [
            (each["protocol"], each["local"], each["remote"], each["state"], int(each["read"]), int(each["send"]))
            for each in found
        ]
        return [row for row in rows if not self.listening or row[3] == "LISTEN"]


_TITLE = re.compile(r"Active Internet connections \(including servers\)")
_HEADING = re.compile(r"Proto +Recv-Q +Send-Q +Local Address +Foreign Address +\(state\)")
_SOCKET = re.compile(
    r"(?P<protocol>(?:tcp|udp|icm)[46p]?) +(?P<read>\d{1,10}) +(?P<send>\d{1,10}) +(?P<local>\S{1,80}) +"
    r"(?P<remote>\S{1,80})(?: +(?P<state>[A-Z][A-Z0-9_]{2,14}))?",
    re.ASCII,
)


class InterfaceState(ViosRead):
    """Show the network interfaces of a VIOS with their packets and errors."""

    verb: ClassVar[str] = "interface-state"
    example: ClassVar[str] = "interface-state p72vio1"
    recorded: ClassVar[str] = "netstat-state"
    columns: ClassVar[tuple[Column, ...]] = (
        Column(name="interface"),
        Column(name="state", kind=Kind.STATE),
        Column(name="network"),
        Column(name="address"),
        Column(name="mtu", kind=Kind.NUMBER),
        *(Column(name=name, kind=Kind.NUMBER) for name in ("ipkts", "ierrs", "opkts", "oerrs", "coll")),
    )

    def argv(self, place: Place) -> tuple[str, ...]:
        return ("netstat", "-state")

    def parse(self, text: str) -> Iterable[Row]:
        return [_interface(line) for line in under(_INTERFACES, lines(text))]


_INTERFACES = re.compile(r"Name +Mtu +Network +Address +Ipkts +Ierrs +Opkts +Oerrs +Coll")
# A name with a star behind it is of an interface that is down; an interface may have no address.
_INTERFACE = re.compile(
    r"(?P<name>[a-z]{2,8}\d{1,4})(?P<down>\*)? +(?P<mtu>\d{1,7}) +(?P<network>\S{1,60})(?: +(?P<address>\S{1,80}))??"
    r"(?P<counts>(?: +\d{1,19}){5})",
    re.ASCII,
)


def _interface(line: str) -> Row:
    found = matched(_INTERFACE, line)
    state = "down" if found["down"] else "up"
    counts = tuple(map(int, found["counts"].split()))
    return (found["name"], state, found["network"], found["address"], int(found["mtu"]), *counts)


class NetworkTunables(ViosRead):
    """Show the network tunables of a VIOS: now, by default, at the next start, and within which bounds."""

    verb: ClassVar[str] = "network-tunables"
    example: ClassVar[str] = "network-tunables p72vio1"
    recorded: ClassVar[str] = "optimizenet"
    columns: ClassVar[tuple[Column, ...]] = tuple(
        Column(name=name)
        for name in ("tunable", "current", "default", "next_start", "least", "most", "unit", "type", "depends_on")
    )

    def argv(self, place: Place) -> tuple[str, ...]:
        return ("optimizenet", "-list")

    def parse(self, text: str) -> Iterable[Row]:
        heading, *below = some(text)
        matched(_TUNABLES, heading)
        starts = [heading.index(title) for title in ("CUR", "DEF", "BOOT", "MIN", "MAX")]
        rows: list[list[str | None]] = []
        for line in below:
            if _BETWEEN.fullmatch(line):
                continue
            if rows and (more := _DEPENDENCY.fullmatch(line)):
                rows[-1][-1] = f"{rows[-1][-1]} {more['name']}" if rows[-1][-1] else more["name"]
            else:
                rows.append(_tunable(line, starts))
        if not rows:
            raise Unreadable("it ends after its heading: cut off?")
        return [tuple(row) for row in rows]


_TUNABLES = re.compile(r"NAME +CUR +DEF +BOOT +MIN +MAX +UNIT +TYPE")
_BETWEEN = re.compile(r"-{20,}|     DEPENDENCIES")
_DEPENDENCY = re.compile(r" {5}(?P<name>[a-z_][\w%]{0,40})", re.ASCII)
_NAME = re.compile(r"[a-z_][\w%]{0,40}", re.ASCII)
_SMALL = re.compile(r"\S{0,30}")
# What it is at most may fill its column, so that the unit stands right behind it.
_REST = re.compile(
    r"(?P<most>\d{1,19}|\{\S{0,20}\}|n/a|[\d.]{1,8}[KMGTPE](?:-1)?)? *"
    r"(?P<unit>(?:[\d.]{1,3}_)?[a-zA-Z%][\w/*%-]{0,20}) +(?P<type>[A-Z])"
)


def _tunable(line: str, starts: list[int]) -> list[str | None]:
    """Each value begins below its title. Were one longer than its column, what it is at most would begin later."""
    bounds = [0, *starts]
    name, *small = (line[start:end].strip() for start, end in zip(bounds, starts, strict=False))
    rest = _REST.fullmatch(line, starts[-1])
    if rest is None or not _NAME.fullmatch(name) or not all(map(_SMALL.fullmatch, small)):
        raise strange(line)
    return [name, *(cell or None for cell in small), rest["most"], rest["unit"], rest["type"], None]


OPERATIONS: tuple[type[ViosRead], ...] = (Tcpip, Ports, InterfaceState, NetworkTunables)
