"""The devices of a VIOS as its device database names them; all of it derived from the model."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.lab.fleet.frame import ManagedSystem
from bot.lab.fleet.partition import Partition
from bot.lab.fleet.storage import Disk

_HOST_PORT = "Logical Host Ethernet Port (lp-hea)"
_LOCAL = "Virtual I/O Ethernet Adapter (l-lan)"
FC_PORT = "PCIe3 2-Port 16Gb FC Adapter (df1000e21410f103)"


@dataclass(frozen=True, kw_only=True)
class Device:
    """`kind` is what `lsdev -type` asks for; `rank` is the device's place in the list of virtual ones.

    `slot`: of a virtual adapter; `place`: a location code, where the device has one of its own.
    """

    name: str
    description: str
    kind: str = "adapter"
    is_virtual: bool = False
    rank: int = 0
    status: str = "Available"
    parent: str = ""
    slot: int | None = None
    place: str = ""

    @property
    def order(self) -> tuple[str, int, str]:
        """By name, the number in it as a number."""
        found = re.fullmatch(r"(.*?)(\d*)", self.name)
        return (found[1], int(found[2] or 0), self.name) if found else (self.name, 0, self.name)

    def location(self, system: ManagedSystem, vios: Partition) -> str:
        if self.slot is None:
            return self.place
        return location(system, vios, self.slot) + ("-T1" if self.name.startswith("ent") else "")


def devices(vios: Partition) -> list[Device]:
    """Those that the database knows: what was deleted isn't, until it is looked for again."""
    gone = vios.io.upkeep.deleted
    return sorted((each for each in _all(vios) if each.name not in gone), key=lambda each: each.order)


def device(vios: Partition, name: str) -> Device | None:
    return next((each for each in _all(vios) if each.name == name and name not in vios.io.upkeep.deleted), None)


def _all(vios: Partition) -> Iterator[Device]:
    for each in _ethernet(vios):
        yield each
        yield from _interfaces(each)
    if any(port.description == _HOST_PORT for port in vios.io.ports):
        yield Device(name="lhea0", description="Logical Host Ethernet Adapter (l-hea)")
    yield from _storage(vios)
    yield from _fibre(vios)
    yield from _ALWAYS


_ALWAYS = (
    Device(name="vasi0", description="Virtual Asynchronous Services Interface (VASI)", is_virtual=True, parent="vio0"),
    Device(name="vbsd0", description="Virtual Block Storage Device (VBSD)", is_virtual=True, parent="vio0"),
    Device(name="vsa0", description="LPAR Virtual Serial Adapter", is_virtual=True, parent="vio0"),
    Device(name="cd0", description="SATA DVD-RAM Drive", kind="optical", parent="sata0"),
    Device(name="inet0", description="Internet Network Extension", kind="tcpip"),
    Device(name="sys0", description="System Object", kind="sys"),
    Device(name="vio0", description="Virtual I/O Bus", kind="bus", parent="sysplanar0"),
)


def _ethernet(vios: Partition) -> Iterator[Device]:
    for port in vios.io.ports:
        yield Device(name=port.name, description=port.description, parent="pci0", place=port.location)
    for adapter in vios.ethernet:
        yield Device(name=adapter.name, description=_LOCAL, is_virtual=True, parent="vio0", slot=adapter.slot)
    for aggregate in vios.io.aggregates:
        yield Device(name=aggregate.name, description=aggregate.over(vios.io.ports).description)
    for sea in vios.io.seas:
        yield Device(name=sea.name, description="Shared Ethernet Adapter", is_virtual=True, rank=2)


def _interfaces(adapter: Device) -> Iterator[Device]:
    """Each adapter has two, of which only the first is used."""
    digits = adapter.name.removeprefix("ent")
    if digits.isdigit():
        yield Device(name=f"en{digits}", description="Standard Ethernet Network Interface", kind="if")
        what = "IEEE 802.3 Ethernet Network Interface"
        yield Device(name=f"et{digits}", description=what, kind="if", status="Defined")


def _storage(vios: Partition) -> Iterator[Device]:
    first = next((f"fscsi{number(each.name)}" for each in vios.io.fc_ports if each.targets), "")
    for disk in vios.io.disks:
        place = disk_location(vios, disk)
        yield Device(name=disk.name, description=disk.description, kind="disk", parent=first, place=place)
    for volume in vios.io.pools.volumes:
        yield Device(name=volume.name, description="Logical volume", kind="lv", parent=volume.pool)
    for vhost in vios.io.vhosts:
        yield Device(
            name=vhost.name, description="Virtual SCSI Server Adapter", is_virtual=True, parent="vio0", slot=vhost.slot
        )
        for each in vhost.targets:
            status = "Available" if each.is_available else "Defined"
            what = f"Virtual Target Device - {each.kind}"
            yield Device(
                name=each.name, description=what, kind="disk" if "Optical" not in each.kind else "optical",
                is_virtual=True, rank=1, status=status, parent=vhost.name,
            )  # fmt: skip


def _fibre(vios: Partition) -> Iterator[Device]:
    for port in vios.io.fc_ports:
        protocol = f"fscsi{number(port.name)}"
        yield Device(name=port.name, description=FC_PORT, parent="pci1", place=port.location)
        yield Device(
            name=protocol, description="FC SCSI I/O Controller Protocol Device", kind="driver", parent=port.name
        )
    for each in vios.io.vfchosts:
        yield Device(
            name=each.name, description="Virtual FC Server Adapter", is_virtual=True, parent="vio0", slot=each.slot
        )


def number(name: str) -> int:
    """The number that a device's name ends in."""
    found = re.search(r"\d+$", name)
    return int(found.group()) if found else 0


def disk_location(vios: Partition, disk: Disk) -> str:
    """By the first way that leads to it."""
    port = next((each for each in vios.io.fc_ports if each.targets), None)
    lun = f"L{disk.number:X}{'0' * 12}" if disk.number else "L0"
    return f"{port.location}-W{min(port.targets)}-{lun}" if port else ""


def location(system: ManagedSystem, vios: Partition, slot: int) -> str:
    """The location code of a virtual adapter."""
    return f"{system.location}-V{vios.lpar_id}-C{slot}"
