"""What an administrator changes on the HMC: what partitions hold, their profiles, and which partitions there are."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from bot.lab.fleet.configuration import Configuration
from bot.lab.fleet.consoles import Console
from bot.lab.fleet.events.cabling import unserved
from bot.lab.fleet.events.changing import change, frame_of, partition_of, with_partition, with_system
from bot.lab.fleet.happening import Event, OfPartition
from bot.lab.fleet.hardware import Hardware, SriovAdapter
from bot.lab.fleet.model import Fleet, Partition, Profile


@dataclass(frozen=True, kw_only=True)
class ResourcesChanged(OfPartition):
    """What runs, or would run without a profile; the profile stays as it is. None leaves as it is."""

    mem: int | None = None
    procs: int | None = None
    proc_units: Decimal | None = None
    compat_mode: str | None = None


@dataclass(frozen=True, kw_only=True)
class ConfigurationChanged(OfPartition):
    """The profile stays as it is."""

    config: Configuration


@dataclass(frozen=True, kw_only=True)
class ProfileSaved(OfPartition):
    """Made, or in place of the one of its name."""

    profile: Profile


@dataclass(frozen=True, kw_only=True)
class ProfileRemoved(OfPartition):
    profile: str


@dataclass(frozen=True, kw_only=True)
class PartitionChanged(OfPartition):
    """None leaves as it is."""

    new_name: str | None = None
    default_profile: str | None = None
    msp: bool | None = None
    keeps_profile: bool | None = None


@dataclass(frozen=True, kw_only=True)
class PartitionMade(Event):
    system: str
    partition: Partition


@dataclass(frozen=True, kw_only=True)
class PartitionRemoved(OfPartition):
    pass


@dataclass(frozen=True, kw_only=True)
class HardwareChanged(Event):
    system: str
    hardware: Hardware


@dataclass(frozen=True, kw_only=True)
class ConsoleChanged(Event):
    hmc: str
    console: Console


@dataclass(frozen=True, kw_only=True)
class KeysRemoved(Event):
    """mkauthkeys --remove: `hmc` may no longer act on `other` as `user`."""

    hmc: str
    other: str
    user: str


@change.register
def _(event: ResourcesChanged, fleet: Fleet) -> Fleet:
    def changed(partition: Partition) -> Partition:
        before = partition.pinned()
        return replace(
            before,
            mem=before.mem if event.mem is None else event.mem,
            procs=before.procs if event.procs is None else event.procs,
            proc_units=before.proc_units if event.proc_units is None else event.proc_units,
            compat_mode=before.compat_mode if event.compat_mode is None else event.compat_mode,
        )

    return with_partition(fleet, event.system, event.partition, changed)


@change.register
def _(event: ConfigurationChanged, fleet: Fleet) -> Fleet:
    return with_partition(
        fleet, event.system, event.partition, lambda each: replace(each.pinned(), config=event.config)
    )


@change.register
def _(event: ProfileSaved, fleet: Fleet) -> Fleet:
    def changed(partition: Partition) -> Partition:
        pinned = partition.pinned()
        others = tuple(each for each in pinned.profiles if each.name != event.profile.name)
        return replace(pinned, profiles=(*others, event.profile))

    return with_partition(fleet, event.system, event.partition, changed)


@change.register
def _(event: ProfileRemoved, fleet: Fleet) -> Fleet:
    def changed(partition: Partition) -> Partition:
        if event.profile == partition.profile or partition.profile_named(event.profile) is None:
            raise ValueError(f"{partition.name} can't lose the profile {event.profile}")
        return replace(partition, profiles=tuple(each for each in partition.profiles if each.name != event.profile))

    return with_partition(fleet, event.system, event.partition, changed)


@change.register
def _(event: PartitionChanged, fleet: Fleet) -> Fleet:
    system = frame_of(fleet, event.system)
    before = partition_of(system, event.partition)
    if event.default_profile is not None and before.profile_named(event.default_profile) is None:
        raise ValueError(f"{event.partition} has no profile {event.default_profile}")
    if event.new_name is not None and (system.name, before.name) in fleet.migrations:
        raise ValueError(f"{event.partition} migrates")
    after = replace(
        before.pinned() if event.default_profile else before,
        name=before.name if event.new_name is None else event.new_name,
        profile=before.profile if event.default_profile is None else event.default_profile,
        msp=before.msp if event.msp is None else event.msp,
    )
    if event.keeps_profile is not None:
        pinned = after.pinned()
        after = replace(pinned, config=replace(pinned.config, keeps_profile=event.keeps_profile))
    partitions = tuple(after if each is before else each for each in system.partitions)
    fleet = with_system(fleet, replace(system, partitions=partitions))
    return fleet if event.new_name is None else _renamed(fleet, event.system, before.name, after.name)


def _renamed(fleet: Fleet, system: str, before: str, after: str) -> Fleet:
    """What is due for the partition is due for it under its new name."""
    agenda = tuple(
        replace(due, event=replace(due.event, partition=after))
        if isinstance(due.event, OfPartition) and (due.event.system, due.event.partition) == (system, before)
        else due
        for due in fleet.agenda
    )
    return replace(fleet, agenda=agenda)


@change.register
def _(event: PartitionMade, fleet: Fleet) -> Fleet:
    system = frame_of(fleet, event.system)
    return with_system(fleet, replace(system, partitions=(*system.partitions, event.partition)))


@change.register
def _(event: PartitionRemoved, fleet: Fleet) -> Fleet:
    system = frame_of(fleet, event.system)
    gone = partition_of(system, event.partition)
    if gone.is_on or (system.name, gone.name) in fleet.migrations:
        raise ValueError(f"{event.partition} is in use")
    agenda = tuple(
        due
        for due in fleet.agenda
        if not isinstance(due.event, OfPartition)
        or (due.event.system, due.event.partition) != (event.system, event.partition)
    )
    left = tuple(
        unserved(each, lambda one: one.server_id == gone.lpar_id) for each in system.partitions if each is not gone
    )
    ports = tuple(_taken_back(each, gone.lpar_id) for each in system.hardware.sriov)
    hardware = replace(system.hardware, sriov=ports)
    return replace(with_system(fleet, replace(system, partitions=left, hardware=hardware)), agenda=agenda)


def _taken_back(adapter: SriovAdapter, gone: int) -> SriovAdapter:
    return replace(adapter, logical_ports=tuple(each for each in adapter.logical_ports if each.lpar_id != gone))


@change.register
def _(event: HardwareChanged, fleet: Fleet) -> Fleet:
    return with_system(fleet, replace(frame_of(fleet, event.system), hardware=event.hardware))


@change.register
def _(event: ConsoleChanged, fleet: Fleet) -> Fleet:
    hmc = replace(fleet.hmcs[event.hmc], console=event.console)
    return replace(fleet, hmcs={**fleet.hmcs, hmc.name: hmc})


@change.register
def _(event: KeysRemoved, fleet: Fleet) -> Fleet:
    hmc = fleet.hmcs[event.hmc]
    trusts = hmc.trusts - {(event.other, event.user)}
    return replace(fleet, hmcs={**fleet.hmcs, hmc.name: replace(hmc, trusts=trusts)})
