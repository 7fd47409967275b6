"""The simulated pair at the moment of a look, taken from the model alone: nothing here reads entstat."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.lab.fleet.ethernet import HaMode, SeaState, VirtualEthernet
from bot.lab.fleet.model import Fleet, Partition
from bot.lab.fleet.seas import Side
from tests.bot.lab.fleet.pair import pair
from tests.handlers.sea.looks import PAIR
from tests.handlers.sea.misprints import Counter, Misprints, Wrong, shared

LEADING = (SeaState.PRIMARY, SeaState.PRIMARY_SH, SeaState.ALONE)


CHANNELS = {"ent3": ("ETHERNET0", 99), "ent5": ("ETHERNET0", 98), "ent6": ("ETHERNET1", 99)}


@dataclass(frozen=True)
class Seen:
    """One SEA at the moment of a look that could be read."""

    vios: str
    state: SeaState
    mode: HaMode
    priority: int
    priorities: frozenset[int]
    definitions: tuple[tuple[str, int, frozenset[int]], ...]
    vlans: frozenset[int]
    shared: tuple[int, ...]  # the VLANs that it says it bridges, while it shares
    bridged: tuple[str, ...]  # the trunks that it bridges
    channel: tuple[str, int] | None
    level: str
    has_link: bool
    turns: int
    limbo_packets: int
    boot: float | None
    wrong: frozenset[Wrong]
    counts: Mapping[Counter, int]

    @property
    def leads(self) -> bool:
        return self.state in LEADING

    @property
    def fails_over(self) -> bool:
        return self.state is not SeaState.ALONE


def seen(fleet: Fleet, vios: str, misprints: Misprints) -> Seen | None:
    partition = fleet.systems["p72"].partition(vios)
    if partition is None or not partition.is_up or partition.rmc_state != "active":
        return None
    (sea,) = partition.io.seas
    side, wrong = Side(partition, sea), frozenset(misprints.wrong)
    return Seen(
        vios=vios,
        state=side.status.state,
        mode=sea.ha_mode,
        priority=side.priority,
        priorities=frozenset(each.trunk_priority or 0 for each in side.trunks),
        definitions=tuple((each.vswitch, each.pvid, frozenset(each.tagged)) for each in side.trunks),
        vlans=frozenset(vlan for each in side.trunks for vlan in each.vlans),
        shared=tuple(shared(_shared(side), wrong)) if side.status.state.shares else (),
        bridged=sea.bridged,
        channel=side.channel,
        level=partition.os_version,
        has_link=side.has_link,
        turns=side.status.became_primary + side.status.became_backup,
        limbo_packets=side.status.limbo_packets,
        boot=partition.booted,
        wrong=wrong,
        counts=dict(misprints.counts),
    )


def _shared(side: Side) -> list[int]:
    return sorted(vlan for each in side.trunks if each.name in side.status.share for vlan in each.vlans)


def differ(fleet: Fleet) -> bool:
    """Whether the HMC lists other trunks for one than for the other."""
    system = fleet.systems["p72"]
    found = [system.partition(vios) for vios in PAIR.vioses]
    one, other = (
        {(each.vswitch, each.pvid, frozenset(each.tagged)) for each in partition.ethernet if each.is_trunk}
        for partition in found
        if partition is not None
    )
    return one != other


def fleet_at(level: str) -> Fleet:
    """Both VIOS at that level, each with an adapter for every control channel."""
    fleet = pair(HaMode.SHARING)
    frame = fleet.systems["p72"]
    vioses = (
        replace(each, os_version=f"VIOS {level}", vios=replace(each.io, level=level)) for each in frame.partitions
    )  # fmt: skip
    frame = replace(frame, partitions=tuple(map(with_channels, vioses)))
    return replace(fleet, systems={"p72": frame})


def with_channels(vios: Partition) -> Partition:
    more = tuple(
        VirtualEthernet(
            name=name, slot=slot, mac=f"7600000000{slot:02X}", pvid=CHANNELS[name][1], vswitch=CHANNELS[name][0]
        )
        for slot, name in ((5, "ent5"), (6, "ent6"))
    )
    return replace(vios, ethernet=(*vios.ethernet, *more))
