"""Who holds what of a frame's slots and SR-IOV ports."""

from __future__ import annotations

from decimal import Decimal

from bot.lab.fleet.frame import ManagedSystem
from bot.lab.fleet.hardware import Slot
from bot.lab.fleet.partition import Partition

WHOLE_PORT = Decimal("100.0")  # percent


def check(system: ManagedSystem) -> None:
    """Raises ValueError where two hold one thing, or more is lent than there is."""
    held = [each.drc_index for partition in system.partitions if partition.is_on for each in partition.config.slots]
    if len(held) != len(set(held)):
        raise ValueError(f"two partitions of {system.name} run with one physical slot")
    for adapter in system.hardware.sriov:
        ids = [each.id for each in adapter.logical_ports]
        if len(ids) != len(set(ids)) or len(ids) > adapter.most_logical_ports:
            raise ValueError(f"SR-IOV adapter {adapter.adapter_id} of {system.name} has lent too many ports")
        if any(adapter.used(port) > WHOLE_PORT for port in range(adapter.phys_ports)):
            raise ValueError(f"SR-IOV adapter {adapter.adapter_id} of {system.name} has lent more than a whole port")


def holder(system: ManagedSystem, drc_index: str) -> Partition | None:
    """The partition that runs with that slot or, where none does, one that would."""
    having = [each for each in system.partitions if any(one.drc_index == drc_index for one in each.config.slots)]
    return next((each for each in having if each.is_on), having[0] if having else None)


def is_busy(partition: Partition, slot: Slot) -> bool:
    """Its operating system has something in the slot that it can't let go of: what bridges, is mapped, leads to disks.

    Known of a VIOS alone; of a client nothing that is in a slot is modelled.
    """
    io, there = partition.io, f"{slot.location}-"
    bridging = {each.real_adapter for each in io.seas}
    bridging |= {member for each in io.aggregates for member in each.members}
    carrying = {each.port for each in io.vfchosts} | {each.name for each in io.fc_ports if each.targets and io.disks}
    return any(each.location.startswith(there) and each.name in bridging for each in io.ports) or any(
        each.location.startswith(there) and each.name in carrying for each in io.fc_ports
    )


def in_use(system: ManagedSystem, partition: Partition) -> bool:
    """Another partition runs with one of its slots."""
    mine = {each.drc_index for each in partition.config.slots}
    others = (each for each in system.partitions if each.is_on and each.name != partition.name)
    return any(one.drc_index in mine for each in others for one in each.config.slots)


def has_physical(system: ManagedSystem, partition: Partition) -> bool:
    lent = (port.lpar_id for adapter in system.hardware.sriov for port in adapter.logical_ports)
    return bool(partition.config.slots) or partition.lpar_id in lent
