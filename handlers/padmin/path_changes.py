"""Paths from a VIOS to its disks: enabled and disabled, made and removed. The last enabled one is never taken."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, TypeAlias

from pydantic import Field, StringConstraints

from handlers.changing import Change, Guard
from handlers.heard import Reads
from handlers.names import DiskName
from handlers.padmin.paths import DiskPath, disk_paths
from handlers.padmin.uses import Use, uses
from handlers.place import Place
from handlers.plan import Redundancy
from policies.words import Effect, Frozen

ParentName: TypeAlias = Annotated[
    str, StringConstraints(min_length=4, max_length=12, pattern=r"^(?:fscsi|vscsi|sas|iscsi)\d{1,4}$")
]
# A storage port and a LUN there, as lspath tells them: 50050768014016aa,4000000000000.
Connection: TypeAlias = Annotated[
    str, StringConstraints(min_length=1, max_length=80, pattern=r"^[0-9A-Za-z][0-9A-Za-z,.:/-]*$")
]
ENABLED, DISABLED, DEFINED = "Enabled", "Disabled", "Defined"


class Ways(Frozen):
    """All paths to one disk, those of them that are meant, and who uses the disk."""

    all: tuple[DiskPath, ...]
    meant: tuple[DiskPath, ...]
    use: Use

    @property
    def enabled(self) -> int:
        return sum(each.status == ENABLED for each in self.all)

    def without(self) -> int:
        """How many stay enabled without those that are meant."""
        return sum(each.status == ENABLED for each in self.all if each not in self.meant)

    def __str__(self) -> str:
        counted = {each.status: sum(other.status == each.status for other in self.meant) for each in self.meant}
        return ", ".join(f"{number} {status}" for status, number in counted.items()) or "none"


class _Pathing(Change[Ways]):
    """Changes the paths to one disk by one adapter, or the one to one port of the storage."""

    disk: DiskName = Field(
        description="the disk", json_schema_extra={"place": 1, "example": "hdisk4", "other": "hdisk5"}
    )
    parent: ParentName = Field(
        description="the adapter that it goes by",
        json_schema_extra={"place": 2, "example": "fscsi0", "other": "fscsi1"},
    )
    connection: Connection | None = Field(
        default=None,
        description="one path alone: the port and the LUN, as /vios paths tells them",
        json_schema_extra={"example": "50050768014016aa,4000000000000"},
    )

    def look_at(self, place: Place) -> Reads[Ways]:
        found = yield from self.asked(place, ("lspath", "-dev", self.disk), disk_paths)
        meant = tuple(
            each for each in found if each.parent == self.parent and self.connection in (None, each.connection)
        )
        use = (yield from uses(place)).get(self.disk, Use())
        return Ways(all=found, meant=meant, use=use)

    @property
    def words(self) -> tuple[str, ...]:
        only = ("-conn", self.connection) if self.connection is not None else ()
        return ("-dev", self.disk, "-pdev", self.parent, *only)

    @property
    def called(self) -> str:
        to = f" to {self.connection}" if self.connection is not None else ""
        return f"{self.disk} by {self.parent}{to}"

    def there(self, before: Ways) -> Guard:
        name = f"there are paths to {self.called}"
        return Guard(name=name, holds=bool(before.meant), seen=f"{before}; {self.disk} is {before.use}")

    def others(self, before: Ways) -> Guard:
        seen = f"{before.without()} of {before.enabled} enabled paths are others"
        return Guard(name=f"{self.disk} keeps an enabled path", holds=before.without() > 0, seen=seen)

    def affected(self, before: Ways) -> tuple[str, ...]:
        return before.use.clients

    def loses(self, before: Ways) -> tuple[Redundancy, ...]:
        if before.without() == before.enabled:
            return ()
        return (Redundancy(what=f"enabled paths to {self.disk}", before=before.enabled, after=before.without()),)

    def not_yet(self, after: Ways, *wanted: str) -> list[str]:
        return [f"{each.name} by {each.parent} to {each.connection} is {each.status}"
                for each in after.meant if each.status not in wanted]  # fmt: skip


class SetPath(_Pathing):
    """Enable or disable the paths to a disk by one adapter. The last enabled ones are never disabled."""

    verb: ClassVar[str] = "set-path"
    effect: ClassVar[Effect] = Effect.DISRUPTS  # fewer paths are left while some are disabled
    example: ClassVar[str] = "set-path p75vio1 hdisk4 fscsi0 to=disabled"

    to: Literal["enabled", "disabled"] = Field(default="enabled", description="what they become")

    @property
    def wanted(self) -> str:
        return ENABLED if self.to == "enabled" else DISABLED

    def guards(self, before: Ways) -> tuple[Guard, ...]:
        made = Guard(
            name="none of them is defined only (/vios make-path makes it first)",
            holds=all(each.status != DEFINED for each in before.meant),
            seen=str(before),
        )
        return (self.there(before), made, *((self.others(before),) if self.to == "disabled" else ()))

    def doing(self, before: Ways) -> tuple[tuple[str, ...], ...]:
        if not self.not_yet(before, self.wanted):
            return ()
        return (("chpath", "-oper", self.to.removesuffix("d"), *self.words),)

    def left(self, after: Ways) -> list[str]:
        return self.not_yet(after, self.wanted) if after.meant else [f"there is no path to {self.called} any more"]

    def moves(self, before: Ways) -> str:
        return f"the paths to {self.called} become {self.wanted}; they are: {before}"

    def redundancy(self, before: Ways) -> tuple[Redundancy, ...]:
        return self.loses(before) if self.to == "disabled" else ()

    def undo(self, before: Ways) -> SetPath | None:
        """Where all of them were the other way."""
        was = {each.status for each in before.meant}
        if was == {ENABLED}:
            return self.but(to="enabled")
        return self.but(to="disabled") if was == {DISABLED} else None


class MakePath(_Pathing):
    """Make paths to a disk by one adapter that are defined only, or that aren't there yet."""

    verb: ClassVar[str] = "make-path"
    effect: ClassVar[Effect] = Effect.CHANGES
    example: ClassVar[str] = "make-path p75vio1 hdisk4 fscsi0"

    def guards(self, before: Ways) -> tuple[Guard, ...]:
        return (Guard(name=f"paths to {self.called} are counted", holds=True, seen=str(before)),)

    def doing(self, before: Ways) -> tuple[tuple[str, ...], ...]:
        if before.meant and all(each.status != DEFINED for each in before.meant):
            return ()
        return (("mkpath", *self.words),)

    def left(self, after: Ways) -> list[str]:
        return self.not_yet(after, ENABLED, "Available") if after.meant else [f"there is no path to {self.called}"]

    def moves(self, before: Ways) -> str:
        return f"paths to {self.called} are made; now there are: {before}"

    def undo(self, before: Ways) -> RemovePath:
        forget = not before.meant
        return RemovePath(
            vios=self.vios, system=self.system, disk=self.disk, parent=self.parent, connection=self.connection,
            forget=forget,
        )  # fmt: skip


class RemovePath(_Pathing):
    """Remove the paths to a disk by one adapter: they stay defined, or forget=yes: they are gone. Never the last."""

    verb: ClassVar[str] = "remove-path"
    effect: ClassVar[Effect] = Effect.DISRUPTS
    example: ClassVar[str] = "remove-path p75vio1 hdisk4 fscsi0"

    forget: bool = Field(default=False, description="take away the definition too")

    def guards(self, before: Ways) -> tuple[Guard, ...]:
        return (self.there(before), self.others(before))

    def doing(self, before: Ways) -> tuple[tuple[str, ...], ...]:
        if not self.left(before):
            return ()
        return (("rmpath", *self.words, *(("-rm",) if self.forget else ())),)

    def left(self, after: Ways) -> list[str]:
        return self.not_yet(after, *(() if self.forget else (DEFINED,)))

    def moves(self, before: Ways) -> str:
        return f"the paths to {self.called} are {'gone' if self.forget else 'defined only'}; they are: {before}"

    def redundancy(self, before: Ways) -> tuple[Redundancy, ...]:
        return self.loses(before)

    def undo(self, before: Ways) -> MakePath | None:
        if any(each.status == DEFINED for each in before.meant):
            return None
        return MakePath(
            vios=self.vios, system=self.system, disk=self.disk, parent=self.parent, connection=self.connection
        )
