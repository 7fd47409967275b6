"""What load sharing between two SEAs takes, by the techdoc on it, and how it shows that they do. Pure.

Each fault is a sentence.
"""

from __future__ import annotations

from collections.abc import Iterator

from handlers import seas
from handlers.frames import Lpar
from handlers.networks import told
from handlers.sea.levels import FINDS_ITS_MATE_FROM, SHARES_FROM, dotted, level
from handlers.sea.standing import End

FEWEST_TRUNKS = 2


def unmet(one: End, other: End) -> list[str]:
    """The criteria that two SEAs don't meet, so that the primary would refuse to share."""
    faults = [fault for end in (one, other) for fault in _by_itself(end)]
    mine, theirs = _trunks(one), _trunks(other)
    faults += [f"{one} bridges {trunk} and {other} doesn't" for trunk in sorted(mine - theirs)]
    faults += [f"{other} bridges {trunk} and {one} doesn't" for trunk in sorted(theirs - mine)]
    priorities = {end.told.failover.priority for end in (one, other) if end.told.failover is not None}
    if len(priorities) == 1:
        faults.append(f"{one} and {other} have the same priority, {', '.join(map(str, sorted(priorities)))}")
    return faults + channel(one, other)


def channel(one: End, other: End) -> list[str]:
    """Why the two can't be expected to hear each other: each would then bridge everything, which is a loop."""
    own, its = one.told.failover, other.told.failover
    if own is None or its is None:
        return [f"{end} has no failover" for end in (one, other) if end.told.failover is None]
    if own.control_pvid != its.control_pvid:
        return [f"their control channels differ: VLAN {own.control_pvid or 'none'} and {its.control_pvid or 'none'}"]
    if own.control_pvid is not None:
        return []
    return [
        fault
        for end in (one, other)
        for fault in unable(end.vios, FINDS_ITS_MATE_FROM, "finding its mate without a control channel")
    ]


def unable(vios: Lpar, since: tuple[int, ...], to: str) -> list[str]:
    """Why that VIOS's level isn't shown to be up to it."""
    found = level(vios.level)
    if found is not None and found >= since:
        return []
    is_at = f"is at {vios.level}" if found is not None else "doesn't tell its level"
    return [f"{vios.name} {is_at}: {to} takes {dotted(since)}"]


def _by_itself(end: End) -> Iterator[str]:
    yield from (f"{end}: {fault}" for fault in seas.footing(end.told))
    yield from unable(end.vios, SHARES_FROM, "sharing")
    if len(end.told.trunks) < FEWEST_TRUNKS:
        yield f"{end} has {len(end.told.trunks)} trunk, and sharing takes {FEWEST_TRUNKS}"
    priorities = sorted({each.priority for each in end.at.trunks if each.priority is not None})
    if len(priorities) > 1:
        yield f"the trunks of {end} have more than one priority: {', '.join(map(str, priorities))}"


def _trunks(end: End) -> set[str]:
    return {
        f"{told((each.switch, vlan) for vlan in (each.pvid, *each.tagged))} (port VLAN {each.pvid})"
        for each in end.told.trunks
    }


def not_shared(one: End, other: End) -> list[str]:
    """What tells that they don't share, or don't share out every VLAN; empty: they do."""
    states = {one.state, other.state}
    if states != set(seas.SHARING):
        return [f"they don't share: {one} is {one.state or 'without failover'}, {other} {other.state or 'without'}"]
    mine, theirs = (set(end.told.failover.shared) if end.told.failover else set() for end in (one, other))
    every = {vlan for each in one.told.trunks for vlan in (each.pvid, *each.tagged)}
    if twice := sorted(mine & theirs):
        return [f"both bridge VLAN {', '.join(map(str, twice))}"]
    if nobody := sorted(every - mine - theirs):
        return [f"neither bridges VLAN {', '.join(map(str, nobody))}"]
    return []


def split(one: End, other: End) -> str:
    """Who bridges what: `ent4 of p72vio1 bridges VLAN 1, 10, 11; …`."""
    shares = ((end, end.told.failover.shared if end.told.failover else ()) for end in (one, other))
    return "; ".join(f"{end} bridges VLAN {', '.join(map(str, vlans)) or 'none'}" for end, vlans in shares)
