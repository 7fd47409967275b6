"""A SEA's statistics, counted anew."""

from __future__ import annotations

from typing import ClassVar

from handlers import entstat
from handlers.command import Command, Result
from handlers.explain import explain
from handlers.frames import on
from handlers.heard import Reads, Unread, heard, understood
from handlers.operation import Ending, Flow, Inventory, Report
from handlers.plan import Plan
from handlers.sea.changing import Changing, lost, sent
from handlers.sea.modes import CANT_STOP
from handlers.sea.standing import End, Standing, standing
from handlers.switching import failed
from policies.words import Effect


class Reset(Changing):
    """Reset a SEA's statistics to nothing. What they were is read first, and stays in the request's log."""

    verb: ClassVar[str] = "reset"
    effect: ClassVar[Effect] = Effect.DESTROYS  # the numbers can't be put back
    example: ClassVar[str] = "reset p72vio1 ent4 p72"

    def refusal(self, found: Standing) -> Report | None:
        return None

    def plan(self, found: Standing) -> Plan:
        """The state is among its facts: counters that tell of a failover since the approval aren't wiped away."""
        own = found.own
        return Plan(
            commands=(sent(type(self), found.frame, own.vios, "entstat", "-reset", own.at.name),),
            moves=f"{own} counts from nothing; what it counted until then is read once more and kept in the log",
            affected=(),
            facts=found.facts,
            undo="Nothing puts the numbers back; as they were they stand in the log of this request",
            stop=CANT_STOP,
            locks=found.locks,
        )

    def carried_out(self, found: Standing, commands: tuple[Command, ...]) -> Flow:
        try:
            before = yield from _counted(found, found.own)
        except Unread as fault:
            return failed(f"can't: {fault}", "Nothing was reset.")
        (command,) = commands
        result = heard((yield command))
        if result.exit_status is None:
            return lost(result)
        try:
            after = yield from _counted(found, found.own)
        except Unread as fault:
            return Report(ending=Ending.UNKNOWN, headline=f"unknown: {fault}")
        return _told(found.own, before, after, result)

    def look(self, inventory: Inventory) -> Flow:
        hmc = inventory.hmc_of(*self.systems())
        try:
            found = yield from standing(hmc, self.system, self.vios, self.sea)
            if isinstance(found, Report):
                return found.model_copy(update={"ending": Ending.UNKNOWN})
            counted = yield from _counted(found, found.own)
        except Unread as fault:
            return Report(ending=Ending.UNKNOWN, headline=f"I couldn't see how it stands: {fault}")
        return Report(ending=Ending.UNKNOWN, headline=f"{found.own} has counted for {_time(counted)}")


def _counted(found: Standing, end: End) -> Reads[int]:
    """For how many seconds it has counted; the whole answer is in the log by this read."""
    result = heard((yield on(found.frame, end.vios, "entstat", "-all", end.at.name)))
    return understood(result, f"entstat of {end.at.name}", lambda text: entstat.elapsed(text, end.at.name))


def _told(own: End, before: int, after: int, result: Result) -> Report:
    """The time over which it counts tells whether it began anew. Whether its adapters' own do as well is unverified."""
    if after < before:
        headline = f"{own} counts anew: for {_time(after)} now, for {_time(before)} before"
        return Report(ending=Ending.SUCCEEDED, headline=headline)
    refused = result.exit_status != 0
    why = "the VIOS refused" if refused else "not reset"
    headline = f"{why}: {own} has counted for {_time(after)}"
    findings = tuple(explain(result.text.splitlines())) if refused else ()
    return Report(ending=Ending.FAILED, headline=headline, findings=findings)


def _time(seconds: int) -> str:
    if seconds < 120:
        return f"{seconds} s"
    minutes, hours = seconds // 60, seconds // 3600
    return f"{minutes} min" if hours < 2 else f"{hours} h" if hours < 48 else f"{hours // 24} days"
