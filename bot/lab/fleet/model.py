"""The fleet as values: HMCs, managed systems, partitions, and the migrations in flight between them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum


class Role(StrEnum):
    """The predefined task roles of an HMC user."""

    SUPERADMIN = "hmcsuperadmin"
    OPERATOR = "hmcoperator"
    VIEWER = "hmcviewer"
    SERVICEREP = "hmcservicerep"
    PE = "hmcpe"


class Env(StrEnum):
    AIX_LINUX = "aixlinux"
    VIOS = "vioserver"
    IBM_I = "os400"


class Snag(StrEnum):
    """What stands in a partition's way and is not modelled deeper: zoning, reserves, a hanging RMC daemon."""

    NO_KEYS = "no-keys"  # the two HMCs don't trust each other, for whatever user
    RMC_HANGS = "rmc-hangs"  # the readiness check breaks off: RMC return code 1141
    MPIO = "mpio"
    MPIO_NPIV = "mpio-npiv"
    NPIV = "npiv"
    VSCSI = "vscsi"
    RMC_WARNING = "rmc-warning"  # passes, with a warning


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

    def user(self, name: str) -> User | None:
        return next((user for user in self.users if user.name == name), None)


@dataclass(frozen=True, kw_only=True)
class Partition:
    name: str
    lpar_id: int
    env: Env = Env.AIX_LINUX
    state: str = "Running"
    rmc_state: str = "active"
    rmc_ipaddr: str = ""
    os_version: str = "AIX 7.3 7300-02-01-2346"
    profile: str = "default_profile"
    mem: int = 8192  # MB
    procs: int = 2  # virtual
    proc_units: Decimal = Decimal("0.5")
    compat_mode: str = "POWER9"
    memory_expansion: bool = False  # AME
    shared_memory: bool = False  # AMS
    msp: bool = False
    snags: frozenset[Snag] = frozenset()

    @property
    def is_on(self) -> bool:
        return self.state != "Not Activated"


@dataclass(frozen=True, kw_only=True)
class ManagedSystem:
    """A frame. What is free is what is installed, less what its partitions and its hypervisor hold."""

    name: str
    type_model: str
    serial: str
    state: str = "Operating"
    ipaddr: str = "10.0.0.1"
    mem: int  # MB, installed
    hypervisor_mem: int = 4096
    proc_units: Decimal
    compat_modes: tuple[str, ...] = ("default", "POWER8", "POWER9_base", "POWER9")
    capabilities: frozenset[str] = frozenset({"AME_capability"})
    shared_memory_pool: bool = False
    partitions: tuple[Partition, ...] = ()

    @property
    def type_model_serial(self) -> str:
        return f"{self.type_model}*{self.serial}"

    @property
    def mem_free(self) -> int:
        return self.mem - self.hypervisor_mem - sum(each.mem for each in self.partitions if each.is_on)

    @property
    def proc_units_free(self) -> Decimal:
        return self.proc_units - sum((each.proc_units for each in self.partitions if each.is_on), Decimal())

    def partition(self, name: str) -> Partition | None:
        return next((each for each in self.partitions if each.name == name), None)

    def with_id(self, lpar_id: int) -> Partition | None:
        return next((each for each in self.partitions if each.lpar_id == lpar_id), None)

    def movers(self) -> tuple[Partition, ...]:
        return tuple(each for each in self.partitions if each.msp)

    def free_id(self, wanted: int) -> int:
        taken = {each.lpar_id for each in self.partitions}
        return wanted if wanted not in taken else next(n for n in range(1, len(taken) + 2) if n not in taken)


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
    broke_at: float | None = None  # it stands still since then, until it is recovered

    def share(self, now: float) -> float:
        until = now if self.broke_at is None else min(now, self.broke_at)
        return min(1.0, max(0.0, (until - self.started) / self.seconds)) if self.seconds > 0 else 1.0

    def is_done(self, now: float) -> bool:
        return self.broke_at is None and now >= self.started + self.seconds

    def state(self, now: float) -> str:
        if self.broke_at is not None:
            return "Migration Failed"
        return "Migration Starting" if self.share(now) < 0.05 else "Migration In Progress"

    def transmitted(self, now: float) -> int:
        return int(self.size * self.share(now))


@dataclass(frozen=True, kw_only=True)
class Fleet:
    hmcs: Mapping[str, Hmc]
    systems: Mapping[str, ManagedSystem]
    migrations: Mapping[tuple[str, str], Migration] = field(default_factory=dict)  # by source and partition

    @classmethod
    def of(cls, hmcs: Iterable[Hmc], systems: Iterable[ManagedSystem]) -> Fleet:
        """Raises ValueError where names don't add up."""
        fleet = cls(hmcs={each.name: each for each in hmcs}, systems={each.name: each for each in systems})
        check(fleet)
        return fleet

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


def check(fleet: Fleet) -> None:
    """Raises ValueError for a state that no fleet can be in."""
    for hmc in fleet.hmcs.values():
        for name in hmc.systems:
            if name not in fleet.systems:
                raise ValueError(f"{hmc.name} manages {name}, which isn't in the fleet")
    for system in fleet.systems.values():
        for key in ("name", "lpar_id"):
            values = [getattr(each, key) for each in system.partitions]
            if len(values) != len(set(values)):
                raise ValueError(f"two partitions of {system.name} have the same {key}")
        if fleet.mem_free(system.name) < 0 or fleet.proc_units_free(system.name) < 0:
            raise ValueError(f"the partitions of {system.name} hold more than is installed")
    for migration in fleet.migrations.values():
        if fleet.systems[migration.source].partition(migration.partition) is None:
            raise ValueError(f"{migration.partition} migrates but isn't on {migration.source}")
