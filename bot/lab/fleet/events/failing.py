"""What fails by itself outside of partitions: memory of a frame, an HMC, an HMC's inventory."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.lab.fleet.events.changing import change, frame_of, with_system
from bot.lab.fleet.happening import Event
from bot.lab.fleet.model import Fleet, Hmc


@dataclass(frozen=True, kw_only=True)
class MemoryFailed(Event):
    """So much of what is installed is deconfigured from now on; 0: it was replaced."""

    system: str
    mem: int  # MB


@dataclass(frozen=True, kw_only=True)
class HmcStopped(Event):
    hmc: str


@dataclass(frozen=True, kw_only=True)
class HmcStarted(Event):
    hmc: str


@dataclass(frozen=True, kw_only=True)
class InventoryAged(Event):
    """The HMC doesn't know of a partition, until it reads its inventory anew."""

    hmc: str
    system: str
    partition: str


@dataclass(frozen=True, kw_only=True)
class InventoryRead(Event):
    hmc: str


@change.register
def _(event: MemoryFailed, fleet: Fleet) -> Fleet:
    return with_system(fleet, replace(frame_of(fleet, event.system), deconfigured_mem=event.mem))


@change.register
def _(event: HmcStopped, fleet: Fleet) -> Fleet:
    return _with(fleet, replace(_hmc(fleet, event.hmc), is_up=False))


@change.register
def _(event: HmcStarted, fleet: Fleet) -> Fleet:
    """It comes back with a fresh inventory."""
    return _with(fleet, replace(_hmc(fleet, event.hmc), is_up=True, booted=fleet.now, unseen=frozenset()))


@change.register
def _(event: InventoryAged, fleet: Fleet) -> Fleet:
    hmc = _hmc(fleet, event.hmc)
    return _with(fleet, replace(hmc, unseen=hmc.unseen | {(event.system, event.partition)}))


@change.register
def _(event: InventoryRead, fleet: Fleet) -> Fleet:
    return _with(fleet, replace(_hmc(fleet, event.hmc), unseen=frozenset()))


def _hmc(fleet: Fleet, name: str) -> Hmc:
    if name not in fleet.hmcs:
        raise ValueError(f"there is no HMC {name}")
    return fleet.hmcs[name]


def _with(fleet: Fleet, hmc: Hmc) -> Fleet:
    return replace(fleet, hmcs={**fleet.hmcs, hmc.name: hmc})
