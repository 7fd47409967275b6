"""What an administrator has done to a VIOS besides what it serves; most VIOS are as they were installed."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.lab.fleet.storage import Disk


@dataclass(frozen=True, kw_only=True, slots=True)
class Path:
    """Of a disk, where it isn't simply enabled. `status`: Disabled, Defined, or empty where it was removed."""

    disk: str
    parent: str
    connection: str
    status: str

    @property
    def key(self) -> tuple[str, str, str]:
        return self.disk, self.parent, self.connection


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """What the firewall lets through. `interface`: `all`, or one; `address`: from where, 0.0.0.0 is from anywhere."""

    port: int
    interface: str = "all"
    address: str = "0.0.0.0"  # noqa: S104 - a pattern that a firewall prints, nothing is bound to it
    remote: bool = False
    seconds: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Backup:
    """`kind`: structure (of a volume group), mksysb, nim or viosbr."""

    kind: str
    path: str
    at: float  # by the VIOS's own clock
    of: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Upkeep:
    """`deleted`: devices that the database lacks until `cfgdev`; `stored`: what is set for the next start."""

    deleted: frozenset[str] = frozenset()
    unseen: tuple[Disk, ...] = ()  # deleted disks
    stored: tuple[tuple[str, str, str], ...] = ()  # device, attribute, value
    paths: tuple[Path, ...] = ()
    counted: tuple[tuple[str, float], ...] = ()  # adapters, and since when their statistics count
    short: tuple[tuple[str, float, int], ...] = ()  # ports, and when each lost how many packets for want of buffers
    licensed: bool = True
    firewall: bool = False
    rules: tuple[Rule, ...] = ()
    security: str = ""  # the level that was applied
    backups: tuple[Backup, ...] = ()
    boot: tuple[str, ...] = ()  # the boot list, where it was set

    def storing(self, device: str, values: tuple[tuple[str, str], ...]) -> Upkeep:
        """Those take the place of what was stored under their names."""
        kept = {(owner, name): value for owner, name, value in self.stored}
        kept |= {(device, name): value for name, value in values}
        return replace(self, stored=tuple((owner, name, value) for (owner, name), value in kept.items()))

    def with_path(self, path: Path) -> Upkeep:
        """An enabled one is nothing that needs to be kept."""
        others = tuple(each for each in self.paths if each.key != path.key)
        return replace(self, paths=others if path.status == "Enabled" else (*others, path))

    def counted_since(self, adapter: str) -> float:
        return dict(self.counted).get(adapter, 0.0)

    def lost_since(self, port: str, moment: float) -> int:
        """Packets that it lost for want of buffers."""
        return sum(packets for name, at, packets in self.short if name == port and at >= moment)

    def with_backup(self, backup: Backup) -> Upkeep:
        """In place of the one of its path."""
        return replace(self, backups=(*(each for each in self.backups if each.path != backup.path), backup))
