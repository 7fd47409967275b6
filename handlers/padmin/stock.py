"""What a VIOS hands out by which adapter, and the disks that it has, as values that changes reckon with."""

from __future__ import annotations

import re

from handlers.hmcout import Unreadable
from handlers.padmin.mappings import ScsiHost, slot_of
from handlers.padmin.printed import some
from policies.words import Frozen

DISKS = ("lspv", "-fmt", ",")
SCSI = ("lsmap", "-all")
POOLS = ("lssp",)
ROOT = "rootvg"
LIBRARY = "/var/vio/VMLibrary/"  # where the media of the repository lie

_DISK = re.compile(
    r"(?P<name>[a-zA-Z]{2,12}\d{1,5}) *, *(?P<pvid>none|[0-9a-fA-F]{16}(?:[0-9a-fA-F]{16})?) *, *"
    r"(?P<group>[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}) *, *(?P<state>[a-z]{0,20}) *",
    re.ASCII,
)


class Disk(Frozen):
    """`pvid` and `group` are empty where it has none."""

    name: str
    pvid: str
    group: str


class Target(Frozen):
    """A virtual target device. `backing`: a disk, a backing device or a file; empty: a drive without a medium."""

    name: str
    vhost: str
    is_available: bool
    backing: str

    @property
    def is_drive(self) -> bool:
        """A virtual optical drive, with a medium of the repository in it or with none."""
        return not self.backing or self.backing.startswith(LIBRARY)


class Vhost(Frozen):
    """A server SCSI adapter. `client`: the id of the partition that is connected; 0: none is."""

    name: str
    slot: int
    client: int
    targets: tuple[Target, ...] = ()


def vhost(host: ScsiHost) -> Vhost:
    targets = tuple(
        Target(name=each.name, vhost=host.name, is_available=each.status == "Available", backing=each.backing or "")
        for each in host.targets
    )
    return Vhost(name=host.name, slot=slot_of(host.location), client=host.client or 0, targets=targets)


def disks(text: str) -> tuple[Disk, ...]:
    """Of `DISKS`, or Unreadable; a VIOS without a disk wouldn't run."""
    found = tuple(_disk(line) for line in some(text))
    if len({each.name for each in found}) != len(found):
        raise Unreadable("two disks of one name")
    return found


def _disk(line: str) -> Disk:
    found = _DISK.fullmatch(line)
    if found is None:
        raise Unreadable(f"not a disk: {line[:120]!r}")
    pvid, group = found["pvid"].lower()[:16], found["group"]
    return Disk(name=found["name"], pvid="" if pvid == "none" else pvid, group="" if group == "None" else group)


def disks_of(pool: str) -> tuple[str, ...]:
    return ("lssp", "-detail", "-sp", pool)


def devices_of(pool: str) -> tuple[str, ...]:
    return ("lssp", "-bd", "-sp", pool)


def attribute_of(device: str, name: str) -> tuple[str, ...]:
    return ("lsdev", "-dev", device, "-attr", name)


def megabytes(size: str) -> int:
    """Of a size as it is typed: `20G`, `512m`."""
    return int(size[:-1]) * (1024 if size[-1] in "Gg" else 1)
