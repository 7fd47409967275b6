"""What befalls a host by itself: its RMC connection, its clock, its error log, its state, whom it trusts."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.lab.fleet.events.changing import change, frame_of, with_partition, with_system
from bot.lab.fleet.happening import Event, OfPartition
from bot.lab.fleet.model import Fleet, Snag


@dataclass(frozen=True, kw_only=True)
class RmcChanged(OfPartition):
    rmc_state: str


@dataclass(frozen=True, kw_only=True)
class SnagsChanged(OfPartition):
    snags: frozenset[Snag]


@dataclass(frozen=True, kw_only=True)
class ClockSkewed(OfPartition):
    """Its clock is ahead by so many seconds from now on; what it has logged keeps its date."""

    seconds: float


@dataclass(frozen=True, kw_only=True)
class ErrorLogWrapped(OfPartition):
    """Only the newest entries are left."""

    kept: int = 0


@dataclass(frozen=True, kw_only=True)
class SystemStateChanged(Event):
    system: str
    state: str


@dataclass(frozen=True, kw_only=True)
class KeysExchanged(Event):
    """mkauthkeys: `hmc` may act on `other` as `user`."""

    hmc: str
    other: str
    user: str


@change.register
def _(event: RmcChanged, fleet: Fleet) -> Fleet:
    return with_partition(fleet, event.system, event.partition, lambda each: replace(each, rmc_state=event.rmc_state))


@change.register
def _(event: SnagsChanged, fleet: Fleet) -> Fleet:
    return with_partition(fleet, event.system, event.partition, lambda each: replace(each, snags=event.snags))


@change.register
def _(event: ClockSkewed, fleet: Fleet) -> Fleet:
    return with_partition(fleet, event.system, event.partition, lambda each: replace(each, clock_offset=event.seconds))


@change.register
def _(event: ErrorLogWrapped, fleet: Fleet) -> Fleet:
    return with_partition(
        fleet,
        event.system,
        event.partition,
        lambda each: replace(each, error_log=each.error_log[max(0, len(each.error_log) - event.kept) :]),
    )


@change.register
def _(event: SystemStateChanged, fleet: Fleet) -> Fleet:
    return with_system(fleet, replace(frame_of(fleet, event.system), state=event.state))


@change.register
def _(event: KeysExchanged, fleet: Fleet) -> Fleet:
    if event.hmc not in fleet.hmcs:
        raise ValueError(f"there is no HMC {event.hmc}")
    hmc = fleet.hmcs[event.hmc]
    trusting = replace(hmc, trusts=hmc.trusts | {(event.other, event.user)})
    return replace(fleet, hmcs={**fleet.hmcs, hmc.name: trusting})
