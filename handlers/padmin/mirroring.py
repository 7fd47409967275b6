"""The mirror of a VIOS's own rootvg: made on a second disk, looked at, and taken away again."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from pydantic import Field

from handlers.changing import Change, Guard
from handlers.command import Command, Meanwhile, Progress, Result
from handlers.heard import Reads, Unread, understood
from handlers.names import DiskName
from handlers.operation import Operation
from handlers.padmin import needs, pools, stock
from handlers.padmin.itself import BOOTS, Boot, boots
from handlers.padmin.root import ExtendRootvg
from handlers.padmin.stock import ROOT
from handlers.padmin.volumes import DUMP, GroupDisk, Volume, disks_of, group_disks, volumes, volumes_of
from handlers.place import Place
from handlers.plan import Redundancy
from handlers.within import answered, on_vios
from policies.words import Effect

EVERY = 20.0  # seconds between two looks at how far it is


@dataclass(frozen=True, kw_only=True)
class Rootvg:
    """`unit`: MB of a physical partition; `boot`: what the VIOS starts from, in order."""

    volumes: tuple[Volume, ...]
    disks: tuple[GroupDisk, ...]
    boot: tuple[Boot, ...]
    unit: int

    @property
    def mirrors(self) -> tuple[Volume, ...]:
        """What a mirror takes along."""
        return tuple(each for each in self.volumes if each.kind != DUMP)

    @property
    def copied(self) -> list[str]:
        return [each.name for each in self.volumes if each.copies > 1]

    @property
    def stale(self) -> list[str]:
        return [each.name for each in self.volumes if not each.is_synced]

    def disk(self, name: str) -> GroupDisk | None:
        return next((each for each in self.disks if each.name == name), None)

    def starts_from(self, name: str) -> bool:
        return any(each.device == name and each.volume is not None for each in self.boot)

    def in_sync(self) -> Guard:
        seen = f"stale: {needs.listed(self.stale)}"
        return Guard(name="no logical volume of rootvg has stale partitions", holds=not self.stale, seen=seen)


class _Mirroring(Change[Rootvg]):
    """Changes how many copies there are of rootvg."""

    deadline: ClassVar[float] = 3 * 3600.0

    disk: DiskName = Field(
        description="the disk of the second copy",
        json_schema_extra={"place": 1, "example": "hdisk1", "other": "hdisk7"},
    )

    def look_at(self, place: Place) -> Reads[Rootvg]:
        found = yield from answered(place, volumes_of(ROOT), volumes)
        disks = yield from answered(place, disks_of(ROOT), group_disks)
        boot = yield from answered(place, BOOTS, boots)
        stored = yield from answered(place, stock.POOLS, pools.pools)
        unit = next((each.unit for each in stored if each.name == ROOT), 0)
        return Rootvg(volumes=found, disks=disks, boot=boot, unit=unit)

    def others(self, found: Rootvg) -> list[str]:
        """What else it starts from."""
        return list(dict.fromkeys(each.device for each in found.boot if each.device != self.disk))

    def _there(self, found: GroupDisk) -> Guard:
        seen = f"rootvg has two copies, and {found.free} of {found.parts} partitions there are free"
        return Guard(name=f"a copy of rootvg is on {self.disk}", holds=found.free < found.parts, seen=seen)

    def _plain(self, found: Rootvg) -> Guard:
        """The boot list is written anew by the names in it."""
        own = [f"{each.device} has {each.options}" for each in found.boot if each.options]
        name = "nothing of the boot list has options, which would be lost"
        return Guard(name=name, holds=not own, seen=", ".join(own) or "nothing has")


class MirrorRootvg(_Mirroring):
    """Mirror a VIOS's own rootvg onto a second disk of it, and start from either. The VIOS isn't restarted by it."""

    verb: ClassVar[str] = "mirror-rootvg"
    example: ClassVar[str] = "mirror-rootvg p72vio1 hdisk1"

    def guards(self, before: Rootvg) -> tuple[Guard, ...]:
        found = before.disk(self.disk)
        if not self.left(before):
            return ()
        if found is None:
            add = ExtendRootvg(vios=self.vios, system=self.system, disks=self.disk)
            seen = f"it stands on {needs.listed(each.name for each in before.disks)}: /vios {add.text()} adds it first"
            return (Guard(name=f"{self.disk} is a disk of rootvg", holds=False, seen=seen),)
        off = [f"{each.name} is {each.state}" for each in before.disks if each.state != "active"]
        seen = f"{found.parts} partitions"
        return (
            Guard(name=f"{self.disk} is a disk of rootvg", holds=True, seen=seen),
            Guard(name="all disks of rootvg are active", holds=not off, seen=", ".join(off) or "they are"),
            before.in_sync(),
            self._plain(before),
            *(self._room(before, found) if self._single(before) else (self._there(found),)),
        )

    def _room(self, before: Rootvg, found: GroupDisk) -> tuple[Guard, ...]:
        wanted = sum(each.parts for each in before.mirrors)
        free = f"{found.free} of {found.parts} partitions are free"
        return (
            Guard(name="rootvg isn't mirrored yet", holds=not before.copied,
                  seen=f"with two copies: {needs.listed(before.copied)}"),
            Guard(name=f"nothing is on {self.disk} yet", holds=found.free == found.parts, seen=free),
            Guard(name=f"{self.disk} is large enough", holds=found.free >= wanted,
                  seen=f"{wanted} partitions of {before.unit} MB are mirrored, {free}"),
        )  # fmt: skip

    def _single(self, found: Rootvg) -> list[str]:
        return [each.name for each in found.mirrors if each.copies < 2]

    def doing(self, before: Rootvg) -> tuple[tuple[str, ...], ...]:
        """Of a mirror that is there already the boot list alone."""
        if not self.left(before):
            return ()
        mirror = (("mirrorios", "-defer", self.disk),) if self._single(before) else ()
        return (*mirror, ("bootlist", "-mode", "normal", *self.others(before), self.disk))

    def left(self, after: Rootvg) -> list[str]:
        found = after.disk(self.disk)
        told = [f"{each} has one copy" for each in self._single(after)]
        told += [f"{each} has stale partitions" for each in after.stale]
        if found is None or found.free == found.parts:
            told.append(f"nothing of rootvg is on {self.disk}")
        return told if after.starts_from(self.disk) else [*told, f"{self.disk} isn't in the boot list as one to boot"]

    def meanwhile(self, place: Place, before: Rootvg) -> Meanwhile:
        look = on_vios(place, volumes_of(ROOT))
        told = Command(host=look.host, argv=look.argv, progress=partial(how_far, unit=before.unit))
        return Meanwhile(command=told, every=EVERY)

    def moves(self, before: Rootvg) -> str:
        dumps = [each.name for each in before.volumes if each.kind == DUMP]
        but = f"; {', '.join(dumps)} (dumps) has one copy as before" if dumps else ""
        return f"rootvg of {self.vios} gets a second copy on {self.disk}, and it starts from either{but}"

    def done(self, before: Rootvg, after: Rootvg) -> str:
        order = ", ".join(each.device for each in after.boot)
        return f"all of rootvg that is mirrored has two copies, none is stale; the boot list is {order}"

    def undo(self, before: Rootvg) -> Operation:
        return UnmirrorRootvg(vios=self.vios, system=self.system, disk=self.disk)


class UnmirrorRootvg(_Mirroring):
    """Take the copy of a VIOS's own rootvg from a disk, which stays in rootvg. It starts from the other one alone."""

    verb: ClassVar[str] = "unmirror-rootvg"
    effect: ClassVar[Effect] = Effect.DISRUPTS  # one disk carries it from then on
    example: ClassVar[str] = "unmirror-rootvg p72vio1 hdisk1"

    def guards(self, before: Rootvg) -> tuple[Guard, ...]:
        if not self.left(before):
            return ()
        rest = {each.name: each.state for each in before.disks if each.name != self.disk}
        others = [each for each in self.others(before) if before.starts_from(each) and each in rest]
        off = [f"{name} is {state}" for name, state in rest.items() if state != "active"]
        seen = f"it stands on {needs.listed(each.name for each in before.disks)}"
        found = before.disk(self.disk)
        return (
            Guard(name=f"{self.disk} is a disk of rootvg", holds=found is not None, seen=seen),
            *(() if found is None else (self._there(found),)),
            before.in_sync(),
            Guard(name="the disks of rootvg that keep it are active", holds=not off, seen=", ".join(off) or "they are"),
            Guard(name=f"the boot list has another disk of rootvg to boot than {self.disk}", holds=bool(others),
                  seen=needs.listed(others)),
            self._plain(before),
        )  # fmt: skip

    def doing(self, before: Rootvg) -> tuple[tuple[str, ...], ...]:
        """First the boot list: nothing is to start from a copy that is gone."""
        if not self.left(before):
            return ()
        return (("bootlist", "-mode", "normal", *self.others(before)), ("unmirrorios", self.disk))

    def left(self, after: Rootvg) -> list[str]:
        told = [f"{each} has more than one copy" for each in after.copied]
        return [*told, f"{self.disk} is in the boot list"] if after.starts_from(self.disk) else told

    def moves(self, before: Rootvg) -> str:
        return f"rootvg of {self.vios} has one copy less: that on {self.disk}, which stays in rootvg"

    def redundancy(self, before: Rootvg) -> tuple[Redundancy, ...]:
        most = max((each.copies for each in before.mirrors), default=1)
        return (Redundancy(what=f"copies of rootvg of {self.vios}", before=most, after=1),)

    def undo(self, before: Rootvg) -> Operation:
        return MirrorRootvg(vios=self.vios, system=self.system, disk=self.disk)


def how_far(result: Result, unit: int) -> Progress | None:
    """What has its second copy in step; the machine's figures are partitions of `unit` MB. None: it can't be read."""
    try:
        found = understood(result, "it", volumes)
    except Unread:
        return None
    mirrors = [each for each in found if each.kind != DUMP]
    ready = [each for each in mirrors if each.copies > 1 and each.is_synced]
    done = sum(each.parts for each in ready)
    left = sum(each.parts for each in mirrors) - done
    state = f"{len(ready)} of {len(mirrors)} logical volumes have two copies in step"
    return Progress(state=state, done=done * unit * 2**20, left=left * unit * 2**20)


OPERATIONS: tuple[type[Operation], ...] = (MirrorRootvg, UnmirrorRootvg)
