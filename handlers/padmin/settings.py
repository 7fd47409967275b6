"""What devices of a VIOS are set to: the attributes of one, or the same ones of every disk, a row for each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import partial
from typing import ClassVar

from pydantic import Field

from handlers import attrlist
from handlers.command import Command, Result
from handlers.heard import Unread, heard_all, understood
from handlers.hmcout import Unreadable
from handlers.names import AttributeName, DeviceName
from handlers.operation import Batch, Ending, Flow, Inventory, Report
from handlers.padmin.devices import devices
from handlers.padmin.printed import alone, told
from handlers.place import Place
from handlers.reading import ViosRead
from handlers.table import Cell, Column, Kind, Row
from handlers.within import on_vios


class Attributes(ViosRead):
    """Show what a device of a VIOS is set to, and what people may set."""

    verb: ClassVar[str] = "attributes"
    example: ClassVar[str] = "attributes p72vio1 ent0"
    recorded: ClassVar[str] = "lsdev-attributes"
    columns: ClassVar[tuple[Column, ...]] = (
        Column(name="attribute"),
        Column(name="value"),
        Column(name="settable"),
        Column(name="description"),
    )

    device: DeviceName = Field(description="the device", json_schema_extra={"place": 1, "example": "ent0"})
    attribute: AttributeName | None = Field(
        default=None, description="only this attribute", json_schema_extra={"example": "media_speed"}
    )

    def usual(self) -> str | None:
        return "vios,system,attribute,value" if self.attribute else None

    def argv(self, place: Place) -> tuple[str, ...]:
        return ("lsdev", "-dev", self.device, "-attr", *((self.attribute,) if self.attribute else ()))

    def parse(self, text: str) -> Iterable[Row]:
        if text.startswith("value"):
            return [(self.attribute, told(alone("value", text)), None, None)]
        return [
            (name, told(each.value), "yes" if each.settable else "no", told(each.description))
            for name, each in attrlist.listed(text).items()
        ]


# Those by which disks are compared, under the names that the machine has for them.
_COMPARED = (
    Column(name="reserve_policy"),
    Column(name="algorithm"),
    Column(name="queue_depth", kind=Kind.NUMBER),
    Column(name="hcheck_mode"),
    Column(name="hcheck_interval", kind=Kind.NUMBER),
    Column(name="rw_timeout", kind=Kind.NUMBER),
    Column(name="max_transfer"),
    Column(name="pvid"),
)
_DISK = re.compile(r"hdisk(?:power)?\d{1,5}", re.ASCII)


class DiskAttributes(ViosRead):
    """Show what the disks of a VIOS are set to, a row for each: one attribute, or those that matter most."""

    verb: ClassVar[str] = "disk-attributes"
    example: ClassVar[str] = "disk-attributes p72vio1 reserve_policy"
    recorded: ClassVar[str] = "lsdev-attr-disk"
    whence: ClassVar[tuple[Column, ...]] = (Column(name="vios"), Column(name="system"), Column(name="disk"))
    columns: ClassVar[tuple[Column, ...]] = (Column(name="value"), *_COMPARED)

    attribute: AttributeName | None = Field(
        default=None,
        description="only this attribute, whichever it is",
        json_schema_extra={"place": 1, "example": "reserve_policy"},
    )

    def usual(self) -> str | None:
        own = ("value",) if self.attribute else tuple(each.name for each in _COMPARED)
        return ",".join(("vios", "system", "disk", *own))

    def argv(self, place: Place) -> tuple[str, ...]:
        return ("lsdev", "-type", "disk")

    def of_disk(self, place: Place, disk: str) -> Command:
        one = (self.attribute,) if self.attribute else ()
        return on_vios(place, ("lsdev", "-dev", disk, "-attr", *one), deadline=self.deadline)

    def parse(self, text: str) -> Iterable[Row]:
        """Of one disk."""
        if text.startswith("value"):
            return [(told(alone("value", text)), *(None for _ in _COMPARED))]
        found = {name: each.value for name, each in attrlist.listed(text).items()}
        return [(None, *(_cell(column, found.get(column.name)) for column in _COMPARED))]

    def flow(self, inventory: Inventory) -> Flow:
        places = self.places(inventory)
        lists = Batch(commands=tuple(self.sent(place) for place in places))
        found, silent = [], list(self.unasked(inventory))
        for place, result in zip(places, heard_all((yield lists)), strict=True):
            try:
                listed = understood(result, "the list of its disks", devices)
            except Unread as fault:
                silent.append(f"{place}: {fault}")
                continue
            found += [(place, each.name) for each in listed if _DISK.fullmatch(each.name)]
        results: Sequence[Result | None] = ()
        tell = partial(self._of_disks, found, silent, inventory.age(places))
        if found:
            asks = tuple(self.of_disk(place, disk) for place, disk in found)
            results = heard_all((yield Batch(commands=asks, so_far=tell)))
        return tell(results)

    def _of_disks(
        self, found: Sequence[tuple[Place, str]], silent: Sequence[str], age: str, results: Sequence[Result | None]
    ) -> Report:
        rows: list[Row] = []
        missing = list(silent)
        for (place, disk), result in zip(found, results, strict=True):
            try:
                own = understood(result, "it", self.parse) if result is not None else ()
            except Unread as fault:
                missing.append(f"{disk} of {place}: {fault}")
            else:
                rows += [(place.name, place.system, disk, *row) for row in own]
        there = sum(each is not None for each in results)
        headline = f"{len(rows)} {'disk' if len(rows) == 1 else 'disks'}"
        if there < len(found):
            headline = f"{there} of {len(found)} disks have answered so far"
        elif missing:
            headline = f"{len(rows)} of {len(found)} disks answered"
        ending = Ending.FAILED if missing else Ending.SUCCEEDED
        lines = (f"Listed {age}.",) if age else ()
        return self.answer(rows, headline, lines, missing=tuple(missing), ending=ending)


def _cell(column: Column, value: str | None) -> Cell:
    if value is None or not column.is_number:
        return told(value or "", "none")
    if not (value.isascii() and value.isdigit()):
        raise Unreadable(f"{column.name} is no number: {value[:60]!r}")
    return int(value)


OPERATIONS: tuple[type[ViosRead], ...] = (Attributes, DiskAttributes)
