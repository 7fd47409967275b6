"""What a VIOS tells of its hardware: vital product data, slots, firmware."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import ClassVar

from pydantic import Field

from handlers.hmcout import Unreadable
from handlers.names import DeviceName
from handlers.padmin.printed import matched, some, strange, told
from handlers.place import Place
from handlers.reading import ViosRead
from handlers.table import Column, Row
from policies.words import Frozen

DESCRIPTION = "description"


class Vital(Frozen):
    """One thing that is told of one device. `location`: where it is built in, if anywhere."""

    device: str
    location: str | None
    label: str
    value: str


_TITLES = re.compile(
    r"INSTALLED RESOURCE LIST WITH VPD|The following resources are installed on your machine\.|"
    r" {2}PLATFORM SPECIFIC| +System VPD:"
)
_PLATFORM = re.compile(r" {2,10}(?P<label>[A-Z][A-Za-z ]{1,40}): +(?P<value>\S.*)")
_DEVICE = re.compile(r" {2}(?P<device>\S{1,40}) +(?:(?P<location>U[0-9A-Z]{4}\.\S+) +)?(?P<value>\S.*)")
# Labels are dotted up to a column: `Device Specific.(ZM)........3`, `Machine/Cabinet Serial No...78A0072`.
_FIELD = re.compile(
    r" {6,12}(?P<label>[A-Z][A-Za-z0-9 /&-]{1,40}?(?:\.\([A-Za-z0-9 ]{1,12}\))?)\.{2,}(?P<value>[^.].*)?"
)
_PLATFORM_ITSELF = "platform"


def vital(text: str) -> tuple[Vital, ...]:
    """Of `lsdev -vpd`, of all devices or of one, or Unreadable."""
    found: list[Vital] = []
    of, place = _PLATFORM_ITSELF, None
    for line in some(text):
        if _TITLES.fullmatch(line):
            of, place = _PLATFORM_ITSELF, None
        elif (told_of := _PLATFORM.fullmatch(line)) or (told_of := _FIELD.fullmatch(line)):
            found.append(Vital(device=of, location=place, label=told_of["label"], value=told_of["value"] or ""))
        elif told_of := _DEVICE.fullmatch(line):
            of, place = told_of["device"], told_of["location"]
            found.append(Vital(device=of, location=place, label=DESCRIPTION, value=told_of["value"]))
        else:
            raise strange(line)
    return tuple(found)


class Vpd(ViosRead):
    """Show vital product data of a VIOS's devices: part and serial numbers, addresses, levels."""

    verb: ClassVar[str] = "vpd"
    example: ClassVar[str] = "vpd p72vio1 fcs0"
    recorded: ClassVar[str] = "lsdev-vpd"
    columns: ClassVar[tuple[Column, ...]] = (
        Column(name="device"),
        Column(name="label"),
        Column(name="value"),
        Column(name="location"),
    )

    device: DeviceName | None = Field(
        default=None, description="only this device", json_schema_extra={"place": 1, "example": "fcs0"}
    )

    def argv(self, place: Place) -> tuple[str, ...]:
        return ("lsdev", *(("-dev", self.device) if self.device else ()), "-vpd")

    def parse(self, text: str) -> Iterable[Row]:
        return [(each.device, each.label, told(each.value), each.location) for each in vital(text)]


class Slot(Frozen):
    """`devices` empty: nothing is in it."""

    name: str
    description: str
    devices: tuple[str, ...]


_SLOTS = re.compile(r"# Slot +Description +Device\(s\)")
_SLOT = re.compile(r"U[0-9A-Z]{4}\.\S+")
_NAMES = re.compile(r"[a-z][\w.-]{0,31}(?: +[a-z][\w.-]{0,31})*", re.ASCII)


def slots(text: str) -> tuple[Slot, ...]:
    """Or Unreadable. Each column begins below its title; more devices of a slot may stand on lines of their own."""
    heading, *rows = some(text)
    matched(_SLOTS, heading)
    middle, right = heading.index("Description"), heading.index("Device(s)")
    found: list[Slot] = []
    for line in rows:
        name, description, names = line[:middle].strip(), line[middle:right].strip(), line[right:].strip()
        if (names != "Empty" and not _NAMES.fullmatch(names)) or line[right - 1] != " " or line[middle - 1] != " ":
            raise strange(line)
        devices = () if names == "Empty" else tuple(names.split())
        if not name and not description and found:
            found[-1] = found[-1].model_copy(update={"devices": (*found[-1].devices, *devices)})
        elif _SLOT.fullmatch(name) and description:
            found.append(Slot(name=name, description=description, devices=devices))
        else:
            raise strange(line)
    return tuple(found)


class Slots(ViosRead):
    """List the slots of a VIOS, and what is in each."""

    verb: ClassVar[str] = "slots"
    example: ClassVar[str] = "slots p72vio1"
    recorded: ClassVar[str] = "lsdev-slots"
    columns: ClassVar[tuple[Column, ...]] = (Column(name="slot"), Column(name="devices"), Column(name="description"))

    def argv(self, place: Place) -> tuple[str, ...]:
        return ("lsdev", "-slots")

    def parse(self, text: str) -> Iterable[Row]:
        return [(each.name, " ".join(each.devices) or None, each.description) for each in slots(text)]


_FIRMWARE = re.compile(r"(?P<device>[A-Za-z][\w.-]{0,31})!(?P<level>\S.*)", re.ASCII)


def firmware(text: str) -> tuple[tuple[str, str], ...]:
    """Of `lsfware -all`: each device and its level, or Unreadable."""
    found = tuple((each["device"], each["level"]) for each in (matched(_FIRMWARE, line) for line in some(text)))
    if len(dict(found)) != len(found):
        raise Unreadable("it tells of a device twice: two answers in one?")
    return found


class Firmware(ViosRead):
    """Show the firmware levels of a frame and of a VIOS's adapters."""

    verb: ClassVar[str] = "firmware"
    example: ClassVar[str] = "firmware p72vio1"
    recorded: ClassVar[str] = "lsfware"
    columns: ClassVar[tuple[Column, ...]] = (Column(name="device"), Column(name="firmware"))
    deadline: ClassVar[float] = 180.0

    def argv(self, place: Place) -> tuple[str, ...]:
        return ("lsfware", "-all")

    def parse(self, text: str) -> Iterable[Row]:
        return firmware(text)


OPERATIONS: tuple[type[ViosRead], ...] = (Vpd, Slots, Firmware)
