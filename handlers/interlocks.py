"""What one VIOS and its partners are to each other: who stands in for whom, who is fit to, what is lost meanwhile.

Partners are the VIOS whose trunk adapters share a network with the target's, and those that serve disks to the same
clients; where there is neither, every other VIOS of the frame.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import product

from handlers import seas
from handlers.frames import Frame, Lpar, Reads, SeaAt, Served, Unread, chosen, lpars, served
from handlers.networks import Adapter, Network, told
from handlers.partitions import Which
from handlers.plan import NOBODY, Fact, Interlock, Redundancy

NOT_LOOKED_AT = "whether paths to disks (vSCSI, NPIV) work"


@dataclass(frozen=True, kw_only=True)
class Pair:
    """A SEA of the target, where the target could be asked, and the one that takes over from it."""

    own: SeaAt | None
    mate: SeaAt

    @property
    def called(self) -> str:
        return f"SEA {self.mate}" if self.own is None else f"SEA {self.own} and {self.mate}"


@dataclass(frozen=True, kw_only=True)
class Survey:
    """One VIOS and its partners, as just read."""

    frame: Frame
    target: Lpar
    partners: tuple[Lpar, ...]
    bridged: Mapping[str, Served]  # by VIOS

    def seas(self, vios: str) -> tuple[SeaAt, ...]:
        return self.bridged[vios].seas

    @property
    def networks(self) -> frozenset[Network]:
        return self.frame.networks(self.target.name)

    @property
    def mated(self) -> bool:
        return any(pair.own is not None for each in self.partners for pair in self.pairs(each.name))

    def pairs(self, partner: str) -> tuple[Pair, ...]:
        """Each SEA of the partner that takes over, by what the HMC says of their trunks' networks."""
        own, mates = self.seas(self.target.name), self.seas(partner)
        matched = [Pair(own=one, mate=other) for one in own for other in mates if one.networks & other.networks]
        seen = {pair.mate.name for pair in matched}
        lone = [each for each in mates if each.name not in seen and each.networks & self.networks]
        return (*matched, *(Pair(own=None, mate=each) for each in lone))

    # ── the interlock ─────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def interlocks(self) -> tuple[Interlock, ...]:
        if not self.partners:
            seen = f"{self.frame.system} has no other VIOS"
            return (Interlock(takes_out=self.target.name, partner=NOBODY, healthy=False, seen=seen),)
        return (*map(self._interlock, self.partners), *self._uncovered(), *self._last_paths())

    def _interlock(self, partner: Lpar) -> Interlock:
        faults = self.faults(partner)
        good = [f"{partner.name} is {partner}", *(seas.said(each.told) for each in self._mates(partner) if each.told)]
        return Interlock(
            takes_out=self.target.name,
            partner=partner.name,
            healthy=not faults,
            seen="; ".join(faults or good),
        )

    def faults(self, partner: Lpar) -> list[str]:
        """Why the partner isn't shown fit to carry alone."""
        if not partner.answers:
            return [f"{partner.name} is {partner}"]
        if self.frame.unread:
            return list(self.frame.unread)
        if why := self.bridged[partner.name].why:
            return [f"{partner.name}: {why}"]
        own = self.bridged[self.target.name]
        # A target that can't be asked is no fault of the partner's; one that answers nonsense may mislead about it.
        faults = [f"{self.target.name}: {own.why}"] if own.why and own.vios.answers else []
        return faults + [fault for pair in self.pairs(partner.name) for fault in mate_faults(pair)]

    def _mates(self, partner: Lpar) -> tuple[SeaAt, ...]:
        return tuple({pair.mate.name: pair.mate for pair in self.pairs(partner.name)}.values())

    def _uncovered(self) -> list[Interlock]:
        """Networks in use that the target alone bridges."""
        by_target = {network for network in self.networks if self.frame.clients([network])}
        alone = by_target.difference(*(self._covered(each) for each in self.partners))
        if not alone:
            return []
        seen = f"no other VIOS bridges it; on it: {', '.join(self.frame.clients(alone))}"
        takes_out = f"{self.target.name} as the only bridge of {told(alone)}"
        return [Interlock(takes_out=takes_out, partner=NOBODY, healthy=False, seen=seen)]

    def _last_paths(self) -> list[Interlock]:
        """Clients whose disks nobody else serves."""
        own = self.frame.served_by(self.target.name)
        elsewhere = {each for vios in self.partners for each in self.frame.served_by(vios.name)}
        alone = [each for each in own if each not in elsewhere]
        if not alone:
            return []
        seen = f"no other VIOS serves disks to {', '.join(alone)}"
        takes_out = f"{self.target.name} as the only way to disks"
        return [Interlock(takes_out=takes_out, partner=NOBODY, healthy=False, seen=seen)]

    def _covered(self, partner: Lpar) -> frozenset[Network]:
        """What the partner bridges; of one that couldn't be asked, what it could by its adapters."""
        if not partner.answers or self.bridged[partner.name].why:
            return self.frame.networks(partner.name)
        return frozenset[Network]().union(*(each.networks for each in self.seas(partner.name)))

    # ── what else a plan says ─────────────────────────────────────────────────────────────────────────────────────

    @property
    def locks(self) -> tuple[str, ...]:
        """By the HMC's lists alone, so that they are the same from either side, also when one of the two is down."""
        system, name = self.frame.system, self.target.name
        found = {f"partition {name} on {system}"}
        for other in mutual(self.frame, self.target):
            found.add(f"VIOS pair {both(name, other.name)} on {system}")
            found |= sea_locks(self.frame, name, self.frame.trunks(name), other.name)
        return tuple(sorted(found))

    @property
    def redundancy(self) -> tuple[Redundancy, ...]:
        found = []
        for partner in self.partners:
            fit = int(not self.faults(partner))
            called = both(self.target.name, partner.name)
            found.append(Redundancy(what=f"VIOS pair {called}", before=1 + fit, after=fit))
            for pair in self.pairs(partner.name):
                takes_over = int(not mate_faults(pair))
                found.append(Redundancy(what=pair.called, before=1 + takes_over, after=takes_over))
        return tuple(found)

    @property
    def affected(self) -> tuple[str, ...]:
        """Who reaches a network or disks through the target."""
        by_disks = self.frame.served_by(self.target.name)
        return tuple(sorted({*self.frame.clients(self.networks), *by_disks}))

    @property
    def facts(self) -> tuple[Fact, ...]:
        partners = ", ".join(each.name for each in self.partners) or NOBODY
        return (
            Fact(name=f"{self.target.name} id", value=self.target.id),
            Fact(name=f"{self.target.name} state", value=str(self.target)),
            Fact(name=f"{self.target.name} bridges", value=told(self.networks) or "no network"),
            Fact(
                name=f"{self.target.name} serves disks to",
                value=", ".join(self.frame.served_by(self.target.name)) or "nobody",
            ),
            Fact(name="partners", value=partners),
            *(Fact(name="not read", value=each) for each in self.frame.unread),
            Fact(name="not looked at", value=NOT_LOOKED_AT),
        )


def survey(frame: Frame, target: Lpar) -> Reads[Survey]:
    """Ask the target, where it answers, and each partner for their SEAs as they are now."""
    found = partners(frame, target)
    bridged = {}
    for vios in (target, *found):
        bridged[vios.name] = yield from served(frame, vios)
    return Survey(frame=frame, target=target, partners=found, bridged=bridged)


def again(found: Survey, *, after: float) -> Reads[Survey]:
    """The same, as it is after so many seconds; Unread where the HMC doesn't list its partitions."""
    listed = yield from lpars(found.frame.hmc, found.frame.system, after=after)
    target = chosen(Which(found.target.name), listed)
    if target is None:
        raise Unread(f"{found.frame.hmc} doesn't list {found.target.name} any more")
    return (yield from survey(replace(found.frame, lpars=listed), target))


def surveys(frame: Frame) -> Reads[list[Survey]]:
    """Each VIOS of the frame with its partners, every one asked once."""
    bridged = {}
    for vios in frame.vioses:
        bridged[vios.name] = yield from served(frame, vios)
    return [Survey(frame=frame, target=each, partners=partners(frame, each), bridged=bridged) for each in frame.vioses]


def partners(frame: Frame, target: Lpar) -> tuple[Lpar, ...]:
    others = tuple(each for each in frame.vioses if each.name != target.name)
    found = frame.networks(target.name)
    clients = {path.client for path in frame.paths if path.vios == target.name}
    serving = {path.vios for path in frame.paths if path.client in clients}
    return tuple(each for each in others if each.name in serving or frame.networks(each.name) & found) or others


def mutual(frame: Frame, target: Lpar) -> tuple[Lpar, ...]:
    """The VIOS that stand in for it, and those that it stands in for."""
    others = (each for each in frame.vioses if each.name != target.name)
    own = partners(frame, target)
    return tuple(each for each in others if each in own or target in partners(frame, each))


def both(one: str, other: str) -> str:
    return "+".join(sorted((one, other)))


def sea_locks(frame: Frame, name: str, trunks: Iterable[Adapter], other: str) -> set[str]:
    """What a change to the SEA of these trunks of one VIOS, or to its mate on the other, holds; the same from both."""
    called = f"SEA pair {both(name, other)} on {frame.system}"
    pairs = product(trunks, frame.trunks(other))
    return {f"{called}, {told([min(shared)])}" for one, two in pairs if (shared := one.networks & two.networks)}


def mate_faults(pair: Pair) -> list[str]:
    """Why the mate isn't shown to take over."""
    if pair.mate.told is None:
        return [f"{pair.mate}: {pair.mate.why}"]
    faults = seas.unfit(pair.mate.told)
    if pair.own is not None and pair.own.told is not None:
        faults += seas.apart(pair.mate.told, pair.own.told)
    elif pair.own is not None:
        faults.append(f"{pair.own} {pair.own.why}")
    return [f"{pair.mate}: {fault}" for fault in faults]


# ── after a change ────────────────────────────────────────────────────────────────────────────────────────────────


def left_behind(found: Survey, fit: tuple[str, ...]) -> list[str]:
    """What the partners that were shown fit don't carry now that the target is out."""
    faults = []
    for partner in fit:
        if partner not in found.bridged:
            faults.append(f"{found.frame.hmc} doesn't list {partner} any more")
            continue
        if why := found.bridged[partner].why:
            faults.append(f"{partner}: {why}")
        for pair in found.pairs(partner):
            if pair.mate.told is None:
                faults.append(f"{pair.mate}: {pair.mate.why}")
            elif not seas.carries(pair.mate.told):
                faults.append(f"{pair.mate} doesn't carry everything: {seas.said(pair.mate.told)}")
    return faults


def unsettled(found: Survey) -> list[str]:
    """Why the SEAs of the target and of the partners that answer haven't agreed; empty: they have."""
    own = found.bridged[found.target.name]
    faults = [f"{found.target.name}: {own.why}"] if own.why else []
    for partner in found.partners:
        if partner.answers and (why := found.bridged[partner.name].why):
            faults.append(f"{partner.name}: {why}")
        faults += [fault for pair in found.pairs(partner.name) for fault in _unsettled(pair, found.target)]
    return faults


def _unsettled(pair: Pair, target: Lpar) -> list[str]:
    if pair.own is None:
        return [f"{pair.mate} has no mate on {target.name}"]
    for each in (pair.own, pair.mate):
        if each.told is None:
            return [f"{each}: {each.why}"]
    if pair.own.told is None or pair.mate.told is None:
        return []
    return [f"{pair.called}: {fault}" for fault in seas.unsettled(pair.own.told, pair.mate.told)]
