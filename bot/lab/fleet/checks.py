"""What always holds of a frame, whatever has happened to it."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import Protocol

from bot.lab.fleet import holdings, mappings, seas, stores
from bot.lab.fleet.ethernet import Sea
from bot.lab.fleet.frame import ManagedSystem
from bot.lab.fleet.partition import Env, Partition


class _Named(Protocol):
    @property
    def name(self) -> str: ...


def frame(system: ManagedSystem) -> None:
    """Raises ValueError for a frame that can't be so."""
    holdings.check(system)
    for key in ("name", "lpar_id"):
        _differ(
            f"two partitions of {system.name} have the same {key}", (getattr(each, key) for each in system.partitions)
        )
    for partition in system.partitions:
        _adapters(partition)
        _seas(partition)
        if partition.vios is not None:
            stores.check(partition)
    _bridges(system)
    mappings.check(system)


def _differ(sentence: str, values: Iterable[Hashable]) -> None:
    found = list(values)
    if len(found) != len(set(found)):
        raise ValueError(sentence)


def _must(holds: object, sentence: str) -> None:
    if not holds:
        raise ValueError(sentence)


def _adapters(partition: Partition) -> None:
    name = partition.name
    _differ(f"two adapters of {name} are in one slot", partition.slots)
    _differ(f"two devices of {name} have the same name", _names(partition))
    for each in partition.ethernet:
        _differ(f"{each.name} of {name} has a VLAN twice", each.vlans)
        _must(all(1 <= vlan <= 4094 for vlan in each.vlans), f"{each.name} of {name} has a VLAN that there can't be")
        _must(partition.env is Env.VIOS or not each.is_trunk, f"{name} is no VIOS and has a trunk adapter")


def _names(partition: Partition) -> list[str]:
    """Of everything that is a device of its own."""
    io = partition.io
    groups: tuple[Sequence[_Named], ...] = (
        partition.ethernet, partition.scsi, partition.fc, io.ports, io.aggregates, io.seas, io.disks, io.fc_ports,
        io.vhosts, io.vfchosts, io.targets, io.pools.volumes, io.upkeep.unseen,
    )  # fmt: skip
    return [each.name for group in groups for each in group]


def _seas(vios: Partition) -> None:
    _must(vios.env is Env.VIOS or vios.vios is None, f"{vios.name} is no VIOS and serves as one")
    used = [name for sea in vios.io.seas for name in (sea.real_adapter, *sea.trunks)]
    used += [name for each in vios.io.aggregates for name in each.members]
    _differ(f"two adapters of {vios.name} stand on one", used)
    ports = {each.name for each in vios.io.ports}
    for each in vios.io.aggregates:
        _must(each.ports and {*each.members} <= ports, f"{each.name} of {vios.name} lacks a port")
    for sea in vios.io.seas:
        _sea(vios, sea)


def _sea(vios: Partition, sea: Sea) -> None:
    who = f"{sea.name} of {vios.name}"
    trunks = [each for each in vios.ethernet if each.name in sea.trunks]
    _must(vios.io.port(sea.real_adapter), f"{who} has no such real adapter")
    _must(trunks and len(trunks) == len(sea.trunks), f"{who} has a virtual adapter that isn't there")
    _must(all(each.is_trunk for each in trunks), f"{who} has a virtual adapter that is no trunk")
    _must(
        any(each.name == sea.pvid_adapter and each.pvid == sea.pvid for each in trunks),
        f"the PVID of {who} isn't that of its default adapter",
    )
    _differ(f"two trunks of {who} carry one VLAN", ((each.vswitch, vlan) for each in trunks for vlan in each.vlans))
    if sea.control_channel is not None:
        control = vios.adapter(sea.control_channel)
        _must(control is not None and not control.is_trunk, f"the control channel of {who} is a trunk, or isn't there")
    _must(vios.is_up or sea.status is None, f"{who} works while its VIOS is down")


def _bridges(system: ManagedSystem) -> None:
    """Two that hear each other never bridge one VLAN at once: that would be a loop."""
    up = seas.sides(system)
    for side in up:
        other = seas.mate(side, up)
        if other is not None and seas.hear(side, other, system.cut_channels) and side.key < other.key:
            _must(not (_bridged(side) & _bridged(other)), f"{side.vios.name} and {other.vios.name} bridge one VLAN")


def _bridged(side: seas.Side) -> set[tuple[str, int]]:
    return {(each.vswitch, vlan) for each in side.trunks if each.name in side.sea.bridged for vlan in each.vlans}
