"""A pair of SEAs as a picture: which looks it is made from, and what it shows, in words. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Literal, Self

from pydantic import field_validator

from handlers import entstat
from handlers.networks import ranges
from handlers.pictures import Drawable
from handlers.sea import bridging
from handlers.sea.bridging import Change, Group, Way
from handlers.sea.finding import Found, Half
from handlers.sea.memory import Memory
from handlers.sea.pair import NEVER, Look, Side


class PairPicture(Drawable):
    """The pair as it was at one look; what changed since `before` is marked. What a side was read from is left out."""

    kind: Literal["pair"] = "pair"
    look: Look
    before: Look | None = None

    @field_validator("look", "before")
    @classmethod
    def _without_raw(cls, look: Look | None) -> Look | None:
        if look is None or not any(side.raw for side in look.sides):
            return look
        return look.model_copy(update={"sides": tuple(each.model_copy(update={"raw": ""}) for each in look.sides)})

    def as_of(self, at: datetime) -> Self:
        if self.look.at != NEVER:
            return self
        return self.model_copy(update={"look": self.look.model_copy(update={"at": at})})

    @property
    def stem(self) -> str:
        return "pair"

    @property
    def groups(self) -> tuple[Group, ...]:
        return bridging.groups(self.look)

    @property
    def changes(self) -> tuple[Change, ...]:
        return bridging.changes(self.before, self.look) if self.before is not None else ()

    @property
    def sentences(self) -> tuple[str, ...]:
        look = self.look
        return (
            f"{self.title}, as read at {self.moment(look.at)} by way of {look.hmc}.",
            *self._changed(),
            *(_way(look, each) for each in self.groups),
            *([] if look.hmc_reached else [f"{look.hmc} wasn't reached, so that nothing could be asked."]),
            *(_side(each) for each in look.sides),
            *([] if len(look.sides) > 1 else ["It has no mate."]),
            control(look)[0] + ".",
            _clients(look),
        )

    @property
    def title(self) -> str:
        seas = joined(f"{side.sea or 'a SEA'} of {side.vios}" for side in self.look.sides)
        return f"Managed system {self.look.pair.system}: {seas or 'a pair without sides'}"

    def _changed(self) -> Iterator[str]:
        if self.before is None:
            return
        since = self.moment(self.before.at)
        if not self.changes:
            yield f"Nothing changed since {since}."
            return
        yield f"Changed since {since}: {'; '.join(f'{each.vios} {each.said}'.strip() for each in self.changes)}."


def remembered(found: Found, memory: Memory) -> PairPicture:
    """The pair as it was when it last was looked at, beside how it was before that began."""
    now = Look(
        pair=found.pair,
        hmc=found.hmc,
        at=memory.at,
        sides=tuple(_remembered(half, memory) for half in found.halves),
        hmc_reached=all(each.rule != "hmc-unreached" for each in memory.symptoms),
        clients=found.clients,
    )
    return PairPicture(look=now, before=before(found, memory))


def before(found: Found, memory: Memory) -> Look | None:
    """How it was before anything that is wrong now began; None: nobody saw that."""
    well = memory.well
    if well is None:
        return None
    told = {each.vios: each.sea for each in well.sides}
    sides = (
        Side(vios=half.vios, sea=half.sea, trunks=half.trunks, told=told.get(half.vios), why="not read then")
        for half in found.halves
    )
    return Look(pair=found.pair, hmc=found.hmc, at=well.at, sides=tuple(sides), clients=found.clients)


def _remembered(half: Half, memory: Memory) -> Side:
    """Not told at the last look: with what was said of that."""
    side = Side(vios=half.vios, sea=half.sea, trunks=half.trunks)
    past = memory.past(half.vios)
    if past is not None and past.at == memory.at:
        return side.model_copy(update={"told": past.sea})
    said = {each.rule: each.said for each in memory.symptoms if each.about == half.vios}
    rule = "unreadable" if "unreadable" in said else "vios-unreachable"
    why = said.get(rule, "").partition(": ")[2] or "its HMC wasn't reached"
    return side.model_copy(update={"answers": rule == "unreadable", "why": why})


def control(look: Look) -> tuple[str, bool]:
    """The pair's control channel in words, and whether that is as it should be."""
    told = [side.told for side in look.sides if side.told is not None]
    own = [each.control for each in told]
    shown = [each for each in own if each is not None]
    if not told:
        return "Control channel: not read", True
    if not shown:
        # Newer levels find each other without one.
        expected = any(each.failover is not None and each.failover.control_pvid for each in told)
        return ("Control channel: set, but not shown", False) if expected else ("No control channel is shown", True)
    pvids = sorted({each.pvid for each in shown})
    if len(pvids) > 1 or len(shown) < len(own):
        missing = ["none"] if len(shown) < len(own) else []
        return f"Control channel differs: VLAN {' and '.join([*map(str, pvids), *missing])}", False
    if not all(each.operational for each in shown):
        return f"Control channel on VLAN {pvids[0]} is not operational", False
    return f"Control channel on VLAN {pvids[0]}", True


def _way(look: Look, group: Group) -> str:
    parts = dict(zip((side.vios for side in look.sides), group.parts, strict=True))
    each = ", ".join(f"{vios} {part}" for vios, part in parts.items())
    heading = {
        Way.ONE: "",
        Way.BOTH: "both bridge it, a loop risk: ",
        Way.NOBODY: "nobody bridges it: ",
        Way.UNKNOWN: "not known who bridges it: ",
    }[group.way]
    return f"{group.called} on {group.switch}: {heading}{each}."


def _side(side: Side) -> str:
    if side.told is None:
        how = "its answer couldn't be read" if side.answers else "it can't be reached"
        listed = "; ".join(
            f"slot {each.slot} on {each.switch}, PVID {each.pvid}, {_tags(each.tagged)}" for each in side.trunks
        )
        trunks = f" Its trunks by the HMC: {listed}." if listed else ""
        return f"{side.vios}: {how}: {side.why or 'no reason was told'}.{trunks}"
    sea = side.told
    trunks = "; ".join(f"{each.name} on {_trunk(each)}" for each in sea.trunks) or "none"
    return f"{side.vios}: {sea.name} {state(sea)}. Port {sea.real}, link {bridging.link(sea)}. Trunks: {trunks}."


def state(sea: entstat.Sea) -> str:
    own = sea.failover
    if own is None:
        return "has no failover"
    return f"is {own.state}, bridges {own.bridge_mode}, mode {own.mode}, priority {own.priority}"


def _trunk(trunk: entstat.Virtual) -> str:
    return f"{trunk.switch}, PVID {trunk.pvid}, {_tags(trunk.tagged)}, {bridging.working(trunk)}"


def _tags(tagged: tuple[int, ...]) -> str:
    return f"VLAN {ranges(tagged)}" if tagged else "no tags"


def _clients(look: Look) -> str:
    if not look.clients:
        return "No partition that is on was seen on its networks."
    return f"On its networks: {joined(look.clients)}."


def joined(words: Iterable[str]) -> str:
    """`a, b and c`."""
    *before, last = [*words] or [""]
    return f"{', '.join(before)} and {last}" if before else last
