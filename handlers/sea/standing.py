"""How one SEA and those that share networks with it stand, as just read; what a change to it rests on and takes along.

The mate is found by what the HMC lists: another VIOS's SEA whose trunks are on some of the same networks. A VIOS that
has such trunks and couldn't be asked may bridge them all the same, so it is never taken for one without a SEA.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace

from handlers import frames, seas
from handlers.entstat import Sea
from handlers.frames import Frame, Lpar, Reads, SeaAt, Served, Unread, chosen
from handlers.interlocks import Pair, mate_faults, sea_locks
from handlers.networks import Mapped, Network, told
from handlers.operation import Report
from handlers.partitions import Which
from handlers.plan import NOBODY, Fact, Interlock, Redundancy
from handlers.switching import failed, vios_named


@dataclass(frozen=True, kw_only=True)
class End:
    """One SEA with the VIOS that it is on."""

    vios: Lpar
    at: SeaAt
    told: Sea

    @property
    def state(self) -> str:
        return self.told.failover.state if self.told.failover is not None else ""

    @property
    def mode(self) -> str:
        """As entstat words it: `Auto`, `Sharing`, …; `Disabled` where it has no failover."""
        return self.told.failover.mode if self.told.failover is not None else "Disabled"

    @property
    def leads(self) -> bool:
        return self.state in ("PRIMARY", "PRIMARY_SH")

    def __str__(self) -> str:
        return str(self.at)


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A SEA, and each VIOS whose trunks are on some of its networks: its rivals for them, of which one has its mate.

    `adapters`: the virtual Ethernet adapters of its VIOS; `settings`: the attributes of it that were asked for.
    """

    frame: Frame
    own: End
    rivals: tuple[Served, ...]
    adapters: tuple[Mapped, ...] = ()
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def mates(self) -> tuple[End, ...]:
        """The SEAs that share networks with it and tell of themselves; of a pair there is one."""
        return tuple(
            End(vios=rival.vios, at=sea, told=sea.told)
            for rival, sea in self._others()
            if sea.told is not None and not rival.why
        )

    @property
    def mate(self) -> End | None:
        return self.mates[0] if len(self.mates) == 1 else None

    @property
    def ends(self) -> tuple[End, ...]:
        return (self.own, *self.mates)

    @property
    def unread(self) -> tuple[str, ...]:
        """Of whom it isn't known what they bridge, and why."""
        dark = [f"{rival.vios.name}: {rival.why}" for rival in self.rivals if rival.why]
        return (*dark, *(f"{sea}: {sea.why}" for _, sea in self._others() if sea.told is None))

    def _others(self) -> Iterator[tuple[Served, SeaAt]]:
        for rival in self.rivals:
            yield from ((rival, sea) for sea in rival.seas if sea.networks & self.networks)

    @property
    def networks(self) -> frozenset[Network]:
        return self.own.at.networks

    def adapters_of(self, mate: End) -> tuple[Mapped, ...]:
        return next((rival.adapters for rival in self.rivals if rival.vios.name == mate.vios.name), ())

    @property
    def said(self) -> tuple[str, ...]:
        """How each stands, one to a line."""
        return (*(f"{end}: {seas.said(end.told)}" for end in self.ends), *self.unread)

    # ── what a plan says ──────────────────────────────────────────────────────────────────────────────────────────

    @property
    def clients(self) -> tuple[str, ...]:
        """The partitions that are on and on its networks."""
        return self.frame.clients(self.networks)

    @property
    def facts(self) -> tuple[Fact, ...]:
        """No counter among them: those change by themselves."""
        return (
            *(fact for end in self.ends for fact in facts_of(end)),
            *(Fact(name=f"{name} of {self.own}", value=value) for name, value in self.settings.items()),
            *(Fact(name="not read", value=each) for each in self.unread),
        )

    @property
    def locks(self) -> tuple[str, ...]:
        """By the HMC's lists alone, so that they are the same from either side, also when one of the two is down."""
        name, system = self.own.vios.name, self.frame.system
        found = {f"partition {name} on {system}"}
        for rival in self.rivals:
            found |= sea_locks(self.frame, name, self.own.at.trunks, rival.vios.name)
        return tuple(sorted(found))

    @property
    def interlocks(self) -> tuple[Interlock, ...]:
        """What carries once this SEA doesn't; where nobody is on its networks nothing has to."""
        found = [self._interlock(end) for end in self.mates]
        found += [self._missing(NOBODY, why) for why in self.unread]
        used = {network for network in self.networks if self.frame.clients([network])}
        if alone := used.difference(*(end.at.networks for end in self.mates)):
            users = ", ".join(self.frame.clients(alone))
            found.append(self._missing(NOBODY, f"no other SEA that I could read bridges {told(alone)}; on it: {users}"))
        idle = Interlock(takes_out=str(self.own), partner=NOBODY, healthy=True, seen="no partition is on its networks")
        return tuple(found) or (idle,)

    def _interlock(self, mate: End) -> Interlock:
        faults = self.faults(mate)
        seen = "; ".join(faults) or f"{mate.vios.name} is {mate.vios}; {seas.said(mate.told)}"
        return Interlock(takes_out=str(self.own), partner=str(mate), healthy=not faults, seen=seen)

    def _missing(self, partner: str, why: str) -> Interlock:
        return Interlock(takes_out=str(self.own), partner=partner, healthy=False, seen=why)

    def faults(self, mate: End) -> list[str]:
        """Why that one isn't shown to carry alone."""
        return mate_faults(Pair(own=self.own.at, mate=mate.at))

    @property
    def redundancy(self) -> tuple[Redundancy, ...]:
        """While this SEA is out."""
        fit = {end: int(not self.faults(end)) for end in self.mates}
        return tuple(
            Redundancy(what=f"SEA {self.own} and {end}", before=1 + takes_over, after=takes_over)
            for end, takes_over in fit.items()
        )


def facts_of(end: End) -> Iterator[Fact]:
    """What the guards of a change look at."""
    own, vios = end.told.failover, end.vios
    yield Fact(name=f"{vios.name} id", value=vios.id)
    yield Fact(name=f"{vios.name} state", value=f"{vios}, {vios.level}")
    priority = "" if own is None else f", priority {own.priority}"
    channel = "" if own is None or own.control_pvid is None else f", control channel VLAN {own.control_pvid}"
    yield Fact(name=str(end), value=f"{seas.said(end.told)}{priority}{channel}")
    for trunk in end.told.trunks:
        vlans = ", ".join(map(str, (trunk.pvid, *trunk.tagged)))
        up = "" if trunk.operational else ", not operational"
        yield Fact(name=f"{trunk.name} of {end}", value=f"VLAN {vlans} on {trunk.switch}{up}")


# ── reading ───────────────────────────────────────────────────────────────────────────────────────────────────────


def standing(hmc: str, system: str, vios: str, sea: str) -> Reads[Standing | Report]:
    """As it is now; a report: there is no such SEA. Unread: it couldn't be seen."""
    named = yield from vios_named(hmc, system, Which(vios))
    if isinstance(named, Report):
        return named
    listed, target = named
    frame = yield from networked(hmc, system, listed)
    return (yield from _seen(frame, target, sea))


def networked(hmc: str, system: str, listed: tuple[Lpar, ...]) -> Reads[Frame]:
    """The frame with its networks, or Unread."""
    frame = yield from frames.frame(hmc, system, listed, frames.NETWORKS_ALONE)
    if frame.unread:
        raise Unread(frame.unread[0])
    return frame


def again(before: Standing, *, after: float) -> Reads[Standing | Report]:
    """The same SEA after so many seconds, by the networks that the HMC listed before."""
    listed = yield from frames.lpars(before.frame.hmc, before.frame.system, after=after)
    target = chosen(Which(before.own.vios.name), listed)
    if target is None:
        raise Unread(f"{before.frame.hmc} doesn't list {before.own.vios.name} any more")
    return (yield from _seen(replace(before.frame, lpars=listed), target, before.own.at.name))


def rivals(frame: Frame, target: Lpar, networks: frozenset[Network]) -> Reads[tuple[Served, ...]]:
    """Every other VIOS with a trunk on one of these networks, and what it bridges."""
    found: list[Served] = []
    for vios in frame.vioses:
        if vios.name != target.name and frame.networks(vios.name) & networks:
            found.append((yield from frames.served(frame, vios)))  # noqa: PERF401  # a comprehension can't yield
    return tuple(found)


def by_trunks(frame: Frame, target: Lpar, slots: Collection[int]) -> Reads[Standing | None]:
    """The SEA with the trunks in these slots; None: there is none."""
    bridged = yield from _bridged(frame, target)
    at = next((each for each in bridged.seas if {trunk.slot for trunk in each.trunks} == set(slots)), None)
    return None if at is None else (yield from _of(frame, bridged, at))


def _seen(frame: Frame, target: Lpar, sea: str) -> Reads[Standing | Report]:
    bridged = yield from _bridged(frame, target)
    at = next((each for each in bridged.seas if each.name == sea), None)
    if at is None:
        there = ", ".join(each.name for each in bridged.seas) or "none"
        return failed(f"can't: {target.name} has no SEA {sea}", f"SEAs of {target.name}: {there}.")
    return (yield from _of(frame, bridged, at))


def _bridged(frame: Frame, target: Lpar) -> Reads[Served]:
    found = yield from frames.served(frame, target)
    if found.why:
        raise Unread(f"{target.name}: {found.why}")
    return found


def _of(frame: Frame, bridged: Served, at: SeaAt) -> Reads[Standing]:
    if at.told is None:
        raise Unread(f"{at}: {at.why}")
    own = End(vios=bridged.vios, at=at, told=at.told)
    others = yield from rivals(frame, bridged.vios, at.networks)
    return Standing(frame=frame, own=own, rivals=others, adapters=bridged.adapters)
