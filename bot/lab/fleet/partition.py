"""A partition as a value: what runs in it, what it has, and what it has logged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum

from bot.lab.fleet import errorlog
from bot.lab.fleet.configuration import Configuration
from bot.lab.fleet.ethernet import Aggregate, PhysicalEthernet, Sea, VirtualEthernet
from bot.lab.fleet.operating import Aix
from bot.lab.fleet.pools import Pools
from bot.lab.fleet.profile import Limits, Profile
from bot.lab.fleet.storage import Disk, FcPort, Target, VfcHost, Vhost, VirtualFc, VirtualScsi
from bot.lab.fleet.upkeep import Upkeep

NOT_ACTIVATED, STARTING, RUNNING, SHUTTING_DOWN = "Not Activated", "Starting", "Running", "Shutting Down"
OPEN_FIRMWARE, ERROR = "Open Firmware", "Error"
LOADING = "Loading"  # its firmware is: an HMC calls it running already


class Env(StrEnum):
    AIX_LINUX = "aixlinux"
    VIOS = "vioserver"
    IBM_I = "os400"


class Snag(StrEnum):
    """What stands in a partition's way and is not modelled deeper: a hanging RMC daemon, what holds a resource."""

    NO_KEYS = "no-keys"  # the two HMCs don't trust each other, for whatever user
    RMC_HANGS = "rmc-hangs"  # the readiness check breaks off: RMC return code 1141
    RMC_WARNING = "rmc-warning"  # passes, with a warning
    MEMORY_HELD = "memory-held"  # its operating system gives no memory back
    SLOT_HELD = "slot-held"  # nor an adapter
    NO_START = "no-start"  # it ends in Error


_NO_POOLS = Pools()  # one for all, and so for what is kept up: most of a large fleet's VIOS are as they were installed
_AS_INSTALLED = Upkeep()


@dataclass(frozen=True, kw_only=True)
class Vios:
    """What only a Virtual I/O Server has."""

    level: str = "4.1.0.10"
    ports: tuple[PhysicalEthernet, ...] = ()
    seas: tuple[Sea, ...] = ()
    disks: tuple[Disk, ...] = ()
    fc_ports: tuple[FcPort, ...] = ()
    vhosts: tuple[Vhost, ...] = ()
    vfchosts: tuple[VfcHost, ...] = ()
    settings: Mapping[tuple[str, str], str] = field(default_factory=dict)  # by device and attribute, where set by chdev
    aggregates: tuple[Aggregate, ...] = ()
    pools: Pools = _NO_POOLS
    upkeep: Upkeep = _AS_INSTALLED

    @property
    def version(self) -> tuple[int, ...]:
        return tuple(int(part) for part in self.level.split(".") if part.isdigit())

    def port(self, name: str) -> PhysicalEthernet | None:
        """A physical one, or a link aggregation as the one that it looks like."""
        found = next((each for each in self.ports if each.name == name), None)
        if found is None and (aggregate := self.aggregate(name)) is not None:
            return aggregate.over(self.ports)
        return found

    def aggregate(self, name: str) -> Aggregate | None:
        return next((each for each in self.aggregates if each.name == name), None)

    def sea(self, name: str) -> Sea | None:
        return next((each for each in self.seas if each.name == name), None)

    def disk(self, name: str) -> Disk | None:
        return next((each for each in self.disks if each.name == name), None)

    def fc_port(self, name: str | None) -> FcPort | None:
        return next((each for each in self.fc_ports if each.name == name), None)

    def uses(self, backing: str) -> Target | None:
        """The virtual target device that stands on that backing device."""
        return next((each for each in self.targets if each.backing == backing), None)

    @property
    def targets(self) -> tuple[Target, ...]:
        return tuple(each for vhost in self.vhosts for each in vhost.targets)

    def target(self, name: str) -> Target | None:
        return next((each for each in self.targets if each.name == name), None)

    def vhost(self, name: str) -> Vhost | None:
        return next((each for each in self.vhosts if each.name == name), None)

    def in_pool(self, name: str) -> tuple[Disk, ...]:
        return tuple(each for each in self.disks if each.group == name)

    def with_sea(self, sea: Sea) -> Vios:
        return replace(self, seas=tuple(sea if each.name == sea.name else each for each in self.seas))


_NO_VIOS = Vios()
_INSTALLED = Aix()  # one for all: most of a large fleet's partitions are as they were installed
_USUAL = Configuration()


@dataclass(frozen=True, kw_only=True)
class Partition:
    """`clock_offset`: how far its own clock is ahead, in seconds; `booted`: None where that was before the story."""

    name: str
    lpar_id: int
    env: Env = Env.AIX_LINUX
    state: str = RUNNING
    rmc_state: str = "active"
    rmc_ipaddr: str = ""
    os_version: str = "AIX 7.3 7300-02-01-2346"
    profile: str = "default_profile"
    profiles: tuple[Profile, ...] = ()  # those that differ from what runs
    mem: int = 8192  # MB
    procs: int = 2  # virtual
    proc_units: Decimal = Decimal("0.5")
    compat_mode: str = "POWER9"
    memory_expansion: bool = False  # AME
    shared_memory: bool = False  # AMS
    msp: bool = False
    snags: frozenset[Snag] = frozenset()
    config: Configuration = _USUAL
    ethernet: tuple[VirtualEthernet, ...] = ()
    scsi: tuple[VirtualScsi, ...] = ()
    fc: tuple[VirtualFc, ...] = ()
    vios: Vios | None = None
    clock_offset: float = 0.0
    booted: float | None = None
    error_log: tuple[errorlog.Entry, ...] = ()  # oldest first
    logged: int = 0  # entries since it was installed; the last one's sequence number
    aix: Aix = _INSTALLED

    @property
    def is_on(self) -> bool:
        return self.state != NOT_ACTIVATED

    @property
    def shown_state(self) -> str:
        """What an HMC calls it."""
        return RUNNING if self.state == LOADING else self.state

    @property
    def is_up(self) -> bool:
        """Its operating system runs."""
        return self.state == RUNNING

    @property
    def io(self) -> Vios:
        """What it serves to others: nothing, where it is no VIOS."""
        return self.vios or _NO_VIOS

    @property
    def slots(self) -> tuple[int, ...]:
        """Those that its virtual adapters are in, by kind."""
        own = [*(each.slot for each in self.ethernet), *(each.slot for each in self.scsi)]
        own += [each.slot for each in self.fc]
        return (*own, *(each.slot for each in self.io.vhosts), *(each.slot for each in self.io.vfchosts))

    def adapter(self, name: str) -> VirtualEthernet | None:
        return next((each for each in self.ethernet if each.name == name), None)

    def profile_named(self, name: str) -> Profile | None:
        """Without one of its own the partition's profile is what runs."""
        found = next((each for each in self.profiles if each.name == name), None)
        return self.as_profile(name) if found is None and name == self.profile else found

    @property
    def starts_itself(self) -> bool:
        """With its frame."""
        found = next((each for each in self.profiles if each.name == self.profile), None)
        return self.env is Env.VIOS if found is None else found.auto_start

    def as_profile(self, name: str) -> Profile:
        """What runs, as a profile."""
        config = self.config
        return Profile(
            name=name,
            mem=self.mem,
            procs=self.procs,
            proc_units=self.proc_units,
            limits=config.limits,
            dedicated=config.dedicated,
            sharing_mode=config.sharing_mode,
            uncap_weight=config.uncap_weight,
            ethernet=self.ethernet,
            slots=config.slots,
            max_virtual_slots=config.max_virtual_slots,
            auto_start=self.env is Env.VIOS,
        )

    def with_profile(self, name: str) -> Partition | None:
        """As it would be started with that profile; None where there is no such profile."""
        found = self.profile_named(name)
        if found is None:
            return None
        config = replace(
            self.config,
            limits=found.bounds,
            dedicated=found.dedicated,
            sharing_mode=found.sharing_mode,
            uncap_weight=found.uncap_weight,
            slots=self.config.slots if found.slots is None else found.slots,
            max_virtual_slots=found.max_virtual_slots,
            boot_mode=found.boot_mode,
            is_known=True,
        )
        return replace(
            self,
            profile=name,
            mem=found.mem,
            procs=found.procs,
            proc_units=found.proc_units,
            config=config,
            ethernet=self._cabled(found),
        )

    def _cabled(self, profile: Profile) -> tuple[VirtualEthernet, ...]:
        """The profile's adapters. Those that a SEA stands on stay: what becomes of it otherwise is unverified."""
        if profile.ethernet is None:
            return self.ethernet
        used = {name for sea in self.io.seas for name in (*sea.trunks, sea.control_channel)}
        kept = tuple(each for each in self.ethernet if each.name in used)
        taken = {*(each.name for each in kept), *replace(self, ethernet=kept).slots}
        return (*kept, *(each for each in profile.ethernet if not {each.slot, each.name} & taken))

    @property
    def limits(self) -> Limits:
        return self.config.limits or Limits.around(self.mem, self.procs, self.proc_units)

    def pinned(self) -> Partition:
        """With its profile and its limits written down, so that what runs can differ from them."""
        written = any(each.name == self.profile for each in self.profiles)
        profiles = self.profiles if written else (*self.profiles, self.as_profile(self.profile))
        return replace(self, profiles=profiles, config=replace(self.config, limits=self.limits))

    def with_sea(self, sea: Sea) -> Partition:
        return replace(self, vios=self.io.with_sea(sea))

    def logs(self, kind: errorlog.Kind, resource: str, now: float) -> Partition:
        """With one more entry in its error log, dated by its own clock."""
        number = self.logged + 1
        entry = errorlog.Entry(kind=kind, stamp=now + self.clock_offset, resource=resource, sequence=number)
        return replace(self, error_log=errorlog.added(self.error_log, entry), logged=number)
