"""What it takes to change which disks are in a volume group of a VIOS: nothing that is in use is ever forced."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import ClassVar

from pydantic import Field

from handlers.changing import Change, Guard
from handlers.heard import Reads
from handlers.names import DiskNames
from handlers.padmin import losses, needs, pools, sides, stock
from handlers.padmin.pools import Backing, Pool
from handlers.padmin.sides import Scene
from handlers.place import Place
from handlers.within import answered
from policies.words import Effect


@dataclass(frozen=True, kw_only=True)
class Pooled:
    """The pools of a VIOS; `members`: the disks of the one it is about, each with its size in MB, where it is there."""

    scene: Scene
    pools: tuple[Pool, ...]
    cut: dict[str, tuple[Backing, ...]]
    members: dict[str, int] = field(default_factory=dict)

    def pool(self, name: str) -> Pool | None:
        return next((each for each in self.pools if each.name == name), None)

    def mapped(self, pool: str) -> list[str]:
        """What of a pool a client has, each as `device of client`."""
        own = self.scene.own
        targets = [target for device in self.cut.get(pool, ()) for target in own.on(device.name)]
        return [f"{each.backing} of {self.scene.called(own.client(each))}" for each in dict.fromkeys(targets)]

    def clients(self, pool: str) -> tuple[str, ...]:
        """The partitions that are on and have something of it."""
        own = self.scene.own
        targets = tuple(target for device in self.cut.get(pool, ()) for target in own.on(device.name))
        return losses.clients(self.scene, targets)


class Grouping(Change[Pooled]):
    """Changes which disks are in a volume group."""

    disks: DiskNames = Field(
        description="the disk, or several: `hdisk4,hdisk5`",
        json_schema_extra={"place": 2, "example": "hdisk22", "other": "hdisk7"},
    )

    @property
    @abstractmethod
    def group(self) -> str:
        """The volume group, or the storage pool that is one."""

    @property
    def each(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self.disks.split(",")))

    def look_at(self, place: Place) -> Reads[Pooled]:
        return (yield from looked(place, self.group, self.each))

    def look_after(self, place: Place) -> Reads[Pooled]:
        return (yield from looked(place, self.group))

    def guards(self, before: Pooled) -> tuple[Guard, ...]:
        return tuple(self.needed(before)) if self.left(before) else ()

    @abstractmethod
    def needed(self, before: Pooled) -> Iterator[Guard]: ...

    @property
    def said(self) -> str:
        return ", ".join(self.each)


def looked(place: Place, pool: str, disks: tuple[str, ...] = ()) -> Reads[Pooled]:
    """How the pools stand, and who has each of these disks."""
    scene = yield from sides.scene(place, lambda own: disks)
    found, cut = yield from sides.stocked(place)
    members: dict[str, int] = {}
    if any(each.name == pool for each in found):
        told = yield from answered(place, stock.disks_of(pool), pools.pool_disks)
        members = {each.name: each.size for each in told}
    return Pooled(scene=scene, pools=found, cut=cut, members=members)


class Joining(Grouping):
    """Disks that nobody uses become part of a pool; what was on them before is over with that."""

    effect: ClassVar[Effect] = Effect.DESTROYS

    def needed(self, before: Pooled) -> Iterator[Guard]:
        for name in self.each:
            if name not in before.members:
                yield from needs.unused(before.scene, name)

    def left(self, after: Pooled) -> list[str]:
        return [f"{name} isn't in {self.group}" for name in self.each if name not in after.members]
