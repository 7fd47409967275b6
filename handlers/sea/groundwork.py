"""What a new SEA would stand on and beside: its port, its trunks, its control channel, and who bridges the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from handlers import frames
from handlers.frames import Frame, Lpar, Reads, Served, Unread, chosen
from handlers.networks import Adapter, told
from handlers.operation import Report
from handlers.partitions import Which
from handlers.plan import Fact
from handlers.sea import adapters, levels, sharing
from handlers.sea import port as ports
from handlers.sea.modes import LEADING
from handlers.sea.port import Port
from handlers.sea.standing import End, Standing, by_trunks, facts_of, networked, rivals
from handlers.switching import vios_named


@dataclass(frozen=True, kw_only=True)
class Groundwork:
    """As just read. `chosen`: the trunks that there are, by name; `rivals`: who has trunks on the same networks."""

    frame: Frame
    there: Served
    port: Port
    chosen: Mapping[str, Adapter]
    rivals: tuple[Served, ...]

    @property
    def vios(self) -> Lpar:
        return self.there.vios

    @property
    def mates(self) -> tuple[End, ...]:
        """The SEAs of other VIOS on the same networks."""
        found = adapters.networks(self.chosen.values())
        seas = ((rival.vios, sea) for rival in self.rivals for sea in rival.seas if sea.networks & found)
        return tuple(End(vios=vios, at=sea, told=sea.told) for vios, sea in seas if sea.told is not None)

    @property
    def locks(self) -> tuple[str, ...]:
        own = f"partition {self.vios.name} on {self.frame.system}"
        return tuple(sorted({own, *adapters.locks(self.frame, self.vios.name, self.chosen)}))

    # ── guards ────────────────────────────────────────────────────────────────────────────────────────────────────

    def faults(self, names: tuple[str, ...], control: str | None) -> list[str]:
        """What isn't there or isn't of the right kind; what couldn't be read may bridge the same."""
        vios = self.vios.name
        found = [*ports.unusable(self.port, self.port.device.name, self.there)]
        found += adapters.unusable(self.frame, vios, self.there.adapters, names)
        found += adapters.clashing(self.frame, vios, self.chosen)
        if control is not None and self._control(control) is None:
            found.append(f"{vios} has no virtual Ethernet adapter {control} that the HMC lists")
        found += [f"{rival.vios.name}: {rival.why}" for rival in self.rivals if rival.why]
        found += [f"{sea}: {sea.why}" for rival in self.rivals for sea in rival.seas if sea.told is None]
        return found

    def _control(self, name: str) -> Adapter | None:
        return adapters.picked(self.frame, self.vios.name, self.there.adapters, (name,)).get(name)

    def control_faults(self, name: str) -> Iterator[str]:
        """A control channel has its VLAN to itself, and the other VIOS listens there."""
        control = self._control(name)
        if control is None:
            return
        channel = frozenset({(control.switch, control.pvid)})
        if control.is_trunk:
            yield f"{name} is a trunk, and a control channel is none"
        if channel & adapters.networks(self.chosen.values()):
            yield f"{name} is on {told(channel)}, which the trunks bridge"
        if users := self.frame.clients(channel):
            yield f"{name} is on {told(channel)}, and so {'is' if len(users) == 1 else 'are'} {', '.join(users)}"
        for rival in self.rivals:
            listening = [
                each
                for each in self.frame.adapters
                if each.partition == rival.vios.name and channel & each.networks and not each.is_trunk
            ]
            if not listening:
                yield f"{rival.vios.name} has no adapter on {told(channel)}: it wouldn't hear {name}"

    def mate_faults(self, mode: str, control: str | None) -> Iterator[str]:
        """Why it wouldn't come to agree with who bridges the same."""
        if len(self.mates) > 1:
            yield f"more than one SEA bridges the same: {', '.join(map(str, self.mates))}"
        channel = self._control(control) if control is not None else None
        vlan = channel.pvid if channel is not None else None
        for mate in self.mates:
            if LEADING.get(mate.mode) != mode:
                loop = ": both would bridge, which is a loop" if mate.told.failover is None else ""
                yield f"{mate} is in mode {mate.mode}{loop}"
            other = mate.told.failover.control_pvid if mate.told.failover is not None else None
            if other != vlan:
                yield f"the control channel of {mate} is {_channel(other)}, and this one's {_channel(vlan)}"
            if more := mate.at.networks - adapters.networks(self.chosen.values()):
                yield f"{mate} bridges {told(more)} as well"
            if mode == "sharing":
                yield from sharing.unable(mate.vios, levels.SHARES_FROM, "sharing")
            if control is None:
                yield from sharing.unable(mate.vios, levels.FINDS_ITS_MATE_FROM, "finding its mate without control=")

    # ── what a plan says ──────────────────────────────────────────────────────────────────────────────────────────

    def facts(self, control: str | None) -> tuple[Fact, ...]:
        vios, device = self.vios, self.port.device
        held = ", ".join(each.name for each in self.there.seas) or "none"
        listed = {**self.chosen, **({control: found} if control and (found := self._control(control)) else {})}
        return (
            Fact(name=f"{vios.name} id", value=vios.id),
            Fact(name=f"{vios.name} state", value=f"{vios}, {vios.level}"),
            Fact(name=f"SEAs of {vios.name}", value=held),
            Fact(name=f"{device.name} of {vios.name}", value=f"{device.status}, {device.description}, no address"),
            *adapters.facts(vios.name, listed),
            *(fact for mate in self.mates for fact in facts_of(mate)),
        )


def groundwork(hmc: str, system: str, vios: str, *, port: str, trunks: tuple[str, ...]) -> Reads[Groundwork | Report]:
    """As it is now; a report: there is no such VIOS. Unread: it couldn't be seen."""
    named = yield from vios_named(hmc, system, Which(vios))
    if isinstance(named, Report):
        return named
    listed, target = named
    frame = yield from networked(hmc, system, listed)
    there = yield from frames.served(frame, target)
    if there.why:
        raise Unread(f"{target.name}: {there.why}")
    picked = adapters.picked(frame, target.name, there.adapters, trunks)
    others = yield from rivals(frame, target, adapters.networks(picked.values()))
    stands_on = yield from ports.port(frame, target, port)
    return Groundwork(frame=frame, there=there, port=stands_on, chosen=picked, rivals=others)


@dataclass(frozen=True, kw_only=True)
class Made:
    """How far it is. `now` None: no SEA has the trunks; `unread`: the last look saw nothing."""

    missing: list[str]
    now: Standing | None = None
    unread: bool = False


def made(before: Groundwork, *, after: float) -> Reads[Standing | None]:
    """The SEA that has those trunks after so many seconds; None: there is none."""
    listed = yield from frames.lpars(before.frame.hmc, before.frame.system, after=after)
    target = chosen(Which(before.vios.name), listed)
    if target is None:
        raise Unread(f"{before.frame.hmc} doesn't list {before.vios.name} any more")
    slots = {each.slot for each in before.chosen.values()}
    return (yield from by_trunks(replace(before.frame, lpars=listed), target, slots))


def _channel(vlan: int | None) -> str:
    return "none" if vlan is None else f"VLAN {vlan}"
