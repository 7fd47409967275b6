"""The devices of a host, as `lsdev -C` lists them, and the paths to its disks, as `lspath` does."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import ClassVar

from handlers.hmcout import Unreadable
from handlers.place import Place
from handlers.reading import AixRead
from handlers.table import Column, Kind, Row
from policies.words import Frozen

# A location code is in capitals and digits; a description that begins like one (2-Port …) isn't.
_DEVICE = re.compile(
    r"(?P<name>[A-Za-z][A-Za-z0-9_.-]{0,31}) +(?P<status>Available|Defined|Stopped)"
    r"(?: +(?P<location>[A-Z0-9]+(?:-[A-Z0-9]+)+(?:,\d+)?))?(?: +(?P<description>\S.{0,120}))?",
    re.ASCII,
)
_PATH = re.compile(
    r"(?P<status>[A-Z][A-Za-z]{2,20}):(?P<name>[a-z]+\d{1,5}):(?P<parent>[a-z]+\d{1,4}):(?P<connection>[^\s:]{0,80})",
    re.ASCII,
)
PATHS = ("lspath", "-F", "status:name:parent:connection")


class Device(Frozen):
    name: str
    status: str
    location: str  # empty where it has none
    description: str


class Path(Frozen):
    status: str
    disk: str
    parent: str
    connection: str


def devices(text: str) -> tuple[Device, ...]:
    """In order, or Unreadable; a class that has none prints nothing."""
    return tuple(_device(line) for line in text.splitlines() if line.strip())


def _device(line: str) -> Device:
    found = _DEVICE.fullmatch(line.rstrip())
    if found is None:
        raise Unreadable(f"it has a line that is no device: {line.strip()[:120]!r}")
    return Device(**{name: text or "" for name, text in found.groupdict().items()})


def paths(text: str) -> tuple[Path, ...]:
    """Of PATHS, or Unreadable; a host without MPIO disks prints nothing."""
    found = [_PATH.fullmatch(line.rstrip()) for line in text.splitlines()]
    if None in found:
        raise Unreadable(f"it has a line that is no path: {text.splitlines()[found.index(None)][:120]!r}")
    return tuple(
        Path(status=each["status"], disk=each["name"], parent=each["parent"], connection=each["connection"])
        for each in found
        if each is not None
    )


DEVICE_COLUMNS = (
    Column(name="device"),
    Column(name="status", kind=Kind.STATE),
    Column(name="location"),
    Column(name="description"),
)


def device_row(device: Device) -> Row:
    return (device.name, device.status, device.location or None, device.description or None)


class DeviceRead(AixRead):
    """A read of the devices of one class."""

    columns: ClassVar[tuple[Column, ...]] = DEVICE_COLUMNS
    kind: ClassVar[str]

    def argv(self, place: Place) -> tuple[str, ...]:
        return ("lsdev", "-Cc", self.kind)

    def parse(self, text: str) -> Iterable[Row]:
        return map(device_row, devices(text))


class Adapters(DeviceRead):
    """List the adapters of a host."""

    verb: ClassVar[str] = "adapters"
    example: ClassVar[str] = "adapters web01 filter=description~Ethernet"
    recorded: ClassVar[str] = "aix-lsdev-adapter"
    kind: ClassVar[str] = "adapter"


class Disks(DeviceRead):
    """List the disks of a host; `paths` shows the ways to each."""

    verb: ClassVar[str] = "disks"
    example: ClassVar[str] = "disks web01"
    recorded: ClassVar[str] = "aix-lsdev-disk"
    kind: ClassVar[str] = "disk"


class Paths(AixRead):
    """List the paths to the disks of a host: whether each is enabled, over which adapter, and to what."""

    verb: ClassVar[str] = "paths"
    example: ClassVar[str] = "paths web01 filter=disk=hdisk0"
    recorded: ClassVar[str] = "aix-lspath"
    columns: ClassVar[tuple[Column, ...]] = (
        Column(name="disk"),
        Column(name="status", kind=Kind.STATE),
        Column(name="parent"),
        Column(name="connection"),
    )

    def argv(self, place: Place) -> tuple[str, ...]:
        return PATHS

    def parse(self, text: str) -> Iterable[Row]:
        return [(each.disk, each.status, each.parent, each.connection or None) for each in paths(text)]
