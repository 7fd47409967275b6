"""An attribute set: of one device, or of many disks, each by itself."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field, field_validator

from handlers import filtering
from handlers.aix.attributes import Attribute, attributes
from handlers.aix.devices import DEVICE_COLUMNS, Device, device_row, devices
from handlers.aix.hosts import HostChange
from handlers.changing import Guard, Lasts
from handlers.heard import Reads, heard_all, understood
from handlers.hmcout import Unreadable
from handlers.names import IDENTITY, AttributeName, AttributeValue, DeviceName, is_way_in
from handlers.operation import Batch
from handlers.place import Place
from handlers.table import Column, Kind, Table
from policies.words import Frozen

LATER = "yes: in the device database alone, for the next restart (-P)"
MOST = 200  # disks in one plan: more than that nobody reads through
_COLUMNS = (Column(name="device"), Column(name="before"), Column(name="after"), Column(name="is", kind=Kind.STATE))


class Held(Frozen):
    """A device, and the attribute of it that is wanted; None: it hasn't any of that name."""

    device: str
    attribute: Attribute | None

    @property
    def value(self) -> str | None:
        return self.attribute.value if self.attribute is not None else None


class Wanted(Frozen):
    """`later`: in the device database alone, for the next restart."""

    attribute: str
    value: str
    later: bool


class AttributeChange(HostChange[tuple[Held, ...]]):
    """One attribute of one or more devices, each with a command, a guard and a result of its own."""

    goes_on: ClassVar[bool] = True

    @classmethod
    def clashes(cls, given: Mapping[str, object]) -> list[str]:
        attribute = given.get("attribute")
        return [f"{attribute} isn't set by me: it says which disk it is"] if attribute in IDENTITY else []

    @property
    @abstractmethod
    def wanted(self) -> Wanted:
        """What each of them is to have."""

    def held(self, place: Place, names: tuple[str, ...]) -> Reads[tuple[Held, ...]]:
        asked = tuple(self.command_at(place, ("lsattr", "-El", name)) for name in names)
        if not asked:
            return ()
        results = heard_all((yield Batch(commands=asked)))
        told = [understood(each, f"lsattr of {name}", attributes) for each, name in zip(results, names, strict=True)]
        return tuple(
            Held(device=name, attribute=next((each for each in found if each.name == self.wanted.attribute), None))
            for name, found in zip(names, told, strict=True)
        )

    def guards(self, before: tuple[Held, ...]) -> tuple[Guard, ...]:
        return tuple(map(self._guard, before))

    def _guard(self, held: Held) -> Guard:
        found = held.attribute
        seen = "no such attribute" if found is None else f"{found.value or 'empty'}"
        name = f"{held.device} has {self.wanted.attribute}, and it may be set"
        if found is not None and not found.settable:
            seen += ", not settable"
        return Guard(name=name, holds=found is not None and found.settable, seen=seen)

    def doing(self, before: tuple[Held, ...]) -> tuple[tuple[str, ...], ...]:
        flag = ("-P",) if self.wanted.later else ()
        return tuple(
            ("chdev", "-l", each.device, "-a", f"{self.wanted.attribute}={self.wanted.value}", *flag)
            for each in before
            if each.value != self.wanted.value
        )

    def left(self, after: tuple[Held, ...]) -> list[str]:
        return [
            f"{self.wanted.attribute} of {each.device} is {each.value or 'empty'}"
            for each in after
            if each.value != self.wanted.value
        ]

    def missing(self, before: tuple[Held, ...], after: tuple[Held, ...]) -> list[str]:
        there = {each.device for each in after}
        return [
            *self.left(after),
            *(f"{each.device} isn't listed any more" for each in before if each.device not in there),
        ]

    def moves(self, before: tuple[Held, ...]) -> str:
        changing = [each for each in before if each.value != self.wanted.value]
        were = ", ".join(dict.fromkeys(each.value or "empty" for each in changing))
        what = changing[0].device if len(changing) == 1 else f"{len(changing)} disks"
        return f"{self.wanted.attribute} of {what} goes from {were} to {self.wanted.value}"

    def before_all(self, before: tuple[Held, ...]) -> str | None:
        """The value that all of them had, where an undo brings back just that."""
        were = {each.value for each in before}
        return were.pop() if len(were) == 1 else None

    def rows(self, before: tuple[Held, ...], after: tuple[Held, ...]) -> Table:
        now = {each.device: each.value for each in after}
        return Table(
            columns=_COLUMNS,
            rows=tuple(
                (each.device, each.value, now.get(each.device), self._became(each, now.get(each.device)))
                for each in before
            ),
        )

    def _became(self, was: Held, now: str | None) -> str:
        if now != self.wanted.value:
            return "not set"
        return "as it was" if was.value == now else "set"

    def lasts(self) -> Lasts:
        return Lasts.AT_NEXT_BOOT if self.wanted.later else Lasts.NOW_AND_ON


class SetDisks(AttributeChange):
    """Set one attribute of all disks of a host, or of those that a filter of `/aix disks` chooses."""

    verb: ClassVar[str] = "set-disks"
    example: ClassVar[str] = "set-disks web01 queue_depth 16 later=yes filter=description~MPIO"

    attribute: AttributeName = Field(
        description="the attribute, such as reserve_policy", json_schema_extra={"place": 1}
    )
    value: AttributeValue = Field(description="its new value", json_schema_extra={"place": 2})
    later: bool = Field(default=False, description=LATER)
    filter: str | None = Field(
        default=None,
        max_length=filtering.LONGEST,
        description="only disks of which this holds, by the fields of `/aix disks`, such as device=hdisk3",
        json_schema_extra={"example": "device~hdisk"},
    )

    @field_validator("filter")
    @classmethod
    def _filters(cls, typed: str | None) -> str | None:
        if typed is not None:
            filtering.terms(typed, DEVICE_COLUMNS)
        return typed

    @property
    def wanted(self) -> Wanted:
        return Wanted(attribute=self.attribute, value=self.value, later=self.later)

    def look_at(self, place: Place) -> Reads[tuple[Held, ...]]:
        chosen = yield from self.asked(place, ("lsdev", "-Cc", "disk"), self._chosen)
        return (yield from self.held(place, chosen))

    def _chosen(self, text: str) -> tuple[str, ...]:
        """Those that are in use or can be; what is only remembered (Defined) has nothing to be set."""
        usable: list[Device] = [each for each in devices(text) if each.status == "Available"]
        table = Table(columns=DEVICE_COLUMNS, rows=tuple(map(device_row, usable)))
        rows = filtering.arranged(table, filter=self.filter, fields=None, sort=None).rows
        if len(rows) > MOST:
            raise Unreadable(f"{len(rows)} disks are more than the {MOST} of one plan: choose some with filter=")
        return tuple(str(row[0]) for row in rows)

    def guards(self, before: tuple[Held, ...]) -> tuple[Guard, ...]:
        chosen = Guard(name="it chooses disks", holds=bool(before), seen=f"{len(before)} that are Available")
        return (chosen, *super().guards(before))

    def undo(self, before: tuple[Held, ...]) -> SetDisks | None:
        was = self.before_all(before)
        return self.but(value=was) if was else None


class SetAttribute(AttributeChange):
    """Set one attribute of one device, such as fc_err_recov of fscsi0."""

    verb: ClassVar[str] = "set-attribute"
    example: ClassVar[str] = "set-attribute web01 fscsi0 fc_err_recov fast_fail later=yes"

    device: DeviceName = Field(description="the device", json_schema_extra={"place": 1})
    attribute: AttributeName = Field(description="the attribute", json_schema_extra={"place": 2})
    value: AttributeValue = Field(description="its new value", json_schema_extra={"place": 3})
    later: bool = Field(default=False, description=LATER)

    @classmethod
    def clashes(cls, given: Mapping[str, object]) -> list[str]:
        device = str(given.get("device", ""))
        doing = "/aix detach, /aix attach and /aix largesend change interfaces, and look at who comes in by them"
        by = [f"{device} is what the host is reached by: {doing}"] if is_way_in(device) else []
        return [*by, *super().clashes(given)]

    @property
    def wanted(self) -> Wanted:
        return Wanted(attribute=self.attribute, value=self.value, later=self.later)

    def look_at(self, place: Place) -> Reads[tuple[Held, ...]]:
        return (yield from self.held(place, (self.device,)))

    def undo(self, before: tuple[Held, ...]) -> SetAttribute | None:
        was = self.before_all(before)
        return self.but(value=was) if was else None
