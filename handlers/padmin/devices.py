"""`lsdev`: the devices of a VIOS, what hangs on which, and which values an attribute takes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import ClassVar, Literal

from pydantic import Field

from handlers.names import AttributeName, DeviceName
from handlers.padmin.printed import alone, lines, matched, some, strange, told, under
from handlers.place import Place
from handlers.reading import ViosRead
from handlers.table import Column, Kind, Row
from policies.words import Frozen


class Device(Frozen):
    name: str
    status: str
    description: str


_HEADING = re.compile(r"name +status +description")
_DEVICE = re.compile(
    r"(?P<name>[A-Za-z][\w.-]{0,31}) +(?P<status>Available|Defined|Stopped|Undefined|Unknown)"
    r"(?: +(?P<description>\S.*))?",
    re.ASCII,
)
_NAME = re.compile(r"[A-Za-z][\w.-]{0,31}", re.ASCII)
# One value, or the bounds of a number with its steps.
_VALUE = re.compile(r"[\w.:/@%-]{1,128}(?:\.\.\.[\w-]{1,32} \(\+[\w]{1,32}\))?", re.ASCII)


def devices(text: str) -> tuple[Device, ...]:
    """Of any `lsdev` that lists devices, or Unreadable. Where there is none its heading stands alone."""
    found = (matched(_DEVICE, line) for line in under(_HEADING, lines(text)))
    return tuple(
        Device(name=each["name"], status=each["status"], description=each["description"] or "") for each in found
    )


def parent(text: str) -> str | None:
    """Of `lsdev -dev NAME -parent`, or Unreadable; None: it has none."""
    name = told(alone("parent", text), "NONE", "None")
    if name is not None and not _NAME.fullmatch(name):
        raise strange(name)
    return name


def values(text: str) -> tuple[str, ...]:
    """Of `lsdev -dev NAME -range ATTRIBUTE`, or Unreadable: each value, or the bounds of a number."""
    return tuple(matched(_VALUE, line.strip())[0] for line in some(text))


_COLUMNS = (Column(name="name"), Column(name="state", kind=Kind.STATE), Column(name="description"))
_WHICH = Field(description="the device", json_schema_extra={"place": 1, "example": "hdisk0"})


def _rows(text: str) -> list[Row]:
    return [(each.name, each.status, each.description) for each in devices(text)]


class Devices(ViosRead):
    """List the devices of a VIOS, all or those of one kind."""

    verb: ClassVar[str] = "devices"
    example: ClassVar[str] = "devices p72vio1 type=adapter"
    recorded: ClassVar[str] = "lsdev-list"
    columns: ClassVar[tuple[Column, ...]] = _COLUMNS

    type: (
        Literal["adapter", "disk", "optical", "tape", "lv", "sea", "ent4sea", "ent4ip", "usb_disk", "tape_adapter"]
        | None
    ) = Field(default=None, description="only devices of this kind")
    virtual: bool = Field(default=False, description="only virtual ones")

    def argv(self, place: Place) -> tuple[str, ...]:
        return ("lsdev", *(("-virtual",) if self.virtual else ()), *(("-type", self.type) if self.type else ()))

    def parse(self, text: str) -> Iterable[Row]:
        return _rows(text)


class Parent(ViosRead):
    """Show which device one hangs on."""

    verb: ClassVar[str] = "parent"
    example: ClassVar[str] = "parent p72vio1 hdisk0"
    recorded: ClassVar[str] = "lsdev-parent"
    columns: ClassVar[tuple[Column, ...]] = (Column(name="parent"),)

    device: DeviceName = _WHICH

    def argv(self, place: Place) -> tuple[str, ...]:
        return ("lsdev", "-dev", self.device, "-parent")

    def parse(self, text: str) -> Iterable[Row]:
        return [(parent(text),)]


class Children(ViosRead):
    """List the devices that hang on one."""

    verb: ClassVar[str] = "children"
    example: ClassVar[str] = "children p72vio1 fscsi0"
    recorded: ClassVar[str] = "lsdev-child"
    columns: ClassVar[tuple[Column, ...]] = _COLUMNS

    device: DeviceName = _WHICH

    def argv(self, place: Place) -> tuple[str, ...]:
        return ("lsdev", "-dev", self.device, "-child")

    def parse(self, text: str) -> Iterable[Row]:
        return _rows(text)


class Range(ViosRead):
    """Show the values that an attribute of a device takes."""

    verb: ClassVar[str] = "range"
    example: ClassVar[str] = "range p72vio1 ent0 media_speed"
    recorded: ClassVar[str] = "lsdev-range"
    columns: ClassVar[tuple[Column, ...]] = (Column(name="value"),)

    device: DeviceName = _WHICH
    attribute: AttributeName = Field(
        description="the attribute", json_schema_extra={"place": 2, "example": "reserve_policy"}
    )

    def argv(self, place: Place) -> tuple[str, ...]:
        return ("lsdev", "-dev", self.device, "-range", self.attribute)

    def parse(self, text: str) -> Iterable[Row]:
        return [(each,) for each in values(text)]


OPERATIONS: tuple[type[ViosRead], ...] = (Devices, Parent, Children, Range)
