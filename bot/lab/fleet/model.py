"""The fleet as values: HMCs, managed systems, partitions, and the migrations in flight between them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from bot.lab.fleet import checks
from bot.lab.fleet.consoles import Console
from bot.lab.fleet.frame import ManagedSystem
from bot.lab.fleet.happening import Due
from bot.lab.fleet.mappings import Choice
from bot.lab.fleet.partition import Env, Partition, Snag, Vios
from bot.lab.fleet.profile import Profile

__all__ = [
    "Env", "Fleet", "Hmc", "ManagedSystem", "Migration", "Pace", "Partition", "Profile", "Role", "Snag", "User", "Vios",
    "check",
]  # fmt: skip

_CONSOLE = Console()


class Role(StrEnum):
    """The predefined task roles of an HMC user."""

    SUPERADMIN = "hmcsuperadmin"
    OPERATOR = "hmcoperator"
    VIEWER = "hmcviewer"
    SERVICEREP = "hmcservicerep"
    PE = "hmcpe"


@dataclass(frozen=True, kw_only=True)
class User:
    name: str
    role: Role = Role.SUPERADMIN
    language: str = "en"


@dataclass(frozen=True, kw_only=True)
class Hmc:
    """`name` is also what other HMCs reach it by (`--ip`); `trusts` holds (HMC, user) pairs set up by mkauthkeys."""

    name: str
    version: int = 10
    release: int = 3
    service_pack: int = 1060
    systems: tuple[str, ...]
    users: tuple[User, ...] = (User(name="hscroot"),)
    trusts: frozenset[tuple[str, str]] = frozenset()
    sessions: int = 40  # at once; beyond them the HMC refuses
    old_ssh: bool = False  # up to V8: SHA-1 and CBC alone
    is_up: bool = True
    booted: float | None = None  # None where that was before the story
    unseen: frozenset[tuple[str, str]] = frozenset()  # partitions, by frame, that its inventory lacks for now
    console: Console = _CONSOLE

    def user(self, name: str) -> User | None:
        return next((user for user in self.users if user.name == name), None)


@dataclass(frozen=True, kw_only=True)
class Migration:
    """One in flight. Its progress is a function of the time, so that nothing needs to tick."""

    partition: str
    source: str
    destination: str
    destination_hmc: str
    started: float
    seconds: float
    size: int  # bytes to move
    profile: str | None = None  # under which name it has its profile there; None: the one that it has
    destination_id: int | None = None  # its partition id there; None: its own, where that is free
    pool: str | None = None  # of shared processors there; None: that of its name, or else the default one
    choices: tuple[Choice, ...] = ()
    spread: bool = True  # over the VIOS that there are
    movers: frozenset[tuple[str, str]] = frozenset()  # frame and VIOS, of both sides; none where it isn't running
    broke_at: float | None = None  # it stands still since then, until it is recovered

    def share(self, now: float) -> float:
        until = now if self.broke_at is None else min(now, self.broke_at)
        return min(1.0, max(0.0, (until - self.started) / self.seconds)) if self.seconds > 0 else 1.0

    @property
    def ends(self) -> float | None:
        """When it will be over; None where it stands still."""
        return self.started + self.seconds if self.broke_at is None else None

    def arrival_id(self, destination: ManagedSystem, lpar_id: int) -> int:
        return destination.free_id(lpar_id if self.destination_id is None else self.destination_id)

    def state(self, now: float) -> str:
        if self.broke_at is not None:
            return "Migration Failed"
        return "Migration Starting" if self.share(now) < 0.05 else "Migration In Progress"

    def transmitted(self, now: float) -> int:
        return int(self.size * self.share(now))


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How long things take, in seconds: an orderly shutdown, a start, from there until RMC is active; a frame's."""

    shutdown: float = 20.0
    boot: float = 60.0
    rmc: float = 30.0
    firmware: float = 10.0  # from a start until the firmware loads, and from there until it is in charge
    frame: float = 300.0


@dataclass(frozen=True, kw_only=True)
class Fleet:
    """`now` is the time of what happened last; `began` when the story did; `agenda` holds what is bound to happen."""

    hmcs: Mapping[str, Hmc]
    systems: Mapping[str, ManagedSystem]
    migrations: Mapping[tuple[str, str], Migration] = field(default_factory=dict)  # by source and partition
    agenda: tuple[Due, ...] = ()
    pace: Pace = Pace()
    now: float = 0.0
    began: float = 0.0

    @classmethod
    def of(cls, hmcs: Iterable[Hmc], systems: Iterable[ManagedSystem]) -> Fleet:
        """Raises ValueError where names don't add up."""
        fleet = cls(hmcs={each.name: each for each in hmcs}, systems={each.name: each for each in systems})
        check(fleet)
        return fleet

    def at(self, now: float) -> Fleet:
        """As it is, at another time. A command looks dozens of times, so this doesn't go by dataclasses.replace."""
        made = object.__new__(Fleet)
        made.__dict__.update(self.__dict__, now=now)
        return made

    def mem_free(self, system: str) -> int:
        """What is free, less what migrations under way have set aside."""
        return self.systems[system].mem_free - sum(each.mem for each in self._arriving(system))

    def proc_units_free(self, system: str) -> Decimal:
        arriving = (each.proc_units for each in self._arriving(system))
        return self.systems[system].proc_units_free - sum(arriving, Decimal())

    def _arriving(self, system: str) -> Iterator[Partition]:
        for migration in self.migrations.values():
            moving = self.systems[migration.source].partition(migration.partition)
            if migration.destination == system and moving is not None and moving.is_on:
                yield moving


def check(fleet: Fleet, before: Fleet | None = None) -> None:
    """Raises ValueError for a state that no fleet can be in. What is as it was `before` isn't looked at again."""
    for hmc in fleet.hmcs.values():
        for name in hmc.systems:
            if name not in fleet.systems:
                raise ValueError(f"{hmc.name} manages {name}, which isn't in the fleet")
    for system in fleet.systems.values():
        if before is None or before.systems.get(system.name) is not system:
            checks.frame(system)
            _holds(fleet, system.name)
    for migration in fleet.migrations.values():
        _holds(fleet, migration.destination)
        if fleet.systems[migration.source].partition(migration.partition) is None:
            raise ValueError(f"{migration.partition} migrates but isn't on {migration.source}")


def _holds(fleet: Fleet, system: str) -> None:
    if fleet.mem_free(system) < 0 or fleet.proc_units_free(system) < 0:
        raise ValueError(f"the partitions of {system} hold more than is installed")
