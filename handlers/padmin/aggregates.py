"""Link aggregations of a VIOS: several ports as one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal, TypeAlias

from pydantic import Field, StringConstraints

from handlers import frames
from handlers.changing import Change, Guard
from handlers.heard import Reads
from handlers.names import EthernetName
from handlers.padmin import attributes
from handlers.padmin.devices import Device, devices
from handlers.padmin.interfaces import INTERFACES, Interface, interfaces
from handlers.padmin.mappings import bridged
from handlers.place import Place
from handlers.within import answered
from policies.words import Effect, Frozen

Ports: TypeAlias = Annotated[
    str, StringConstraints(min_length=4, max_length=80, pattern=r"^ent\d{1,4}(?:,ent\d{1,4}){0,7}$")
]
_AGGREGATION = "EtherChannel"  # in the description of one, and of no port
_NO_PORTS = ("Virtual I/O Ethernet", "Shared Ethernet Adapter", _AGGREGATION)


class Members(Frozen):
    ports: tuple[str, ...]
    backup: str = ""

    def __str__(self) -> str:
        return f"{', '.join(self.ports) or 'no port'}{f', {self.backup} as backup' if self.backup else ''}"


class Links(Frozen):
    """The Ethernet adapters of a VIOS, and what stands on which. `clients`: partitions on its SEAs' networks."""

    devices: tuple[Device, ...]
    aggregations: Mapping[str, Members]
    seas: Mapping[str, str]  # by what they stand on
    addressed: tuple[Interface, ...]
    clients: tuple[str, ...]

    def use(self, port: str) -> str:
        """Why it isn't free, or empty."""
        found = next((each for each in self.devices if each.name == port), None)
        if found is None:
            return f"there is no {port}"
        if any(each in found.description for each in _NO_PORTS):
            return f"{port} is no port: {found.description}"
        for name, members in self.aggregations.items():
            if port in (*members.ports, members.backup):
                return f"{port} is part of {name}"
        if port in self.seas:
            return f"{port} carries the SEA {self.seas[port]}"
        own = next((each for each in self.addressed if each.adapter == port), None)
        return f"{own.name} on {port} has the address {own.address}" if own is not None else ""

    def free(self, port: str) -> Guard:
        why = self.use(port)
        return Guard(name=f"{port} is a port that nothing uses", holds=not why, seen=why or "free")


def links(place: Place) -> Reads[Links]:
    """Or Unread."""
    found = yield from answered(place, ("lsdev", "-type", "adapter"), devices)
    nets = yield from answered(place, ("lsmap", "-all", "-net"), bridged)
    addressed = yield from answered(place, INTERFACES, interfaces)
    joined = {}
    for each in found:
        if each.name.startswith("ent") and _AGGREGATION in each.description:
            joined[each.name] = yield from _members(place, each.name)
    listed = yield from frames.lpars(place.hmc, place.system)
    frame = yield from frames.frame(place.hmc, place.system, listed)
    return Links(
        devices=tuple(each for each in found if each.name.startswith("ent")),
        aggregations=joined,
        seas={each.backing: each.sea for each in nets if each.backing is not None and each.sea is not None},
        addressed=tuple(each for each in addressed if each.address),
        clients=frame.clients(frame.networks(place.name)),
    )


def _members(place: Place, name: str) -> Reads[Members]:
    words = ("lsdev", "-dev", name, "-attr")
    ports = yield from answered(place, (*words, "adapter_names"), attributes.value)
    backup = yield from answered(place, (*words, "backup_adapter"), attributes.value)
    return Members(ports=tuple(filter(None, ports.split(","))), backup=backup if backup.upper() != "NONE" else "")


class Aggregate(Change[Links]):
    """Make one adapter of several ports that nothing uses."""

    verb: ClassVar[str] = "aggregate"
    effect: ClassVar[Effect] = Effect.CHANGES
    example: ClassVar[str] = "aggregate p75vio1 ent5,ent6"

    ports: Ports = Field(
        description="the ports, with commas between", json_schema_extra={"place": 1, "example": "ent5", "other": "ent6"}
    )
    backup: EthernetName | None = Field(
        default=None,
        description="a port that takes over when all others are gone",
        json_schema_extra={"example": "ent6"},
    )
    mode: Literal["standard", "round_robin", "8023ad"] = Field(
        default="standard", description="how they share the load"
    )

    @classmethod
    def clashes(cls, given: Mapping[str, object]) -> list[str]:
        ports = [*str(given.get("ports")).split(","), given.get("backup")]
        return [f"{each} is named twice" for each in dict.fromkeys(ports) if ports.count(each) > 1]

    @property
    def members(self) -> Members:
        return Members(ports=tuple(self.ports.split(",")), backup=self.backup or "")

    def look_at(self, place: Place) -> Reads[Links]:
        return (yield from links(place))

    def guards(self, before: Links) -> tuple[Guard, ...]:
        if self._made(before):
            return ()
        return tuple(before.free(each) for each in (*self.members.ports, *filter(None, [self.backup])))

    def doing(self, before: Links) -> tuple[tuple[str, ...], ...]:
        if self._made(before):
            return ()
        pairs = [f"backup_adapter={self.backup}"] if self.backup else []
        pairs += [f"mode={self.mode}"] if self.mode != "standard" else []
        return (("mkvdev", "-lnagg", self.ports, *(("-attr", *pairs) if pairs else ())),)

    def left(self, after: Links) -> list[str]:
        return [] if self._made(after) else [f"no aggregation has {self.members}"]

    def moves(self, before: Links) -> str:
        return f"{self.members} become one adapter"

    def done(self, before: Links, after: Links) -> str:
        return f"{self._made(after)} is made of {self.members}"

    def _made(self, found: Links) -> str:
        """The aggregation that has just these ports, or empty."""
        return next((name for name, each in found.aggregations.items() if each == self.members), "")


class ChangeAggregation(Change[Links]):
    """Add a port to a link aggregation, take one out, or both: added first. The last port is never taken out."""

    verb: ClassVar[str] = "change-aggregation"
    effect: ClassVar[Effect] = Effect.DISRUPTS  # what is taken out carries no more
    example: ClassVar[str] = "change-aggregation p75vio1 ent7 add=ent6"

    device: EthernetName = Field(
        description="the aggregation", json_schema_extra={"place": 1, "example": "ent7", "other": "ent9"}
    )
    add: EthernetName | None = Field(
        default=None, description="a port to add", json_schema_extra={"example": "ent6", "least": True, "other": "ent9"}
    )
    remove: EthernetName | None = Field(
        default=None, description="a port to take out", json_schema_extra={"example": "ent5"}
    )
    as_backup: bool = Field(default=False, description="the port that is added takes over when all others are gone")

    @classmethod
    def clashes(cls, given: Mapping[str, object]) -> list[str]:
        add, remove = given.get("add"), given.get("remove")
        if add is None and remove is None:
            return ["neither add= nor remove= says what to change"]
        return ["the same port can't be added and taken out"] if add == remove else []

    def look_at(self, place: Place) -> Reads[Links]:
        return (yield from links(place))

    def guards(self, before: Links) -> tuple[Guard, ...]:
        members = before.aggregations.get(self.device)
        there = Guard(name=f"{self.device} is a link aggregation", holds=members is not None,
                      seen=str(members) if members is not None else "it isn't")  # fmt: skip
        if members is None:
            return (there,)
        found = [there]
        if self.add is not None and self.add not in (*members.ports, members.backup):
            found.append(before.free(self.add))
        if self.remove is not None:
            kept = [each for each in (*members.ports, *([self.add] if self.add and not self.as_backup else []))
                    if each != self.remove]  # fmt: skip
            seen = ", ".join(kept) or "none would be left"
            found.append(Guard(name=f"{self.device} keeps a port", holds=bool(kept), seen=seen))
        return tuple(found)

    def doing(self, before: Links) -> tuple[tuple[str, ...], ...]:
        members = before.aggregations[self.device]
        there = (*members.ports, members.backup)
        backup = ("-backup",) if self.as_backup else ()
        add = [("cfglnagg", "-add", *backup, self.device, self.add)] if self.add and self.add not in there else []
        out = [("cfglnagg", "-rm", self.device, self.remove)] if self.remove and self.remove in there else []
        return (*add, *out)

    @property
    def _still(self) -> str:
        return f"{self.device} still has {self.remove}"

    def left(self, after: Links) -> list[str]:
        members = after.aggregations.get(self.device, Members(ports=()))
        told = []
        if self.add is not None:
            there = members.backup == self.add if self.as_backup else self.add in members.ports
            told += [] if there else [f"{self.device} lacks {self.add}; it has {members}"]
        if self.remove in (*members.ports, members.backup):
            told.append(self._still)
        return told

    def moves(self, before: Links) -> str:
        told = [f"gets {self.add}{' as backup' if self.as_backup else ''}"] if self.add else []
        told += [f"loses {self.remove}"] if self.remove else []
        return f"{self.device} {' and '.join(told)}; it has {before.aggregations.get(self.device)}"

    def affected(self, before: Links) -> tuple[str, ...]:
        return before.clients if self.device in before.seas else ()

    def undo(self, before: Links) -> ChangeAggregation | None:
        """Only what comes goes again, and only what goes comes again, to the place that it had."""
        members = before.aggregations.get(self.device, Members(ports=()))
        there = (*members.ports, members.backup)
        came = self.add if self.add not in there else None
        went = self.remove if self.remove in there else None
        return self.but(add=went, remove=came, as_backup=went is not None and went == members.backup)


OPERATIONS = (Aggregate, ChangeAggregation)
