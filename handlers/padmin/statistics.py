"""`viostat`: what goes through the disks and adapters of a VIOS, in a few readings; the first is since it started."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import ClassVar, Literal

from pydantic import Field

from handlers.command import Command
from handlers.hmcout import Unreadable
from handlers.padmin.printed import matched, some, strange
from handlers.pictures import Drawable, Reading, Series, SeriesPicture
from handlers.place import Place
from handlers.reading import ViosRead
from handlers.table import Cell, Column, Kind, Row
from handlers.within import on_vios
from policies.words import Frozen

FEW = 6  # readings that are worth a picture
_ALL = {"disks": "all disks", "adapters": "all adapters", "system": "the system"}
LONGEST = 600  # seconds that all readings may take together
_BEGUN = datetime(1970, 1, 1, tzinfo=UTC)  # of readings of which only the time between them is known


class Processors(Frozen):
    """Per cent of the time."""

    user: float
    system: float
    idle: float
    waiting: float


class Flow(Frozen):
    """`kind`: disk, adapter, vadapter or system. Kilobytes read and written are since the reading before; a virtual
    adapter tells blocks a second in their place."""

    reading: int
    kind: str
    name: str
    under: str  # the adapter below which a disk stands; empty: none
    busy: float | None  # per cent of the time
    rate: float  # kilobytes a second
    transfers: float  # a second
    read: float
    written: float
    processors: Processors


_CONFIGURATION = re.compile(r"System configuration: [a-z]+=\S+(?: [a-z]+=\S+)*")
_TTY = re.compile(r"tty: +tin +tout +avg-cpu: +% user +% sys +% idle +% iowait(?: +physc)?(?: +% entc)?")
_N = r"\d{1,19}(?:\.\d{1,4})?"
_PROCESSORS = re.compile(
    rf" +{_N} +{_N} +(?P<user>{_N}) +(?P<system>{_N}) +(?P<idle>{_N}) +(?P<waiting>{_N})(?: +{_N}){{0,2}}", re.ASCII
)
_TITLES = {
    re.compile(r"Disks: +% tm_act +Kbps +tps +Kb_read +Kb_wrtn"): "disk",
    re.compile(r"Adapter: +Kbps +tps +Kb_read +Kb_wrtn"): "adapter",
    re.compile(r"Vadapter: +Kbps +tps +bkread +bkwrtn(?: +partition-id)?"): "vadapter",
    re.compile(r" +Kbps +tps +Kb_read +Kb_wrtn"): "system",
}
_SYSTEM = re.compile(r"System: (?P<name>\S{1,64})")
_NUMBERS = rf"(?P<rate>{_N}) +(?P<transfers>{_N}) +(?P<read>{_N}) +(?P<written>{_N})"
_DISK = re.compile(rf"(?P<name>[a-z][\w.-]{{0,31}}) +(?P<busy>{_N}) +{_NUMBERS}", re.ASCII)
_ADAPTER = re.compile(rf"(?P<name>[a-z][\w.-]{{0,31}}) +{_NUMBERS}(?: +\d{{1,5}})?", re.ASCII)
_WHOLE = re.compile(rf" +{_NUMBERS}", re.ASCII)
_ROWS = {"disk": _DISK, "adapter": _ADAPTER, "vadapter": _ADAPTER, "system": _WHOLE}


def flows(text: str) -> tuple[Flow, ...]:
    """Of `viostat`, each reading, or Unreadable."""
    first, *rest = some(text)
    matched(_CONFIGURATION, first)
    return tuple(_flows(rest))


def _flows(rest: list[str]) -> Iterator[Flow]:
    reading, kind, system, adapter = 0, "", "", ""
    processors: Processors | None = None
    for line in rest:
        if _TTY.fullmatch(line):
            reading, kind, processors, adapter = reading + 1, "", None, ""
        elif reading and processors is None:
            told = matched(_PROCESSORS, line)
            processors = Processors.model_validate({name: float(value) for name, value in told.groupdict().items()})
        elif named := _SYSTEM.fullmatch(line):
            system, kind = named["name"], ""
        elif title := next((kind for form, kind in _TITLES.items() if form.fullmatch(line)), None):
            kind = title
        elif not kind or processors is None:
            raise strange(line)
        else:
            found = matched(_ROWS[kind], line).groupdict()
            numbers = {name: float(found[name]) for name in ("rate", "transfers", "read", "written")}
            busy = float(found["busy"]) if "busy" in found else None
            name = found.get("name", system)
            adapter = name if kind == "adapter" else adapter
            of = (name, adapter if kind == "disk" else "")
            yield Flow(reading=reading, kind=kind, name=of[0], under=of[1], busy=busy, processors=processors, **numbers)
    if not reading or processors is None:
        raise Unreadable("it ends before its first reading: cut off?")


class DiskStatistics(ViosRead):
    """Show what goes through the disks of a VIOS, or through its adapters or all of it, in a few readings.

    The first reading tells of the time since the VIOS started; those after it are also drawn, when there are enough.
    """

    verb: ClassVar[str] = "disk-statistics"
    example: ClassVar[str] = "disk-statistics p72vio1"
    recorded: ClassVar[str] = "viostat"
    columns: ClassVar[tuple[Column, ...]] = (
        Column(name="reading", kind=Kind.NUMBER),
        Column(name="kind"),
        Column(name="name"),
        Column(name="adapter"),
        *(
            Column(name=name, kind=Kind.NUMBER)
            for name in ("busy", "kbps", "tps", "kb_read", "kb_written", "blocks_read", "blocks_written")
        ),
        *(Column(name=name, kind=Kind.NUMBER) for name in ("user", "sys", "idle", "iowait")),
    )

    of: Literal["disks", "adapters", "system"] = Field(default="disks", description="what is counted")
    every: int = Field(default=2, ge=1, le=60, description="seconds between two readings")
    readings: int = Field(default=3, ge=2, le=60, description="how many")

    @classmethod
    def clashes(cls, given: Mapping[str, object]) -> list[str]:
        every, readings = given.get("every"), given.get("readings")
        if isinstance(every, int) and isinstance(readings, int) and every * readings > LONGEST:
            return [f"{readings} readings every {every} s take {every * readings} s, and {LONGEST} are waited for"]
        return []

    def usual(self) -> str | None:
        own = {
            "disks": "reading,name,busy,kbps,tps,kb_read,kb_written",
            "adapters": "reading,kind,name,adapter,busy,kbps,tps,kb_read,kb_written,blocks_read,blocks_written",
            "system": "reading,kbps,tps,kb_read,kb_written,user,sys,idle,iowait",
        }
        return f"vios,{own[self.of]}"

    def argv(self, place: Place) -> tuple[str, ...]:
        of = {"disks": (), "adapters": ("-adapter",), "system": ("-sys",)}[self.of]
        return ("viostat", *of, str(self.every), str(self.readings))

    def sent(self, place: Place) -> Command:
        return on_vios(place, self.argv(place), deadline=60.0 + self.every * self.readings)

    def parse(self, text: str) -> Iterable[Row]:
        return [_row(each) for each in flows(text)]

    def pictures(self, rows: Sequence[Row]) -> tuple[Drawable, ...]:
        """What goes through each VIOS, four of them at most; the table has all."""
        if self.readings < FEW:
            return ()
        wanted = {"disks": "disk", "adapters": "adapter", "system": "system"}[self.of]
        totals: dict[str, dict[int, float]] = {}
        for vios, _, reading, kind, _, _, _, rate, *_ in rows:
            if kind == wanted and isinstance(rate, float) and isinstance(reading, int) and reading > 1:
                of = totals.setdefault(str(vios), {})
                of[reading] = of.get(reading, 0.0) + rate
        if not totals:
            return ()
        series = tuple(
            Series(
                name=vios,
                unit="KB/s",
                readings=tuple(
                    Reading(at=_BEGUN + timedelta(seconds=self.every * number), value=rate)
                    for number, rate in sorted(of.items())
                ),
            )
            for vios, of in [*totals.items()][:4]
        )
        return (SeriesPicture(title=f"What went through {_ALL[self.of]}", series=series, undated=True),)


def _row(each: Flow) -> Row:
    cpu = each.processors
    moved: tuple[Cell, ...] = (each.read, each.written, None, None)
    if each.kind == "vadapter":
        moved = (None, None, each.read, each.written)
    own = (each.reading, each.kind, each.name, each.under or None, each.busy, each.rate, each.transfers)
    return (*own, *moved, cpu.user, cpu.system, cpu.idle, cpu.waiting)


OPERATIONS: tuple[type[ViosRead], ...] = (DiskStatistics,)
