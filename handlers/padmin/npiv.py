"""Virtual Fibre Channel of a VIOS: which server adapter is mapped to which port, and who logs in by it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from pydantic import Field

from handlers import frames
from handlers.changing import Change, Guard
from handlers.frames import Frame, Lpar
from handlers.heard import Reads, Unread, heard, understood
from handlers.hmcout import Unreadable
from handlers.names import FibreHostName, FibreName
from handlers.operation import Operation
from handlers.padmin import mappings, needs
from handlers.padmin.mappings import FibreHost
from handlers.padmin.printed import lines, matched, under
from handlers.place import Place
from handlers.plan import NOBODY, Fact, Interlock, Redundancy
from handlers.within import answered, on_vios, status_there
from policies.words import Effect, Frozen

NPIV = ("lsmap", "-all", "-npiv")
NO_ADAPTERS = 63  # exit status of lsmap -npiv
NPORTS = ("lsnports",)
_HEAD = re.compile(r"name +physloc +fabric +tports +aports +swwpns +awwpns")
_PORT = re.compile(
    r"(?P<name>fcs\d{1,4}) +(?P<location>U\S+) +(?P<fabric>[01]) +\d{1,6} +(?P<free>\d{1,6}) +\d{1,6} +\d{1,6}",
    re.ASCII,
)


class Port(Frozen):
    """A port that can carry virtual ones. `fabric`: its switch takes them; `free`: how many more it carries."""

    name: str
    location: str
    fabric: bool
    free: int


def ports(text: str) -> tuple[Port, ...]:
    """Of `lsnports`, or Unreadable."""
    found = tuple(matched(_PORT, line) for line in under(_HEAD, lines(text)))
    if len({each["name"] for each in found}) != len(found):
        raise Unreadable("two ports of one name")
    return tuple(
        Port(name=each["name"], location=each["location"], fabric=each["fabric"] == "1", free=int(each["free"]))
        for each in found
    )


@dataclass(frozen=True, kw_only=True)
class Fabric:
    """The server adapters of one VIOS; `others`: those of the other VIOS that answer, each with its VIOS."""

    place: Place
    frame: Frame
    hosts: tuple[FibreHost, ...]
    ports: tuple[Port, ...] = ()
    others: tuple[tuple[str, FibreHost], ...] = ()
    silent: tuple[str, ...] = ()

    def host(self, name: str) -> FibreHost | None:
        return next((each for each in self.hosts if each.name == name), None)

    def client(self, name: str) -> Lpar | None:
        """Whose the adapter is."""
        found = self.host(name)
        number = str(found.client) if found is not None and found.client else ""
        return next((each for each in self.frame.lpars if each.id == number), None)

    def ways(self, but: str) -> tuple[str, ...]:
        """The other adapters by which the same partition is logged in, each as `vfchost of VIOS`."""
        found = self.host(but)
        here = [(self.place.name, each) for each in self.hosts if each.name != but]
        return tuple(
            f"{each.name} of {vios}"
            for vios, each in (*here, *self.others)
            if found is not None and each.client == found.client and each.status == "LOGGED_IN"
        )


def _hosts(place: Place) -> Reads[tuple[FibreHost, ...]]:
    result = heard((yield on_vios(place, NPIV)))
    return () if status_there(result) == NO_ADAPTERS else understood(result, "lsmap -npiv", mappings.fibre_hosts)


def _fabric(place: Place) -> Reads[Fabric]:
    listed = yield from frames.lpars(place.hmc, place.system)
    frame = Frame(hmc=place.hmc, system=place.system, lpars=listed, adapters=(), paths=frozenset())
    return Fabric(place=place, frame=frame, hosts=(yield from _hosts(place)))


class _Fibre(Change[Fabric]):
    adapter: FibreHostName = Field(
        description="the server Fibre Channel adapter",
        json_schema_extra={"place": 1, "example": "vfchost0", "other": "vfchost1"},
    )

    def look_after(self, place: Place) -> Reads[Fabric]:
        return (yield from _fabric(place))

    def there(self, before: Fabric) -> Guard:
        """It is there, and it is known whose it is."""
        name, found = f"{self.adapter} is a server Fibre Channel adapter of {self.vios}", before.host(self.adapter)
        if found is None:
            return Guard(name=name, holds=False, seen=f"there are {needs.listed(each.name for each in before.hosts)}")
        client = before.client(self.adapter)
        if client is None and found.client:
            return Guard(name=name, holds=False, seen=f"of partition {found.client}, which the HMC doesn't list")
        whose = f"of {client.name}, {client.state}" if client is not None else "no partition is told"
        return Guard(name=name, holds=True, seen=f"{whose}; {found.status}, {found.port or 'mapped to no port'}")

    def affected(self, before: Fabric) -> tuple[str, ...]:
        client = before.client(self.adapter)
        return (client.name,) if client is not None and not client.is_off else ()

    def whose(self, before: Fabric) -> str:
        client = before.client(self.adapter)
        return f" of {client.name}" if client is not None else ""


class MapNpiv(_Fibre):
    """Map a partition's virtual Fibre Channel adapter to a port of the VIOS."""

    verb: ClassVar[str] = "map-npiv"
    example: ClassVar[str] = "map-npiv p72vio1 vfchost0 fcs0"

    port: FibreName = Field(description="the port", json_schema_extra={"place": 2, "example": "fcs0", "other": "fcs1"})

    def look_at(self, place: Place) -> Reads[Fabric]:
        found = yield from _fabric(place)
        listed = yield from answered(place, NPORTS, ports)
        return Fabric(place=place, frame=found.frame, hosts=found.hosts, ports=listed)

    def guards(self, before: Fabric) -> tuple[Guard, ...]:
        return tuple(self._needed(before)) if self.left(before) else ()

    def _needed(self, before: Fabric) -> Iterator[Guard]:
        yield self.there(before)
        found = before.host(self.adapter)
        if found is None:
            return
        now = found.port
        yield Guard(name=f"{self.adapter} is mapped to no port", holds=now is None, seen=now or "to none")
        port = next((each for each in before.ports if each.name == self.port), None)
        seen = f"there are {needs.listed(each.name for each in before.ports)}"
        if port is not None:
            seen = f"{port.free} more fit, {'its' if port.fabric else 'no'} switch takes virtual ports"
        fits = port is not None and port.fabric and port.free > 0
        yield Guard(name=f"{self.port} carries virtual ports", holds=fits, seen=seen)
        mates = [
            each for each in before.hosts if each.port == self.port and each.client and each.client == found.client
        ]
        told = needs.listed(each.name for each in mates)
        yield Guard(name=f"no other adapter of that partition is on {self.port}", holds=not mates, seen=told)

    def doing(self, before: Fabric) -> tuple[tuple[str, ...], ...]:
        return (("vfcmap", "-vadapter", self.adapter, "-fcp", self.port),) if self.left(before) else ()

    def left(self, after: Fabric) -> list[str]:
        found = after.host(self.adapter)
        if found is None:
            return [f"there is no {self.adapter}"]
        return [f"{self.adapter} is mapped to {found.port or 'no port'}"] if found.port != self.port else []

    def moves(self, before: Fabric) -> str:
        return f"{self.vios} maps {self.adapter}{self.whose(before)} to {self.port}"

    def undo(self, before: Fabric) -> Operation:
        return UnmapNpiv(vios=self.vios, system=self.system, adapter=self.adapter)


class UnmapNpiv(_Fibre):
    """Take a partition's virtual Fibre Channel adapter off its port; whoever is on and has no other way stops it."""

    verb: ClassVar[str] = "unmap-npiv"
    effect: ClassVar[Effect] = Effect.DISRUPTS
    example: ClassVar[str] = "unmap-npiv p72vio1 vfchost0"

    released: bool = Field(
        default=False, description="whoever has it has given it up: the last way of a running partition may go"
    )

    def look_at(self, place: Place) -> Reads[Fabric]:
        found = yield from _fabric(place)
        others: list[tuple[str, FibreHost]] = []
        silent: list[str] = []
        for each in found.frame.vioses:
            try:
                if each.name != place.name:
                    others += [(each.name, host) for host in (yield from _of_other(place, each))]
            except Unread as fault:
                silent.append(f"{each.name}: {fault}")
        return Fabric(place=place, frame=found.frame, hosts=found.hosts, others=tuple(others), silent=tuple(silent))

    def guards(self, before: Fabric) -> tuple[Guard, ...]:
        found = before.host(self.adapter)
        port = found.port if found is not None else None
        mapped = Guard(name=f"{self.adapter} is mapped", holds=port is not None, seen=port or "to no port")
        return (self.there(before), mapped)

    def doing(self, before: Fabric) -> tuple[tuple[str, ...], ...]:
        return (("vfcmap", "-vadapter", self.adapter, "-fcp"),)  # without a port it is unmapped

    def left(self, after: Fabric) -> list[str]:
        found = after.host(self.adapter)
        if found is None:
            return [f"there is no {self.adapter}"]
        return [f"{self.adapter} is still mapped to {found.port}"] if found.port is not None else []

    def facts(self, before: Fabric) -> tuple[Fact, ...]:
        ways = ", ".join(before.ways(self.adapter)) or "none: the last"
        return tuple(Fact(name=f"ways that {name} keeps", value=ways) for name in self.affected(before))

    def redundancy(self, before: Fabric) -> tuple[Redundancy, ...]:
        left = len(before.ways(self.adapter))
        found = before.host(self.adapter)
        own = int(found is not None and found.status == "LOGGED_IN")
        what = "Fibre Channel ways of {} that are logged in"
        return tuple(
            Redundancy(what=what.format(name), before=own + left, after=left) for name in self.affected(before)
        )

    def interlocks(self, before: Fabric) -> tuple[Interlock, ...]:
        """A partition that isn't logged in by it loses nothing."""
        found, ways = before.host(self.adapter), before.ways(self.adapter)
        if self.released or found is None or found.status != "LOGGED_IN":
            return ()
        return tuple(self._interlock(name, ways, before.silent) for name in self.affected(before))

    def _interlock(self, client: str, ways: tuple[str, ...], silent: tuple[str, ...]) -> Interlock:
        takes_out = f"{self.adapter} of {self.vios}, by which {client} is logged in,"
        if ways:
            partner = ways[0].partition(" of ")[2]
            seen = f"{client} is logged in by {', '.join(ways)} too"
            return Interlock(takes_out=takes_out, partner=partner, healthy=True, seen=seen)
        none = f"{client} is on and logged in by no other way"
        seen = "; ".join((none, *silent, f"released=yes says that {client} has given it up"))
        return Interlock(takes_out=takes_out, partner=NOBODY, healthy=False, seen=seen)

    def moves(self, before: Fabric) -> str:
        found = before.host(self.adapter)
        port = found.port if found is not None else None
        return f"{self.vios} takes {self.adapter}{self.whose(before)} off {port or 'its port'}"

    def undo(self, before: Fabric) -> Operation | None:
        found = before.host(self.adapter)
        if found is None or found.port is None:
            return None
        return MapNpiv(vios=self.vios, system=self.system, adapter=self.adapter, port=found.port)


def _of_other(place: Place, lpar: Lpar) -> Reads[tuple[FibreHost, ...]]:
    if not lpar.answers:
        raise Unread(f"it is {lpar}")
    return (yield from _hosts(Place(hmc=place.hmc, system=place.system, name=lpar.name)))


OPERATIONS: tuple[type[Operation], ...] = (MapNpiv, UnmapNpiv)
