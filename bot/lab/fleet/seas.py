"""How Shared Ethernet Adapters agree on who bridges what. Pure: a frame in, the frame that its SEAs come to out.

The rules are those of the load-sharing techdoc and of its timeline. What no source tells is marked unverified.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.lab.fleet.errorlog import BECOME_BACKUP, BECOME_PRIMARY
from bot.lab.fleet.ethernet import HaMode, Sea, SeaState, SeaStatus, VirtualEthernet
from bot.lab.fleet.frame import ManagedSystem
from bot.lab.fleet.partition import Partition

_SHARES = (2, 2, 1, 0)  # the first level that shares
_DISCOVERS = (2, 2, 3, 0)  # the first that finds its mate without a control channel


@dataclass(frozen=True)
class Side:
    """One SEA of a running VIOS."""

    vios: Partition
    sea: Sea

    @property
    def key(self) -> tuple[str, str]:
        return self.vios.name, self.sea.name

    @property
    def version(self) -> tuple[int, ...]:
        return self.vios.io.version

    @property
    def status(self) -> SeaStatus:
        return self.sea.status or SeaStatus()

    @property
    def trunks(self) -> tuple[VirtualEthernet, ...]:
        return tuple(each for name in self.sea.trunks if (each := self.vios.adapter(name)) is not None)

    @property
    def priority(self) -> int:
        """The SEA's: that of its best trunk."""
        return min((each.trunk_priority or 0 for each in self.trunks), default=0)

    @property
    def channel(self) -> tuple[str, int] | None:
        control = self.vios.adapter(self.sea.control_channel) if self.sea.control_channel else None
        return None if control is None else (control.vswitch, control.pvid)

    @property
    def networks(self) -> frozenset[tuple[str, int]]:
        return frozenset((each.vswitch, vlan) for each in self.trunks for vlan in each.vlans)

    @property
    def has_link(self) -> bool:
        port = self.vios.io.port(self.sea.real_adapter)
        return port is not None and port.link_up

    @property
    def may_lead(self) -> bool:
        # Standby forces a failover; that it stays the backup with nobody to take over is unverified.
        return self.has_link and self.sea.ha_mode is not HaMode.STANDBY


@dataclass(frozen=True)
class Outcome:
    """What a SEA comes to, and whether its mate tells it that the physical network is out of the mate's reach."""

    state: SeaState
    share: tuple[str, ...] = ()
    mate_in_limbo: bool = False


States = dict[tuple[str, str], Outcome]


def sides(system: ManagedSystem) -> list[Side]:
    """Every SEA of the frame whose VIOS runs."""
    return [Side(vios, sea) for vios in system.partitions if vios.is_up for sea in vios.io.seas]


def mate(side: Side, others: list[Side]) -> Side | None:
    """The SEA of another VIOS that bridges some of the same networks."""
    for each in others:
        modes = {each.sea.ha_mode, side.sea.ha_mode}
        if each.vios.name != side.vios.name and each.networks & side.networks and HaMode.DISABLED not in modes:
            return each
    return None


def negotiated(system: ManagedSystem, now: float) -> ManagedSystem:
    """The frame once its SEAs have agreed, with what they counted and logged on the way."""
    up = sides(system)
    states = _states(up, system.cut_channels)
    partitions = tuple(_come_to(each, states, now) if each.vios else each for each in system.partitions)
    return system if partitions == system.partitions else replace(system, partitions=partitions)


def _states(up: list[Side], cut: frozenset[tuple[str, int]]) -> States:
    states: States = {}
    for side in up:
        if side.key in states:
            continue
        other = mate(side, up)
        if other is not None and hear(side, other, cut):
            states.update(_pair(*_ranked(side, other)))
        else:
            states[side.key] = Outcome(_alone(side))
    return states


def hear(one: Side, other: Side, cut: frozenset[tuple[str, int]]) -> bool:
    """Whether their control channel works. Newer levels find each other without one."""
    if one.channel is None and other.channel is None:
        return min(one.version, other.version) >= _DISCOVERS
    return one.channel == other.channel and one.channel not in cut


def _alone(side: Side) -> SeaState:
    if side.sea.ha_mode is HaMode.DISABLED:
        return SeaState.ALONE
    if not side.has_link:
        return SeaState.LIMBO
    return SeaState.PRIMARY if side.may_lead else SeaState.BACKUP


def _ranked(one: Side, other: Side) -> tuple[Side, Side]:
    """Who leads, then who follows: able before unable, then by trunk priority, then whoever leads already."""
    ordered = sorted((one, other), key=lambda each: (not each.may_lead, each.priority, _leads_not(each)))
    return ordered[0], ordered[1]


def _leads_not(side: Side) -> bool:
    return side.status.state.role != "primary"


def _pair(leader: Side, follower: Side) -> States:
    if _share(leader, follower):
        mine, theirs = dealt(leader, follower)
        return {
            leader.key: Outcome(SeaState.PRIMARY_SH, mine),
            follower.key: Outcome(SeaState.BACKUP_SH, theirs),
        }
    first = _alone(leader)
    second = SeaState.BACKUP if follower.has_link else SeaState.LIMBO
    return {
        leader.key: Outcome(first, mate_in_limbo=second is SeaState.LIMBO),
        follower.key: Outcome(second, mate_in_limbo=first is SeaState.LIMBO),
    }


def _share(leader: Side, follower: Side) -> bool:
    """They go on sharing, or the follower asks for it; the leader grants it only where the criteria are met."""
    shared = leader.status.state is SeaState.PRIMARY_SH and follower.status.state is SeaState.BACKUP_SH
    asked = follower.status.asks or follower.status.state.role != "backup"
    return (shared or asked) and can_share(leader, follower)


def can_share(leader: Side, follower: Side) -> bool:
    """The techdoc's criteria: level and mode of both, two or more trunks, the same VLANs, one priority for each SEA."""
    both = (leader, follower)
    return (
        all(each.version >= _SHARES for each in both)
        and all(each.may_lead and each.sea.ha_mode is HaMode.SHARING for each in both)
        and all(len(each.trunks) >= 2 and len({one.trunk_priority for one in each.trunks}) == 1 for each in both)
        and leader.priority != follower.priority
        and _definitions(leader) == _definitions(follower)
    )


def _definitions(side: Side) -> frozenset[tuple[str, int, frozenset[int]]]:
    return frozenset((each.vswitch, each.pvid, frozenset(each.tagged)) for each in side.trunks)


def dealt(leader: Side, follower: Side) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The trunks of each: two halves in order; the follower proposes the one with more VLANs, or else the second.

    Both deals that the techdoc shows come out so; the rule behind them is unverified.
    """
    trunks = leader.trunks
    first, second = trunks[: (len(trunks) + 1) // 2], trunks[(len(trunks) + 1) // 2 :]
    taken, kept = (first, second) if _count(first) > _count(second) else (second, first)
    wanted = {(each.vswitch, each.pvid) for each in taken}
    theirs = tuple(each.name for each in follower.trunks if (each.vswitch, each.pvid) in wanted)
    return tuple(each.name for each in kept), theirs


def _count(trunks: tuple[VirtualEthernet, ...]) -> int:
    return sum(len(each.vlans) for each in trunks)


def _come_to(vios: Partition, states: States, now: float) -> Partition:
    for sea in vios.io.seas:
        outcome = states.get((vios.name, sea.name))
        vios = vios.with_sea(replace(sea, status=None)) if outcome is None else _becomes(vios, sea, outcome, now)
    return vios


def _becomes(vios: Partition, sea: Sea, outcome: Outcome, now: float) -> Partition:
    """A change of role is counted and logged, and nothing else is."""
    before, state = sea.status or SeaStatus(), outcome.state
    changes = state.role is not None and state.role != before.state.role
    leads, follows = changes and state.role == "primary", changes and state.role == "backup"
    status = SeaStatus(
        state=state,
        share=outcome.share,
        became_primary=before.became_primary + leads,
        became_backup=before.became_backup + follows,
        mate_in_limbo=outcome.mate_in_limbo,
        limbo_packets=before.limbo_packets + (outcome.mate_in_limbo and not before.mate_in_limbo),
        asks=False,
    )
    if changes:
        vios = vios.logs(BECOME_PRIMARY if leads else BECOME_BACKUP, sea.name, now)
    return vios.with_sea(replace(sea, status=status))
