"""Power: a partition starts, stops and comes back, and takes its time over each."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.lab.fleet import partition as states
from bot.lab.fleet.errorlog import LOGGING_OFF, LOGGING_ON
from bot.lab.fleet.events.changing import change, frame_of, partition_of, with_due, with_partition
from bot.lab.fleet.events.hosts import RmcChanged
from bot.lab.fleet.happening import OfPartition
from bot.lab.fleet.model import Fleet, Partition

_LOGGER = "errdemon"


@dataclass(frozen=True, kw_only=True)
class PartitionStateChanged(OfPartition):
    """It is so from now on, whatever led there."""

    state: str


@dataclass(frozen=True, kw_only=True)
class PartitionStarted(OfPartition):
    """Switched on, with a profile or, without one, as it last ran."""

    profile: str | None = None


@dataclass(frozen=True, kw_only=True)
class PartitionBooted(OfPartition):
    """Its operating system runs; RMC follows."""


@dataclass(frozen=True, kw_only=True)
class PartitionStopping(OfPartition):
    """Its operating system shuts down."""

    restart: bool = False


@dataclass(frozen=True, kw_only=True)
class PartitionStopped(OfPartition):
    """It is off, at once."""

    restart: bool = False


@change.register
def _(event: PartitionStateChanged, fleet: Fleet) -> Fleet:
    return with_partition(fleet, event.system, event.partition, lambda each: replace(each, state=event.state))


@change.register
def _(event: PartitionStarted, fleet: Fleet) -> Fleet:
    before = partition_of(frame_of(fleet, event.system), event.partition)
    if before.is_on:
        raise ValueError(f"{event.partition} is on already")
    after = before.with_profile(event.profile or before.profile) if event.profile else before
    if after is None:
        raise ValueError(f"{event.partition} has no profile {event.profile}")
    starting = replace(after, state=states.STARTING, rmc_state="inactive")
    fleet = with_partition(fleet, event.system, event.partition, lambda _: starting)
    booted = PartitionBooted(system=event.system, partition=event.partition)
    return with_due(_nothing_due(fleet, event), fleet.pace.boot, booted)


@change.register
def _(event: PartitionBooted, fleet: Fleet) -> Fleet:
    def booted(partition: Partition) -> Partition:
        up = replace(partition, state=states.RUNNING, booted=fleet.now)
        return up.logs(LOGGING_ON, _LOGGER, fleet.now)

    fleet = with_partition(fleet, event.system, event.partition, booted)
    reached = RmcChanged(system=event.system, partition=event.partition, rmc_state="active")
    return with_due(fleet, fleet.pace.rmc, reached)


@change.register
def _(event: PartitionStopping, fleet: Fleet) -> Fleet:
    def stopping(partition: Partition) -> Partition:
        going = replace(partition, state=states.SHUTTING_DOWN, rmc_state="inactive")
        return going.logs(LOGGING_OFF, _LOGGER, fleet.now)

    fleet = with_partition(fleet, event.system, event.partition, stopping)
    stopped = PartitionStopped(system=event.system, partition=event.partition, restart=event.restart)
    return with_due(_nothing_due(fleet, event), fleet.pace.shutdown, stopped)


@change.register
def _(event: PartitionStopped, fleet: Fleet) -> Fleet:
    def off(partition: Partition) -> Partition:
        return replace(partition, state=states.NOT_ACTIVATED, rmc_state="inactive")

    fleet = with_partition(fleet, event.system, event.partition, off)
    fleet = _nothing_due(fleet, event)
    return change(PartitionStarted(system=event.system, partition=event.partition), fleet) if event.restart else fleet


def _nothing_due(fleet: Fleet, event: PartitionStarted | PartitionStopping | PartitionStopped) -> Fleet:
    """What the power was going to do next is overtaken."""
    overtaken = (PartitionBooted, PartitionStopped, RmcChanged)
    agenda = tuple(
        due
        for due in fleet.agenda
        if not isinstance(due.event, overtaken)
        or (due.event.system, due.event.partition) != (event.system, event.partition)
    )
    return replace(fleet, agenda=agenda)
