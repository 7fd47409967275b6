"""Who holds what of a frame's slots and SR-IOV ports."""

from __future__ import annotations

from decimal import Decimal

from bot.lab.fleet.frame import ManagedSystem
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


def in_use(system: ManagedSystem, partition: Partition) -> bool:
    """Another partition runs with one of its slots."""
    mine = {each.drc_index for each in partition.config.slots}
    others = (each for each in system.partitions if each.is_on and each.name != partition.name)
    return any(one.drc_index in mine for each in others for one in each.config.slots)


def has_physical(system: ManagedSystem, partition: Partition) -> bool:
    lent = (port.lpar_id for adapter in system.hardware.sriov for port in adapter.logical_ports)
    return bool(partition.config.slots) or partition.lpar_id in lent
