"""More trunk adapters for a SEA."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from pydantic import Field

from handlers import seas
from handlers.networks import told
from handlers.operation import Ending, Offer, Report
from handlers.plan import Plan
from handlers.sea import adapters, sharing
from handlers.sea.adapters import MOST, EthernetNames, Picked
from handlers.sea.attributes import TRUNKS
from handlers.sea.changing import Missing, Settling, offered, refused, sent
from handlers.sea.modes import CANT_STOP, KEPT, no_mate, on
from handlers.sea.standing import End, Standing
from policies.words import Effect


class AddTrunks(Settling):
    """Add trunk adapters to a SEA, behind those that it has. Of a pair do it on both, one after the other."""

    verb: ClassVar[str] = "add-trunks"
    effect: ClassVar[Effect] = Effect.CHANGES
    example: ClassVar[str] = "add-trunks p72vio1 ent4 p72 ent5,ent6"
    reads: ClassVar[tuple[str, ...]] = (TRUNKS,)

    trunks: EthernetNames = Field(
        description="the trunk adapters to add, with commas between",
        json_schema_extra={"place": 3, "example": "ent5,ent6", "other": "ent7"},
    )

    @property
    def added(self) -> tuple[str, ...]:
        return tuple(self.trunks.split(","))

    def _picked(self, found: Standing) -> Picked:
        return adapters.picked(found.frame, found.own.vios.name, found.adapters, self.added)

    # ── whether ───────────────────────────────────────────────────────────────────────────────────────────────────

    def refusal(self, found: Standing) -> Report | None:
        if found.unread or len(found.mates) > 1:
            return refused(no_mate(found))
        vios = found.own.vios.name
        by_themselves = [*adapters.unusable(found.frame, vios, found.adapters, self.added)]
        if by_themselves:
            return refused(by_themselves)
        return refused([*adapters.clashing(found.frame, vios, self._picked(found)), *self._unfit(found)])

    def _unfit(self, found: Standing) -> Iterator[str]:
        """Why they don't go with the trunks that are there, or with the mate's."""
        own, mate = found.own, found.mate
        count = len(own.told.trunks) + len(self.added)
        if count > MOST:
            yield f"{own} would have {count} trunks, and {MOST} are the most"
        priorities = {each.priority for each in own.at.trunks}
        for name, adapter in self._picked(found).items():
            if adapter.priority not in priorities:
                has = ", ".join(map(str, sorted(each for each in priorities if each is not None)))
                yield f"{name} has the trunk priority {adapter.priority}, and those of {own} have {has}"
            there = {each.partition for each in adapters.twins(found.frame, own.vios.name, adapter)}
            if mate is not None and mate.vios.name not in there:
                yield f"{mate.vios.name} has no trunk on {told(adapter.networks)}, as {name} is"
            for other in sorted(there - ({mate.vios.name} if mate is not None else set())):
                yield f"{name} is on networks of {other}, which {own} has no mate on"

    # ── how ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def plan(self, found: Standing) -> Plan:
        own, chosen = found.own, self._picked(found)
        before = found.settings[TRUNKS]
        listed = f"{before},{self.trunks}" if before else self.trunks
        fresh = adapters.networks(chosen.values())
        chdev = ("chdev", "-dev", own.at.name, "-attr")
        return Plan(
            commands=(sent(type(self), found.frame, own.vios, *chdev, f"{TRUNKS}={listed}"),),
            moves=f"{own} gets {', '.join(self.added)}, for {told(fresh)}; a sharing pair deals its VLANs out anew. "
            f"{KEPT} The adapters themselves stay if they are in the VIOS's profile",
            affected=found.frame.clients(found.networks | fresh),
            facts=(*found.facts, *adapters.facts(own.vios.name, chosen)),
            undo=f"No operation of mine takes one out again. By hand: {' '.join(chdev)} {TRUNKS}={before}",
            stop=CANT_STOP,
            locks=tuple(sorted({*found.locks, *adapters.locks(found.frame, own.vios.name, chosen)})),
        )

    # ── its end ───────────────────────────────────────────────────────────────────────────────────────────────────

    def missing(self, before: Standing) -> Missing:
        return self._missing

    def _missing(self, now: Standing) -> list[str]:
        there = {each.name for each in now.own.told.trunks}
        if lacking := [each for each in self.added if each not in there]:
            return [f"{now.own} doesn't have {', '.join(lacking)}"]
        if now.mate is None or _lacking(now.own, now.mate):
            return []
        return seas.unsettled(now.own.told, now.mate.told)

    def done(self, now: Standing) -> Report:
        headline = f"{now.own} has {', '.join(each.name for each in now.own.told.trunks)}"
        if now.mate is not None and (lacking := _lacking(now.own, now.mate)):
            headline += f"; {now.mate} still lacks {told(lacking)}"
        return Report(ending=Ending.SUCCEEDED, headline=headline, lines=now.said, offers=self.offers(now))

    def offers(self, now: Standing) -> tuple[Offer, ...]:
        """The same on the mate, where it has adapters for it; where only sharing is missing, asking for it."""
        if (mate := now.mate) is None:
            return ()
        if _lacking(now.own, mate):
            wanted = {network for each in self._picked(now).values() for network in each.networks}
            there = [each.name for each in now.adapters_of(mate) if each.sea is None]
            found = adapters.picked(now.frame, mate.vios.name, now.adapters_of(mate), there)
            fit = [name for name, adapter in found.items() if adapter.is_trunk and adapter.networks <= wanted]
            words = (mate.vios.name, mate.at.name, self.system, ",".join(fit))
            return (offered(f"Add them on {mate.vios.name}", self.verb, *words),) if fit else ()
        if {now.own.mode, mate.mode} == {"Sharing"} and sharing.not_shared(now.own, mate):
            backup = now.own if now.own.state == "BACKUP" else mate
            return (on(backup, "Restart sharing", "share", self.system),)
        return ()


def _lacking(own: End, mate: End) -> frozenset[tuple[str, int]]:
    """The networks that the mate doesn't have trunks for yet."""
    return own.at.networks - mate.at.networks
