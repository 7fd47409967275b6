"""Migrations: they start, end, are called off, or break."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.lab.fleet.events.changing import change, frame_of, partition_of
from bot.lab.fleet.happening import Due, Event, OfPartition
from bot.lab.fleet.hardware import DEFAULT_POOL
from bot.lab.fleet.mappings import Move
from bot.lab.fleet.model import Env, Fleet, ManagedSystem, Migration, Partition


@dataclass(frozen=True, kw_only=True)
class MigrationStarted(Event):
    migration: Migration


@dataclass(frozen=True, kw_only=True)
class MigrationEnded(Event):
    """The partition is on its destination."""

    source: str
    partition: str


@dataclass(frozen=True, kw_only=True)
class MigrationCancelled(Event):
    """Stopped or recovered: the partition stays on its source."""

    source: str
    partition: str


@dataclass(frozen=True, kw_only=True)
class MigrationBroke(Event):
    """It stands still and has to be recovered."""

    source: str
    partition: str
    at: float


@change.register
def _(event: MigrationStarted, fleet: Fleet) -> Fleet:
    migration = event.migration
    key = (migration.source, migration.partition)
    if key in fleet.migrations:
        raise ValueError(f"{migration.partition} is migrating already")
    if partition_of(frame_of(fleet, migration.source), migration.partition).env is Env.VIOS:
        raise ValueError(f"{migration.partition} is a VIOS, which doesn't migrate")
    return replace(fleet, migrations={**fleet.migrations, key: migration})


@change.register
def _(event: MigrationEnded, fleet: Fleet) -> Fleet:
    migration = _of(fleet, event.source, event.partition)
    source, destination = fleet.systems[migration.source], fleet.systems[migration.destination]
    moving = partition_of(source, event.partition)
    move = Move(
        source, destination, moving, migration.arrival_id(destination, moving.lpar_id), migration.choices,
        migration.spread,
    )  # fmt: skip
    move.done()
    move.client = _settled(move.client, migration, destination)
    left = replace(move.source, partitions=tuple(each for each in move.source.partitions if each is not moving))
    joined = replace(move.destination, partitions=(*move.destination.partitions, move.client))
    return replace(
        fleet,
        systems={**fleet.systems, left.name: left, joined.name: joined},
        migrations=_without(fleet, event.source, event.partition),
        agenda=tuple(_follows(each, migration) for each in fleet.agenda),
    )


@change.register
def _(event: MigrationCancelled, fleet: Fleet) -> Fleet:
    _of(fleet, event.source, event.partition)
    return replace(fleet, migrations=_without(fleet, event.source, event.partition))


@change.register
def _(event: MigrationBroke, fleet: Fleet) -> Fleet:
    broken = replace(_of(fleet, event.source, event.partition), broke_at=event.at)
    return replace(fleet, migrations={**fleet.migrations, (event.source, event.partition): broken})


def _settled(client: Partition, migration: Migration, there: ManagedSystem) -> Partition:
    """With the pool and the profile that were asked for, and as close together as the memory there lets it be."""
    known = {DEFAULT_POOL, *(each.name for each in there.hardware.pools)}
    pool = migration.pool or (client.config.pool if client.config.pool in known else DEFAULT_POOL)
    client = replace(client, config=replace(client.config, pool=pool))
    if client.is_on:
        score = min(client.config.affinity_score, there.hardware.arriving_score)
        client = replace(client, config=replace(client.config, affinity_score=score))
    if migration.profile is None or migration.profile == client.profile:
        return client
    kept = tuple(each for each in client.pinned().profiles if each.name != migration.profile)
    return replace(client, profile=migration.profile, profiles=(*kept, client.as_profile(migration.profile)))


def _of(fleet: Fleet, source: str, partition: str) -> Migration:
    if (source, partition) not in fleet.migrations:
        raise ValueError(f"{partition} doesn't migrate from {source}")
    return fleet.migrations[source, partition]


def _without(fleet: Fleet, source: str, partition: str) -> Mapping[tuple[str, str], Migration]:
    return {key: each for key, each in fleet.migrations.items() if key != (source, partition)}


def _follows(due: Due, migration: Migration) -> Due:
    """What was to happen to the partition will happen to it where it is now."""
    event = due.event
    if not isinstance(event, OfPartition):
        return due
    if (event.system, event.partition) != (migration.source, migration.partition):
        return due
    return replace(due, event=replace(event, system=migration.destination))
