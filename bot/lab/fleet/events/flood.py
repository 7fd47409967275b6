"""What a migration leaves in the error log of the partition that moves: its paths break off, and come back."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.lab.fleet.errorlog import Kind
from bot.lab.fleet.events.changing import aftermath, change, frame_of, partition_of, with_due, with_partition
from bot.lab.fleet.events.migrations import MigrationCancelled, MigrationEnded, MigrationStarted
from bot.lab.fleet.happening import OfPartition
from bot.lab.fleet.model import Fleet, Partition
from bot.lab.fleet.paths import disks

STARTED = Kind(identifier="08917DC6", type="I", klass="S", description="Client Partition Migration Started")
COMPLETED = Kind(identifier="A5E6DB96", type="I", klass="S", description="Client Partition Migration Completed")
ABORTED = Kind(identifier="5E075ADF", type="I", klass="S", description="Client Partition Migration Aborted")
NO_CONNECTION = Kind(identifier="516A2BC4", type="P", klass="H", description="CONNECTION FAILURE")
NO_ANSWER = Kind(identifier="1E67811B", type="P", klass="H", description="UNABLE TO COMMUNICATE WITH DEVICE")
PATH_CHANGED = Kind(identifier="C6E26F3B", type="I", klass="H", description="BACK-UP PATH STATUS CHANGE")
DEGRADED = Kind(identifier="1BBD20F4", type="I", klass="H", description="FUNCTION DEGRADED")
_MIGRATION = "pmig"
LOST_AFTER = 0.5  # of the migration's time


@dataclass(frozen=True, kw_only=True)
class PathsLost(OfPartition):
    """The partition is about to be suspended: every path to its disks breaks off at once."""


@change.register
def _(event: PathsLost, fleet: Fleet) -> Fleet:
    names = _disks(fleet, event.system, event.partition)

    def lost(host: Partition) -> Partition:
        if not _notices(host):
            return host
        for disk in names:
            host = host.logs(NO_CONNECTION, disk, fleet.now)
        for disk in _slowest(names):
            host = host.logs(NO_ANSWER, disk, fleet.now)
        return host

    return with_partition(fleet, event.system, event.partition, lost)


@aftermath.register
def _(event: MigrationStarted, fleet: Fleet, before: Fleet) -> Fleet:
    moving = event.migration
    fleet = _told(fleet, moving.source, moving.partition, STARTED)
    lost = PathsLost(system=moving.source, partition=moving.partition)
    return with_due(fleet, moving.seconds * LOST_AFTER, lost)


@aftermath.register
def _(event: MigrationEnded, fleet: Fleet, before: Fleet) -> Fleet:
    here = before.migrations[event.source, event.partition].destination
    names = _disks(fleet, here, event.partition)
    return with_partition(fleet, here, event.partition, lambda host: _completed(host, names, fleet.now))


@aftermath.register
def _(event: MigrationCancelled, fleet: Fleet, before: Fleet) -> Fleet:
    never = PathsLost(system=event.source, partition=event.partition)
    agenda = tuple(due for due in fleet.agenda if due.event != never)
    return _told(replace(fleet, agenda=agenda), event.source, event.partition, ABORTED)


def _told(fleet: Fleet, system: str, partition: str, kind: Kind) -> Fleet:
    def told(host: Partition) -> Partition:
        return host.logs(kind, _MIGRATION, fleet.now) if _notices(host) else host

    return with_partition(fleet, system, partition, told)


def _completed(host: Partition, names: list[str], now: float) -> Partition:
    """Its paths are back, by other adapters."""
    if not _notices(host):
        return host
    for disk in _slowest(names):
        host = host.logs(PATH_CHANGED, disk, now)
    for device in host.aix.power_path:
        host = host.logs(DEGRADED, device, now)
    return host.logs(COMPLETED, _MIGRATION, now)


def _disks(fleet: Fleet, system: str, partition: str) -> list[str]:
    frame = frame_of(fleet, system)
    return [each.name for each in disks(frame, partition_of(frame, partition))]


def _slowest(names: list[str]) -> list[str]:
    """The disk whose paths are looked for last: the one of the highest number."""
    return sorted(names, key=lambda name: (len(name), name))[-1:]


def _notices(host: Partition) -> bool:
    """Only an AIX that runs knows that it is moved."""
    return host.is_up and host.os_version.startswith("AIX")
