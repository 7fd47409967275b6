"""A VIOS and the others of its frame, as each tells itself what it hands to whom; and which of it is the same LUN.

That a way is there doesn't show that it works: a client alone knows that of its own side.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial

from handlers import frames
from handlers.frames import Frame, Lpar
from handlers.heard import Reads, Unread, heard, heard_all, understood
from handlers.operation import Batch
from handlers.padmin import mappings, pools, printed, stock
from handlers.padmin.pools import Backing, Pool
from handlers.padmin.stock import Disk, Target, Vhost
from handlers.place import Place
from handlers.within import answered, on_vios, status_there

NO_ADAPTERS = 15  # exit status of lsmap


@dataclass(frozen=True, kw_only=True)
class Side:
    """What one VIOS hands out by virtual SCSI, and its disks. `luns`: the LUN behind a disk, where it was asked for."""

    name: str
    vhosts: tuple[Vhost, ...]
    disks: tuple[Disk, ...] = field(repr=False)
    luns: dict[str, str] = field(default_factory=dict)

    @property
    def targets(self) -> tuple[Target, ...]:
        return tuple(each for vhost in self.vhosts for each in vhost.targets)

    def vhost(self, name: str) -> Vhost | None:
        return next((each for each in self.vhosts if each.name == name), None)

    def target(self, name: str) -> Target | None:
        return next((each for each in self.targets if each.name == name), None)

    def on(self, backing: str) -> tuple[Target, ...]:
        """The targets that stand on it."""
        return tuple(each for each in self.targets if each.backing == backing)

    def disk(self, name: str) -> Disk | None:
        return next((each for each in self.disks if each.name == name), None)

    def client(self, target: Target) -> int:
        """The id of the partition that has it; 0: nobody."""
        vhost = self.vhost(target.vhost)
        return vhost.client if vhost is not None else 0

    def same(self, disk: Disk, lun: str) -> Disk | None:
        """The same LUN as it is called here: by the LUN where it was asked for, else by the mark that is on it."""
        for each in self.disks:
            known = self.luns.get(each.name, "")
            if known == lun if known and lun else bool(disk.pvid) and each.pvid == disk.pvid:
                return each
        return None


@dataclass(frozen=True, kw_only=True)
class Scene:
    """One VIOS among those of its frame. `silent`: those that couldn't be asked, each with the reason."""

    place: Place
    frame: Frame
    own: Side
    others: tuple[Side, ...] = ()
    silent: tuple[str, ...] = ()

    def lpar(self, number: int) -> Lpar | None:
        return next((each for each in self.frame.lpars if each.id == str(number)), None) if number else None

    def client(self, target: Target) -> Lpar | None:
        return self.lpar(self.own.client(target))

    def called(self, number: int) -> str:
        """A partition by its id."""
        found = self.lpar(number)
        return found.name if found is not None else f"partition {number}" if number else "no partition"

    def serves_too(self, client: Lpar) -> tuple[str, ...]:
        """The other VIOS by which that partition has disks, as the HMC lists it."""
        found = {path.vios for path in self.frame.paths if path.client == client.name}
        return tuple(sorted(found - {self.place.name}))

    def ways(self, disk: Disk, client: int) -> tuple[str, ...]:
        """The targets on other VIOS by which that partition has the same LUN, each as `name of VIOS`."""
        found: list[str] = []
        for side, same in self._same(disk):
            there = [each for each in side.on(same.name) if side.client(each) == client and each.is_available]
            found += [f"{each.name} of {side.name}" for each in there]
        return tuple(found)

    def elsewhere(self, disk: Disk, but: int = 0) -> tuple[str, ...]:
        """Who else has that LUN by another VIOS: a volume group there, or any partition but that one."""
        found: list[str] = []
        for side, same in self._same(disk):
            if same.group:
                found.append(f"{same.name} of {side.name} is in the volume group {same.group}")
            others = [each for each in side.on(same.name) if not but or side.client(each) != but]
            has = f"{same.name} of {side.name} is mapped to"
            found += [f"{has} {self.called(side.client(each))} as {each.name}" for each in others]
        return tuple(found)

    def _same(self, disk: Disk) -> Iterator[tuple[Side, Disk]]:
        lun = self.own.luns.get(disk.name, "")
        for each in self.others:
            if (same := each.same(disk, lun)) is not None:
                yield each, same


# ── reading ───────────────────────────────────────────────────────────────────────────────────────────────────────


def scsi(place: Place) -> Reads[tuple[Vhost, ...]]:
    """Its server SCSI adapters, or Unread."""
    result = heard((yield on_vios(place, stock.SCSI)))
    if status_there(result) == NO_ADAPTERS:
        return ()
    return tuple(map(stock.vhost, understood(result, "lsmap", mappings.scsi_hosts)))


def side(place: Place) -> Reads[Side]:
    vhosts = yield from scsi(place)
    disks = yield from answered(place, stock.DISKS, stock.disks)
    return Side(name=place.name, vhosts=vhosts, disks=disks)


def scene(place: Place, picked: Callable[[Side], Iterable[str]] = lambda own: ()) -> Reads[Scene]:
    """All of it, and the LUN behind each picked disk of that VIOS; Unread where that VIOS or its HMC doesn't tell.

    Of the others' disks the LUN is asked for where the mark on it doesn't tell: of those that are in use.
    """
    listed = yield from frames.lpars(place.hmc, place.system)
    frame = yield from frames.frame(place.hmc, place.system, listed)
    if frame.unread:
        raise Unread(frame.unread[0])
    own = yield from side(place)
    names = set(picked(own))
    wanted = [each for each in own.disks if each.name in names]
    own = yield from _with_luns(place, own, wanted)
    others, silent = [], []
    for each in frame.vioses if wanted else ():
        if each.name == place.name:
            continue
        try:
            others.append((yield from _other(Place(hmc=place.hmc, system=place.system, name=each.name), each, wanted)))
        except Unread as fault:
            silent.append(f"{each.name}: {fault}")
    return Scene(place=place, frame=frame, own=own, others=tuple(others), silent=tuple(silent))


def _other(place: Place, lpar: Lpar, wanted: list[Disk]) -> Reads[Side]:
    if not lpar.answers:
        raise Unread(f"it is {lpar}")
    found = yield from side(place)
    used = {each.backing for each in found.targets}
    unmarked = any(not each.pvid for each in wanted)
    unclear = [each for each in found.disks if (each.group or each.name in used) and (unmarked or not each.pvid)]
    return (yield from _with_luns(place, found, unclear))


def _with_luns(place: Place, found: Side, disks: list[Disk]) -> Reads[Side]:
    if not disks:
        return found
    commands = tuple(on_vios(place, stock.attribute_of(each.name, "unique_id")) for each in disks)
    results = heard_all((yield Batch(commands=commands)))
    luns = {}
    for disk, result in zip(disks, results, strict=True):
        luns[disk.name] = understood(result, f"the LUN behind {disk.name}", _value)
    return replace(found, luns=luns)


def attribute(place: Place, device: str, name: str) -> Reads[str]:
    """The value of one attribute of a device, or Unread."""
    return (yield from answered(place, stock.attribute_of(device, name), _value))


_value = partial(printed.alone, "value")


def stocked(place: Place) -> Reads[tuple[tuple[Pool, ...], dict[str, tuple[Backing, ...]]]]:
    """Its storage pools, and what is cut from each; or Unread."""
    found = yield from answered(place, stock.POOLS, pools.pools)
    cut: dict[str, tuple[Backing, ...]] = {}
    for pool in found:
        if pool.devices:
            cut[pool.name] = yield from answered(place, stock.devices_of(pool.name), pools.backings)
    return found, cut
