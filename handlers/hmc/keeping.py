"""What outlasts what runs: profiles that are kept in step or saved, backups of them, and system plans."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal, TypeAlias

from pydantic import Field, StringConstraints

from handlers.changing import Absolute, Guard, Lasts
from handlers.command import Command
from handlers.heard import Reads, Unread, heard, understood
from handlers.hmc.dlpar import saving
from handlers.hmc.places import FrameChange, PartitionChange
from handlers.hmc.standing import Standing, profiles, rows_of, standing
from handlers.hmcout import Unreadable
from handlers.operation import Name, Operation
from handlers.place import Place

FileName: TypeAlias = Annotated[
    str, StringConstraints(min_length=1, max_length=100, pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]*$")
]
PlanName: TypeAlias = Annotated[
    str, StringConstraints(max_length=100, pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]*\.sysplan$")
]

_FILE = re.compile(r"[^\s/\x00-\x1f]{1,255}")


class SyncProfile(Absolute[Standing], PartitionChange[Standing]):
    """Have the HMC write every change of what runs into the partition's profile by itself, or leave off doing so."""

    verb: ClassVar[str] = "sync-profile"
    example: ClassVar[str] = "sync-profile db01 on"

    to: Literal["on", "off"] = Field(
        description="on: the profile follows what runs; off: it stays as it is", json_schema_extra={"place": 1}
    )

    def look_at(self, place: Place) -> Reads[Standing]:
        found = yield from standing(place)
        if found.synced is None:
            raise Unread(f"{place.hmc} doesn't tell whether the profile of {place.name} is kept in step")
        return found

    def guards(self, before: Standing) -> tuple[Guard, ...]:
        seen = before.profile or "none that it was started with"
        return (Guard(name=f"{self.partition} has a profile", holds=before.profile is not None, seen=seen),)

    def doing(self, before: Standing) -> tuple[tuple[str, ...], ...]:
        if not self.left(before):
            return ()
        given = f"name={self.partition},sync_curr_profile={int(self.to == 'on')}"
        return (("chsyscfg", "-r", "lpar", "-m", before.system, "-i", given),)

    def left(self, after: Standing) -> list[str]:
        said = f"the profile of {self.partition} {'follows' if after.synced else 'does not follow'} what runs"
        return [] if after.synced is (self.to == "on") else [said]

    def moves(self, before: Standing) -> str:
        does = "follows what runs from now on" if self.to == "on" else "no longer follows what runs"
        return f"the profile {before.profile} of {self.partition} {does}"

    def undo(self, before: Standing) -> Operation:
        return self.model_copy(update={"to": "off" if self.to == "on" else "on"})

    def lasts(self) -> Lasts:
        return Lasts.NOTED


@dataclass(frozen=True, kw_only=True)
class Kept:
    standing: Standing
    profiles: dict[str, dict[str, str]]


class SaveProfile(Absolute[Kept], PartitionChange[Kept]):
    """Write all that a partition runs with into a new profile."""

    verb: ClassVar[str] = "save-profile"
    example: ClassVar[str] = "save-profile db01 before_patch"

    profile: Name = Field(
        description="the name of the new profile", json_schema_extra={"place": 1, "example": "before_patch"}
    )

    def look_at(self, place: Place) -> Reads[Kept]:
        found = yield from standing(place)
        return Kept(standing=found, profiles=(yield from profiles(place)))

    def guards(self, before: Kept) -> tuple[Guard, ...]:
        """One of that name isn't written over: what it held couldn't be brought back."""
        found = before.standing
        names = ", ".join(sorted(before.profiles)) or "none"
        return (
            Guard(name=f"{self.partition} is on", holds=found.lpar.answers or not found.lpar.is_off, seen=found.state),
            Guard(
                name=f"{self.partition} has no profile {self.profile} yet",
                holds=self.profile not in before.profiles,
                seen=f"it has {names}",
            ),
        )

    def doing(self, before: Kept) -> tuple[tuple[str, ...], ...]:
        return (saving(before.standing.system, self.partition, self.profile)[:-1],)

    def left(self, after: Kept) -> list[str]:
        return [] if self.profile in after.profiles else [f"{self.partition} has no profile {self.profile}"]

    def moves(self, before: Kept) -> str:
        return f"what {self.partition} runs with becomes its profile {self.profile}"

    def lasts(self) -> Lasts:
        return Lasts.NOTED


class _File(Absolute[tuple[str, ...]], FrameChange[tuple[str, ...]]):
    """A new file on the HMC. `S`: the names of those that are there."""

    deadline: ClassVar[float] = 60 * 60.0
    exit_counts: ClassVar[bool] = True  # one that was cut short is listed too
    file: FileName

    def guards(self, before: tuple[str, ...]) -> tuple[Guard, ...]:
        """One of that name isn't written over: what it held couldn't be brought back."""
        there = self.file in before
        seen = "it is there already: choose another name" if there else "it isn't"
        return (Guard(name=f"there is no {self.file} yet", holds=not there, seen=seen),)

    def left(self, after: tuple[str, ...]) -> list[str]:
        return [] if self.file in after else [f"the HMC lists no {self.file}"]

    def lasts(self) -> Lasts:
        return Lasts.NOTED


class BackupProfiles(_File):
    """Back up the profile data of a managed system to a file on its HMC, and see that it is there."""

    verb: ClassVar[str] = "backup-profiles"
    example: ClassVar[str] = "backup-profiles p72 before_patch"

    file: FileName = Field(
        description="the file's name on the HMC", json_schema_extra={"place": 1, "example": "before_patch"}
    )

    def look_at(self, place: Place) -> Reads[tuple[str, ...]]:
        """They stand below the system's type, model and serial number. No command of the HMC lists them, and its shell
        lets `ls` look there; unverified at levels from V10 on."""
        found = yield from rows_of(place, ("lssyscfg", "-r", "sys", "-m", place.system), place.system)
        named = {(row.get("type_model"), row.get("serial_num")) for row in found}
        if len(named) != 1 or None in (one := next(iter(named))):
            raise Unread(f"the type, model and serial number of {place.system} couldn't be read")
        argv = ("ls", f"/var/hsc/profiles/{one[0]}*{one[1]}")
        result = heard((yield Command(host=place.hmc, argv=argv)))
        return understood(result, f"the backups of {place.system}", files)

    def doing(self, before: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
        return (("bkprofdata", "-m", self.system, "-f", self.file),)

    def moves(self, before: tuple[str, ...]) -> str:
        return f"the profile data of {self.system} is backed up to {self.file} on its HMC"


def files(text: str) -> tuple[str, ...]:
    """Of `ls`: a name on each line, or Unreadable."""
    names = text.splitlines()
    for name in names:
        if not _FILE.fullmatch(name):
            raise Unreadable(f"not a file's name: {name[:120]!r}")
    return tuple(names)


class SystemPlan(_File):
    """Write a system plan of a managed system to a file on its HMC, and see that it is there."""

    verb: ClassVar[str] = "sysplan"
    example: ClassVar[str] = "sysplan p72 p72.sysplan"

    file: PlanName = Field(
        description="the file's name, which ends in .sysplan", json_schema_extra={"place": 1, "example": "p72.sysplan"}
    )

    def look_at(self, place: Place) -> Reads[tuple[str, ...]]:
        rows = yield from rows_of(place, ("lssysplan",), "the system plans")
        if any("name" not in row for row in rows):
            raise Unread("the system plans couldn't be read: one without a name")
        return tuple(row["name"] for row in rows)

    def doing(self, before: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
        return (("mksysplan", "-m", self.system, "-f", self.file),)

    def moves(self, before: tuple[str, ...]) -> str:
        return f"a plan of {self.system} is written to {self.file} on its HMC"
