"""Which server adapter of a VIOS hands what to which partition: virtual SCSI, Ethernet and Fibre Channel."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import ClassVar, Literal

from pydantic import Field

from handlers.names import EthernetName, ScsiHostName
from handlers.padmin.mappings import ScsiHost, bridged, fibre_hosts, scsi_hosts
from handlers.place import Place
from handlers.reading import ViosRead
from handlers.table import Column, Kind, Row


class DiskMaps(ViosRead):
    """Show the virtual target devices of a VIOS: which disk, volume or medium is handed to which partition."""

    verb: ClassVar[str] = "disk-maps"
    example: ClassVar[str] = "disk-maps p72vio1"
    recorded: ClassVar[str] = "lsmap-scsi"
    empty: ClassVar[frozenset[int]] = frozenset({15})
    columns: ClassVar[tuple[Column, ...]] = (
        Column(name="svsa"),
        Column(name="clientid", kind=Kind.NUMBER),
        Column(name="vtd"),
        Column(name="status", kind=Kind.STATE),
        Column(name="backing"),
        Column(name="lun"),
        Column(name="mirrored"),
        Column(name="physloc"),
        Column(name="bdphysloc"),
    )

    adapter: ScsiHostName | None = Field(
        default=None, description="only this server adapter", json_schema_extra={"example": "vhost0"}
    )
    type: Literal["disk", "lv", "optical", "tape", "file_opt", "file_disk"] | None = Field(
        default=None, description="only backing devices of this kind"
    )

    def argv(self, place: Place) -> tuple[str, ...]:
        of = ("-type", self.type) if self.type else ()
        return ("lsmap", *(("-vadapter", self.adapter) if self.adapter else ("-all",)), *of)

    def parse(self, text: str) -> Iterable[Row]:
        return [row for host in scsi_hosts(text) for row in _scsi_rows(host)]


def _scsi_rows(host: ScsiHost) -> Iterator[Row]:
    if not host.targets:
        yield (host.name, host.client, None, None, None, None, None, host.location, None)
    for each in host.targets:
        of = (each.name, each.status, each.backing, each.lun, each.mirrored)
        yield (host.name, host.client, *of, host.location, each.location)


class NetworkMaps(ViosRead):
    """Show the virtual Ethernet adapters of a VIOS, and which SEA and port bridges each."""

    verb: ClassVar[str] = "network-maps"
    example: ClassVar[str] = "network-maps p72vio1"
    recorded: ClassVar[str] = "lsmap-net"
    empty: ClassVar[frozenset[int]] = frozenset({16})
    columns: ClassVar[tuple[Column, ...]] = (
        Column(name="svea"),
        Column(name="sea"),
        Column(name="backing"),
        Column(name="status", kind=Kind.STATE),
        Column(name="physloc"),
        Column(name="bdphysloc"),
    )

    adapter: EthernetName | None = Field(
        default=None, description="only this virtual adapter", json_schema_extra={"example": "ent2"}
    )

    def argv(self, place: Place) -> tuple[str, ...]:
        return ("lsmap", *(("-vadapter", self.adapter) if self.adapter else ("-all",)), "-net")

    def parse(self, text: str) -> Iterable[Row]:
        return [
            (each.name, each.sea, each.backing, each.status, each.location, each.backing_location)
            for each in bridged(text)
        ]


class NpivMaps(ViosRead):
    """Show the virtual Fibre Channel adapters of a VIOS: port, client, and how many ports are logged in."""

    verb: ClassVar[str] = "npiv-maps"
    example: ClassVar[str] = "npiv-maps p72vio1"
    recorded: ClassVar[str] = "lsmap-npiv"
    empty: ClassVar[frozenset[int]] = frozenset({63})
    columns: ClassVar[tuple[Column, ...]] = (
        Column(name="name"),
        Column(name="clntid", kind=Kind.NUMBER),
        Column(name="clntname"),
        Column(name="status", kind=Kind.STATE),
        Column(name="fc"),
        Column(name="ports", kind=Kind.NUMBER),
        Column(name="flags"),
        Column(name="vfcclient"),
        Column(name="clntos"),
        Column(name="physloc"),
        Column(name="fcphysloc"),
        Column(name="vfcclientdrc"),
    )

    def argv(self, place: Place) -> tuple[str, ...]:
        return ("lsmap", "-all", "-npiv")

    def parse(self, text: str) -> Iterable[Row]:
        return [
            (
                each.name, each.client, each.client_name, each.status, each.port, each.logged_in, each.flags,
                each.client_adapter, each.client_os, each.location, each.port_location, each.client_location,
            )
            for each in fibre_hosts(text)
        ]  # fmt: skip


OPERATIONS: tuple[type[ViosRead], ...] = (DiskMaps, NetworkMaps, NpivMaps)
