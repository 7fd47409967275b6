"""What can happen to the fleet. `apply` is pure: the same events give the same fleet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import singledispatch
from typing import TypeAlias

from bot.lab.fleet.model import Fleet, Hmc, ManagedSystem, Migration, Partition, Snag


@dataclass(frozen=True, kw_only=True)
class MigrationStarted:
    migration: Migration


@dataclass(frozen=True, kw_only=True)
class MigrationEnded:
    """The partition is on its destination."""

    source: str
    partition: str


@dataclass(frozen=True, kw_only=True)
class MigrationCancelled:
    """Stopped or recovered: the partition stays on its source."""

    source: str
    partition: str


@dataclass(frozen=True, kw_only=True)
class MigrationBroke:
    """It stands still and has to be recovered."""

    source: str
    partition: str
    at: float


@dataclass(frozen=True, kw_only=True)
class PartitionStateChanged:
    system: str
    partition: str
    state: str


@dataclass(frozen=True, kw_only=True)
class RmcChanged:
    system: str
    partition: str
    rmc_state: str


@dataclass(frozen=True, kw_only=True)
class SnagsChanged:
    system: str
    partition: str
    snags: frozenset[Snag]


@dataclass(frozen=True, kw_only=True)
class SystemStateChanged:
    system: str
    state: str


@dataclass(frozen=True, kw_only=True)
class KeysExchanged:
    """mkauthkeys: `hmc` may act on `other` as `user`."""

    hmc: str
    other: str
    user: str


Event: TypeAlias = (
    MigrationStarted
    | MigrationEnded
    | MigrationCancelled
    | MigrationBroke
    | PartitionStateChanged
    | RmcChanged
    | SnagsChanged
    | SystemStateChanged
    | KeysExchanged
)


@singledispatch
def apply(event: Event, fleet: Fleet) -> Fleet:
    raise TypeError(f"no such event: {event!r}")


def settle(fleet: Fleet, now: float) -> Fleet:
    """The fleet with every migration carried out whose time is over."""
    for migration in [each for each in fleet.migrations.values() if each.is_done(now)]:
        fleet = apply(MigrationEnded(source=migration.source, partition=migration.partition), fleet)
    return fleet


@apply.register
def _(event: MigrationStarted, fleet: Fleet) -> Fleet:
    migration = event.migration
    key = (migration.source, migration.partition)
    if key in fleet.migrations:
        raise ValueError(f"{migration.partition} is migrating already")
    return replace(fleet, migrations={**fleet.migrations, key: migration})


@apply.register
def _(event: MigrationEnded, fleet: Fleet) -> Fleet:
    migration = fleet.migrations[event.source, event.partition]
    source, destination = fleet.systems[migration.source], fleet.systems[migration.destination]
    moving = _partition(source, event.partition)
    arrived = replace(moving, lpar_id=destination.free_id(moving.lpar_id))
    left = replace(source, partitions=tuple(each for each in source.partitions if each is not moving))
    joined = replace(destination, partitions=(*destination.partitions, arrived))
    systems = {**fleet.systems, left.name: left, joined.name: joined}
    return replace(fleet, systems=systems, migrations=_without(fleet, event.source, event.partition))


@apply.register
def _(event: MigrationCancelled, fleet: Fleet) -> Fleet:
    return replace(fleet, migrations=_without(fleet, event.source, event.partition))


@apply.register
def _(event: MigrationBroke, fleet: Fleet) -> Fleet:
    broken = replace(fleet.migrations[event.source, event.partition], broke_at=event.at)
    return replace(fleet, migrations={**fleet.migrations, (event.source, event.partition): broken})


@apply.register
def _(event: PartitionStateChanged, fleet: Fleet) -> Fleet:
    return _with_partition(fleet, event.system, event.partition, lambda each: replace(each, state=event.state))


@apply.register
def _(event: RmcChanged, fleet: Fleet) -> Fleet:
    return _with_partition(fleet, event.system, event.partition, lambda each: replace(each, rmc_state=event.rmc_state))


@apply.register
def _(event: SnagsChanged, fleet: Fleet) -> Fleet:
    return _with_partition(fleet, event.system, event.partition, lambda each: replace(each, snags=event.snags))


@apply.register
def _(event: SystemStateChanged, fleet: Fleet) -> Fleet:
    return _with_system(fleet, replace(fleet.systems[event.system], state=event.state))


@apply.register
def _(event: KeysExchanged, fleet: Fleet) -> Fleet:
    hmc: Hmc = fleet.hmcs[event.hmc]
    trusting = replace(hmc, trusts=hmc.trusts | {(event.other, event.user)})
    return replace(fleet, hmcs={**fleet.hmcs, hmc.name: trusting})


def _without(fleet: Fleet, source: str, partition: str) -> Mapping[tuple[str, str], Migration]:
    return {key: each for key, each in fleet.migrations.items() if key != (source, partition)}


def _with_system(fleet: Fleet, system: ManagedSystem) -> Fleet:
    return replace(fleet, systems={**fleet.systems, system.name: system})


def _with_partition(fleet: Fleet, system: str, name: str, change: Callable[[Partition], Partition]) -> Fleet:
    frame = fleet.systems[system]
    before = _partition(frame, name)
    partitions = tuple(change(each) if each is before else each for each in frame.partitions)
    return _with_system(fleet, replace(frame, partitions=partitions))


def _partition(system: ManagedSystem, name: str) -> Partition:
    found = system.partition(name)
    if found is None:
        raise ValueError(f"there is no partition {name} on {system.name}")
    return found
