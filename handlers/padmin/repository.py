"""The repository of virtual optical media of a VIOS, the media in it, and the drives that they are loaded into."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from pydantic import Field

from handlers.changing import Change, Guard
from handlers.heard import Reads, heard, understood
from handlers.names import DriveName, FilePath, LogicalName, MediaName, StorageSize
from handlers.operation import Operation
from handlers.padmin import media, needs, pools, sides, stock
from handlers.padmin.media import Medium, Repository
from handlers.padmin.pools import Pool
from handlers.padmin.sides import Scene
from handlers.padmin.stock import LIBRARY, Target, megabytes
from handlers.place import Place
from handlers.within import answered, on_vios
from policies.words import Effect

LSREP = ("lsrep",)
COPYING = 60 * 60.0  # seconds that a disc or an image may take


@dataclass(frozen=True, kw_only=True)
class Library:
    """`repository` None: there is none."""

    scene: Scene
    pools: tuple[Pool, ...]
    repository: Repository | None

    def medium(self, name: str) -> Medium | None:
        return self.repository.medium(name) if self.repository is not None else None

    def drives(self, name: str) -> tuple[Target, ...]:
        """The targets that the medium is loaded into."""
        return self.scene.own.on(f"{LIBRARY}{name}")


class Shelving(Change[Library]):
    """Works on the repository or on what is in it."""

    def look_at(self, place: Place) -> Reads[Library]:
        scene = yield from sides.scene(place)
        found = yield from answered(place, stock.POOLS, pools.pools)
        result = heard((yield on_vios(place, LSREP)))
        if result.exit_status and not result.unsent and _NONE.search(result.text):
            return Library(scene=scene, pools=found, repository=None)
        return Library(scene=scene, pools=found, repository=understood(result, "lsrep", media.repository))

    def there(self, before: Library) -> Guard:
        found = before.repository
        seen = f"{found.free} of {found.size} MB free, in {found.pool}" if found is not None else "there is none"
        return Guard(name=f"{self.vios} has a media repository", holds=found is not None, seen=seen)

    def shelved(self, before: Library, name: str) -> Guard:
        found, all_of = before.medium(name), before.repository.media if before.repository is not None else ()
        seen = f"there are {needs.listed(each.name for each in all_of)}"
        if found is not None:
            seen = f"{found.size} MB, {found.access}, {_loaded(found.drives)}"
        return Guard(name=f"{name} is in the repository", holds=found is not None, seen=seen)

    def is_drive(self, before: Library, name: str) -> tuple[Guard, Target | None]:
        found = before.scene.own.target(name)
        drives = needs.listed(each.name for each in before.scene.own.targets if each.is_drive)
        is_one = found is not None and found.is_drive
        seen = f"on {found.vhost}, {_in(found)}" if found is not None and is_one else f"there are {drives}"
        return Guard(name=f"{name} is a virtual optical drive", holds=is_one, seen=seen), found if is_one else None


_NONE = media.Media.without or re.compile(r"(?!)")


def _loaded(drives: tuple[str, ...]) -> str:
    return f"loaded into {', '.join(drives)}" if drives else "loaded nowhere"


def _in(drive: Target) -> str:
    return f"{drive.backing.removeprefix(LIBRARY)} is in it" if drive.backing else "it is empty"


class MakeRepository(Shelving):
    """Make the repository of virtual optical media in a storage pool; a VIOS has one at most."""

    verb: ClassVar[str] = "make-repository"
    example: ClassVar[str] = "make-repository p72vio1 clienthd size=15G"

    pool: LogicalName = Field(
        description="the storage pool", json_schema_extra={"place": 1, "example": "clienthd", "other": "rootvg"}
    )
    size: StorageSize = Field(description="how large: 15G, 512M", json_schema_extra={"example": "15G", "other": "10G"})

    def guards(self, before: Library) -> tuple[Guard, ...]:
        return tuple(self._needed(before)) if self.left(before) else ()

    def _needed(self, before: Library) -> Iterator[Guard]:
        found = before.repository
        seen = f"one of {found.size} MB in {found.pool}" if found is not None else "there is none"
        yield Guard(name=f"{self.vios} has no media repository yet", holds=found is None, seen=seen)
        there, pool = needs.pool(before.pools, self.pool)
        yield there
        if pool is not None:
            yield needs.room(pool, megabytes(self.size))

    def doing(self, before: Library) -> tuple[tuple[str, ...], ...]:
        return (("mkrep", "-sp", self.pool, "-size", self.size),) if self.left(before) else ()

    def left(self, after: Library) -> list[str]:
        found = after.repository
        if found is None:
            return ["there is no media repository"]
        if found.pool != self.pool or found.size < megabytes(self.size):
            return [f"the media repository has {found.size} MB in {found.pool}"]
        return []

    def moves(self, before: Library) -> str:
        return f"{self.vios} makes a media repository of {self.size} in {self.pool}"

    def undo(self, before: Library) -> Operation:
        return RemoveRepository(vios=self.vios, system=self.system)


class RemoveRepository(Shelving):
    """Remove the repository of virtual optical media. With media=yes what is in it goes along, unless it is loaded."""

    verb: ClassVar[str] = "remove-repository"
    effect: ClassVar[Effect] = Effect.DESTROYS
    example: ClassVar[str] = "remove-repository p72vio1"

    media: bool = Field(default=False, description="the media in it are lost with it")

    def guards(self, before: Library) -> tuple[Guard, ...]:
        found = before.repository
        there = self.there(before)
        if found is None:
            return (there,)
        loaded = [f"{each.name} in {', '.join(each.drives)}" for each in found.media if each.drives]
        names = needs.listed(each.name for each in found.media)
        empty = Guard(name="it is empty, or media=yes", holds=self.media or not found.media, seen=names)
        return (there, empty, Guard(name="no medium is loaded", holds=not loaded, seen=needs.listed(loaded)))

    def doing(self, before: Library) -> tuple[tuple[str, ...], ...]:
        return (("rmrep", *(("-f",) if self.media else ())),)

    def left(self, after: Library) -> list[str]:
        return ["the media repository is still there"] if after.repository is not None else []

    def moves(self, before: Library) -> str:
        found = before.repository.media if before.repository is not None else ()
        lost = f", and with it {needs.listed(each.name for each in found)}" if found else ""
        return f"{self.vios} removes its media repository{lost}"


class MakeMedia(Shelving):
    """Put a medium into the repository: the disc in a drive of the VIOS, an image file on it, or an empty one."""

    verb: ClassVar[str] = "make-media"
    example: ClassVar[str] = "make-media p72vio1 fedora10 file=/var/images/fedora10.iso"
    deadline: ClassVar[float] = COPYING
    exit_counts: ClassVar[bool] = True  # one that was cut short is in the repository too

    medium: MediaName = Field(
        description="what it shall be called", json_schema_extra={"place": 1, "example": "fedora10"}
    )
    file: FilePath | None = Field(
        default=None, description="an image file on the VIOS", json_schema_extra={"example": "/var/images/fedora10.iso"}
    )
    device: DriveName | None = Field(
        default=None, description="the drive whose disc is copied; else it is cd0", json_schema_extra={"example": "cd1"}
    )
    size: StorageSize | None = Field(
        default=None, description="an empty one, so large", json_schema_extra={"example": "4G"}
    )
    writable: bool = Field(default=False, description="clients may write to it; an empty one they always may")

    @classmethod
    def clashes(cls, given: Mapping[str, object]) -> list[str]:
        named = [name for name in ("file", "device", "size") if given.get(name) is not None]
        return [f"a medium comes from one place: not from {' and '.join(named)} at once"] if len(named) > 1 else []

    def guards(self, before: Library) -> tuple[Guard, ...]:
        found = before.medium(self.medium)
        seen = f"there is one of {found.size} MB" if found is not None else "there is none"
        new = Guard(name=f"{self.medium} isn't in the repository yet", holds=found is None, seen=seen)
        there = self.there(before)
        if before.repository is None or self.size is None:
            return (there, new)
        free, wanted = before.repository.free, megabytes(self.size)
        return (there, new, Guard(name=f"{wanted} MB fit", holds=free >= wanted, seen=f"{free} MB are free"))

    def doing(self, before: Library) -> tuple[tuple[str, ...], ...]:
        words = ("mkvopt", "-name", self.medium)
        read_only = () if self.writable else ("-ro",)
        if self.size is not None:
            return ((*words, "-size", self.size),)
        if self.file is not None:
            return ((*words, "-file", self.file, *read_only),)
        return ((*words, "-dev", self.device or "cd0", *read_only),)

    def left(self, after: Library) -> list[str]:
        return [f"{self.medium} isn't in the repository"] if after.medium(self.medium) is None else []

    def moves(self, before: Library) -> str:
        source = (
            f"an empty one of {self.size}"
            if self.size is not None
            else self.file or f"the disc in {self.device or 'cd0'}"
        )
        return f"{self.vios} puts {self.medium} into its media repository: {source}"

    def undo(self, before: Library) -> Operation:
        return RemoveMedia(vios=self.vios, system=self.system, medium=self.medium)


class RemoveMedia(Shelving):
    """Remove a medium from the repository, while no drive has it loaded."""

    verb: ClassVar[str] = "remove-media"
    effect: ClassVar[Effect] = Effect.DESTROYS
    example: ClassVar[str] = "remove-media p72vio1 AIX61TL3"

    medium: MediaName = Field(
        description="the medium", json_schema_extra={"place": 1, "example": "AIX61TL3", "other": "fedora10iso"}
    )

    def guards(self, before: Library) -> tuple[Guard, ...]:
        found = before.medium(self.medium)
        if found is None:
            return (self.there(before), self.shelved(before, self.medium))
        own = before.scene.own
        drives = [f"{each.name} of {before.scene.called(own.client(each))}" for each in before.drives(self.medium)]
        drives += [name for name in found.drives if own.target(name) is None]
        loaded = Guard(name=f"{self.medium} is loaded nowhere", holds=not drives, seen=", ".join(drives) or "nowhere")
        return (self.there(before), self.shelved(before, self.medium), loaded)

    def doing(self, before: Library) -> tuple[tuple[str, ...], ...]:
        return (("rmvopt", "-name", self.medium),)

    def left(self, after: Library) -> list[str]:
        return [f"{self.medium} is still in the repository"] if after.medium(self.medium) is not None else []

    def moves(self, before: Library) -> str:
        return f"{self.vios} removes {self.medium} from its media repository"


OPERATIONS: tuple[type[Operation], ...] = (MakeRepository, RemoveRepository, MakeMedia, RemoveMedia)
