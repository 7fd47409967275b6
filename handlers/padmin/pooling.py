"""Storage pools of a VIOS: made of whole disks, grown, shrunk and removed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from pydantic import Field

from handlers.changing import Change, Guard
from handlers.heard import Reads
from handlers.names import DiskNames, LogicalName, VolumeName
from handlers.operation import Operation
from handlers.padmin import needs, pools, stock
from handlers.padmin.grouping import Grouping, Joining, Pooled, looked
from handlers.padmin.pools import Pool
from handlers.padmin.stock import ROOT
from handlers.place import Place
from handlers.plan import Fact
from handlers.within import answered
from policies.words import Effect


class MakePool(Joining):
    """Make a storage pool of disks that nobody uses. What is on them is lost."""

    verb: ClassVar[str] = "make-pool"
    example: ClassVar[str] = "make-pool p72vio1 client_boot hdisk22"

    pool: VolumeName = Field(
        description="what it shall be called",
        json_schema_extra={"place": 1, "example": "client_boot", "other": "clienthd"},
    )

    @property
    def group(self) -> str:
        return self.pool

    def needed(self, before: Pooled) -> Iterator[Guard]:
        found = before.pool(self.pool)
        seen = f"there are {needs.listed(each.name for each in before.pools)}"
        yield Guard(name=f"{self.pool} is no storage pool yet", holds=found is None, seen=seen)
        yield from super().needed(before)

    def doing(self, before: Pooled) -> tuple[tuple[str, ...], ...]:
        return (("mksp", self.pool, *self.each),) if self.left(before) else ()

    def moves(self, before: Pooled) -> str:
        return f"{self.vios} makes the storage pool {self.pool} of {self.said}"

    def undo(self, before: Pooled) -> Operation:
        return RemovePool(vios=self.vios, system=self.system, pool=self.pool)


class GrowPool(Joining):
    """Add disks that nobody uses to a storage pool. What is on them is lost."""

    verb: ClassVar[str] = "grow-pool"
    example: ClassVar[str] = "grow-pool p72vio1 client_boot hdisk23"

    pool: LogicalName = Field(
        description="the storage pool", json_schema_extra={"place": 1, "example": "client_boot", "other": "clienthd"}
    )
    disks: DiskNames = Field(
        description="the disk, or several: `hdisk4,hdisk5`",
        json_schema_extra={"place": 2, "example": "hdisk23", "other": "hdisk7"},
    )

    @property
    def group(self) -> str:
        return self.pool

    def needed(self, before: Pooled) -> Iterator[Guard]:
        yield needs.pool(before.pools, self.pool)[0]
        yield from super().needed(before)

    def doing(self, before: Pooled) -> tuple[tuple[str, ...], ...]:
        missing = self._missing(before)
        return (("chsp", "-add", "-sp", self.pool, *missing),) if missing else ()

    def _missing(self, before: Pooled) -> list[str]:
        return [name for name in self.each if name not in before.members]

    def moves(self, before: Pooled) -> str:
        return f"{self.vios} adds {', '.join(self._missing(before))} to the storage pool {self.pool}"

    def undo(self, before: Pooled) -> Operation | None:
        """Only what wasn't in it before comes out again."""
        again = {"vios": self.vios, "system": self.system, "pool": self.pool}
        return ShrinkPool.typed({**again, "disks": ",".join(self._missing(before))})


class ShrinkPool(Grouping):
    """Take disks that nothing stands on out of a storage pool; the last one takes the pool with it."""

    verb: ClassVar[str] = "shrink-pool"
    effect: ClassVar[Effect] = Effect.DESTROYS
    example: ClassVar[str] = "shrink-pool p72vio1 client_boot hdisk22"

    pool: LogicalName = Field(
        description="the storage pool", json_schema_extra={"place": 1, "example": "client_boot", "other": "clienthd"}
    )

    @property
    def group(self) -> str:
        return self.pool

    def needed(self, before: Pooled) -> Iterator[Guard]:
        there, pool = needs.pool(before.pools, self.pool)
        yield there
        root = Guard(name="it isn't the VIOS's own rootvg", holds=self.pool != ROOT, seen=self.pool)
        yield root
        strange = [name for name in self.each if name not in before.members]
        seen = f"it stands on {needs.listed(before.members)}"
        yield Guard(name=f"{self.said} is in {self.pool}", holds=not strange, seen=seen)
        if pool is not None and not strange:
            yield from self._room(pool, before)

    def _room(self, pool: Pool, before: Pooled) -> Iterator[Guard]:
        """What the others can't hold is on a disk that would go. Where on the disks it is, the VIOS knows: it refuses
        what is in use, as it isn't forced."""
        kept = sum(size for name, size in before.members.items() if name not in self.each)
        used = pool.size - pool.free
        seen = f"{used} MB are in use, and the others hold {kept} MB"
        if not self._others(before):
            seen = f"{used} MB are in use" if used else "nothing is in use"
        yield Guard(name=f"{self.pool} does without {self.said}", holds=used <= kept, seen=seen)

    def _others(self, before: Pooled) -> list[str]:
        return [name for name in before.members if name not in self.each]

    def doing(self, before: Pooled) -> tuple[tuple[str, ...], ...]:
        return (("chsp", "-rm", "-sp", self.pool, *self.each),)

    def left(self, after: Pooled) -> list[str]:
        return [f"{name} is still in {self.pool}" for name in self.each if name in after.members]

    def guards(self, before: Pooled) -> tuple[Guard, ...]:
        """A disk that isn't there is no disk that has gone."""
        return tuple(self.needed(before))

    def affected(self, before: Pooled) -> tuple[str, ...]:
        return before.clients(self.pool)

    def moves(self, before: Pooled) -> str:
        last = "" if self._others(before) else ", and the pool goes with its last disk"
        return f"{self.vios} takes {self.said} out of the storage pool {self.pool}{last}"

    def undo(self, before: Pooled) -> Operation | None:
        again = {"vios": self.vios, "system": self.system, "pool": self.pool, "disks": self.disks}
        return (GrowPool if self._others(before) else MakePool).typed(again)


class RemovePool(Change[Pooled]):
    """Remove a storage pool that nothing is cut from. Its disks are free then."""

    verb: ClassVar[str] = "remove-pool"
    effect: ClassVar[Effect] = Effect.DESTROYS
    example: ClassVar[str] = "remove-pool p72vio1 client_boot"

    pool: LogicalName = Field(
        description="the storage pool", json_schema_extra={"place": 1, "example": "client_boot", "other": "clienthd"}
    )

    def look_at(self, place: Place) -> Reads[Pooled]:
        return (yield from looked(place, self.pool))

    def guards(self, before: Pooled) -> tuple[Guard, ...]:
        there, pool = needs.pool(before.pools, self.pool)
        if pool is None:
            return (there,)
        used = pool.size - pool.free
        devices = [each.name for each in before.cut.get(self.pool, ())]
        seen = f"{used} MB are in use, backing devices: {needs.listed([*before.mapped(self.pool), *devices])}"
        return (
            there,
            Guard(name="it isn't the VIOS's own rootvg", holds=self.pool != ROOT, seen=self.pool),
            Guard(name=f"nothing is cut from {self.pool}", holds=not devices and not used, seen=seen),
        )

    def doing(self, before: Pooled) -> tuple[tuple[str, ...], ...]:
        return (("rmsp", self.pool),)

    def left(self, after: Pooled) -> list[str]:
        return [f"{self.pool} is still there"] if after.pool(self.pool) is not None else []

    def facts(self, before: Pooled) -> tuple[Fact, ...]:
        return (Fact(name="its disks", value=needs.listed(before.members)),)

    def moves(self, before: Pooled) -> str:
        return f"{self.vios} removes the storage pool {self.pool}, which stands on {needs.listed(before.members)}"

    def undo(self, before: Pooled) -> Operation | None:
        again = {"vios": self.vios, "system": self.system, "pool": self.pool, "disks": ",".join(before.members)}
        return MakePool.typed(again)


class DefaultPool(Change[tuple[tuple[Pool, ...], str]]):
    """Make a storage pool the default one, which commands that name none work on."""

    verb: ClassVar[str] = "default-pool"
    example: ClassVar[str] = "default-pool p72vio1 client_boot"

    pool: LogicalName = Field(
        description="the storage pool", json_schema_extra={"place": 1, "example": "client_boot", "other": "clienthd"}
    )

    def look_at(self, place: Place) -> Reads[tuple[tuple[Pool, ...], str]]:
        found = yield from answered(place, stock.POOLS, pools.pools)
        default = yield from answered(place, (*stock.POOLS, "-default"), pools.pools)
        return found, default[0].name if default else ""

    def guards(self, before: tuple[tuple[Pool, ...], str]) -> tuple[Guard, ...]:
        return (needs.pool(before[0], self.pool)[0],)

    def doing(self, before: tuple[tuple[Pool, ...], str]) -> tuple[tuple[str, ...], ...]:
        return (("chsp", "-default", self.pool),) if self.left(before) else ()

    def left(self, after: tuple[tuple[Pool, ...], str]) -> list[str]:
        return [f"the default storage pool is {after[1] or 'none'}"] if after[1] != self.pool else []

    def moves(self, before: tuple[tuple[Pool, ...], str]) -> str:
        return f"the default storage pool of {self.vios} goes from {before[1] or 'none'} to {self.pool}"

    def undo(self, before: tuple[tuple[Pool, ...], str]) -> Operation | None:
        return self.model_copy(update={"pool": before[1]}) if before[1] else None


OPERATIONS: tuple[type[Operation], ...] = (MakePool, GrowPool, ShrinkPool, RemovePool, DefaultPool)
