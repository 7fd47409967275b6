"""`fcstat`: what a Fibre Channel port of a VIOS has counted, and which client how much of it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import ClassVar

from pydantic import Field

from handlers.hmcout import Unreadable
from handlers.names import FibreName
from handlers.padmin.printed import NUMBER, matched, some, strange, told
from handlers.place import Place
from handlers.reading import ViosRead
from handlers.table import Column, Kind, Row
from policies.words import Frozen


class Told(Frozen):
    """`part`: the section that it stands in; empty: none."""

    part: str
    name: str
    value: str


class Client(Frozen):
    """One port name and what went through it; the names are the machine's. Older levels count less."""

    host: str
    device: str
    wwpn: str
    counts: dict[str, int]


_BEGIN = re.compile(r"FIBRE CHANNEL STATISTICS REPORT: fcs\d{1,4}", re.ASCII)
_SECTION = re.compile(
    r"(?P<title>FC-4 TYPES)(?: \([A-Z]+\))?:|"
    r"(?P<driver>(?:FC SCSI|IP over FC|NVMe|FC-NVMe) (?:Adapter Driver Information|Traffic Statistics|Statistics))"
)
_COLUMNS = re.compile(r" +Transmit Statistics +Receive Statistics")
_RULE = re.compile(r" *-{4,}(?: +-{4,})?")
_BOTH = re.compile(r"(?P<name>Frames|Words): +(?P<sent>\d{1,20}) +(?P<heard>\d{1,20})", re.ASCII)
_PAIR = re.compile(r" *(?P<name>[A-Z][\w/. -]{1,60}(?: \([\w -]{1,30}\))?): *(?P<value>\S.*)?", re.ASCII)


def port(text: str) -> tuple[Told, ...]:
    """Of `fcstat fcsN`, or Unreadable."""
    first, *rest = some(text)
    matched(_BEGIN, first)
    part, found = "", []
    for line in rest:
        if section := _SECTION.fullmatch(line):
            part = section["title"] or section["driver"]
        elif both := _BOTH.fullmatch(line):
            found += [
                Told(part="transmit", name=both["name"], value=both["sent"]),
                Told(part="receive", name=both["name"], value=both["heard"]),
            ]
        elif pair := _PAIR.fullmatch(line):
            part = part if line.startswith(" ") else ""
            found.append(Told(part=part, name=pair["name"], value=(pair["value"] or "").strip()))
        elif not (_COLUMNS.fullmatch(line) or _RULE.fullmatch(line)):
            raise strange(line)
    if not found:
        raise Unreadable("it ends after its heading: cut off?")
    return tuple(found)


_COUNTS = ("inreqs", "outreqs", "ctrlreqs", "inbytes", "outbytes", "dma_errs", "elem_errs", "comm_errs")
_CLIENTS = re.compile(r" *hostname +dev +wwpn +inreqs +outreqs(?: +\w+){0,6}", re.ASCII)
_CLIENT = re.compile(
    r" *(?P<host>\S{1,64}) +(?P<device>[a-z]+\d{1,4}) +(?P<wwpn>0x[0-9A-Fa-f]{16})(?P<counts>(?: +\d{1,20}){2,8})",
    re.ASCII,
)


def clients(text: str) -> tuple[Client, ...]:
    """Of `fcstat -client fcsN`, or Unreadable. Which counts there are stands in its heading."""
    heading, *rest = some(text)
    names = tuple(word.lower() for word in matched(_CLIENTS, heading)[0].split()[3:])
    if set(names) - set(_COUNTS):
        raise strange(heading)
    found = []
    for line in rest:
        one = matched(_CLIENT, line)
        counts = tuple(map(int, one["counts"].split()))
        if len(counts) != len(names):
            raise strange(line)
        counted = dict(zip(names, counts, strict=True))
        found.append(Client(host=one["host"], device=one["device"], wwpn=one["wwpn"], counts=counted))
    return tuple(found)


class Fcstat(ViosRead):
    """Show the state of a Fibre Channel port of a VIOS and what it has counted; client=yes tells it by client."""

    verb: ClassVar[str] = "fcstat"
    example: ClassVar[str] = "fcstat p72vio1 fcs0"
    recorded: ClassVar[str] = "fcstat"
    columns: ClassVar[tuple[Column, ...]] = (
        Column(name="part"),
        Column(name="name"),
        Column(name="value"),
        Column(name="count", kind=Kind.NUMBER),
        Column(name="host"),
        Column(name="device"),
        Column(name="wwpn"),
        *(Column(name=name, kind=Kind.NUMBER) for name in _COUNTS),
    )

    port: FibreName = Field(description="the port", json_schema_extra={"place": 1, "example": "fcs0", "other": "fcs1"})
    client: bool = Field(default=False, description="who sent how much through it")

    def usual(self) -> str | None:
        own = f"host,device,wwpn,{','.join(_COUNTS)}" if self.client else "part,name,value"
        return f"vios,system,{own}"

    def argv(self, place: Place) -> tuple[str, ...]:
        return ("fcstat", *(("-client",) if self.client else ()), self.port)

    def parse(self, text: str) -> Iterable[Row]:
        if text.lstrip(" ").startswith("hostname"):
            nothing = (None, None, None, None)
            return [
                (*nothing, each.host, each.device, each.wwpn, *(each.counts.get(name) for name in _COUNTS))
                for each in clients(text)
            ]
        nobody = (None,) * (3 + len(_COUNTS))
        return [(told(each.part), each.name, told(each.value), _count(each.value), *nobody) for each in port(text)]


def _count(value: str) -> int | None:
    return int(value) if NUMBER.fullmatch(value) else None


OPERATIONS: tuple[type[ViosRead], ...] = (Fcstat,)
