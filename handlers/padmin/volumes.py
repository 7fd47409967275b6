"""`lsvg`: the logical volumes of a volume group, how many copies there are of each, and the disks that it stands on."""

from __future__ import annotations

import re

from handlers.padmin.printed import matched, some, strange, told, under
from policies.words import Frozen

DUMP = "sysdump"  # the type that no mirror takes along

_GROUP = re.compile(r"[\w.-]{1,64}: *", re.ASCII)
_VOLUMES = re.compile(r"LV NAME +TYPE +LPs +PPs +PVs +LV STATE +MOUNT POINT")
_VOLUME = re.compile(
    r"(?P<name>[\w.-]{1,64}) +(?P<kind>[\w.-]{1,32}) +(?P<parts>\d{1,9}) +(?P<copied>\d{1,9}) +(?P<disks>\d{1,4}) +"
    r"(?P<use>open|closed)/(?P<sync>syncd|stale) +(?P<mount>N/A|/\S{0,200})",
    re.ASCII,
)
_DISKS = re.compile(r"PV_NAME +PV STATE +TOTAL PPs +FREE PPs +FREE DISTRIBUTION")
_DISK = re.compile(
    r"(?P<name>[\w.-]{1,32}) +(?P<state>[a-z]{1,20}) +(?P<parts>\d{1,9}) +(?P<free>\d{1,9}) +\d+(?:\.\.\d+){4}",
    re.ASCII,
)


class Volume(Frozen):
    """`parts`: logical partitions; `physical`: what they take on all disks together."""

    name: str
    kind: str
    parts: int
    physical: int
    disks: int
    is_synced: bool
    mount: str | None

    @property
    def copies(self) -> int:
        return self.physical // self.parts if self.parts else 0


class GroupDisk(Frozen):
    """`parts` and `free` in physical partitions."""

    name: str
    state: str
    parts: int
    free: int


def volumes_of(group: str) -> tuple[str, ...]:
    return ("lsvg", "-lv", group)


def disks_of(group: str) -> tuple[str, ...]:
    return ("lsvg", "-pv", group)


def volumes(text: str) -> tuple[Volume, ...]:
    """Of `volumes_of`, or Unreadable."""
    rows = [matched(_VOLUME, line) for line in under(_VOLUMES, _within(text))]
    return tuple(
        Volume(
            name=row["name"],
            kind=row["kind"],
            parts=int(row["parts"]),
            physical=int(row["copied"]),
            disks=int(row["disks"]),
            is_synced=row["sync"] == "syncd",
            mount=told(row["mount"], "N/A"),
        )
        for row in rows
    )


def group_disks(text: str) -> tuple[GroupDisk, ...]:
    """Of `disks_of`, or Unreadable."""
    rows = [matched(_DISK, line) for line in under(_DISKS, _within(text))]
    return tuple(
        GroupDisk(name=row["name"], state=row["state"], parts=int(row["parts"]), free=int(row["free"])) for row in rows
    )


def _within(text: str) -> list[str]:
    """What stands below the group's name."""
    first, *rest = some(text)
    if not _GROUP.fullmatch(first):
        raise strange(first)
    return rest
