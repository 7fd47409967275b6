"""Who uses a disk of a VIOS: the volume group that it is in, and the partitions that it is served to."""

from __future__ import annotations

import re
from collections.abc import Mapping

from handlers import disks, frames
from handlers.command import Command
from handlers.heard import Reads, heard, understood
from handlers.hmcout import Unreadable
from handlers.padmin.mappings import scsi_hosts
from handlers.place import Place
from handlers.within import on_vios
from policies.words import Frozen

LSMAP = ("lsmap", "-all")
_NO_ADAPTERS = re.compile(r"\brc=(?:15|16|63)\s*$")  # what lsmap ends with where there are no such adapters
_PHYSICAL = re.compile(r"(?P<disk>\S{1,15})\s+(?P<pvid>[0-9a-f]{16}|none)\s+(?P<group>\S{1,64})(?:\s+(?P<state>\w+))?")
_ANYBODY = frozenset({0, 65535})  # the client of an adapter that any partition may connect to


class Use(Frozen):
    """Of one disk. `group`: its volume group; `clients`: the names of partitions; `shared`: those of them to which
    another VIOS serves disks as well."""

    group: str = ""
    clients: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()

    @property
    def is_open(self) -> bool:
        return bool(self.group or self.clients)

    def __str__(self) -> str:
        told = [f"in {self.group}"] if self.group else []
        told += [f"served to {', '.join(self.clients)}"] if self.clients else []
        return " and ".join(told) or "not in use"


def groups(text: str) -> Mapping[str, str]:
    """Of `lspv`: each disk and its volume group, empty where it is in none; or Unreadable."""
    first, *lines = text.splitlines() or [""]
    if first.split() != ["NAME", "PVID", "VG", "STATUS"]:
        raise Unreadable(f"it isn't a list of disks: {first[:120]!r}")
    found = {}
    for line in filter(str.strip, lines):
        row = _PHYSICAL.fullmatch(line.strip())
        if row is None:
            raise Unreadable(f"it has a line that I don't know: {line.strip()[:120]!r}")
        found[row["disk"]] = "" if row["group"] == "None" else row["group"]
    return found


def _served(text: str) -> Mapping[str, tuple[int, ...]]:
    """Each backing device and the ids of the partitions that have it; 0: any may."""
    found: dict[str, set[int]] = {}
    for host in scsi_hosts(text):
        for target in host.targets:
            found.setdefault(target.backing or "", set()).add(host.client or 0)
    return {backing: tuple(sorted(ids)) for backing, ids in found.items()}


def uses(place: Place) -> Reads[Mapping[str, Use]]:
    """Every disk of the VIOS that `lspv` lists, with who uses it; or Unread."""
    grouped = understood(heard((yield on_vios(place, ("lspv",)))), "lspv", groups)
    result = heard((yield on_vios(place, LSMAP)))
    none = bool(result.exit_status) and not result.unsent and _NO_ADAPTERS.search(result.text)
    served = {} if none else understood(result, "lsmap", _served)
    names = {int(each.id): each.name for each in (yield from frames.lpars(place.hmc, place.system))}
    paths = yield from _paths(place)
    elsewhere = {each.client for each in paths if each.vios != place.name}
    found = {}
    for disk, group in grouped.items():
        own = served.get(disk, ())
        called = tuple("any partition" if each in _ANYBODY else names.get(each, f"partition {each}") for each in own)
        found[disk] = Use(group=group, clients=called, shared=tuple(each for each in called if each in elsewhere))
    return found


def _paths(place: Place) -> Reads[frozenset[disks.Path]]:
    """Who is served by which VIOS of the frame, or Unread."""
    argv = ("lshwres", "-r", "virtualio", "--rsubtype", "scsi", "--level", "lpar", "-m", place.system)
    result = heard((yield Command(host=place.hmc, argv=argv)))
    return understood(result, f"the virtual SCSI adapters of {place.system}", disks.paths)
