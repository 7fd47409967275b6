"""Media are loaded into clients' virtual optical drives and taken out again, and their repository grows."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from handlers.changing import Guard
from handlers.names import DeviceName, MediaName, StorageSize
from handlers.operation import Operation
from handlers.padmin import losses, needs
from handlers.padmin.repository import Library, Shelving
from handlers.padmin.stock import LIBRARY, megabytes
from policies.words import Effect


class _Drive(Shelving):
    drive: DeviceName = Field(
        description="the virtual optical drive: its virtual target device",
        json_schema_extra={"place": 1, "example": "shiva_dvd", "other": "other_dvd"},
    )

    def affected(self, before: Library) -> tuple[str, ...]:
        found = before.scene.own.target(self.drive)
        return losses.clients(before.scene, (found,)) if found is not None else ()

    def inside(self, found: Library) -> str | None:
        """What is in the drive; empty: nothing. None: there is no such drive."""
        target = found.scene.own.target(self.drive)
        return target.backing.removeprefix(LIBRARY) if target is not None and target.is_drive else None

    def whose(self, before: Library) -> str:
        found = before.scene.own.target(self.drive)
        return before.scene.called(before.scene.own.client(found)) if found is not None else "no partition"


class Load(_Drive):
    """Load a medium of the repository into a client's virtual optical drive, which has to be empty."""

    verb: ClassVar[str] = "load"
    example: ClassVar[str] = "load p72vio1 shiva_dvd fedora10iso"

    medium: MediaName = Field(
        description="the medium", json_schema_extra={"place": 2, "example": "fedora10iso", "other": "other_iso"}
    )

    def guards(self, before: Library) -> tuple[Guard, ...]:
        if not self.left(before):
            return ()
        guard, drive = self.is_drive(before, self.drive)
        found = before.medium(self.medium)
        checks = [guard, self.shelved(before, self.medium)]
        if drive is not None:
            inside = self.inside(before) or ""
            checks += losses.owners(before.scene, (drive,))
            checks.append(Guard(name=f"{self.drive} is empty", holds=not inside, seen=inside or "nothing is in it"))
        if found is not None:
            seen = f"{found.access}, loaded into {needs.listed(found.drives)}"
            fits = found.access == "ro" or not found.drives
            checks.append(Guard(name=f"{self.medium} may be loaded once more", holds=fits, seen=seen))
        return tuple(checks)

    def doing(self, before: Library) -> tuple[tuple[str, ...], ...]:
        if not self.left(before):
            return ()
        return (("loadopt", "-vtd", self.drive, "-disk", self.medium),)

    def left(self, after: Library) -> list[str]:
        inside = self.inside(after)
        if inside == self.medium:
            return []
        return [f"{self.drive} has {inside} in it" if inside else f"{self.medium} isn't in {self.drive}"]

    def moves(self, before: Library) -> str:
        return f"{self.vios} loads {self.medium} into {self.drive} of {self.whose(before)}"

    def undo(self, before: Library) -> Operation:
        return Unload(vios=self.vios, system=self.system, drive=self.drive)


class Unload(_Drive):
    """Take the medium out of a client's virtual optical drive; release=yes takes it from a client that holds it."""

    verb: ClassVar[str] = "unload"
    effect: ClassVar[Effect] = Effect.DISRUPTS
    example: ClassVar[str] = "unload p72vio1 shiva_dvd release=yes"

    release: bool = Field(default=False, description="also from a client that has it reserved, such as mounted")

    def guards(self, before: Library) -> tuple[Guard, ...]:
        guard, drive = self.is_drive(before, self.drive)
        if drive is None:
            return (guard,)
        return (guard, *losses.owners(before.scene, (drive,)))

    def doing(self, before: Library) -> tuple[tuple[str, ...], ...]:
        if not self.inside(before):
            return ()
        return (("unloadopt", "-vtd", self.drive, *(("-release",) if self.release else ())),)

    def left(self, after: Library) -> list[str]:
        inside = self.inside(after)
        if inside is None:
            return [f"there is no virtual optical drive {self.drive}"]
        return [f"{inside} is still in {self.drive}"] if inside else []

    def moves(self, before: Library) -> str:
        by_force = ", also while it is held there" if self.release else ""
        return f"{self.vios} takes {self.inside(before)} out of {self.drive} of {self.whose(before)}{by_force}"

    def undo(self, before: Library) -> Operation | None:
        inside = self.inside(before)
        if not inside:
            return None
        return Load(vios=self.vios, system=self.system, drive=self.drive, medium=inside)


class GrowRepository(Shelving):
    """Let the repository of virtual optical media grow by so much; it never shrinks."""

    verb: ClassVar[str] = "grow-repository"
    example: ClassVar[str] = "grow-repository p72vio1 by=5G"

    by: StorageSize = Field(
        description="how much it grows by: 5G, 512M", json_schema_extra={"example": "5G", "other": "1G"}
    )

    def guards(self, before: Library) -> tuple[Guard, ...]:
        found = before.repository
        if found is None:
            return (self.there(before),)
        there, pool = needs.pool(before.pools, found.pool)
        return (self.there(before), there, *((needs.room(pool, megabytes(self.by)),) if pool is not None else ()))

    def doing(self, before: Library) -> tuple[tuple[str, ...], ...]:
        return (("chrep", "-size", self.by),)

    def left(self, after: Library) -> list[str]:
        return ["there is no media repository"] if after.repository is None else []

    def missing(self, before: Library, after: Library) -> list[str]:
        if before.repository is None or after.repository is None:
            return self.left(after)
        grown = after.repository.size - before.repository.size
        return [f"the media repository grew by {grown} MB"] if grown < megabytes(self.by) else []

    def told(self, after: Library) -> str:
        """Whether that is more than before, the plan tells, which says what it had."""
        has = f"{after.repository.size} MB" if after.repository is not None else "none"
        return f"the media repository has {has}: compare it with what the plan says it had"

    def moves(self, before: Library) -> str:
        has = f"{before.repository.size} MB" if before.repository is not None else "none"
        return f"the media repository of {self.vios}, which has {has}, grows by {self.by}"


OPERATIONS: tuple[type[Operation], ...] = (Load, Unload, GrowRepository)
