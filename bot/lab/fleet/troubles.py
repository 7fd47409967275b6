"""Everything that can be made to go wrong, by name, for all ways in: what it does, what it befalls, how it is healed.

What befalls partitions' networks and storage is in mishaps; here it is joined by what befalls frames, HMCs and systems.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.lab.fleet import mishaps
from bot.lab.fleet.aix.tunables import catalogue, value
from bot.lab.fleet.events import (
    Event,
    HmcStarted,
    HmcStopped,
    InventoryAged,
    InventoryRead,
    MemoryFailed,
    ResourcesChanged,
    Scheduled,
    Tuned,
)
from bot.lab.fleet.mishaps import Place
from bot.lab.fleet.model import Env, Fleet
from bot.lab.fleet.operating import Setting

REBOOT_SECONDS = 180.0
STALE_SECONDS = 60.0
LEFT_MEM = 1024  # MB that are free after memory failed
_FLAPPING = mishaps.FLAP_SECONDS * (2 * mishaps.FLAPS - 1)
_TUNED = ("no", "tcp_nodelayack")


class Kind(StrEnum):
    """What it befalls."""

    VIOS = "VIOS"
    CLIENT = "partition"
    HOST = "VIOS or partition"
    FRAME = "managed system"
    HMC = "HMC"


class Group(StrEnum):
    NETWORK = "Networks and SEAs"
    STORAGE = "Storage"
    HOST = "Hosts"
    CONSOLE = "Frames and HMCs"


Brings = Callable[[Fleet, str, str], Iterable[Event]]  # of a frame and the name of what it befalls


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """`sentence` says what it does, `heals` how it is put right; `lasts`: seconds after which it is over by itself."""

    sentence: str
    heals: str
    group: Group
    kind: Kind
    begins: Brings
    ends: Brings
    lasts: float = math.inf


@dataclass(frozen=True, kw_only=True)
class Target:
    """`system` is empty for an HMC, and the name itself for a frame."""

    system: str
    name: str


def begun_by(name: str, fleet: Fleet, target: str) -> list[Event]:
    """KeyError for a trouble that isn't one, ValueError where it can't befall the target."""
    trouble = TROUBLES[name]
    found = found_by(fleet, trouble.kind, target)
    return list(trouble.begins(fleet, found.system, found.name))


def ended_by(name: str, fleet: Fleet, target: str) -> list[Event]:
    trouble = TROUBLES[name]
    found = found_by(fleet, trouble.kind, target)
    return list(trouble.ends(fleet, found.system, found.name))


def found_by(fleet: Fleet, kind: Kind, text: str) -> Target:
    """An HMC or a frame by its name, a partition by its name or, where several have it, FRAME/NAME."""
    names = targets(fleet, kind)
    system, slash, name = text.rpartition("/")
    found = [each for each in names if each.name == name and (not slash or each.system == system)]
    if not found:
        raise ValueError(f"there is no {kind} {text}")
    if len(found) > 1:
        where = ", ".join(each.system for each in found)
        raise ValueError(f"{text} is on {where}: say which, as in {found[0].system}/{text}")
    return found[0]


def targets(fleet: Fleet, kind: Kind) -> list[Target]:
    """Everything in the fleet that is of that kind."""
    if kind is Kind.HMC:
        return [Target(system="", name=name) for name in fleet.hmcs]
    if kind is Kind.FRAME:
        return [Target(system=name, name=name) for name in fleet.systems]
    wanted = {Kind.VIOS: {Env.VIOS}, Kind.CLIENT: {Env.AIX_LINUX}}.get(kind, {Env.VIOS, Env.AIX_LINUX})
    return [
        Target(system=system.name, name=each.name)
        for system in fleet.systems.values()
        for each in system.partitions
        if each.env in wanted
    ]


def _mishap(name: str, group: Group, kind: Kind, heals: str, *, lasts: float = math.inf) -> Trouble:
    mishap = mishaps.MISHAPS[name]
    return Trouble(
        sentence=mishap.sentence,
        heals=heals,
        group=group,
        kind=kind,
        begins=lambda fleet, system, partition: mishap.begins(Place(fleet, system, partition)),
        ends=lambda fleet, system, partition: mishap.ends(Place(fleet, system, partition)),
        lasts=lasts,
    )


def _short(fleet: Fleet, system: str, _: str) -> list[Event]:
    free = fleet.mem_free(system) - LEFT_MEM
    if free <= 0:
        raise ValueError(f"{system} has no more than {LEFT_MEM} MB free")
    return [MemoryFailed(system=system, mem=fleet.systems[system].deconfigured_mem + free)]


def _tuned(fleet: Fleet, system: str, partition: str, *, changed: bool) -> list[Event]:
    """It holds for now alone, so that it differs from what the next start will bring."""
    command, name = _TUNED
    now = value(Place(fleet, system, partition).partition, catalogue()[command][name], fleet.now)
    current = ("1" if now.reboot == "0" else "0") if changed else now.reboot
    setting = Setting(command=command, name=name, current=current, reboot=now.reboot)
    return [Tuned(system=system, partition=partition, settings=(setting,))]


def _halved(fleet: Fleet, system: str, partition: str) -> list[Event]:
    found = Place(fleet, system, partition).partition
    return [ResourcesChanged(system=system, partition=partition, mem=max(found.limits.min_mem, found.mem // 2))]


def _as_profiled(fleet: Fleet, system: str, partition: str) -> list[Event]:
    found = Place(fleet, system, partition).partition
    profile = found.profile_named(found.profile)
    return [ResourcesChanged(system=system, partition=partition, mem=profile.mem if profile else found.mem)]


def _rebooting(fleet: Fleet, _: str, hmc: str) -> list[Event]:
    return [HmcStopped(hmc=hmc), Scheduled(seconds=REBOOT_SECONDS, event=HmcStarted(hmc=hmc))]


def _stale(fleet: Fleet, system: str, partition: str) -> Iterable[Event]:
    for hmc in fleet.hmcs.values():
        if system in hmc.systems:
            yield InventoryAged(hmc=hmc.name, system=system, partition=partition)
            yield Scheduled(seconds=STALE_SECONDS, event=InventoryRead(hmc=hmc.name))


def _read(fleet: Fleet, system: str, partition: str) -> Iterable[Event]:
    return [InventoryRead(hmc=hmc.name) for hmc in fleet.hmcs.values() if system in hmc.systems]


TROUBLES: Mapping[str, Trouble] = {
    "cable-pull": _mishap("cable-pull", Group.NETWORK, Kind.VIOS, "the cable is plugged in again"),
    "both-primary": _mishap("both-primary", Group.NETWORK, Kind.VIOS, "the control channel works again"),
    "neither-primary": _mishap("neither-primary", Group.NETWORK, Kind.VIOS, "both cables are plugged in again"),
    "sharing-lost": _mishap("sharing-lost", Group.NETWORK, Kind.VIOS, "chdev ha_mode=sharing on the backup"),
    "flapping": _mishap("flapping", Group.NETWORK, Kind.VIOS, "the link is up and stays so", lasts=_FLAPPING),
    "equal-priority": _mishap("equal-priority", Group.NETWORK, Kind.VIOS, "its trunks get a priority of their own"),
    "vlan-mismatch": _mishap("vlan-mismatch", Group.NETWORK, Kind.VIOS, "its trunks get the mate's VLANs"),
    "buffers-short": _mishap("buffers-short", Group.NETWORK, Kind.VIOS, "`entstat -reset` counts anew", lasts=0),
    "zoning-broken": _mishap("zoning-broken", Group.STORAGE, Kind.VIOS, "the ports are zoned as the mate's are"),
    "disk-reserved": _mishap("disk-reserved", Group.STORAGE, Kind.VIOS, "the reserves are given back"),
    "licence-open": _mishap("licence-open", Group.HOST, Kind.VIOS, "license -accept"),
    "vios-crash": _mishap("vios-crash", Group.HOST, Kind.VIOS, "it is started again"),
    "rmc-down": _mishap("rmc-down", Group.HOST, Kind.HOST, "RMC is restarted"),
    "clock-skew": _mishap("clock-skew", Group.HOST, Kind.HOST, "its clock is set right"),
    "error-log-wrapped": _mishap("error-log-wrapped", Group.HOST, Kind.HOST, "nothing brings it back", lasts=0),
    "tunable-changed": Trouble(
        sentence=f"somebody sets {_TUNED[1]} by hand: it differs from what the next start will bring",
        heals="it gets the value of the next start",
        group=Group.HOST,
        kind=Kind.CLIENT,
        begins=lambda fleet, system, name: _tuned(fleet, system, name, changed=True),
        ends=lambda fleet, system, name: _tuned(fleet, system, name, changed=False),
    ),
    "profile-differs": Trouble(
        sentence="half of its memory is taken away while it runs: its profile says otherwise",
        heals="it gets the memory of its profile",
        group=Group.HOST,
        kind=Kind.CLIENT,
        begins=_halved,
        ends=_as_profiled,
    ),
    "memory-short": Trouble(
        sentence=f"memory fails, and {LEFT_MEM} MB are left for partitions that would come",
        heals="the memory is replaced",
        group=Group.CONSOLE,
        kind=Kind.FRAME,
        begins=_short,
        ends=lambda fleet, system, _: [MemoryFailed(system=system, mem=0)],
    ),
    "hmc-rebooting": Trouble(
        sentence=f"it restarts: nobody gets in for {REBOOT_SECONDS:g} s",
        heals="it is up again",
        group=Group.CONSOLE,
        kind=Kind.HMC,
        begins=_rebooting,
        lasts=REBOOT_SECONDS,
        ends=lambda fleet, _, hmc: [HmcStarted(hmc=hmc)],
    ),
    "hmc-down": Trouble(
        sentence="it is off: nobody gets in until it is healed",
        heals="it is switched on",
        group=Group.CONSOLE,
        kind=Kind.HMC,
        begins=lambda fleet, _, hmc: [HmcStopped(hmc=hmc)],
        ends=lambda fleet, _, hmc: [HmcStarted(hmc=hmc)],
    ),
    "inventory-stale": Trouble(
        sentence=f"its HMCs don't know of it for {STALE_SECONDS:g} s, though it is there",
        heals="the HMCs read their inventory anew",
        group=Group.CONSOLE,
        kind=Kind.HOST,
        begins=_stale,
        lasts=STALE_SECONDS,
        ends=_read,
    ),
}
