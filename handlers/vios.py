"""Virtual I/O Servers: take one out, bring it back, and see whether its partner can carry alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Literal

from pydantic import Field

from handlers import power
from handlers.frames import Lpar, Reads, Unread
from handlers.health import Health, sea_lines
from handlers.interlocks import NOT_LOOKED_AT, Survey, again, left_behind, unsettled
from handlers.operation import Ending, Flow, Name, Offer, Operation, Report
from handlers.padmin import operations as padmin
from handlers.plan import Plan
from handlers.switching import Switching, failed
from policies.words import Effect

DOWN_WITHIN = 30 * 60.0  # seconds
UP_WITHIN = 45 * 60.0
SEAS_WITHIN = 3 * 60.0


class _Out(Switching):
    """Takes one VIOS out."""

    effect: ClassVar[Effect] = Effect.DISRUPTS
    takes_out: ClassVar[bool] = True
    restarts: ClassVar[bool]

    how: Literal["os", "immediate"] = Field(
        default="os", description="os: its operating system shuts down, by RMC; immediate: it is switched off"
    )

    def doing(self, selector: tuple[str, ...]) -> tuple[str, ...]:
        action = ("osshutdown", *selector) if self.how == "os" else ("shutdown", *selector, "--immed")
        return (*action, "--restart") if self.restarts else action

    def refusal(self, target: Lpar) -> Report | None:
        if target.is_off:
            start = Offer(label="Start it", text=Start(vios=target.name, system=self.system).text())
            return failed(f"can't: {target.name} is off already", offers=(start,))
        if self.how == "os" and not target.answers:
            by_force = Offer(label="Ask for how=immediate", text=self.model_copy(update={"how": "immediate"}).text())
            why = "Its operating system is shut down over RMC, which it doesn't answer."
            return failed(f"can't: {target.name} is {target}", why, offers=(by_force,))
        return None

    def plan(self, found: Survey) -> Plan:
        fit = [each.name for each in found.partners if not found.faults(each)]
        carry = f"{' and '.join(fit)} would carry alone" if fit else "nothing is shown fit to carry alone"
        does = "restarts" if self.restarts else "goes down and stays down"
        by_force = "" if self.how == "os" else ", switched off without asking its operating system"
        return Plan(
            commands=(self.go(found.frame.hmc),),
            moves=f"{found.target.name} on {self.system} {does}{by_force}; {carry}. Not looked at: {NOT_LOOKED_AT}",
            affected=found.affected,
            facts=found.facts,
            undo=self._undo(found.target),
            stop="it can't be called back once it is sent",
            redundancy=found.redundancy,
            locks=found.locks,
            interlocks=found.interlocks,
        )

    def _undo(self, target: Lpar) -> str:
        start = Start(vios=target.name, system=self.system)
        again = "It comes back by itself; should it stay down: " if self.restarts else "Start it: "
        return f"{again}/{start.command} {start.text()}"


class Shutdown(_Out):
    """Shut a VIOS down while its partner is shown fit to carry alone. It stays down until it is started."""

    verb: ClassVar[str] = "shutdown"
    example: ClassVar[str] = "shutdown p72vio1 p72"
    restarts: ClassVar[bool] = False
    wanted: ClassVar[power.Wanted] = power.is_off
    within: ClassVar[float] = DOWN_WITHIN

    def afterwards(self, found: Survey, last: Lpar) -> Flow:
        """Whether the partners that were shown fit have taken over."""
        fit = tuple(each.name for each in found.partners if not found.faults(each))
        missing, now = yield from _until(found, lambda fresh: left_behind(fresh, fit))
        start = Offer(label="Start it again", text=Start(vios=last.name, system=self.system).text())
        lines = tuple(sea_lines(now))
        if missing:
            return failed(f"{last.name} is {last.state}, but {'; '.join(missing)}", *lines, offers=(start, self.health))
        carry = (
            f"{' and '.join(fit)} carr{'ies' if len(fit) == 1 else 'y'} alone"
            if fit
            else "no partner was shown fit to carry"
        )
        headline = f"{last.name} is {last.state}; {carry}"
        return Report(ending=Ending.SUCCEEDED, headline=headline, lines=lines, offers=(start, self.health))


class _Back(Switching):
    """Ends with the VIOS up, and its SEAs agreed with their mates."""

    def afterwards(self, found: Survey, last: Lpar) -> Flow:
        faults, now = yield from _until(found, unsettled)
        if faults:
            return failed(f"{last.name} is {last}, but {'; '.join(faults)}", *sea_lines(now), offers=(self.health,))
        headline = f"{last.name} is {last}{', and its SEAs have agreed with their mates' if now.mated else ''}"
        return Report(ending=Ending.SUCCEEDED, headline=headline, lines=tuple(sea_lines(now)), offers=(self.health,))


class Restart(_Back, _Out):
    """Restart a VIOS while its partner is shown fit to carry alone, and wait until the two share the work again."""

    verb: ClassVar[str] = "restart"
    example: ClassVar[str] = "restart p72vio1 p72"
    restarts: ClassVar[bool] = True
    wanted: ClassVar[power.Wanted] = power.is_back
    within: ClassVar[float] = DOWN_WITHIN + UP_WITHIN


class Start(_Back):
    """Start a VIOS that is off, and wait until its SEAs have agreed with their mates."""

    verb: ClassVar[str] = "start"
    effect: ClassVar[Effect] = Effect.CHANGES
    example: ClassVar[str] = "start p72vio1 p72"
    wanted: ClassVar[power.Wanted] = power.is_up
    within: ClassVar[float] = UP_WITHIN

    profile: Name | None = Field(default=None, description="the profile to start it with; its first start needs one")

    def doing(self, selector: tuple[str, ...]) -> tuple[str, ...]:
        return ("on", *selector, *(("-f", self.profile) if self.profile is not None else ()))

    def refusal(self, target: Lpar) -> Report | None:
        if target.is_off:
            return None
        return failed(f"can't: {target.name} is {target}: it is on already", offers=(self.health,))

    def plan(self, found: Survey) -> Plan:
        down = Shutdown(vios=found.target.name, system=self.system)
        return Plan(
            commands=(self.go(found.frame.hmc),),
            moves=f"{found.target.name} on {self.system} starts; its SEAs may take over again once it is up",
            affected=found.affected,
            facts=found.facts,
            undo=f"Shut it down: /{down.command} {down.text()}",
            stop="it can't be called back once it is sent",
            locks=found.locks,
        )


OPERATIONS: tuple[type[Operation], ...] = (Health, Shutdown, Restart, Start, *padmin.OPERATIONS)


def _until(found: Survey, faults: Callable[[Survey], list[str]]) -> Reads[tuple[list[str], Survey]]:
    """What is still missing, and how it stands, once nothing is missing or the time is over."""
    left, now = ["nothing was read"], found
    for pause in power.pauses(SEAS_WITHIN):
        try:
            now = yield from again(found, after=pause)
        except Unread as fault:
            left = [str(fault)]
            continue
        if not (left := faults(now)):
            break
    return left, now
