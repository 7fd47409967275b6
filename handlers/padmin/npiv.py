"""Virtual Fibre Channel of a VIOS: which server adapter is mapped to which port, and who logs in by it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from pydantic import Field

from handlers.changing import Change, Guard
from handlers.heard import Reads
from handlers.names import FibreHostName, FibreName
from handlers.operation import Operation
from handlers.padmin import needs
from handlers.padmin.fabrics import Fabric, fabric, ports, whole_fabric
from handlers.place import Place
from handlers.plan import Fact, Interlock, Redundancy
from handlers.within import answered
from policies.words import Effect

NPORTS = ("lsnports",)


class _Fibre(Change[Fabric]):
    adapter: FibreHostName = Field(
        description="the server Fibre Channel adapter",
        json_schema_extra={"place": 1, "example": "vfchost0", "other": "vfchost1"},
    )

    def look_after(self, place: Place) -> Reads[Fabric]:
        return (yield from fabric(place))

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
        return before.affected(self.adapter)

    def whose(self, before: Fabric) -> str:
        client = before.client(self.adapter)
        return f" of {client.name}" if client is not None else ""


class MapNpiv(_Fibre):
    """Map a partition's virtual Fibre Channel adapter to a port of the VIOS."""

    verb: ClassVar[str] = "map-npiv"
    example: ClassVar[str] = "map-npiv p72vio1 vfchost0 fcs0"

    port: FibreName = Field(description="the port", json_schema_extra={"place": 2, "example": "fcs0", "other": "fcs1"})

    def look_at(self, place: Place) -> Reads[Fabric]:
        found = yield from fabric(place)
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
        return (yield from whole_fabric(place))

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
        return before.facts(self.adapter)

    def redundancy(self, before: Fabric) -> tuple[Redundancy, ...]:
        return before.redundancy(self.adapter)

    def interlocks(self, before: Fabric) -> tuple[Interlock, ...]:
        return () if self.released else before.interlocks(self.adapter)

    def moves(self, before: Fabric) -> str:
        found = before.host(self.adapter)
        port = found.port if found is not None else None
        return f"{self.vios} takes {self.adapter}{self.whose(before)} off {port or 'its port'}"

    def undo(self, before: Fabric) -> Operation | None:
        found = before.host(self.adapter)
        if found is None or found.port is None:
            return None
        return MapNpiv(vios=self.vios, system=self.system, adapter=self.adapter, port=found.port)


OPERATIONS: tuple[type[Operation], ...] = (MapNpiv, UnmapNpiv)
