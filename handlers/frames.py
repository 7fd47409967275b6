"""What an HMC and the VIOS behind it tell of one frame: partitions, virtual networks, and the SEAs that bridge them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from handlers import disks, entstat, hmcout, networks
from handlers.command import Command, Progress, Result
from handlers.disks import Path
from handlers.heard import Reads as Reads
from handlers.heard import Unread as Unread
from handlers.heard import heard, understood
from handlers.networks import Adapter, Bridge, Mapped, Network
from handlers.partitions import Which
from handlers.place import Place
from handlers.within import on_vios
from policies.words import Effect

FIELDS = ("name", "lpar_id", "lpar_env", "state", "rmc_state", "os_version")
RUNNING, OFF = "Running", "Not Activated"
LSMAP = ("lsmap", "-all", "-net", "-fmt", ",")


@dataclass(frozen=True, kw_only=True)
class Lpar:
    """A partition as the HMC lists it."""

    name: str
    id: str
    env: str
    state: str
    rmc: str
    level: str

    @property
    def is_vios(self) -> bool:
        return self.env == "vioserver"

    @property
    def is_off(self) -> bool:
        return self.state == OFF

    @property
    def answers(self) -> bool:
        """It runs, and the HMC reaches its operating system."""
        return self.state == RUNNING and self.rmc == "active"

    def __str__(self) -> str:
        return f"{self.state}, RMC {hmcout.given(self.rmc) or 'not told'}"


@dataclass(frozen=True, kw_only=True)
class SeaAt:
    """A SEA of a VIOS, with its trunks as the HMC lists them. `told` None: it couldn't be read, and `why`."""

    vios: str
    name: str
    trunks: tuple[Adapter, ...]
    told: entstat.Sea | None = None
    why: str = ""

    @property
    def networks(self) -> frozenset[Network]:
        return frozenset[Network]().union(*(each.networks for each in self.trunks))

    def __str__(self) -> str:
        return f"{self.name} of {self.vios}"


@dataclass(frozen=True, kw_only=True)
class Served:
    """What a VIOS bridges, and with which of its adapters. `why`: it couldn't be asked, or its answer not be read."""

    vios: Lpar
    seas: tuple[SeaAt, ...] = ()
    adapters: tuple[Mapped, ...] = ()
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class Frame:
    """A managed system as its HMC tells of it. `unread`: the lists that it didn't give, and why."""

    hmc: str
    system: str
    lpars: tuple[Lpar, ...]
    adapters: tuple[Adapter, ...] = field(repr=False)
    paths: frozenset[Path] = field(repr=False)
    unread: tuple[str, ...] = ()

    @property
    def vioses(self) -> tuple[Lpar, ...]:
        return tuple(sorted((each for each in self.lpars if each.is_vios), key=lambda each: each.name))

    def trunks(self, vios: str) -> tuple[Adapter, ...]:
        return tuple(each for each in self.adapters if each.partition == vios and each.is_trunk)

    def adapter(self, vios: str, slot: int) -> Adapter | None:
        return next((each for each in self.adapters if (each.partition, each.slot) == (vios, slot)), None)

    def networks(self, vios: str) -> frozenset[Network]:
        """Those that its trunk adapters are on."""
        return frozenset[Network]().union(*(each.networks for each in self.trunks(vios)))

    def clients(self, found: Iterable[Network]) -> tuple[str, ...]:
        """The partitions, VIOS aside, that are on and on one of these networks."""
        there = frozenset(found)
        return tuple(sorted({each.partition for each in self.adapters if each.networks & there} & self._on))

    def served_by(self, vios: str) -> tuple[str, ...]:
        """The partitions that are on and have disks by way of that VIOS."""
        return tuple(sorted({each.client for each in self.paths if each.vios == vios} & self._on))

    @property
    def _on(self) -> set[str]:
        return {each.name for each in self.lpars if not each.is_vios and not each.is_off}


def entstat_of(sea: str) -> tuple[str, ...]:
    return ("entstat", "-all", sea)


# ── reading ───────────────────────────────────────────────────────────────────────────────────────────────────────


def lpars(hmc: str, system: str, *, after: float = 0.0) -> Reads[tuple[Lpar, ...]]:
    """All partitions of the frame, or Unread."""
    command = Command(host=hmc, argv=("lssyscfg", "-r", "lpar", "-m", system, "-F", ",".join(FIELDS)), after=after)
    return understood(heard((yield command)), f"the partitions of {system}", _lpars)


def lpar_now(
    hmc: str, system: str, lpar: Lpar, *, after: float, progress: Callable[[Result], Progress | None]
) -> Reads[Lpar]:
    """That partition, read after so many seconds; Unread where nothing of it was heard."""
    argv = ("lssyscfg", "-r", "lpar", "-m", system, "--filter", f"lpar_ids={lpar.id}", "-F", ",".join(FIELDS))
    result = heard((yield Command(host=hmc, argv=argv, after=after, deadline=30.0, progress=progress)))
    return lpar_in(result, lpar)


def lpar_in(result: Result, lpar: Lpar) -> Lpar:
    """Which it was asked for, or Unread."""
    found = understood(result, f"the state of {lpar.name}", _lpars)
    if [each.name for each in found] != [lpar.name]:
        raise Unread(f"the HMC lists no {lpar.name} with the id {lpar.id}")
    return found[0]


ADAPTERS = {"eth": "Ethernet", "scsi": "SCSI", "fc": "Fibre Channel"}
NETWORKS_ALONE = ("eth",)


def frame(hmc: str, system: str, listed: tuple[Lpar, ...], kinds: Iterable[str] = tuple(ADAPTERS)) -> Reads[Frame]:
    """What the HMC lists of virtual adapters; what it doesn't is no reason to know nothing of the rest."""
    unread: list[str] = []
    found: tuple[Adapter, ...] = ()
    paths: frozenset[Path] = frozenset()
    for kind in kinds:
        try:
            if kind == "eth":
                found = yield from ethernet(hmc, system)
            else:
                result = heard((yield _adapters(hmc, system, kind)))
                paths |= understood(result, f"the virtual {ADAPTERS[kind]} adapters of {system}", disks.paths)
        except Unread as fault:
            unread.append(str(fault))
    return Frame(hmc=hmc, system=system, lpars=listed, adapters=found, paths=paths, unread=tuple(unread))


def ethernet(hmc: str, system: str) -> Reads[tuple[Adapter, ...]]:
    """All virtual Ethernet adapters of the frame, or Unread."""
    result = heard((yield _adapters(hmc, system, "eth")))
    return understood(result, f"the virtual Ethernet adapters of {system}", networks.adapters)


def _adapters(hmc: str, system: str, kind: str) -> Command:
    return Command(host=hmc, argv=("lshwres", "-r", "virtualio", "--rsubtype", kind, "--level", "lpar", "-m", system))


def served(frame: Frame, vios: Lpar) -> Reads[Served]:
    """Each SEA of a VIOS, as it tells itself now; what couldn't be read stands in it."""
    if not vios.answers:
        return Served(vios=vios, why=f"it is {vios}")
    if not frame.trunks(vios.name):
        return Served(vios=vios)
    try:
        result = heard((yield on(frame, vios, *LSMAP)))
        adapters = understood(result, "lsmap -net", networks.mapped)
        seas: list[SeaAt] = []
        for bridge in networks.bridging(adapters):
            seas += [(yield from _sea(frame, vios, bridge))]
    except Unread as fault:
        return Served(vios=vios, why=str(fault))
    return Served(vios=vios, seas=tuple(seas), adapters=adapters)


def _sea(frame: Frame, vios: Lpar, bridge: Bridge) -> Reads[SeaAt]:
    trunks = tuple(each for each in frame.trunks(vios.name) if each.slot in bridge.slots)
    if {each.slot for each in trunks} != set(bridge.slots):
        raise Unread(f"{bridge.sea} has trunks in slots that the HMC doesn't list")
    result = heard((yield on(frame, vios, *entstat_of(bridge.sea))))
    try:
        told = sea_in(result, bridge.sea)
    except Unread as fault:
        return SeaAt(vios=vios.name, name=bridge.sea, trunks=trunks, why=str(fault))
    return SeaAt(vios=vios.name, name=bridge.sea, trunks=trunks, told=told)


def on(
    frame: Frame, vios: Lpar, *argv: str, effect: Effect = Effect.READS, deadline: float = 60.0, streamed: bool = False
) -> Command:
    """That command on a VIOS of the frame."""
    place = Place(hmc=frame.hmc, system=frame.system, name=vios.name)
    return on_vios(place, argv, effect=effect, deadline=deadline, streamed=streamed)


def sea_in(result: Result, sea: str) -> entstat.Sea:
    """What `entstat` told of that SEA, or Unread."""
    return understood(result, f"entstat of {sea}", lambda text: entstat.sea(text, sea))


def _lpars(text: str) -> tuple[Lpar, ...]:
    keys = ("name", "id", "env", "state", "rmc", "level")
    return tuple(Lpar(**dict(zip(keys, row.values(), strict=True))) for row in hmcout.values(text, FIELDS))


def chosen(which: Which, listed: Iterable[Lpar]) -> Lpar | None:
    """By its name, or else by its id."""
    if which.name is not None:
        return next((each for each in listed if each.name == which.name), None)
    return next((each for each in listed if each.id == str(which.id)), None)
