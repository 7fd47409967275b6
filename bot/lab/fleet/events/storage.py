"""What changes storage: what a disk is set to and who holds it, and what a port is zoned to."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.lab.fleet.events.changing import change, with_partition
from bot.lab.fleet.happening import OfPartition
from bot.lab.fleet.model import Fleet, Partition
from bot.lab.fleet.storage import ReservePolicy


@dataclass(frozen=True, kw_only=True)
class DiskChanged(OfPartition):
    """Its reserve policy, or whether somebody else holds a reserve on it; None leaves as it is."""

    disk: str
    reserve_policy: ReservePolicy | None = None
    reserved: bool | None = None


@dataclass(frozen=True, kw_only=True)
class ZoningChanged(OfPartition):
    """A Fibre Channel port is zoned to these storage ports from now on."""

    port: str
    targets: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class DeviceSet(OfPartition):
    """Attributes of a device that bear on nothing in the model are set all the same."""

    device: str
    settings: tuple[tuple[str, str], ...]


@change.register
def _(event: DiskChanged, fleet: Fleet) -> Fleet:
    def changed(vios: Partition) -> Partition:
        disk = vios.io.disk(event.disk)
        if disk is None:
            raise ValueError(f"there is no disk {event.disk} on {vios.name}")
        after = replace(
            disk,
            reserve_policy=event.reserve_policy or disk.reserve_policy,
            reserved=disk.reserved if event.reserved is None else event.reserved,
        )
        disks = tuple(after if each is disk else each for each in vios.io.disks)
        return replace(vios, vios=replace(vios.io, disks=disks))

    return with_partition(fleet, event.system, event.partition, changed)


@change.register
def _(event: ZoningChanged, fleet: Fleet) -> Fleet:
    def changed(vios: Partition) -> Partition:
        if vios.io.fc_port(event.port) is None:
            raise ValueError(f"there is no port {event.port} on {vios.name}")
        ports = tuple(
            replace(each, targets=event.targets) if each.name == event.port else each for each in vios.io.fc_ports
        )
        return replace(vios, vios=replace(vios.io, fc_ports=ports))

    return with_partition(fleet, event.system, event.partition, changed)


@change.register
def _(event: DeviceSet, fleet: Fleet) -> Fleet:
    def changed(vios: Partition) -> Partition:
        settings = {**vios.io.settings, **{(event.device, name): value for name, value in event.settings}}
        return replace(vios, vios=replace(vios.io, settings=settings))

    return with_partition(fleet, event.system, event.partition, changed)
