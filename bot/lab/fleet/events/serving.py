"""What a VIOS hands out: virtual target devices, storage pools, and which devices its database knows."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.lab.fleet.events.changing import change, with_partition
from bot.lab.fleet.happening import OfPartition
from bot.lab.fleet.model import Fleet, Partition
from bot.lab.fleet.partition import Vios
from bot.lab.fleet.pools import Pools
from bot.lab.fleet.storage import Target
from bot.lab.fleet.upkeep import Upkeep


@dataclass(frozen=True, kw_only=True)
class TargetMade(OfPartition):
    vhost: str
    target: Target


@dataclass(frozen=True, kw_only=True)
class TargetChanged(OfPartition):
    """What it stands on, or whether it is available; None leaves as it is."""

    target: str
    backing: str | None = None
    is_available: bool | None = None


@dataclass(frozen=True, kw_only=True)
class TargetsRemoved(OfPartition):
    targets: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class PortMapped(OfPartition):
    """A server Fibre Channel adapter leads to that port from now on; None: to none."""

    vfchost: str
    port: str | None


@dataclass(frozen=True, kw_only=True)
class PoolsChanged(OfPartition):
    """Its pools are so from now on; `groups` are the disks that join or leave one."""

    pools: Pools
    groups: tuple[tuple[str, str | None], ...] = ()


@dataclass(frozen=True, kw_only=True)
class UpkeepChanged(OfPartition):
    upkeep: Upkeep


@dataclass(frozen=True, kw_only=True)
class DevicesDeleted(OfPartition):
    """The device database forgets them; what they stand for is still there."""

    names: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class DevicesFound(OfPartition):
    """`cfgdev`: what is there and was forgotten is known again, and targets that were set aside are available."""


def _with_io(fleet: Fleet, event: OfPartition, after: Vios) -> Fleet:
    return with_partition(fleet, event.system, event.partition, lambda each: replace(each, vios=after))


def _io(fleet: Fleet, event: OfPartition) -> Vios:
    found: Partition | None = None
    if event.system in fleet.systems:
        found = fleet.systems[event.system].partition(event.partition)
    if found is None or found.vios is None:
        raise ValueError(f"{event.partition} of {event.system} is no VIOS")
    return found.vios


@change.register
def _(event: TargetMade, fleet: Fleet) -> Fleet:
    io = _io(fleet, event)
    vhost = io.vhost(event.vhost)
    if vhost is None:
        raise ValueError(f"there is no adapter {event.vhost} on {event.partition}")
    after = replace(vhost, targets=(*vhost.targets, event.target))
    return _with_io(fleet, event, replace(io, vhosts=tuple(after if each is vhost else each for each in io.vhosts)))


@change.register
def _(event: TargetChanged, fleet: Fleet) -> Fleet:
    io = _io(fleet, event)
    before = io.target(event.target)
    if before is None:
        raise ValueError(f"there is no target {event.target} on {event.partition}")
    after = replace(
        before,
        backing=before.backing if event.backing is None else event.backing,
        is_available=before.is_available if event.is_available is None else event.is_available,
    )
    vhosts = tuple(
        replace(vhost, targets=tuple(after if each is before else each for each in vhost.targets))
        for vhost in io.vhosts
    )
    return _with_io(fleet, event, replace(io, vhosts=vhosts))


@change.register
def _(event: TargetsRemoved, fleet: Fleet) -> Fleet:
    io = _io(fleet, event)
    if not event.targets <= {each.name for each in io.targets}:
        raise ValueError(f"{event.partition} lacks one of these targets")
    vhosts = tuple(
        replace(vhost, targets=tuple(each for each in vhost.targets if each.name not in event.targets))
        for vhost in io.vhosts
    )
    return _with_io(fleet, event, replace(io, vhosts=vhosts))


@change.register
def _(event: PortMapped, fleet: Fleet) -> Fleet:
    io = _io(fleet, event)
    if event.vfchost not in {each.name for each in io.vfchosts}:
        raise ValueError(f"there is no adapter {event.vfchost} on {event.partition}")
    vfchosts = tuple(replace(each, port=event.port) if each.name == event.vfchost else each for each in io.vfchosts)
    return _with_io(fleet, event, replace(io, vfchosts=vfchosts))


@change.register
def _(event: PoolsChanged, fleet: Fleet) -> Fleet:
    io, groups = _io(fleet, event), dict(event.groups)
    if not set(groups) <= {each.name for each in io.disks}:
        raise ValueError(f"{event.partition} lacks one of these disks")
    disks = tuple(replace(each, group=groups[each.name]) if each.name in groups else each for each in io.disks)
    return _with_io(fleet, event, replace(io, disks=disks, pools=event.pools))


@change.register
def _(event: UpkeepChanged, fleet: Fleet) -> Fleet:
    return _with_io(fleet, event, replace(_io(fleet, event), upkeep=event.upkeep))


@change.register
def _(event: DevicesDeleted, fleet: Fleet) -> Fleet:
    io = _io(fleet, event)
    upkeep = replace(
        io.upkeep,
        deleted=io.upkeep.deleted | event.names - {each.name for each in io.disks},
        unseen=(*io.upkeep.unseen, *(each for each in io.disks if each.name in event.names)),
    )
    disks = tuple(each for each in io.disks if each.name not in event.names)
    return _with_io(fleet, event, replace(io, disks=disks, upkeep=upkeep))


@change.register
def _(event: DevicesFound, fleet: Fleet) -> Fleet:
    """A disk comes back under its name: it is the first that is free, as nothing else makes disks."""
    io = _io(fleet, event)
    known = {each.name for each in io.disks}
    disks = (*io.disks, *(each for each in io.upkeep.unseen if each.name not in known))
    vhosts = tuple(
        replace(vhost, targets=tuple(replace(each, is_available=True) for each in vhost.targets)) for vhost in io.vhosts
    )
    upkeep = replace(io.upkeep, deleted=frozenset(), unseen=())
    ordered = tuple(sorted(disks, key=lambda each: (len(each.name), each.name))) if io.upkeep.unseen else io.disks
    return _with_io(fleet, event, replace(io, disks=ordered, vhosts=vhosts, upkeep=upkeep))
