"""Who bridges what: each network of a pair, what either side does for it, and what changed since. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from handlers import entstat
from handlers.networks import Network, ranges
from handlers.sea.pair import Look, Side
from handlers.seas import BRIDGES


class Part(StrEnum):
    """What a side does for a network."""

    BRIDGES = "bridges"
    STANDS_BY = "stands by"
    OUT = "out of it"  # in a state in which it can't take over
    ABSENT = "no trunk"
    UNKNOWN = "not read"


class Way(StrEnum):
    """What that comes to. `ONE`: exactly one bridges it, as it should be."""

    ONE = "one"
    BOTH = "both"
    NOBODY = "nobody"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class Group:
    """The VLANs of one virtual switch for which the sides do the same; `parts` stand as the sides do."""

    switch: str
    vlans: tuple[int, ...]
    parts: tuple[Part, ...]

    @property
    def way(self) -> Way:
        bridging = self.parts.count(Part.BRIDGES)
        if bridging > 1:
            return Way.BOTH
        if Part.UNKNOWN in self.parts:
            # Whoever can't be read may bridge it as well.
            return Way.ONE if bridging else Way.UNKNOWN
        return Way.ONE if bridging else Way.NOBODY

    @property
    def called(self) -> str:
        return f"VLAN {ranges(self.vlans)}"


def networks(sea: entstat.Sea) -> frozenset[Network]:
    """Those that its trunks are on, by its own word."""
    return frozenset((each.switch, vlan) for each in sea.trunks for vlan in (each.pvid, *each.tagged))


def bridged(sea: entstat.Sea) -> frozenset[Network] | None:
    """Those that it bridges now; None: its bridge mode is a word that isn't known."""
    own = sea.failover
    if own is None:
        return networks(sea)
    if own.bridge_mode == "None":
        return frozenset()
    if own.bridge_mode not in ("All", "Partial"):
        return None
    by_active = {
        (each.switch, vlan) for each in sea.trunks if each.active for vlan in (each.pvid, *each.tagged)
    }  # an inactive trunk bridges nothing, whatever the SEA says
    if own.bridge_mode == "Partial" and own.shared:
        return frozenset(each for each in by_active if each[1] in own.shared)
    return frozenset(by_active)


def parts_of(look: Look) -> dict[Network, tuple[Part, ...]]:
    """What each side does for every network of the pair."""
    told = [
        (networks(side.told), bridged(side.told)) if side.told is not None else (frozenset[Network](), None)
        for side in look.sides
    ]
    unread = [side.told is None for side in look.sides]
    spares = [_spare(side) for side in look.sides]
    found = {}
    for network in sorted(_all(look)):
        parts = []
        for (on, now), is_unread, spare in zip(told, unread, spares, strict=True):
            if is_unread or (network in on and now is None):
                parts.append(Part.UNKNOWN)
            elif network not in on:
                parts.append(Part.ABSENT)
            else:
                parts.append(Part.BRIDGES if now is not None and network in now else spare)
        found[network] = tuple(parts)
    return found


def _spare(side: Side) -> Part:
    """What it does for a network that it is on and doesn't bridge."""
    own = side.told.failover if side.told is not None else None
    return Part.STANDS_BY if own is None or own.state in BRIDGES else Part.OUT


def carried(look: Look) -> str:
    """Who carries the pair's networks, in a line; empty where no network is known."""
    found: dict[str, list[str]] = {}
    for each in groups(look):
        found.setdefault(_by(look, each), []).append(f"{each.called} on {each.switch}")
    if len(found) == 1:
        return f"all {next(iter(found))}"
    return "; ".join(f"{', '.join(where)} {by}" for by, where in found.items())


def _by(look: Look, group: Group) -> str:
    if group.way is not Way.ONE:
        unread = "by nobody that could be read"
        return {Way.BOTH: "by both, a loop risk", Way.NOBODY: "BY NOBODY"}.get(group.way, unread)
    parts = [*zip(look.sides, group.parts, strict=True)]
    alone = all(part in (Part.BRIDGES, Part.OUT, Part.ABSENT, Part.UNKNOWN) for _, part in parts)
    carrier = next(side.vios for side, part in parts if part is Part.BRIDGES)
    return f"by {carrier}{', alone' if alone else ''}"


def groups(look: Look) -> tuple[Group, ...]:
    """Every network of the pair once, trouble first, then by switch and VLAN."""
    found: dict[tuple[str, tuple[Part, ...]], list[int]] = {}
    for (switch, vlan), parts in parts_of(look).items():
        found.setdefault((switch, parts), []).append(vlan)
    made = [Group(switch=switch, vlans=tuple(vlans), parts=parts) for (switch, parts), vlans in found.items()]
    order = (Way.BOTH, Way.NOBODY, Way.UNKNOWN, Way.ONE)
    return tuple(sorted(made, key=lambda each: (order.index(each.way), each.switch, each.vlans)))


def _all(look: Look) -> frozenset[Network]:
    told = (networks(side.told) for side in look.sides if side.told is not None)
    return frozenset[Network]().union(*told, *(side.networks for side in look.sides))


# ── what changed ──────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, kw_only=True)
class Change:
    """`vios` empty: it is the pair's. `what`: state, mode, link, trunks, control, counters, reading or bridging."""

    vios: str
    what: str
    said: str


def changes(before: Look, now: Look) -> tuple[Change, ...]:
    """What differs between two looks at one pair, in words that stand alone."""
    earlier = {side.vios: side for side in before.sides}
    found = [
        Change(vios=side.vios, what=what, said=said)
        for side in now.sides
        if side.vios in earlier
        for what, said in _of_side(earlier[side.vios], side)
    ]
    return (*found, *(Change(vios="", what="bridging", said=said) for said in _moved(before, now)))


def _of_side(old: Side, new: Side) -> Iterator[tuple[str, str]]:
    if old.told is None or new.told is None:
        if (old.told is None) != (new.told is None):
            yield "reading", f"can't be read any more: {new.why}" if new.told is None else "can be read again"
        elif old.why != new.why:
            yield "reading", f"still can't be read: {new.why}"
        return
    a, b = old.told, new.told
    if a.name != b.name:
        yield "state", f"its SEA was {a.name}, now {b.name}"
    yield from _of_failover(a.failover, b.failover)
    if a.link_up != b.link_up or a.real != b.real:
        yield "link", f"{_link(a)} → {_link(b)}"
    if _control(a) != _control(b):
        yield "control", f"control channel {_control(a)} → {_control(b)}"
    yield from (("trunks", said) for said in _of_trunks(a, b))


def _of_failover(a: entstat.Failover | None, b: entstat.Failover | None) -> Iterator[tuple[str, str]]:
    if a is None or b is None:
        if a != b:
            yield "state", "failover was set up" if a is None else "failover is gone"
        return
    if a.state != b.state:
        yield "state", f"{a.state} → {b.state}"
    elif (times := b.became_primary - a.became_primary) > 0:
        yield "counters", f"became primary {'once' if times == 1 else f'{times} times'} in between"
    if a.bridge_mode != b.bridge_mode:
        yield "mode", f"bridging {a.bridge_mode} → {b.bridge_mode}"
    if a.mode != b.mode:
        yield "mode", f"mode {a.mode} → {b.mode}"
    if a.priority != b.priority:
        yield "mode", f"priority {a.priority} → {b.priority}"


def _of_trunks(a: entstat.Sea, b: entstat.Sea) -> Iterator[str]:
    old, new = {each.name: each for each in a.trunks}, {each.name: each for each in b.trunks}
    for name in sorted({*old, *new}):
        if name not in old or name not in new:
            yield f"trunk {name} is {'new' if name in new else 'gone'}"
            continue
        one, other = old[name], new[name]
        if (one.pvid, one.tagged, one.switch) != (other.pvid, other.tagged, other.switch):
            yield f"trunk {name}: {vlans_of(one)} → {vlans_of(other)}"
        if working(one) != working(other):
            yield f"trunk {name}: {working(one)} → {working(other)}"


def vlans_of(trunk: entstat.Virtual) -> str:
    """`ETHERNET0 PVID 1, VLAN 10–19`."""
    tags = f", VLAN {ranges(trunk.tagged)}" if trunk.tagged else ""
    return f"{trunk.switch} PVID {trunk.pvid}{tags}"


def working(trunk: entstat.Virtual) -> str:
    if not trunk.operational:
        return "not operational"
    return {None: "no trunk", True: "active", False: "inactive"}[trunk.active]


def _link(sea: entstat.Sea) -> str:
    return f"{sea.real} link {link(sea)}"


def link(sea: entstat.Sea) -> str:
    return {None: "not told", True: "up", False: "down"}[sea.link_up]


def _control(sea: entstat.Sea) -> str:
    if sea.control is None:
        return "not shown"
    return f"VLAN {sea.control.pvid}{'' if sea.control.operational else ', not operational'}"


def _moved(before: Look, now: Look) -> Iterator[str]:
    """Networks that somebody else bridges now."""
    found: dict[tuple[str, str, str], list[int]] = {}
    earlier, later = parts_of(before), parts_of(now)
    for network in sorted(earlier.keys() & later.keys()):
        was, is_ = _who(before, earlier[network]), _who(now, later[network])
        if was != is_:
            found.setdefault((network[0], was, is_), []).append(network[1])
    for (switch, was, is_), vlans in found.items():
        yield f"VLAN {ranges(vlans)} on {switch}: {was} → {is_}"


def _who(look: Look, parts: tuple[Part, ...]) -> str:
    bridging = [side.vios for side, each in zip(look.sides, parts, strict=True) if each is Part.BRIDGES]
    return " and ".join(bridging) or ("not known" if Part.UNKNOWN in parts else "nobody")
