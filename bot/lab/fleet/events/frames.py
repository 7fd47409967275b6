"""A frame's power: it starts, and stops with everything in it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.lab.fleet.events.changing import change, frame_of, with_due, with_partition, with_system
from bot.lab.fleet.events.power import PartitionStarted, PartitionStopped, warned_of_power
from bot.lab.fleet.happening import Event
from bot.lab.fleet.model import Fleet

OPERATING, POWER_OFF, STANDBY = "Operating", "Power Off", "Standby"
STARTING, STOPPING = "Initializing", "Power Off In Progress"
OUT_OF_REACH = frozenset({"No Connection", "Failed Authentication", "Version Mismatch", "Incomplete"})


@dataclass(frozen=True, kw_only=True)
class FrameStarting(Event):
    """`to`: Standby, or Operating, where the partitions that shall start by themselves do."""

    system: str
    to: str = OPERATING


@dataclass(frozen=True, kw_only=True)
class FrameStarted(Event):
    system: str
    to: str = OPERATING


@dataclass(frozen=True, kw_only=True)
class FrameStopping(Event):
    """Its partitions are off at once; the frame takes its time."""

    system: str
    restart: bool = False


@dataclass(frozen=True, kw_only=True)
class FrameStopped(Event):
    system: str
    restart: bool = False


@dataclass(frozen=True, kw_only=True)
class FrameLeft(Event):
    """An HMC doesn't manage it any more."""

    hmc: str
    system: str


@change.register
def _(event: FrameLeft, fleet: Fleet) -> Fleet:
    before = fleet.hmcs[event.hmc]
    hmc = replace(before, systems=tuple(each for each in before.systems if each != event.system))
    return replace(fleet, hmcs={**fleet.hmcs, hmc.name: hmc})


@change.register
def _(event: FrameStarting, fleet: Fleet) -> Fleet:
    fleet = _in_state(fleet, event.system, STARTING)
    return with_due(fleet, fleet.pace.frame, FrameStarted(system=event.system, to=event.to))


@change.register
def _(event: FrameStarted, fleet: Fleet) -> Fleet:
    fleet = _in_state(fleet, event.system, event.to)
    if event.to != OPERATING:
        return fleet
    for each in fleet.systems[event.system].partitions:
        if each.starts_itself and not each.is_on and _fits(fleet, event.system, each.name):
            fleet = change(PartitionStarted(system=event.system, partition=each.name), fleet)
    return fleet


def _fits(fleet: Fleet, system: str, name: str) -> bool:
    partition = fleet.systems[system].partition(name)
    return (
        partition is not None
        and partition.mem <= fleet.mem_free(system)
        and partition.proc_units <= fleet.proc_units_free(system)
    )


@change.register
def _(event: FrameStopping, fleet: Fleet) -> Fleet:
    if any(event.system in {each.source, each.destination} for each in fleet.migrations.values()):
        raise ValueError(f"partitions migrate from or to {event.system}")
    now = fleet.now
    for each in frame_of(fleet, event.system).partitions:
        if each.is_on:
            fleet = with_partition(fleet, event.system, each.name, lambda one: warned_of_power(one, now))
            fleet = change(PartitionStopped(system=event.system, partition=each.name), fleet)
    fleet = _in_state(fleet, event.system, STOPPING)
    return with_due(fleet, fleet.pace.shutdown, FrameStopped(system=event.system, restart=event.restart))


@change.register
def _(event: FrameStopped, fleet: Fleet) -> Fleet:
    fleet = _in_state(fleet, event.system, POWER_OFF)
    return change(FrameStarting(system=event.system), fleet) if event.restart else fleet


def _in_state(fleet: Fleet, system: str, state: str) -> Fleet:
    return with_system(fleet, replace(frame_of(fleet, system), state=state))
