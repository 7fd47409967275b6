"""Both ends of virtual storage: adapters come and go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.lab.fleet.events.changing import change, frame_of, partition_of, with_partition, with_system
from bot.lab.fleet.happening import OfPartition
from bot.lab.fleet.model import Fleet, Partition
from bot.lab.fleet.storage import VfcHost, Vhost, VirtualFc, VirtualScsi


@dataclass(frozen=True, kw_only=True)
class ServerAdded(OfPartition):
    """A VIOS's end."""

    adapter: Vhost | VfcHost


@dataclass(frozen=True, kw_only=True)
class ClientAdded(OfPartition):
    adapter: VirtualScsi | VirtualFc


@dataclass(frozen=True, kw_only=True)
class StorageAdapterRemoved(OfPartition):
    """Of either end; what was at the other end of a server's has nothing behind it any more."""

    slot: int


@change.register
def _(event: ServerAdded, fleet: Fleet) -> Fleet:
    def changed(vios: Partition) -> Partition:
        if isinstance(event.adapter, VfcHost):
            return replace(vios, vios=replace(vios.io, vfchosts=(*vios.io.vfchosts, event.adapter)))
        return replace(vios, vios=replace(vios.io, vhosts=(*vios.io.vhosts, event.adapter)))

    return with_partition(fleet, event.system, event.partition, changed)


@change.register
def _(event: ClientAdded, fleet: Fleet) -> Fleet:
    def changed(client: Partition) -> Partition:
        if isinstance(event.adapter, VirtualFc):
            return replace(client, fc=(*client.fc, event.adapter))
        return replace(client, scsi=(*client.scsi, event.adapter))

    return with_partition(fleet, event.system, event.partition, changed)


@change.register
def _(event: StorageAdapterRemoved, fleet: Fleet) -> Fleet:
    system = frame_of(fleet, event.system)
    owner = partition_of(system, event.partition)

    def gone(adapter: VirtualScsi | VirtualFc) -> bool:
        return (adapter.server_id, adapter.server_slot) == (owner.lpar_id, event.slot)

    partitions = tuple(
        _without(each, event.slot) if each is owner else unserved(each, gone) for each in system.partitions
    )
    return with_system(fleet, replace(system, partitions=partitions))


def _without(partition: Partition, slot: int) -> Partition:
    left = replace(
        partition,
        scsi=tuple(each for each in partition.scsi if each.slot != slot),
        fc=tuple(each for each in partition.fc if each.slot != slot),
    )
    if partition.vios is None:
        return left
    vhosts = tuple(each for each in partition.vios.vhosts if each.slot != slot)
    vfchosts = tuple(each for each in partition.vios.vfchosts if each.slot != slot)
    return replace(left, vios=replace(partition.vios, vhosts=vhosts, vfchosts=vfchosts))


def unserved(client: Partition, gone: Callable[[VirtualScsi | VirtualFc], bool]) -> Partition:
    """Those of its adapters whose server is gone have nothing behind them."""
    scsi = tuple(replace(each, server_id=None, server_slot=None) if gone(each) else each for each in client.scsi)
    fc = tuple(replace(each, server_id=None, server_slot=None) if gone(each) else each for each in client.fc)
    return client if (scsi, fc) == (client.scsi, client.fc) else replace(client, scsi=scsi, fc=fc)
