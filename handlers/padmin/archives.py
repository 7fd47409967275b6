"""Backups of a VIOS, each read back once written: the whole, its configuration, a volume group's structure."""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Mapping
from typing import Annotated, ClassVar, TypeAlias

from pydantic import Field, StringConstraints

from handlers.changing import Change, Guard
from handlers.heard import Reads, heard, understood
from handlers.hmcout import Unreadable
from handlers.names import FilePath, VolumeName
from handlers.padmin.clocks import reading
from handlers.padmin.printed import lines, matched, some
from handlers.place import Place
from handlers.within import on_vios
from policies.words import Effect, Frozen

BackupName: TypeAlias = Annotated[
    str, StringConstraints(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]*$")
]
CONFIGURATIONS = "/home/padmin/cfgbackups"  # where viosbr puts what has no directory of its own
SUFFIX = ".tar.gz"
# An image is large, and what lies in these is read by the system: neither is to be put where it lives.
_ITS_OWN = re.compile(
    r"/(?:admin|audit|bin|boot|dev|etc|home|lib|lost\+found|lpp|opt|proc|sbin|sys|tftpboot|u|unix|usr|var)/"
)
_FOR_BACKUPS = ("/home/padmin/", "/var/vio/")
_NOT_THERE = "0653-341"  # ls: there is no such file
_FILE = re.compile(
    r"[-dl][rwxsStT-]{9}[.+@]? +\d+ +\S+ +\S+ +(?P<size>\d{1,18}) "
    r"(?P<month>[A-Z][a-z]{2}) +(?P<day>\d{1,2}) +(?P<time>\d\d:\d\d|\d{4}) +(?P<path>\S{1,300})",
    re.ASCII,
)
_TOTAL = re.compile(r"total \d+", re.ASCII)
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,120}", re.ASCII)


class File(Frozen):
    """`stamp`: as ls prints it, in whole minutes, the day in two digits; `size` in bytes."""

    path: str
    size: int
    stamp: str

    def __str__(self) -> str:
        return f"{self.path}, {self.size} bytes of {self.stamp}"


def files(text: str) -> tuple[File, ...]:
    """Of `ls -l` and `restorevgstruct -ls`, or Unreadable."""
    found = [line for line in lines(text) if not _TOTAL.fullmatch(line)]
    rows = (matched(_FILE, line) for line in found)
    return tuple(File(path=row["path"], size=int(row["size"]), stamp=_stamp(row)) for row in rows)


def _stamp(row: re.Match[str]) -> str:
    return f"{row['month']} {int(row['day']):02} {row['time']}"


def file_at(place: Place, path: str) -> Reads[File | None]:
    """The file there, None where there is none, or Unread."""
    result = heard((yield on_vios(place, ("ls", "-l", path))))
    if result.exit_status and not result.unsent and _NOT_THERE in result.text:
        return None
    found = understood(result, f"ls of {path}", files)
    return found[0] if found else None


class Kept(Frozen):
    """What is there of a backup. `listed`: by the command that restores it, where one lists."""

    file: File | None
    listed: bool | None = None
    is_there: bool = True  # what is saved
    minute: str = ""  # of the VIOS's clock, as `stamp`


class _Backup(Change[Kept]):
    """Writes a new file; afterwards it has to be there, with something in it."""

    effect: ClassVar[Effect] = Effect.CHANGES
    deadline: ClassVar[float] = 30 * 60.0
    exit_counts: ClassVar[bool] = True  # one that was cut short is there too

    @property
    def otherwise(self) -> str:
        """What to do where it is there already."""
        return "choose another name, or remove it on the VIOS first"

    @property
    @abstractmethod
    def called(self) -> str:
        """What is written, in words."""

    def guards(self, before: Kept) -> tuple[Guard, ...]:
        """Nothing is written over: what it held couldn't be brought back."""
        seen = f"{before.file}: {self.otherwise}" if before.file is not None else "nothing is there"
        return (Guard(name=f"{self.called} isn't there yet", holds=before.file is None, seen=seen),)

    def left(self, after: Kept) -> list[str]:
        if after.file is None:
            return [f"{self.called} isn't there"]
        told = [] if after.file.size > 0 else [f"{self.called} is empty"]
        return (
            told if after.listed in (None, True) else [*told, f"{self.called} isn't listed among what can be restored"]
        )

    def moves(self, before: Kept) -> str:
        return f"{self.called} is written"

    def done(self, before: Kept, after: Kept) -> str:
        listed = "" if after.listed is None else ", and it is listed among what can be restored"
        return f"there is {after.file}{listed}"


class BackUp(_Backup):
    """Back up a whole VIOS, as an image (mksysb=yes) or as a tar for NIM in a directory. It can take an hour."""

    verb: ClassVar[str] = "backup"
    example: ClassVar[str] = "backup p75vio1 file=/nim/vios.mksysb mksysb=yes"
    deadline: ClassVar[float] = 4 * 3600.0

    file: FilePath = Field(
        description="the image, or the directory of the tar",
        json_schema_extra={"example": "/nim/p75", "other": "/backup/p75"},
    )
    mksysb: bool = Field(default=False, description="an image, instead of a tar for NIM")
    media: bool = Field(default=True, description="no: without the virtual media library")

    @classmethod
    def clashes(cls, given: Mapping[str, object]) -> list[str]:
        path = f"{given.get('file')}/"
        if not _ITS_OWN.match(path) or path.startswith(_FOR_BACKUPS):
            return []
        return [f"{given['file']} is in the VIOS's own system: back up to a mounted directory, or below /home/padmin/"]

    def guards(self, before: Kept) -> tuple[Guard, ...]:
        folder = self.called.rpartition("/")[0]
        own = Guard(
            name="it goes into a directory, as / itself is the VIOS's own", holds=bool(folder), seen=folder or "/"
        )
        return (own, *super().guards(before))

    @property
    def called(self) -> str:
        return self.file if self.mksysb else f"{self.file.rstrip('/')}/nim_resources.tar"

    def look_at(self, place: Place) -> Reads[Kept]:
        return Kept(file=(yield from file_at(place, self.called)))

    def doing(self, before: Kept) -> tuple[tuple[str, ...], ...]:
        image = ("-mksysb",) if self.mksysb else ()
        return (("backupios", "-file", self.file, *image, *(("-nomedialib",) if not self.media else ())),)


class BackUpConfiguration(_Backup):
    """Back up the configuration of a VIOS: its mappings, pools and devices (viosbr)."""

    verb: ClassVar[str] = "backup-config"
    example: ClassVar[str] = "backup-config p75vio1 file=before-friday"

    file: BackupName = Field(
        description="its name, without the ending", json_schema_extra={"example": "friday", "other": "monday"}
    )

    @property
    def called(self) -> str:
        return f"{CONFIGURATIONS}/{self.file.removesuffix(SUFFIX)}{SUFFIX}"

    def look_at(self, place: Place) -> Reads[Kept]:
        listed = yield from self.asked(place, ("viosbr", "-view", "-list"), _names)
        return Kept(file=(yield from file_at(place, self.called)), listed=self.called.rpartition("/")[2] in listed)

    def doing(self, before: Kept) -> tuple[tuple[str, ...], ...]:
        return (("viosbr", "-backup", "-file", self.file.removesuffix(SUFFIX)),)


class _Structure(_Backup):
    group: VolumeName = Field(
        description="the volume group", json_schema_extra={"place": 1, "example": "client_boot", "other": "other_boot"}
    )

    @property
    def called(self) -> str:
        return f"the structure of {self.group}"

    def look_at(self, place: Place) -> Reads[Kept]:
        """The command that restores them lists them, with their size and date."""
        found = yield from self.asked(place, ("restorevgstruct", "-ls"), files)
        own = next((each for each in found if each.path.rpartition("/")[2] == f"{self.group}.data"), None)
        return Kept(file=own, listed=own is not None)

    def doing(self, before: Kept) -> tuple[tuple[str, ...], ...]:
        return (("savevgstruct", self.group),)


class SaveStructure(_Structure):
    """Save the structure of a volume group of a VIOS: what of it there is to make anew, not what is in it."""

    verb: ClassVar[str] = "save-structure"
    example: ClassVar[str] = "save-structure p75vio1 client_boot"

    @property
    def otherwise(self) -> str:
        return f"/vios replace-structure {self.vios} {self.group} writes it anew"


class ReplaceStructure(_Structure):
    """Save the structure of a volume group anew, in place of the one that is saved: there is one of each group."""

    verb: ClassVar[str] = "replace-structure"
    effect: ClassVar[Effect] = Effect.DESTROYS  # the old one can't be brought back
    example: ClassVar[str] = "replace-structure p75vio1 client_boot"

    def look_at(self, place: Place) -> Reads[Kept]:
        """With the groups that there are, as no other can be saved, and the clock that the file is dated by."""
        found = yield from super().look_at(place)
        groups = yield from self.asked(place, ("lsvg",), _groups)
        clock = yield from self.asked(place, ("chdate",), reading)
        return found.model_copy(update={"is_there": self.group in groups, "minute": f"{clock.now:%b %d %H:%M}"})

    def look_after(self, place: Place) -> Reads[Kept]:
        return (yield from super().look_at(place))

    def guards(self, before: Kept) -> tuple[Guard, ...]:
        old, save = before.file, f"/vios save-structure {self.vios} {self.group}"
        apart = old is None or old.stamp != before.minute
        told = (
            "it is dated by the minute, and is of an earlier one" if apart else "it is of this minute: ask in another"
        )
        group = "it is" if before.is_there else "it isn't"
        return (
            Guard(name=f"{self.group} is a volume group", holds=before.is_there, seen=group),
            Guard(name=f"{self.called} is saved", holds=old is not None, seen=str(old or f"it isn't: {save}")),
            Guard(name="the old one can be told from the new", holds=apart, seen=told),
        )

    def missing(self, before: Kept, after: Kept) -> list[str]:
        told = self.left(after)
        if before.file is not None and after.file is not None and before.file.stamp == after.file.stamp:
            told.append(f"{self.called} is still that of {after.file.stamp}")
        return told

    def moves(self, before: Kept) -> str:
        return f"{self.called} is written anew; the old one goes: {before.file}"


def _groups(text: str) -> tuple[str, ...]:
    """The volume groups that `lsvg` names, one a line."""
    return tuple(matched(_NAME, line)[0] for line in some(text))


def _names(text: str) -> tuple[str, ...]:
    """The backups that `viosbr -view -list` names, one a line."""
    found = [line.strip() for line in lines(text)]
    for line in found:
        if not _NAME.fullmatch(line):
            raise Unreadable(f"it has a line that I don't know: {line[:120]!r}")
    return tuple(found)


OPERATIONS = (BackUp, BackUpConfiguration, SaveStructure, ReplaceStructure)
