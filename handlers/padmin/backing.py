"""Backing devices of a VIOS: cut from a storage pool, and given up for good."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from pydantic import Field

from handlers.changing import Change, Guard
from handlers.heard import Reads
from handlers.names import DeviceName, LogicalName, ScsiHostName, StorageSize, VolumeName
from handlers.operation import Operation
from handlers.padmin import losses, needs, sides
from handlers.padmin.giving import Given
from handlers.padmin.pools import Backing, Pool
from handlers.padmin.sides import Scene
from handlers.padmin.stock import Target, megabytes
from handlers.padmin.taking import Losing
from handlers.place import Place
from policies.words import Effect


class MakeBackingDevice(Change[Given]):
    """Cut a backing device from a storage pool of a VIOS, and give it to the partition behind an adapter, if one is
    named."""

    verb: ClassVar[str] = "make-backing-device"
    example: ClassVar[str] = "make-backing-device p72vio1 lv_c1_boot client_boot size=20G adapter=vhost1"

    device: VolumeName = Field(
        description="what it shall be called",
        json_schema_extra={"place": 1, "example": "lv_c1_boot", "other": "lv_c2_boot"},
    )
    pool: LogicalName = Field(
        description="the storage pool", json_schema_extra={"place": 2, "example": "client_boot", "other": "rootvg"}
    )
    size: StorageSize = Field(
        description="how large: 20G, 512M; it goes up to whole units of the pool",
        json_schema_extra={"example": "20G", "other": "10G"},
    )
    adapter: ScsiHostName | None = Field(
        default=None, description="the server SCSI adapter to map it to", json_schema_extra={"example": "vhost1"}
    )
    called: DeviceName | None = Field(
        default=None,
        alias="name",
        description="what the virtual target device shall be called; else the VIOS finds a name",
        json_schema_extra={"example": "lv_murugan_1"},
    )

    def look_at(self, place: Place) -> Reads[Given]:
        scene = yield from sides.scene(place)
        pools, cut = yield from sides.stocked(place)
        return Given(scene=scene, pools=pools, cut=cut)

    def guards(self, before: Given) -> tuple[Guard, ...]:
        return tuple(self._needed(before)) if self.left(before) else ()

    def _needed(self, before: Given) -> Iterator[Guard]:
        there, pool = needs.pool(before.pools, self.pool)
        yield there
        if pool is not None:
            yield needs.room(pool, _whole(pool, megabytes(self.size)))
        taken = [name for name, devices in before.cut.items() if any(each.name == self.device for each in devices)]
        seen = f"there is one in {taken[0]}" if taken else "there is none"
        yield Guard(name=f"{self.device} is no backing device yet", holds=not taken, seen=seen)
        yield from needs.free_name(before.scene.own, self.device)
        if self.adapter is not None:
            yield needs.adapter(before.scene, self.adapter)
            yield from needs.free_name(before.scene.own, self.called)
        elif self.called is not None:
            yield Guard(name="a target has an adapter", holds=False, seen="name= was given without adapter=")

    def doing(self, before: Given) -> tuple[tuple[str, ...], ...]:
        if not self.left(before):
            return ()
        on = ("-vadapter", self.adapter) if self.adapter is not None else ()
        named = ("-tn", self.called) if self.called is not None else ()
        return (("mkbdsp", "-sp", self.pool, self.size, "-bd", self.device, *on, *named),)

    def left(self, after: Given) -> list[str]:
        """Of its own name in its own pool: large enough, and by the adapter that was named."""
        found = [each for each in after.cut.get(self.pool, ()) if each.name == self.device]
        if not found:
            return [f"{self.pool} has no backing device {self.device}"]
        if found[0].size < megabytes(self.size):
            return [f"{self.device} has {found[0].size} MB alone"]
        if self.adapter is not None and not any(self._is_on(each) for each in found):
            return [f"{self.device} was cut, and isn't mapped to {self.adapter}"]
        return []

    def _is_on(self, device: Backing) -> bool:
        return device.host == self.adapter and self.called in (None, device.target)

    def moves(self, before: Given) -> str:
        whom = ""
        if self.adapter is not None:
            client = needs.client(before.scene, self.adapter)
            whom = f" and gives it to {client.name if client is not None else 'whoever connects'} by {self.adapter}"
        return f"{self.vios} cuts {self.device} of {self.size} from {self.pool}{whom}"

    def affected(self, before: Given) -> tuple[str, ...]:
        client = needs.client(before.scene, self.adapter) if self.adapter is not None else None
        return (client.name,) if client is not None and not client.is_off else ()

    def undo(self, before: Given) -> Operation:
        return RemoveBackingDevice(vios=self.vios, system=self.system, device=self.device)


def _whole(pool: Pool, wanted: int) -> int:
    """Up to whole units of the pool."""
    return -(-wanted // pool.unit) * pool.unit if pool.unit else wanted


@dataclass(frozen=True, kw_only=True)
class Cut:
    """What goes: the backing device, and the targets on it. `name` None: there is no such thing."""

    scene: Scene
    name: str | None
    pool: str = ""
    gone: tuple[Target, ...] = ()
    devices: tuple[str, ...] = ()  # all that there are


class RemoveBackingDevice(Losing[Cut]):
    """Remove a backing device of a storage pool, by its own name or by its virtual target device's: its data are
    gone."""

    verb: ClassVar[str] = "remove-backing-device"
    effect: ClassVar[Effect] = Effect.DESTROYS
    example: ClassVar[str] = "remove-backing-device p72vio1 ld_c1_boot"

    device: LogicalName = Field(
        description="the backing device, or the virtual target device on it",
        json_schema_extra={"place": 1, "example": "ld_c1_boot", "other": "lv_c2_boot"},
    )

    def look_at(self, place: Place) -> Reads[Cut]:
        scene = yield from sides.scene(place)
        _, cut = yield from sides.stocked(place)
        target = scene.own.target(self.device)
        wanted = target.backing if target is not None else self.device
        where = [name for name, devices in cut.items() if any(each.name == wanted for each in devices)]
        everything = tuple(sorted({each.name for devices in cut.values() for each in devices}))
        if not where:
            return Cut(scene=scene, name=None, devices=everything)
        return Cut(scene=scene, name=wanted, pool=where[0], gone=scene.own.on(wanted), devices=everything)

    def guards(self, before: Cut) -> tuple[Guard, ...]:
        name = before.name
        seen = f"{name} in {before.pool}" if name else f"there are {needs.listed(before.devices)}"
        there = Guard(name=f"{self.device} is a backing device, or stands on one", holds=name is not None, seen=seen)
        if name is None:
            return (there,)
        by_target = before.scene.own.target(self.device) is not None
        others = [each.name for each in before.gone if each.name != self.device] if by_target else []
        alone = Guard(
            name=f"{self.device} is the only target on {name}",
            holds=not others,
            seen=", ".join(others) or "there is no other",
        )
        return (there, *losses.owners(before.scene, before.gone), *((alone,) if by_target else ()))

    def doing(self, before: Cut) -> tuple[tuple[str, ...], ...]:
        if before.scene.own.target(self.device) is not None:
            return (("rmbdsp", "-vtd", self.device),)
        return (("rmbdsp", "-sp", before.pool, "-bd", self.device),)

    def left(self, after: Cut) -> list[str]:
        if after.name is not None:
            return [f"{after.name} is still in {after.pool}"]
        target = after.scene.own.target(self.device)
        return [f"{target.name} is still on {target.vhost}"] if target is not None else []

    def loses(self, before: Cut) -> tuple[Scene, tuple[Target, ...]]:
        return before.scene, before.gone

    def moves(self, before: Cut) -> str:
        whose = [f"{each.name} of {before.scene.called(before.scene.own.client(each))}" for each in before.gone]
        on = f", and with it {', '.join(whose)}" if whose else ""
        return f"{self.vios} removes {before.name} from {before.pool}{on}: its data are gone"


OPERATIONS: tuple[type[Operation], ...] = (MakeBackingDevice, RemoveBackingDevice)
