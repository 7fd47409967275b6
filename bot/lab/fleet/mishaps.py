"""What can go wrong in a fleet, by name: the events that bring it about, and those that put it right.

Both are derived from the fleet as it is, so that a mishap can be ended by whoever finds it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TypedDict

from bot.lab.fleet.ethernet import Sea, VirtualEthernet
from bot.lab.fleet.events import (
    AdapterChanged,
    ClockSkewed,
    ControlChannelCut,
    DiskChanged,
    ErrorLogWrapped,
    Event,
    LinkChanged,
    PartitionStarted,
    PartitionStopped,
    RmcChanged,
    Scheduled,
    SeaChanged,
    SharingLost,
    UpkeepChanged,
    ZoningChanged,
)
from bot.lab.fleet.model import Fleet, ManagedSystem, Partition

FLAPS = 4
FLAP_SECONDS = 15.0
SKEW = 7 * 3600.0
SHORT = 500  # packets


class Where(TypedDict):
    system: str
    partition: str


@dataclass(frozen=True)
class Place:
    """Where it goes wrong. Raises ValueError, when asked, for what isn't there."""

    fleet: Fleet
    system_name: str
    name: str

    @property
    def system(self) -> ManagedSystem:
        if self.system_name not in self.fleet.systems:
            raise ValueError(f"there is no managed system {self.system_name}")
        return self.fleet.systems[self.system_name]

    @property
    def partition(self) -> Partition:
        found = self.system.partition(self.name)
        if found is None:
            raise ValueError(f"there is no partition {self.name} on {self.system_name}")
        return found

    @property
    def sea(self) -> Sea:
        if not self.partition.io.seas:
            raise ValueError(f"{self.name} has no Shared Ethernet Adapter")
        return self.partition.io.seas[0]

    @property
    def mate(self) -> Place:
        """The other VIOS that bridges the same networks."""
        mine = {(each.vswitch, vlan) for each in self.trunks for vlan in each.vlans}
        for other in self.system.partitions:
            place = Place(self.fleet, self.system_name, other.name)
            if other.name != self.name and other.io.seas:
                theirs = {(each.vswitch, vlan) for each in place.trunks for vlan in each.vlans}
                if mine & theirs:
                    return place
        raise ValueError(f"{self.name} has no mate")

    @property
    def trunks(self) -> tuple[VirtualEthernet, ...]:
        return tuple(each for each in self.partition.ethernet if each.name in self.sea.trunks)

    @property
    def control(self) -> VirtualEthernet:
        found = self.partition.adapter(self.sea.control_channel or "")
        if found is None:
            raise ValueError(f"{self.sea.name} of {self.name} has no control channel")
        return found

    @property
    def where(self) -> Where:
        return {"system": self.system_name, "partition": self.name}


Brings = Callable[[Place], Iterable[Event]]


@dataclass(frozen=True, kw_only=True)
class Mishap:
    """`ends` is empty where nothing is left to be put right."""

    sentence: str
    begins: Brings
    ends: Brings = lambda place: ()


def begun_by(name: str, fleet: Fleet, system: str, partition: str) -> list[Event]:
    """KeyError for a name that isn't one, ValueError where it can't befall that partition."""
    return list(MISHAPS[name].begins(Place(fleet, system, partition)))


def ended_by(name: str, fleet: Fleet, system: str, partition: str) -> list[Event]:
    return list(MISHAPS[name].ends(Place(fleet, system, partition)))


def _link(place: Place, *, up: bool) -> Event:
    return LinkChanged(**place.where, port=place.sea.real_adapter, up=up)


def _links(place: Place, *, up: bool) -> list[Event]:
    return [_link(place, up=up), _link(place.mate, up=up)]


def _channel(place: Place, *, cut: bool) -> list[Event]:
    control = place.control
    return [ControlChannelCut(system=place.system_name, vswitch=control.vswitch, vlan=control.pvid, cut=cut)]


def _flapping(place: Place) -> list[Event]:
    """Down now, then up and down until it is up for good."""
    later = (
        Scheduled(seconds=FLAP_SECONDS * number, event=_link(place, up=bool(number % 2)))
        for number in range(1, 2 * FLAPS)
    )
    return [_link(place, up=False), *later]


def _priorities(place: Place, priority: int) -> list[Event]:
    return [AdapterChanged(**place.where, adapter=each.name, trunk_priority=priority) for each in place.trunks]


def _best(place: Place) -> int:
    return min(each.trunk_priority or 0 for each in place.trunks)


def _lost_vlan(place: Place) -> list[Event]:
    tagged = [each for each in place.trunks if each.tagged]
    if not tagged:
        raise ValueError(f"the trunks of {place.name} carry no tagged VLAN")
    return [AdapterChanged(**place.where, adapter=tagged[-1].name, tagged=tagged[-1].tagged[:-1])]


def _mates_vlans(place: Place) -> list[Event]:
    theirs = {(each.vswitch, each.pvid): each.tagged for each in place.mate.trunks}
    return [
        AdapterChanged(**place.where, adapter=each.name, tagged=theirs[each.vswitch, each.pvid])
        for each in place.trunks
        if theirs.get((each.vswitch, each.pvid), each.tagged) != each.tagged
    ]


def _zones(place: Place, targets: frozenset[str]) -> list[Event]:
    return [ZoningChanged(**place.where, port=each.name, targets=targets) for each in place.partition.io.fc_ports]


def _mates_zones(place: Place) -> list[Event]:
    theirs = {each.name: each.targets for each in place.mate.partition.io.fc_ports}
    return [
        ZoningChanged(**place.where, port=each.name, targets=theirs[each.name])
        for each in place.partition.io.fc_ports
        if each.name in theirs
    ]


def _reserves(place: Place, *, held: bool) -> list[Event]:
    disks = [each for each in place.partition.io.disks if each.group is None]
    return [DiskChanged(**place.where, disk=each.name, reserved=held) for each in disks]


def _asks_again(place: Place) -> list[Event]:
    """What an administrator does: `chdev` on the backup, with the mode that it has."""
    sides = (place, place.mate)
    backup = next((each for each in sides if each.sea.status and each.sea.status.state.role == "backup"), place.mate)
    return [SeaChanged(**backup.where, sea=backup.sea.name, ha_mode=backup.sea.ha_mode)]


def _short(place: Place) -> Event:
    upkeep, lost = place.partition.io.upkeep, (place.sea.real_adapter, place.fleet.now, SHORT)
    return UpkeepChanged(**place.where, upkeep=replace(upkeep, short=(*upkeep.short, lost)))


def _licence(place: Place, *, accepted: bool) -> Event:
    return UpkeepChanged(**place.where, upkeep=replace(place.partition.io.upkeep, licensed=accepted))


MISHAPS: Mapping[str, Mishap] = {
    "vios-crash": Mishap(
        sentence="the VIOS crashes, and is started again",
        begins=lambda place: [PartitionStopped(**place.where)],
        ends=lambda place: [PartitionStarted(**place.where)],
    ),
    "cable-pull": Mishap(
        sentence="the cable of its SEA's port is pulled",
        begins=lambda place: [_link(place, up=False)],
        ends=lambda place: [_link(place, up=True)],
    ),
    "both-primary": Mishap(
        sentence="the control channel is cut, and both SEAs bridge everything",
        begins=lambda place: _channel(place, cut=True),
        ends=lambda place: _channel(place, cut=False),
    ),
    "neither-primary": Mishap(
        sentence="neither SEA reaches the physical network, and nothing is bridged",
        begins=lambda place: _links(place, up=False),
        ends=lambda place: _links(place, up=True),
    ),
    "sharing-lost": Mishap(
        sentence="load sharing falls back to failover until the backup asks for it again",
        begins=lambda place: [SharingLost(**place.where, sea=place.sea.name)],
        ends=_asks_again,
    ),
    "flapping": Mishap(
        sentence=f"the link goes up and down {FLAPS} times",
        begins=_flapping,
        ends=lambda place: [_link(place, up=True)],
    ),
    "equal-priority": Mishap(
        sentence="its trunks get the trunk priority of the mate's",
        begins=lambda place: _priorities(place, _best(place.mate)),
        ends=lambda place: _priorities(place, _best(place.mate) + 1),
    ),
    "vlan-mismatch": Mishap(
        sentence="one of its trunks carries a VLAN less than the mate's",
        begins=_lost_vlan,
        ends=_mates_vlans,
    ),
    "buffers-short": Mishap(
        sentence=f"the port of its SEA loses {SHORT} packets for want of buffers, as under much traffic",
        begins=lambda place: [_short(place)],
    ),
    "clock-skew": Mishap(
        sentence="its clock is seven hours ahead",
        begins=lambda place: [ClockSkewed(**place.where, seconds=SKEW)],
        ends=lambda place: [ClockSkewed(**place.where, seconds=0.0)],
    ),
    "error-log-wrapped": Mishap(
        sentence="its error log has wrapped: what stood there is gone",
        begins=lambda place: [ErrorLogWrapped(**place.where)],
    ),
    "zoning-broken": Mishap(
        sentence="its Fibre Channel ports are zoned to no storage port",
        begins=lambda place: _zones(place, frozenset()),
        ends=_mates_zones,
    ),
    "disk-reserved": Mishap(
        sentence="somebody else holds a SCSI reserve on each of its clients' disks",
        begins=lambda place: _reserves(place, held=True),
        ends=lambda place: _reserves(place, held=False),
    ),
    "rmc-down": Mishap(
        sentence="its RMC connection is lost",
        begins=lambda place: [RmcChanged(**place.where, rmc_state="inactive")],
        ends=lambda place: [RmcChanged(**place.where, rmc_state="active")],
    ),
    "licence-open": Mishap(
        sentence="its licence isn't accepted, as on a VIOS that is new",
        begins=lambda place: [_licence(place, accepted=False)],
        ends=lambda place: [_licence(place, accepted=True)],
    ),
}
