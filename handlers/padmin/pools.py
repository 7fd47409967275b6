"""`lssp`: storage pools, the disks that one stands on, and the backing devices cut from it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import ClassVar, Literal

from pydantic import Field

from handlers.names import LogicalName
from handlers.padmin.printed import lines, matched, told, under
from handlers.place import Place
from handlers.reading import ViosRead
from handlers.table import Column, Kind, Row
from policies.words import Frozen


class Pool(Frozen):
    """Sizes in MB; `unit`: what it hands out at least; `kind`: LVPOOL or FBPOOL."""

    name: str
    size: int
    free: int
    unit: int
    devices: int
    kind: str


class PoolDisk(Frozen):
    name: str
    pvid: str | None
    size: int  # MB


class Backing(Frozen):
    """A logical volume or file of a pool; one that is mapped twice stands there twice."""

    name: str
    size: int  # MB
    target: str | None
    host: str | None


_POOLS = re.compile(r"Pool +Size\(mb\) +Free\(mb\) +Alloc Size\(mb\) +BDs +Type")
_POOL = re.compile(
    r"(?P<name>[\w.-]{1,64}) +(?P<size>\d{1,12}) +(?P<free>\d{1,12}) +(?P<unit>\d{1,6}) +(?P<devices>\d{1,6}) +"
    r"(?P<kind>[A-Z]{2,8}POOL)",
    re.ASCII,
)
_DISKS = re.compile(r"Name +PVID +Size\(mb\)")
_DISK = re.compile(r"(?P<name>[\w.-]{1,32}) +(?P<pvid>[0-9a-f]{16,32}|none) +(?P<size>\d{1,12})", re.ASCII)
_BACKINGS = re.compile(r"(?:Lv )?Name +Size\(mb\) +VTD +SVSA")
_BACKING = re.compile(
    r"(?P<name>[\w.-]{1,64}) +(?P<size>\d{1,12}) +(?P<target>[\w.-]{1,32}) +(?P<host>vhost\d{1,4}|None)", re.ASCII
)


def pools(text: str) -> tuple[Pool, ...]:
    """Of `lssp` or `lssp -default`, or Unreadable."""
    return tuple(
        Pool(
            name=found["name"],
            size=int(found["size"]),
            free=int(found["free"]),
            unit=int(found["unit"]),
            devices=int(found["devices"]),
            kind=found["kind"],
        )
        for found in (matched(_POOL, line) for line in under(_POOLS, lines(text)))
    )


def pool_disks(text: str) -> tuple[PoolDisk, ...]:
    """Of `lssp -detail`, or Unreadable."""
    return tuple(
        PoolDisk(name=found["name"], pvid=told(found["pvid"], "none"), size=int(found["size"]))
        for found in (matched(_DISK, line) for line in under(_DISKS, lines(text)))
    )


def backings(text: str) -> tuple[Backing, ...]:
    """Of `lssp -bd`, or Unreadable."""
    return tuple(
        Backing(
            name=found["name"],
            size=int(found["size"]),
            target=told(found["target"], "None"),
            host=told(found["host"], "None"),
        )
        for found in (matched(_BACKING, line) for line in under(_BACKINGS, lines(text)))
    )


class Pools(ViosRead):
    """List the storage pools of a VIOS; or with detail=yes the disks that the default one stands on."""

    verb: ClassVar[str] = "pools"
    example: ClassVar[str] = "pools p72vio1"
    recorded: ClassVar[str] = "lssp"
    columns: ClassVar[tuple[Column, ...]] = (
        Column(name="pool"),
        Column(name="disk"),
        Column(name="pvid"),
        Column(name="size", kind=Kind.SIZE, unit="MB"),
        Column(name="free", kind=Kind.SIZE, unit="MB"),
        Column(name="unit", kind=Kind.SIZE, unit="MB"),
        Column(name="devices", kind=Kind.NUMBER),
        Column(name="kind"),
    )

    which: Literal["all", "default"] = Field(default="all", description="default: only where new devices are cut from")
    detail: bool = Field(default=False, description="the disks of the default pool")

    def usual(self) -> str | None:
        own = "disk,pvid,size" if self.detail else "pool,size,free,unit,devices,kind"
        return f"vios,system,{own}"

    def argv(self, place: Place) -> tuple[str, ...]:
        if self.detail:
            return ("lssp", "-detail")  # it tells of the default one
        return ("lssp", *(("-default",) if self.which == "default" else ()))

    def parse(self, text: str) -> Iterable[Row]:
        if text.startswith("Name"):
            return [(None, each.name, each.pvid, each.size, None, None, None, None) for each in pool_disks(text)]
        return [
            (each.name, None, None, each.size, each.free, each.unit, each.devices, each.kind) for each in pools(text)
        ]


class OnePool(ViosRead):
    """Show the disks that one storage pool of a VIOS stands on."""

    verb: ClassVar[str] = "pool"
    example: ClassVar[str] = "pool p72vio1 rootvg"
    recorded: ClassVar[str] = "lssp-detail"
    columns: ClassVar[tuple[Column, ...]] = (
        Column(name="disk"),
        Column(name="pvid"),
        Column(name="size", kind=Kind.SIZE, unit="MB"),
    )

    pool: LogicalName = Field(description="the storage pool", json_schema_extra={"place": 1, "example": "rootvg"})

    def argv(self, place: Place) -> tuple[str, ...]:
        return ("lssp", "-detail", "-sp", self.pool)

    def parse(self, text: str) -> Iterable[Row]:
        return [(each.name, each.pvid, each.size) for each in pool_disks(text)]


class BackingDevices(ViosRead):
    """List the backing devices of a storage pool, and which virtual target device and adapter each is behind."""

    verb: ClassVar[str] = "backing-devices"
    example: ClassVar[str] = "backing-devices p72vio1"
    recorded: ClassVar[str] = "lssp-bd"
    columns: ClassVar[tuple[Column, ...]] = (
        Column(name="name"),
        Column(name="size", kind=Kind.SIZE, unit="MB"),
        Column(name="vtd"),
        Column(name="svsa"),
    )

    pool: LogicalName | None = Field(
        default=None, description="the storage pool, if not the default one", json_schema_extra={"example": "rootvg"}
    )

    def argv(self, place: Place) -> tuple[str, ...]:
        return ("lssp", "-bd", *(("-sp", self.pool) if self.pool else ()))

    def parse(self, text: str) -> Iterable[Row]:
        return [(each.name, each.size, each.target, each.host) for each in backings(text)]


OPERATIONS: tuple[type[ViosRead], ...] = (Pools, OnePool, BackingDevices)
