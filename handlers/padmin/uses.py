"""Who uses a disk of a VIOS: the volume group that it is in, and the partitions that it is served to."""

from __future__ import annotations

from collections.abc import Mapping

from handlers import disks, frames
from handlers.command import Command
from handlers.heard import Reads, heard, understood
from handlers.padmin import stock
from handlers.padmin.mappings import scsi_hosts
from handlers.place import Place
from handlers.within import answered, on_vios, status_there
from policies.words import Frozen

_NO_ADAPTERS = (15, 16, 63)  # exit statuses of lsmap
_ANYBODY = frozenset({0, 65535})  # the client of an adapter that any partition may connect to


class Use(Frozen):
    """Of one disk. `group`: its volume group; `clients`: the names of partitions that have it; `shared`: those of
    them to which another VIOS serves disks as well. `is_open_to_others`: it is served by an adapter of which nobody
    tells whose it is."""

    group: str = ""
    is_mapped: bool = False
    clients: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()
    is_open_to_others: bool = False

    @property
    def is_open(self) -> bool:
        return bool(self.group) or self.is_mapped

    def __str__(self) -> str:
        told = [f"in {self.group}"] if self.group else []
        others = ["whom lsmap doesn't tell"] if self.is_open_to_others else []
        told += [f"served to {', '.join((*self.clients, *others)) or 'nobody yet'}"] if self.is_mapped else []
        return " and ".join(told) or "not in use"


def _served(text: str) -> Mapping[str, tuple[int, ...]]:
    """Each backing device and the ids of the partitions that have it; 0: any may."""
    found: dict[str, set[int]] = {}
    for host in scsi_hosts(text):
        for target in host.targets:
            found.setdefault(target.backing or "", set()).add(host.client or 0)
    return {backing: tuple(sorted(ids)) for backing, ids in found.items()}


def uses(place: Place) -> Reads[Mapping[str, Use]]:
    """Every disk of the VIOS that `lspv` lists, with who uses it; or Unread."""
    listed = yield from answered(place, stock.DISKS, stock.disks)
    result = heard((yield on_vios(place, stock.SCSI)))
    served = {} if status_there(result) in _NO_ADAPTERS else understood(result, "lsmap", _served)
    names = {int(each.id): each.name for each in (yield from frames.lpars(place.hmc, place.system))}
    elsewhere = {each.client for each in (yield from _paths(place)) if each.vios != place.name}
    found = {}
    for disk in listed:
        ids = served.get(disk.name)
        clients = tuple(names.get(each, f"partition {each}") for each in ids or () if each not in _ANYBODY)
        shared = tuple(each for each in clients if each in elsewhere)
        found[disk.name] = Use(group=disk.group, is_mapped=ids is not None, clients=clients, shared=shared,
                               is_open_to_others=any(each not in names for each in ids or ()))  # fmt: skip
    return found


def use_of(place: Place, device: str) -> Reads[Use | None]:
    """Of that device; None: it is none of the disks that `lspv` lists, whatever its name."""
    listed = yield from answered(place, stock.DISKS, stock.disks)
    if device not in {each.name for each in listed}:
        return None
    return (yield from uses(place)).get(device)


def _paths(place: Place) -> Reads[frozenset[disks.Path]]:
    """Who is served by which VIOS of the frame, or Unread."""
    argv = ("lshwres", "-r", "virtualio", "--rsubtype", "scsi", "--level", "lpar", "-m", place.system)
    result = heard((yield Command(host=place.hmc, argv=argv)))
    return understood(result, f"the virtual SCSI adapters of {place.system}", disks.paths)
