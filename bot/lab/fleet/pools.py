"""Storage pools as values: what a VIOS cuts its clients' disks from, and its repository of optical media.

Which disks a pool stands on is told by the disks themselves, as their `group`. All sizes are in MB.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

ROOT = "rootvg"
LIBRARY = "/var/vio/VMLibrary"
_ALLOC = 64  # what a pool is given out in, where the disks aren't larger
_MOST_PARTS = 1016  # of one disk, at the least unit
_OF_SYSTEM = 20 * 1024  # of rootvg: what the VIOS itself takes


@dataclass(frozen=True, kw_only=True, slots=True)
class Pool:
    """`alloc` is its unit, a physical partition of the volume group."""

    name: str
    alloc: int = _ALLOC


_ROOT_POOL = Pool(name=ROOT, alloc=2 * _ALLOC)


@dataclass(frozen=True, kw_only=True, slots=True)
class Volume:
    """A backing device of a pool: a logical volume."""

    name: str
    pool: str
    size: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Medium:
    """One of the repository's."""

    name: str
    size: int
    read_only: bool = False

    @property
    def access(self) -> str:
        return "ro" if self.read_only else "rw"

    @property
    def path(self) -> str:
        return f"{LIBRARY}/{self.name}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Repository:
    pool: str
    size: int
    media: tuple[Medium, ...] = ()

    @property
    def free(self) -> int:
        return self.size - sum(each.size for each in self.media)

    def medium(self, name: str) -> Medium | None:
        return next((each for each in self.media if each.name == name), None)


@dataclass(frozen=True, kw_only=True, slots=True)
class Pools:
    """`made`: those besides rootvg, which is there wherever a disk belongs to it."""

    made: tuple[Pool, ...] = ()
    default: str = ROOT
    volumes: tuple[Volume, ...] = ()
    repository: Repository | None = None
    mirrored: bool = False  # rootvg is

    def pool(self, name: str) -> Pool | None:
        if name == ROOT:
            return _ROOT_POOL
        return next((each for each in self.made if each.name == name), None)

    def volume(self, name: str) -> Volume | None:
        return next((each for each in self.volumes if each.name == name), None)

    def taken(self, pool: str) -> int:
        """What its volumes and the repository hold of it, and in rootvg what the VIOS does."""
        held = sum(each.size for each in self.volumes if each.pool == pool)
        if self.repository is not None and self.repository.pool == pool:
            held += self.repository.size
        if pool == ROOT:
            held += _OF_SYSTEM * (2 if self.mirrored else 1)
        return held

    def without_volume(self, name: str) -> Pools:
        return replace(self, volumes=tuple(each for each in self.volumes if each.name != name))


def alloc_of(largest: int) -> int:
    """The unit of a pool that begins with disks no larger than that: a disk has no more than so many parts."""
    unit = _ALLOC
    while largest // unit > _MOST_PARTS:
        unit *= 2
    return unit


def rounded(size: int, unit: int) -> int:
    """Up to whole units."""
    return -(-size // unit) * unit


def usable(size: int, unit: int) -> int:
    """What of a disk a pool can give out."""
    return size // unit * unit
