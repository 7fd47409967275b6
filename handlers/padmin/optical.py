"""Media are loaded into clients' virtual optical drives and taken out again, and their repository grows."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from handlers.changing import Guard
from handlers.heard import Unread
from handlers.names import DeviceName, MediaName, StorageSize
from handlers.operation import Ending, Flow, Inventory, Operation, Report
from handlers.padmin import losses, needs
from handlers.padmin.repository import Library, Shelving
from handlers.padmin.stock import LIBRARY, megabytes
from policies.words import Effect


class _Drive(Shelving):
    drive_name: DeviceName = Field(
        alias="drive",
        description="the virtual optical drive: its virtual target device",
        json_schema_extra={"place": 1, "example": "shiva_dvd"},
    )

    def affected(self, before: Library) -> tuple[str, ...]:
        found = before.scene.own.target(self.drive_name)
        return losses.clients(before.scene, (found,)) if found is not None else ()

    def inside(self, found: Library) -> str | None:
        """What is in the drive; empty: nothing. None: there is no such drive."""
        target = found.scene.own.target(self.drive_name)
        return target.backing.removeprefix(LIBRARY) if target is not None and target.is_drive else None

    def whose(self, before: Library) -> str:
        found = before.scene.own.target(self.drive_name)
        return before.scene.called(before.scene.own.client(found)) if found is not None else "no partition"


class Load(_Drive):
    """Load a medium of the repository into a client's virtual optical drive, which has to be empty."""

    verb: ClassVar[str] = "load"
    example: ClassVar[str] = "load p72vio1 shiva_dvd fedora10iso"

    medium: MediaName = Field(description="the medium", json_schema_extra={"place": 2, "example": "fedora10iso"})

    def guards(self, before: Library) -> tuple[Guard, ...]:
        if not self.left(before):
            return ()
        guard, drive = self.drive(before, self.drive_name)
        found = before.medium(self.medium)
        checks = [guard, self.shelved(before, self.medium)]
        if drive is not None:
            inside = self.inside(before) or ""
            checks += losses.owners(before.scene, (drive,))
            checks.append(
                Guard(name=f"{self.drive_name} is empty", holds=not inside, seen=inside or "nothing is in it")
            )
        if found is not None:
            seen = f"{found.access}, loaded into {needs.listed(found.drives)}"
            fits = found.access == "ro" or not found.drives
            checks.append(Guard(name=f"{self.medium} may be loaded once more", holds=fits, seen=seen))
        return tuple(checks)

    def doing(self, before: Library) -> tuple[tuple[str, ...], ...]:
        if not self.left(before):
            return ()
        return (("loadopt", "-vtd", self.drive_name, "-disk", self.medium),)

    def left(self, after: Library) -> list[str]:
        inside = self.inside(after)
        if inside == self.medium:
            return []
        return [f"{self.drive_name} has {inside} in it" if inside else f"{self.medium} isn't in {self.drive_name}"]

    def moves(self, before: Library) -> str:
        return f"{self.vios} loads {self.medium} into {self.drive_name} of {self.whose(before)}"

    def undo(self, before: Library) -> Operation:
        return Unload(vios=self.vios, system=self.system, drive_name=self.drive_name)


class Unload(_Drive):
    """Take the medium out of a client's virtual optical drive; release=yes takes it from a client that holds it."""

    verb: ClassVar[str] = "unload"
    effect: ClassVar[Effect] = Effect.DISRUPTS
    example: ClassVar[str] = "unload p72vio1 shiva_dvd release=yes"

    release: bool = Field(default=False, description="also from a client that has it reserved, such as mounted")

    def guards(self, before: Library) -> tuple[Guard, ...]:
        guard, drive = self.drive(before, self.drive_name)
        if drive is None:
            return (guard,)
        return (guard, *losses.owners(before.scene, (drive,)))

    def doing(self, before: Library) -> tuple[tuple[str, ...], ...]:
        if not self.inside(before):
            return ()
        return (("unloadopt", "-vtd", self.drive_name, *(("-release",) if self.release else ())),)

    def left(self, after: Library) -> list[str]:
        inside = self.inside(after)
        if inside is None:
            return [f"there is no virtual optical drive {self.drive_name}"]
        return [f"{inside} is still in {self.drive_name}"] if inside else []

    def moves(self, before: Library) -> str:
        by_force = ", also while it is held there" if self.release else ""
        return f"{self.vios} takes {self.inside(before)} out of {self.drive_name} of {self.whose(before)}{by_force}"

    def undo(self, before: Library) -> Operation | None:
        inside = self.inside(before)
        if not inside:
            return None
        return Load(vios=self.vios, system=self.system, drive_name=self.drive_name, medium=inside)


class GrowRepository(Shelving):
    """Let the repository of virtual optical media grow by so much; it never shrinks."""

    verb: ClassVar[str] = "grow-repository"
    example: ClassVar[str] = "grow-repository p72vio1 by=5G"

    by: StorageSize = Field(description="how much it grows by: 5G, 512M", json_schema_extra={"example": "5G"})

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

    def look(self, inventory: Inventory) -> Flow:
        """What it has now; whether that is more than before, the plan tells, which says what it had."""
        place = inventory.vios(self.vios, self.system)
        try:
            found = (yield from self.look_at(place)).repository
        except Unread as fault:
            return Report(ending=Ending.UNKNOWN, headline=f"I couldn't see how it stands: {fault}")
        has = f"{found.size} MB" if found is not None else "no media repository"
        return Report(ending=Ending.UNKNOWN, headline=f"{place} has {has}: compare it with what the plan says it had")

    def moves(self, before: Library) -> str:
        has = f"{before.repository.size} MB" if before.repository is not None else "none"
        return f"the media repository of {self.vios}, which has {has}, grows by {self.by}"


OPERATIONS: tuple[type[Operation], ...] = (Load, Unload, GrowRepository)
