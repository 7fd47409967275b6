"""Load sharing that was lost, asked for again."""

from __future__ import annotations

from typing import ClassVar

from handlers import seas
from handlers.operation import Ending, Report
from handlers.plan import Plan
from handlers.sea import sharing
from handlers.sea.changing import Missing, Settling, refused
from handlers.sea.modes import CANT_STOP, KEPT, no_mate, on, set_mode
from handlers.sea.standing import End, Standing
from policies.words import Effect


class Share(Settling):
    """Restart load sharing on a pair that lost it: set ha_mode=sharing again, on the backup."""

    verb: ClassVar[str] = "share"
    effect: ClassVar[Effect] = Effect.CHANGES
    example: ClassVar[str] = "share p72vio2 ent4 p72"

    def refusal(self, found: Standing) -> Report | None:
        own, mate = found.own, found.mate
        if mate is None:
            return refused(no_mate(found))
        if not sharing.not_shared(own, mate):
            return refused([f"they share already: {sharing.split(own, mate)}"])
        if modes := [f"{end} is in mode {end.mode}" for end in (own, mate) if end.mode != "Sharing"]:
            return refused(modes, on(own, "Set both to sharing", "mode", self.system, "sharing"))
        if (own.state, mate.state) == ("PRIMARY", "BACKUP"):
            there = on(mate, f"Share on {mate.vios.name}", "share", self.system)
            return refused([f"{own} is the primary: sharing is restarted on the backup, {mate}"], there)
        return refused([*_not_lost(own, mate), *sharing.unmet(own, mate)])

    def plan(self, found: Standing) -> Plan:
        back = on(found.own, "", "mode", self.system, "auto")
        return Plan(
            commands=(set_mode(self, found, found.own, "sharing"),),
            moves=f"{found.own}, the backup, asks {found.mate} to share; some VLANs move over to it. {KEPT}",
            affected=found.clients,
            facts=found.facts,
            undo=f"Have the primary carry everything: /sea {back.text}",
            stop=CANT_STOP,
            locks=found.locks,
        )

    def missing(self, before: Standing) -> Missing:
        return lambda now: no_mate(now) if now.mate is None else sharing.not_shared(now.own, now.mate)

    def done(self, now: Standing) -> Report:
        shares = sharing.split(*now.ends) if now.mate is not None else ""
        return Report(ending=Ending.SUCCEEDED, headline=f"they share: {shares}", lines=now.said)


def _not_lost(own: End, mate: End) -> list[str]:
    """Why it isn't the state in which the backup can ask."""
    if (own.state, mate.state) != ("BACKUP", "PRIMARY"):
        return [f"{own} is {own.state or 'without failover'}, {mate} {mate.state or 'without failover'}"]
    return [] if seas.carries(mate.told) else [f"{mate} doesn't carry everything: {seas.said(mate.told)}"]
