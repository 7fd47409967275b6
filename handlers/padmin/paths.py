"""`lspath`: the paths from a VIOS to its disks."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import ClassVar

from pydantic import Field

from handlers.names import DeviceName
from handlers.padmin.printed import lines, matched, under
from handlers.place import Place
from handlers.reading import ViosRead
from handlers.table import Column, Kind, Row
from policies.words import Frozen


class DiskPath(Frozen):
    """`status`: Enabled, Disabled, Failed, Defined, Missing or Available. `connection`: a port and a LUN there."""

    status: str
    name: str
    parent: str
    connection: str


_HEADING = re.compile(r"status +name +parent +connection")
_PATH = re.compile(
    r"(?P<status>Enabled|Disabled|Failed|Defined|Missing|Available|Detected|Unknown) +(?P<name>[A-Za-z][\w.-]{0,31}) +"
    r"(?P<parent>[a-z]+\d{1,4}) +(?P<connection>[0-9A-Za-z,.:/-]{1,80})",
    re.ASCII,
)


def disk_paths(text: str) -> tuple[DiskPath, ...]:
    """Or Unreadable. Where there is none it prints nothing at all."""
    found = lines(text)
    if not found:
        return ()
    return tuple(DiskPath.model_validate(matched(_PATH, line).groupdict()) for line in under(_HEADING, found))


class Paths(ViosRead):
    """List the paths of a VIOS to its disks, and whether each is enabled."""

    verb: ClassVar[str] = "paths"
    example: ClassVar[str] = "paths p72vio1"
    recorded: ClassVar[str] = "lspath"
    columns: ClassVar[tuple[Column, ...]] = (
        Column(name="disk"),
        Column(name="status", kind=Kind.STATE),
        Column(name="parent"),
        Column(name="connection"),
    )

    disk: DeviceName | None = Field(
        default=None, description="only this disk's", json_schema_extra={"example": "hdisk4"}
    )

    def argv(self, place: Place) -> tuple[str, ...]:
        return ("lspath", *(("-dev", self.disk) if self.disk else ()))

    def parse(self, text: str) -> Iterable[Row]:
        return [(each.name, each.status, each.parent, each.connection) for each in disk_paths(text)]


OPERATIONS: tuple[type[ViosRead], ...] = (Paths,)
