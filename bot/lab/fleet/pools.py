"""Storage pools as values: what a VIOS cuts its clients' disks from, and its repository of optical media.

Which disks a pool stands on is told by the disks themselves, as their `group`. All sizes are in MB.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

ROOT = "rootvg"
LIBRARY = "/var/vio/VMLibrary"
_ALLOC = 64  # what a pool is given out in, where the disks aren't larger
_MOST_PARTS = 1016  # of one disk, at the least unit


@dataclass(frozen=True, slots=True)
class Logical:
    """A logical volume of rootvg that the VIOS itself has; `parts`: of rootvg's units, of one copy."""

    name: str
    kind: str
    parts: int
    mount: str = ""


DUMP = "sysdump"  # the kind that isn't mirrored along
SYSTEM = (
    Logical("hd5", "boot", 1),
    Logical("hd6", "paging", 4),
    Logical("paging00", "paging", 8),
    Logical("hd8", "jfs2log", 1),
    Logical("hd4", "jfs2", 8, "/"),
    Logical("hd2", "jfs2", 48, "/usr"),
    Logical("hd9var", "jfs2", 24, "/var"),
    Logical("hd3", "jfs2", 32, "/tmp"),  # noqa: S108 - where it is mounted there
    Logical("hd1", "jfs2", 16, "/home"),
    Logical("hd10opt", "jfs2", 8, "/opt"),
    Logical("hd11admin", "jfs2", 1, "/admin"),
    Logical("livedump", "jfs2", 2, "/var/adm/ras/livedump"),
    Logical("lg_dumplv", DUMP, 7),
)


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
    size: int  # of one copy
    copies: int = 1


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
    size: int  # of one copy
    media: tuple[Medium, ...] = ()
    copies: int = 1

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
    mirrors: tuple[str, ...] = ()  # the disks of rootvg's second copy
    first: tuple[str, ...] = ()  # those that rootvg's first copy lies on before any other

    def pool(self, name: str) -> Pool | None:
        if name == ROOT:
            return _ROOT_POOL
        return next((each for each in self.made if each.name == name), None)

    def volume(self, name: str) -> Volume | None:
        return next((each for each in self.volumes if each.name == name), None)

    def taken(self, pool: str) -> int:
        """What its volumes and the repository hold of it, and in rootvg what the VIOS does."""
        held = sum(each.size * each.copies for each in self.volumes if each.pool == pool)
        if self.repository is not None and self.repository.pool == pool:
            held += self.repository.size * self.repository.copies
        if pool == ROOT:
            held += sum(each.parts * self.copies(each) for each in SYSTEM) * _ROOT_POOL.alloc
        return held

    def copies(self, system: Logical) -> int:
        return 2 if self.mirrored and system.kind != DUMP else 1

    @property
    def mirrored(self) -> bool:
        """What the VIOS itself has of rootvg is."""
        return bool(self.mirrors)

    def mirrored_on(self, disks: tuple[str, ...]) -> Pools:
        """Everything that rootvg holds now has a second copy there; what is cut from it later has none."""
        return replace(self._copied(2), mirrors=disks)

    def unmirrored(self, disks: tuple[str, ...]) -> Pools:
        """The copy on these disks is gone; where none of them is the second one's, that stays."""
        first = self.first if set(disks) & set(self.mirrors) or not disks else self.mirrors
        return replace(self._copied(1), mirrors=(), first=first)

    def _copied(self, copies: int) -> Pools:
        volumes = tuple(replace(each, copies=copies) if each.pool == ROOT else each for each in self.volumes)
        shelf = self.repository
        shelf = replace(shelf, copies=copies) if shelf is not None and shelf.pool == ROOT else shelf
        return replace(self, volumes=volumes, repository=shelf)

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
