"""Power: a partition starts, stops and comes back, and takes its time over each."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.lab.fleet import partition as states
from bot.lab.fleet.errorlog import LOGGING_OFF, LOGGING_ON, POWER_GOES
from bot.lab.fleet.events.changing import change, frame_of, partition_of, with_due, with_partition
from bot.lab.fleet.events.hosts import RmcChanged
from bot.lab.fleet.happening import OfPartition
from bot.lab.fleet.model import Fleet, Partition, Snag

_LOGGER = "errdemon"
STAYS_IN_FIRMWARE = frozenset({"sms", "of"})
_STARTED, _FIRMWARE, _RUNS = ("C2001000",), ("CA00E1DC",), ("",)  # the first two are unverified
_FAILED = ("D200C300", "D200C301")


@dataclass(frozen=True, kw_only=True)
class PartitionStateChanged(OfPartition):
    """It is so from now on, whatever led there."""

    state: str


@dataclass(frozen=True, kw_only=True)
class PartitionStarted(OfPartition):
    """Switched on, with a profile or, without one, as it last ran; None boots as the profile says."""

    profile: str | None = None
    boot_mode: str | None = None


@dataclass(frozen=True, kw_only=True)
class FirmwareLoading(OfPartition):
    """An HMC calls it running for these seconds."""


@dataclass(frozen=True, kw_only=True)
class FirmwareReached(OfPartition):
    """Open Firmware is in charge, until the operating system is; or the start has failed."""


@dataclass(frozen=True, kw_only=True)
class PartitionBooted(OfPartition):
    """Its operating system runs; RMC follows."""


@dataclass(frozen=True, kw_only=True)
class PartitionStopping(OfPartition):
    """Its operating system shuts down. `by_power`: told by the loss of power that the firmware gives out."""

    restart: bool = False
    by_power: bool = False


@dataclass(frozen=True, kw_only=True)
class PartitionStopped(OfPartition):
    """It is off, at once."""

    restart: bool = False


def warned_of_power(partition: Partition, now: float) -> Partition:
    """An AIX, or a VIOS, that runs logs that its power goes, whoever takes it away."""
    if not partition.is_up or not (partition.vios is not None or partition.os_version.startswith("AIX")):
        return partition
    return partition.logs(POWER_GOES, "sysplanar0", now)


@change.register
def _(event: PartitionStateChanged, fleet: Fleet) -> Fleet:
    return with_partition(fleet, event.system, event.partition, lambda each: replace(each, state=event.state))


@change.register
def _(event: PartitionStarted, fleet: Fleet) -> Fleet:
    before = partition_of(frame_of(fleet, event.system), event.partition)
    if before.is_on:
        raise ValueError(f"{event.partition} is on already")
    after = before.with_profile(event.profile) if event.profile else before
    if after is None:
        raise ValueError(f"{event.partition} has no profile {event.profile}")
    config = replace(after.config, boot_mode=event.boot_mode or after.config.boot_mode)
    starting = replace(
        after, state=states.STARTING, rmc_state="inactive", config=config.with_refcodes(fleet.now, *_STARTED)
    )
    fleet = with_partition(fleet, event.system, event.partition, lambda _: starting)
    loading = FirmwareLoading(system=event.system, partition=event.partition)
    return with_due(_nothing_due(fleet, event), fleet.pace.firmware, loading)


@change.register
def _(event: FirmwareLoading, fleet: Fleet) -> Fleet:
    fleet = with_partition(fleet, event.system, event.partition, lambda each: replace(each, state=states.LOADING))
    reached = FirmwareReached(system=event.system, partition=event.partition)
    return with_due(fleet, fleet.pace.firmware, reached)


@change.register
def _(event: FirmwareReached, fleet: Fleet) -> Fleet:
    partition = partition_of(frame_of(fleet, event.system), event.partition)
    fails = Snag.NO_START in partition.snags
    codes = (*_FAILED, f"B2001230 LP={partition.lpar_id:05}") if fails else _FIRMWARE
    after = replace(
        partition,
        state=states.ERROR if fails else states.OPEN_FIRMWARE,
        config=partition.config.with_refcodes(fleet.now, *codes),
    )
    fleet = with_partition(fleet, event.system, event.partition, lambda _: after)
    if fails or after.config.boot_mode in STAYS_IN_FIRMWARE:
        return fleet
    booted = PartitionBooted(system=event.system, partition=event.partition)
    return with_due(fleet, max(0.0, fleet.pace.boot - 2 * fleet.pace.firmware), booted)


@change.register
def _(event: PartitionBooted, fleet: Fleet) -> Fleet:
    def booted(partition: Partition) -> Partition:
        config = partition.config.with_refcodes(fleet.now, *_RUNS)
        up = replace(partition, state=states.RUNNING, booted=fleet.now, config=config)
        return up.logs(LOGGING_ON, _LOGGER, fleet.now)

    fleet = with_partition(fleet, event.system, event.partition, booted)
    reached = RmcChanged(system=event.system, partition=event.partition, rmc_state="active")
    return with_due(fleet, fleet.pace.rmc, reached)


@change.register
def _(event: PartitionStopping, fleet: Fleet) -> Fleet:
    def stopping(partition: Partition) -> Partition:
        warned = warned_of_power(partition, fleet.now) if event.by_power else partition
        going = replace(warned, state=states.SHUTTING_DOWN, rmc_state="inactive")
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
    overtaken = (FirmwareLoading, FirmwareReached, PartitionBooted, PartitionStopped, RmcChanged)
    agenda = tuple(
        due
        for due in fleet.agenda
        if not isinstance(due.event, overtaken)
        or (due.event.system, due.event.partition) != (event.system, event.partition)
    )
    return replace(fleet, agenda=agenda)
