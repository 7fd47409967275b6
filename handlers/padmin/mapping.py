"""Disks, backing devices and optical drives of a VIOS are handed to its clients, and taken back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from pydantic import Field

from handlers.changing import Guard
from handlers.heard import Reads
from handlers.names import DeviceName, DiskName, LogicalName, ScsiHostName
from handlers.operation import Operation
from handlers.padmin import losses, needs, sides
from handlers.padmin.giving import Given, Mapping
from handlers.padmin.sides import Scene, Side
from handlers.padmin.stock import Target
from handlers.padmin.taking import Unmapping
from handlers.place import Place


class MapDisk(Mapping):
    """Give a whole disk of a VIOS to the partition behind a server SCSI adapter."""

    verb: ClassVar[str] = "map-disk"
    example: ClassVar[str] = "map-disk p72vio1 hdisk3 vhost2 name=wd_c3_hd3"

    disk: DiskName = Field(
        description="the disk", json_schema_extra={"place": 1, "example": "hdisk3", "other": "hdisk7"}
    )

    @property
    def thing(self) -> str:
        return self.disk

    def fits(self, target: Target) -> bool:
        return target.backing == self.disk

    def look_at(self, place: Place) -> Reads[Given]:
        scene, policy = (yield from sides.scene(place, lambda own: (self.disk,))), ""
        if scene.own.disk(self.disk) is not None:
            policy = yield from sides.attribute(place, self.disk, "reserve_policy")
        return Given(scene=scene, policy=policy)

    def needed(self, before: Given) -> Iterator[Guard]:
        scene, client = before.scene, needs.client(before.scene, self.adapter)
        yield from super().needed(before)
        yield from needs.unused(scene, self.disk, but=int(client.id) if client is not None else 0)
        yield needs.reserve(scene, self.disk, before.policy, client)

    def doing(self, before: Given) -> tuple[tuple[str, ...], ...]:
        if not self.left(before):
            return ()
        named = ("-dev", self.called) if self.called is not None else ()
        return (("mkvdev", "-vdev", self.disk, "-vadapter", self.adapter, *named),)

    def undo(self, before: Given) -> Operation:
        if self.called is not None:
            return _taken_back(self, self.called)
        return UnmapDisk(vios=self.vios, system=self.system, disk=self.disk)


class MapBackingDevice(Mapping):
    """Give a backing device that is there, and that nobody has, to the partition behind a server SCSI adapter."""

    verb: ClassVar[str] = "map-backing-device"
    example: ClassVar[str] = "map-backing-device p72vio1 lv_c1_boot vhost2"

    device: LogicalName = Field(
        description="the backing device", json_schema_extra={"place": 1, "example": "lv_c1_boot", "other": "lv_c2_boot"}
    )

    @property
    def thing(self) -> str:
        return self.device

    def fits(self, target: Target) -> bool:
        return target.backing == self.device

    def look_at(self, place: Place) -> Reads[Given]:
        scene = yield from sides.scene(place)
        pools, cut = yield from sides.stocked(place)
        return Given(scene=scene, pools=pools, cut=cut)

    def needed(self, before: Given) -> Iterator[Guard]:
        yield from super().needed(before)
        yield needs.backing(before.cut, self.device)
        on = ", ".join(f"{each.name} on {each.vhost}" for each in before.scene.own.on(self.device))
        yield Guard(name=f"{self.device} is mapped to nobody", holds=not on, seen=on or "to nobody")

    def doing(self, before: Given) -> tuple[tuple[str, ...], ...]:
        if not self.left(before):
            return ()
        named = ("-tn", self.called) if self.called is not None else ()
        return (("mkbdsp", "-bd", self.device, "-vadapter", self.adapter, *named),)

    def undo(self, before: Given) -> Operation | None:
        return _taken_back(self, self.called) if self.called is not None else None


class MakeOptical(Mapping):
    """Give the partition behind a server SCSI adapter a virtual optical drive, to load media of the repository into."""

    verb: ClassVar[str] = "make-optical"
    example: ClassVar[str] = "make-optical p72vio1 vhost4 name=shiva_dvd"

    adapter: ScsiHostName = Field(
        description="the server SCSI adapter", json_schema_extra={"place": 1, "example": "vhost2", "other": "vhost3"}
    )

    @property
    def thing(self) -> str:
        return "a virtual optical drive"

    def fits(self, target: Target) -> bool:
        """Any drive of that name; where it has none, one that is empty will do."""
        return target.is_drive and (self.called is not None or not target.backing)

    def look_at(self, place: Place) -> Reads[Given]:
        return Given(scene=(yield from sides.scene(place)))

    def doing(self, before: Given) -> tuple[tuple[str, ...], ...]:
        if not self.left(before):
            return ()
        named = ("-dev", self.called) if self.called is not None else ()
        return (("mkvdev", "-fbo", "-vadapter", self.adapter, *named),)

    def undo(self, before: Given) -> Operation | None:
        return _taken_back(self, self.called) if self.called is not None else None


# ── and back ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _taken_back(asked: Mapping, name: str) -> Unmap:
    return Unmap(vios=asked.vios, system=asked.system, target=name)


def _mapped_again(asked: Unmapping, own: Side, target: Target) -> Mapping | None:
    again = {"vios": asked.vios, "system": asked.system, "adapter": target.vhost, "name": target.name}
    if own.disk(target.backing) is not None:
        return MapDisk.typed({**again, "disk": target.backing})
    if target.is_drive:
        return MakeOptical.typed(again)
    return MapBackingDevice.typed({**again, "device": target.backing})


class Unmap(Unmapping):
    """Take a virtual target device away from its partition. What it stands on is kept, a backing device too."""

    verb: ClassVar[str] = "unmap"
    example: ClassVar[str] = "unmap p72vio1 wd_c3_hd3"

    target: DeviceName = Field(
        description="the virtual target device",
        json_schema_extra={"place": 1, "example": "wd_c3_hd3", "other": "vtscsi0"},
    )
    keep: bool = Field(default=False, description="by the storage pool's own command, which keeps the backing device")

    def gone(self, own: Side) -> tuple[Target, ...]:
        found = own.target(self.target)
        return (found,) if found is not None else ()

    def guards(self, before: Scene) -> tuple[Guard, ...]:
        found = before.own.target(self.target)
        seen = f"on {found.vhost}, backed by {found.backing or 'nothing'}" if found is not None else "there is none"
        there = Guard(name=f"{self.target} is a virtual target device", holds=found is not None, seen=seen)
        if found is None:
            return (there,)
        empty = not (found.is_drive and found.backing)
        medium = Guard(name=f"nothing is loaded into {self.target}", holds=empty, seen=found.backing or "nothing")
        pooled = not found.is_drive and before.own.disk(found.backing) is None
        kept = Guard(name=f"{found.backing or 'it'} is a backing device of a pool", holds=pooled, seen=seen)
        owners = losses.owners(before, (found,))
        return (there, *owners, *((medium,) if found.is_drive else ()), *((kept,) if self.keep else ()))

    def doing(self, before: Scene) -> tuple[tuple[str, ...], ...]:
        if self.keep:
            return (("rmbdsp", "-vtd", self.target, "-savebd"),)
        return (("rmvdev", "-vtd", self.target),)

    def undo(self, before: Scene) -> Operation | None:
        found = self.gone(before.own)
        return _mapped_again(self, before.own, found[0]) if len(found) == 1 else None


class UnmapDisk(Unmapping):
    """Take a disk of a VIOS away from every partition that it is mapped to."""

    verb: ClassVar[str] = "unmap-disk"
    example: ClassVar[str] = "unmap-disk p72vio1 hdisk3"

    disk: DiskName = Field(
        description="the disk", json_schema_extra={"place": 1, "example": "hdisk3", "other": "hdisk7"}
    )

    def gone(self, own: Side) -> tuple[Target, ...]:
        return own.on(self.disk)

    def guards(self, before: Scene) -> tuple[Guard, ...]:
        found = before.own.on(self.disk)
        seen = ", ".join(each.name for each in found) or "to nobody"
        mapped = Guard(name=f"{self.disk} is mapped", holds=bool(found), seen=seen)
        return (needs.disk(before.own, self.disk), mapped, *losses.owners(before, found))

    def doing(self, before: Scene) -> tuple[tuple[str, ...], ...]:
        return (("rmvdev", "-vdev", self.disk),)

    def undo(self, before: Scene) -> Operation | None:
        found = self.gone(before.own)
        return _mapped_again(self, before.own, found[0]) if len(found) == 1 else None


OPERATIONS: tuple[type[Operation], ...] = (MapDisk, MapBackingDevice, MakeOptical, Unmap, UnmapDisk)
