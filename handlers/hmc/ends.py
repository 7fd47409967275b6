"""What stands behind a partition's virtual storage adapter on its VIOS, and what the partition keeps without it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TypeAlias

from handlers import hmcout
from handlers.changing import Guard
from handlers.heard import Reads, Unread
from handlers.hmc.standing import Standing
from handlers.padmin import losses, sides
from handlers.padmin.fabrics import whole_fabric
from handlers.padmin.mappings import slot_of
from handlers.padmin.sides import Side
from handlers.padmin.stock import Target
from handlers.place import Place
from handlers.plan import Fact, Interlock, Redundancy


@dataclass(frozen=True, kw_only=True)
class Behind:
    """`untold`: why it couldn't be looked at."""

    seen: str = ""
    facts: tuple[Fact, ...] = ()
    redundancy: tuple[Redundancy, ...] = ()
    interlocks: tuple[Interlock, ...] = ()
    untold: str = ""

    def known(self, released: bool) -> Guard:
        seen = self.untold or self.seen
        hint = "; released=yes says that it is given up" if self.untold and not released else ""
        return Guard(name="it is known what is behind it", holds=released or not self.untold, seen=f"{seen}{hint}")


Slots: TypeAlias = frozenset[tuple[str, int]]  # server adapters, each by its VIOS and slot


@dataclass(frozen=True, kw_only=True)
class End:
    """The server adapter in a slot of a VIOS, for the client of that id; `ends`: all that the client has an end to."""

    vios: Place
    slot: int
    client: str
    ends: Slots


Look: TypeAlias = Callable[[End], Reads[Behind]]


def behind(place: Place, of: Standing, rows: Iterable[dict[str, str]], slot: int, look: Look) -> Reads[Behind]:
    """Of a client's adapter in that slot. `rows`: all its adapters of that kind, which name their other ends."""
    others = {hmcout.number(row.get("slot_num")): _other_end(row) for row in rows}
    other = others.get(slot)
    if of.is_vios or other is None:
        return Behind(seen="no other end is told")
    vios = Place(hmc=place.hmc, system=place.system, name=other[0])
    ends = frozenset(filter(None, others.values()))
    try:
        return (yield from look(End(vios=vios, slot=other[1], client=of.id, ends=ends)))
    except Unread as fault:
        return Behind(untold=f"{vios.name}: {fault}")


def _other_end(row: dict[str, str]) -> tuple[str, int] | None:
    vios, slot = hmcout.given(row.get("remote_lpar_name")), hmcout.number(row.get("remote_slot_num"))
    return (vios, slot) if vios is not None and vios != "any" and slot is not None else None


def by_scsi(end: End) -> Reads[Behind]:
    """By the targets of that server adapter, and the same disks by other ways."""
    found = yield from sides.scene(end.vios, lambda own: [each.backing for each in _targets(own, end)])
    scene = replace(found, own=_connected(found.own, end), others=tuple(_connected(each, end) for each in found.others))
    gone = _targets(scene.own, end)
    lost = losses.losses(scene, gone)
    told = ", ".join(f"{each.name} ({each.backing or 'an empty drive'})" for each in gone)
    return Behind(
        seen=f"on slot {end.slot} of {end.vios.name}: {told or 'nothing is mapped'}",
        facts=losses.facts(scene, gone),
        redundancy=tuple(each.redundancy for each in lost),
        interlocks=tuple(each.interlock(scene.silent) for each in lost),
    )


def _targets(own: Side, end: End) -> tuple[Target, ...]:
    hosts = (each for each in own.vhosts if (each.slot, str(each.client)) == (end.slot, end.client))
    return tuple(target for host in hosts for target in host.targets)


def _connected(side: Side, end: End) -> Side:
    """Less what is still mapped for the client where it has no adapter any more: that is no way."""
    kept = [each for each in side.vhosts if str(each.client) != end.client or (side.name, each.slot) in end.ends]
    return replace(side, vhosts=tuple(kept))


def by_fibre(end: End) -> Reads[Behind]:
    """By that server adapter's port, and the other adapters that the client is logged in by."""
    found = yield from whole_fabric(end.vios)
    own = (end.slot, end.client)
    host = next((each for each in found.hosts if (slot_of(each.location), str(each.client)) == own), None)
    if host is None:
        return Behind(seen=f"{end.vios.name} has no adapter for it in slot {end.slot}")
    return Behind(
        seen=f"{host.name} of {end.vios.name}: {host.status}, {host.port or 'mapped to no port'}",
        facts=found.facts(host.name),
        redundancy=found.redundancy(host.name),
        interlocks=found.interlocks(host.name),
    )
