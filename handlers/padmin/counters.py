"""What Ethernet adapters of a VIOS have counted, adapter by adapter and part by part."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import ClassVar

from pydantic import Field

from handlers.entlines import Part, Tag, judged
from handlers.hmcout import Unreadable
from handlers.names import EthernetName
from handlers.padmin.printed import strange
from handlers.place import Place
from handlers.reading import ViosRead
from handlers.table import Column, Kind, Row
from policies.words import Frozen


class Counter(Frozen):
    """`part`: what counts, such as `transmit`, `Real Side` or `thread 3`."""

    adapter: str
    part: str
    name: str
    count: int


_HEADING = re.compile(r"ETHERNET STATISTICS \((?P<adapter>ent\d{1,4})\) :", re.ASCII)
_RULE = re.compile(r"-{4,}(?: +-{4,})?")
ELAPSED = re.compile(r"Elapsed Time: (\d{1,6}) days (\d{1,2}) hours (\d{1,2}) minutes (\d{1,2}) seconds", re.ASCII)
_COLUMNS = re.compile(r"Transmit Statistics: +Receive Statistics:")
_SECTION = re.compile(r"(?P<title>[A-Z].{0,100}?) (?:Statistics|Information) ?:")
_PACKETS = "Type of Packets Received"
_THREAD = re.compile(r"\tThread \.+ #(?P<number>\d{1,4})", re.ASCII)
_PAIR = re.compile(r"(?P<name>[A-Za-z][^:]{0,80}?) ?: *(?P<count>\d{1,19})(?= {2}|\s*$)", re.ASCII)
_NO_COUNTS = frozenset({"SEA Flags", "Priority", "Control Channel PVID", "Port VLAN ID", "Adapter Data Rate"})
_COUNTING = frozenset({Tag.NOTHING, Tag.COUNTS, Tag.PAIR})
_VIRTUAL, _SEA = "Virtual I/O Ethernet Adapter (l-lan)", "Shared Ethernet Adapter"


def counters(text: str) -> tuple[Counter, ...]:
    """Of `entstat -all` or `netstat -cdlistats`, or Unreadable."""
    if not text.endswith("\n"):
        raise Unreadable("it doesn't end with a line: cut off?")
    return tuple(_counted(text.split("\n")))


def elapsed(text: str) -> dict[str, int]:
    """For how many seconds each adapter has counted, of those that tell it."""
    adapter, found = "", dict[str, int]()
    for line in text.split("\n"):
        if heading := _HEADING.fullmatch(line):
            adapter = heading["adapter"]
        elif time := ELAPSED.fullmatch(line.rstrip()):
            days, hours, minutes, seconds = map(int, time.groups())
            found.setdefault(adapter, ((days * 24 + hours) * 60 + minutes) * 60 + seconds)
    return found


def _counted(lines: list[str]) -> Iterator[Counter]:
    adapter, title, split, kind = "", "", 0, Part.REAL
    for number, line in enumerate(lines):
        if heading := _HEADING.fullmatch(line):
            adapter, title, split, kind = heading["adapter"], "", 0, _kind(lines, number + 1)
            continue
        if not adapter:
            if line.strip() and not _RULE.fullmatch(line):
                raise strange(line)
            continue
        tag = judged(kind, line)
        if tag is Tag.FAILOVER:
            kind = Part.FAILOVER
        if tag in (Tag.FAILOVER, Tag.MEMBER, Tag.TITLE):
            title, split = ("High Availability", 0) if tag is Tag.FAILOVER else (_SEA, 0)
        elif _COLUMNS.fullmatch(line):
            split = line.index("Receive")
        elif section := _SECTION.fullmatch(line.strip()):
            title, split = section["title"], 0
        elif thread := _THREAD.fullmatch(line.rstrip()):
            title = f"thread {thread['number']}"
        elif line.startswith(_PACKETS):
            title = _PACKETS
        elif tag in _COUNTING:
            for found in _PAIR.finditer(line):
                if found["name"] not in _NO_COUNTS:
                    part = ("receive" if found.start() >= split else "transmit") if split else title
                    yield Counter(adapter=adapter, part=part, name=found["name"].strip(), count=int(found["count"]))
    if not adapter:
        raise Unreadable("it tells of no adapter")


def _kind(lines: list[str], number: int) -> Part:
    """By the line below its heading."""
    of = lines[number].partition(":")[2].strip() if number < len(lines) else ""
    return Part.SEA if of == _SEA else Part.VIRTUAL if of == _VIRTUAL else Part.REAL


_TABLE = (
    Column(name="adapter"),
    Column(name="part"),
    Column(name="counter"),
    Column(name="count", kind=Kind.NUMBER),
)


def _rows(text: str) -> list[Row]:
    return [(each.adapter, each.part or None, each.name, each.count) for each in counters(text)]


class Entstat(ViosRead):
    """Show what an Ethernet adapter of a VIOS has counted; of a SEA also what its ports and trunks have."""

    verb: ClassVar[str] = "entstat"
    example: ClassVar[str] = "entstat p72vio1 ent0 filter=count>0"
    recorded: ClassVar[str] = "entstat-counters"
    columns: ClassVar[tuple[Column, ...]] = _TABLE

    adapter: EthernetName = Field(
        description="the adapter", json_schema_extra={"place": 1, "example": "ent0", "other": "ent1"}
    )

    def argv(self, place: Place) -> tuple[str, ...]:
        return ("entstat", "-all", self.adapter)

    def parse(self, text: str) -> Iterable[Row]:
        return _rows(text)


class EthernetStatistics(ViosRead):
    """Show what every Ethernet adapter of a VIOS has counted."""

    verb: ClassVar[str] = "ethernet-statistics"
    example: ClassVar[str] = "ethernet-statistics p72vio1 filter=count>0"
    recorded: ClassVar[str] = "netstat-cdlistats"
    columns: ClassVar[tuple[Column, ...]] = _TABLE

    def argv(self, place: Place) -> tuple[str, ...]:
        return ("netstat", "-cdlistats")

    def parse(self, text: str) -> Iterable[Row]:
        return _rows(text)


OPERATIONS: tuple[type[ViosRead], ...] = (Entstat, EthernetStatistics)
