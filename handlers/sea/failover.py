"""A failover that is forced, and its return."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from handlers import seas
from handlers.operation import Ending, Offer, Report
from handlers.plan import Plan
from handlers.sea import sharing
from handlers.sea.changing import Missing, Settling, refused
from handlers.sea.modes import CANT_STOP, KEPT, LEADING, on, set_mode
from handlers.sea.standing import End, Standing
from policies.words import Effect


class Failover(Settling):
    """Force a failover: the SEA that leads goes to standby while its mate is shown fit to carry alone. It stays there
    until it is returned."""

    verb: ClassVar[str] = "failover"
    effect: ClassVar[Effect] = Effect.DISRUPTS
    example: ClassVar[str] = "failover p72vio1 ent4 p72"
    takes_out: ClassVar[bool] = True

    def refusal(self, found: Standing) -> Report | None:
        own = found.own
        if own.mode == "Standby":
            return refused([f"{own} is in mode Standby already"], self._return(own))
        if own.leads:
            return None
        leader = next((end for end in found.mates if end.leads), None)
        if leader is None:
            return refused([f"{own} doesn't lead: {seas.said(own.told)}"])
        there = on(leader, f"Fail over from {leader.vios.name}", self.verb, self.system)
        return refused([f"{own} is {own.state}: a failover is forced on the one that leads, {leader}"], there)

    def plan(self, found: Standing) -> Plan:
        fit = [str(end) for end in found.mates if not found.faults(end)]
        carries = f"{' and '.join(fit)} would carry alone" if fit else "nothing is shown fit to carry alone"
        return Plan(
            commands=(set_mode(self, found, found.own, "standby"),),
            moves=f"{found.own} goes to standby; {carries}, until it is returned. {KEPT}",
            affected=found.clients,
            facts=found.facts,
            undo=f"Return it: /sea {self._return(found.own).text}",
            stop=CANT_STOP,
            redundancy=found.redundancy,
            locks=found.locks,
            interlocks=found.interlocks,
        )

    def missing(self, before: Standing) -> Missing:
        return _given_over

    def done(self, now: Standing) -> Report:
        carrier = next(end for end in now.mates if seas.carries(end.told))
        headline = f"{carrier} carries everything; {now.own} is in standby until it is returned"
        offers = (self._return(now.own),)
        return Report(ending=Ending.SUCCEEDED, headline=headline, lines=now.said, offers=offers)

    def offers(self, now: Standing) -> tuple[Offer, ...]:
        return (self._return(now.own),) if now.own.mode == "Standby" else ()

    def _return(self, own: End) -> Offer:
        return on(own, "Return it", Return.verb, self.system)


def _given_over(now: Standing) -> list[str]:
    faults = [f"{now.own} is in mode {now.own.mode}"] if now.own.mode != "Standby" else []
    if now.own.state != "BACKUP":
        faults.append(f"{now.own} is {now.own.state or 'without failover'}")
    if not any(seas.carries(end.told) for end in now.mates):
        told = [f"{end} doesn't carry everything: {seas.said(end.told)}" for end in now.mates]
        faults += told or [*now.unread, "no mate is seen"][:1]
    return faults


class Return(Settling):
    """Return a SEA from standby, so that the one with the better priority leads again, or both share again."""

    verb: ClassVar[str] = "return"
    effect: ClassVar[Effect] = Effect.CHANGES
    example: ClassVar[str] = "return p72vio1 ent4 p72"

    to: Literal["auto", "sharing"] | None = Field(
        default=None, description="the mode, where its mate's can't be read", json_schema_extra={"example": "sharing"}
    )

    def refusal(self, found: Standing) -> Report | None:
        own = found.own
        if own.mode != "Standby":
            return refused([f"{own} is in mode {own.mode}: there is nothing to return"])
        if len(found.mates) > 1:
            return refused([f"{own} has more than one mate: {', '.join(map(str, found.mates))}"])
        if (mode := self._mode(found)) is None:
            both = (on(own, f"Return it to {each}", self.verb, self.system, f"to={each}") for each in LEADING.values())
            return refused(["its mate tells of no mode to return it to: say to=auto or to=sharing"], *both)
        faults = [f"{own}: {fault}" for fault in seas.footing(own.told)]
        if (mate := found.mate) is None:
            return refused(faults)
        if LEADING.get(mate.mode) != mode:
            faults.append(f"{mate} is in mode {mate.mode}")
        faults += sharing.unmet(own, mate) if mode == LEADING["Sharing"] else sharing.channel(own, mate)
        return refused([*dict.fromkeys(faults)])

    def _mode(self, found: Standing) -> str | None:
        if self.to is not None or found.mate is None:
            return self.to
        return LEADING.get(found.mate.mode)

    def plan(self, found: Standing) -> Plan:
        mode, mate = self._mode(found) or "auto", found.mate
        comes = f"it and {mate} agree anew on who bridges what" if mate is not None else "it may lead from then on"
        again = on(found.own, "", Failover.verb, self.system)
        return Plan(
            commands=(set_mode(self, found, found.own, mode),),
            moves=f"{found.own} returns from standby to ha_mode={mode}; {comes}. {KEPT}",
            affected=found.clients,
            facts=found.facts,
            undo=f"Force the failover again: /sea {again.text}",
            stop=CANT_STOP,
            locks=found.locks,
        )

    def missing(self, before: Standing) -> Missing:
        wanted = (self._mode(before) or "auto").capitalize()
        return lambda now: _not_back(now, wanted)

    def done(self, now: Standing) -> Report:
        if now.mate is None:
            headline = (
                f"{now.own} is in mode {now.own.mode}, {now.own.state}; {'; '.join(now.unread) or 'it has no mate'}"
            )
        elif now.own.mode == "Sharing":
            headline = f"they share again: {sharing.split(now.own, now.mate)}"
        else:
            leader = next((end for end in now.ends if end.leads), now.own)
            headline = f"{now.own} is back in mode {now.own.mode}: {leader} carries"
        return Report(ending=Ending.SUCCEEDED, headline=headline, lines=now.said)

    def offers(self, now: Standing) -> tuple[Offer, ...]:
        """Where it came back and only sharing is missing, the backup has to ask."""
        mate = now.mate
        if mate is None or {now.own.mode, mate.mode} != {"Sharing"} or not sharing.not_shared(now.own, mate):
            return ()
        backup = now.own if now.own.state == "BACKUP" else mate
        return (on(backup, "Restart sharing", "share", self.system),)


def _not_back(now: Standing, wanted: str) -> list[str]:
    if now.own.mode != wanted:
        return [f"{now.own} is in mode {now.own.mode}"]
    if now.mate is None:
        return [] if now.own.state in seas.MATES else [f"{now.own} is {now.own.state or 'without failover'}"]
    if wanted == "Sharing":
        return sharing.not_shared(now.own, now.mate)
    return seas.unsettled(now.own.told, now.mate.told)
