"""What changes a network: adapters, links, control channels, and what an administrator sets on a SEA."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.lab.fleet.ethernet import HaMode, Sea, SeaState, SeaStatus, VirtualEthernet
from bot.lab.fleet.events.changing import change, frame_of, partition_of, with_partition, with_system
from bot.lab.fleet.happening import Event, OfPartition
from bot.lab.fleet.model import Fleet, Partition
from bot.lab.fleet.seas import mate, sides


@dataclass(frozen=True, kw_only=True)
class AdapterAdded(OfPartition):
    adapter: VirtualEthernet


@dataclass(frozen=True, kw_only=True)
class AdapterRemoved(OfPartition):
    adapter: str


@dataclass(frozen=True, kw_only=True)
class AdapterChanged(OfPartition):
    """Its tagged VLANs or its trunk priority; None leaves as it is."""

    adapter: str
    tagged: tuple[int, ...] | None = None
    trunk_priority: int | None = None


@dataclass(frozen=True, kw_only=True)
class LinkChanged(OfPartition):
    """A cable is pulled, or plugged in again; of a link aggregation, the cables of all its ports."""

    port: str
    up: bool


@dataclass(frozen=True, kw_only=True)
class ControlChannelCut(Event):
    """Nothing is heard over that control VLAN any more; or it is again."""

    system: str
    vswitch: str
    vlan: int
    cut: bool = True


@dataclass(frozen=True, kw_only=True)
class SeaChanged(OfPartition):
    """`chdev` on a SEA, which also makes a backup ask for load sharing.

    None leaves as it is; an empty control channel is none.
    """

    sea: str
    ha_mode: HaMode | None = None
    trunks: tuple[str, ...] | None = None
    real_adapter: str | None = None
    control_channel: str | None = None
    pvid_adapter: str | None = None
    pvid: int | None = None
    settings: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class SharingLost(OfPartition):
    """The heartbeats of load sharing failed for a while: both go on without it until the backup asks again."""

    sea: str


@change.register
def _(event: AdapterAdded, fleet: Fleet) -> Fleet:
    return with_partition(
        fleet, event.system, event.partition, lambda each: replace(each, ethernet=(*each.ethernet, event.adapter))
    )


@change.register
def _(event: AdapterRemoved, fleet: Fleet) -> Fleet:
    def without(partition: Partition) -> Partition:
        gone = _adapter(partition, event.adapter)
        return replace(partition, ethernet=tuple(each for each in partition.ethernet if each is not gone))

    return with_partition(fleet, event.system, event.partition, without)


@change.register
def _(event: AdapterChanged, fleet: Fleet) -> Fleet:
    def changed(partition: Partition) -> Partition:
        before = _adapter(partition, event.adapter)
        tagged = before.tagged if event.tagged is None else event.tagged
        priority = before.trunk_priority if event.trunk_priority is None else event.trunk_priority
        after = replace(before, tagged=tagged, trunk_priority=priority)
        return replace(partition, ethernet=tuple(after if each is before else each for each in partition.ethernet))

    return with_partition(fleet, event.system, event.partition, changed)


@change.register
def _(event: LinkChanged, fleet: Fleet) -> Fleet:
    def changed(vios: Partition) -> Partition:
        if vios.io.port(event.port) is None:
            raise ValueError(f"there is no port {event.port} on {vios.name}")
        aggregate = vios.io.aggregate(event.port)
        pulled = {event.port} if aggregate is None else {*aggregate.members}
        ports = tuple(replace(each, link_up=event.up) if each.name in pulled else each for each in vios.io.ports)
        return replace(vios, vios=replace(vios.io, ports=ports))

    return with_partition(fleet, event.system, event.partition, changed)


@change.register
def _(event: ControlChannelCut, fleet: Fleet) -> Fleet:
    system = frame_of(fleet, event.system)
    channel = frozenset({(event.vswitch, event.vlan)})
    cut = system.cut_channels | channel if event.cut else system.cut_channels - channel
    return with_system(fleet, replace(system, cut_channels=cut))


@change.register
def _(event: SeaChanged, fleet: Fleet) -> Fleet:
    def changed(sea: Sea) -> Sea:
        channel = sea.control_channel if event.control_channel is None else event.control_channel or None
        return replace(
            sea,
            ha_mode=event.ha_mode or sea.ha_mode,
            trunks=sea.trunks if event.trunks is None else event.trunks,
            real_adapter=sea.real_adapter if event.real_adapter is None else event.real_adapter,
            control_channel=channel,
            pvid_adapter=sea.pvid_adapter if event.pvid_adapter is None else event.pvid_adapter,
            pvid=sea.pvid if event.pvid is None else event.pvid,
            settings=tuple({**dict(sea.settings), **dict(event.settings)}.items()),
            status=replace(sea.status, asks=True) if sea.status else None,
        )

    return _with_sea(fleet, event.system, event.partition, event.sea, changed)


@change.register
def _(event: SharingLost, fleet: Fleet) -> Fleet:
    system = frame_of(fleet, event.system)
    up = sides(system)
    one = next((each for each in up if each.key == (event.partition, event.sea)), None)
    other = mate(one, up) if one else None
    if one is None or other is None or not one.status.state.shares:
        raise ValueError(f"{event.sea} of {event.partition} doesn't share")
    for side in (one, other):
        fleet = _with_sea(fleet, event.system, side.vios.name, side.sea.name, _alone_again)
    return fleet


def _alone_again(sea: Sea) -> Sea:
    status = sea.status or SeaStatus()
    state = SeaState.PRIMARY if status.state.role == "primary" else SeaState.BACKUP
    return replace(sea, status=replace(status, state=state, share=()))


def _with_sea(fleet: Fleet, system: str, vios: str, name: str, to: Callable[[Sea], Sea]) -> Fleet:
    sea = partition_of(frame_of(fleet, system), vios).io.sea(name)
    if sea is None:
        raise ValueError(f"there is no Shared Ethernet Adapter {name} on {vios}")
    return with_partition(fleet, system, vios, lambda each: each.with_sea(to(sea)))


def _adapter(partition: Partition, name: str) -> VirtualEthernet:
    found = partition.adapter(name)
    if found is None:
        raise ValueError(f"there is no adapter {name} in {partition.name}")
    return found
