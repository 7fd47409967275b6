"""What the changes to a SEA share: their reads, their commands on a VIOS, and how their end is known."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Annotated, ClassVar, TypeAlias

from pydantic import Field, StringConstraints

from handlers import power
from handlers.command import Command, Result
from handlers.explain import explain
from handlers.frames import Frame, Lpar, on
from handlers.heard import Reads, Unread, heard
from handlers.operation import Ending, Flow, Inventory, Name, Offer, Operation, Report, typed
from handlers.plan import Plan
from handlers.sea.attributes import attributes
from handlers.sea.standing import Standing, again, standing
from handlers.switching import failed

CHANGE_DEADLINE = 5 * 60.0  # seconds that the VIOS may take to answer
SETTLES_WITHIN = 3 * 60.0  # seconds until both sides must have come to what was asked for
LONGEST = 160  # characters of what was heard before a connection was lost
LOOKS_FOR = 7.0  # seconds that a look waits for what may still be on its way

# The name of an Ethernet device of a VIOS. It becomes part of a line that is root there: nothing else may pass.
EthernetName: TypeAlias = Annotated[str, StringConstraints(min_length=4, max_length=7, pattern=r"^ent[0-9]{1,4}$")]

Missing: TypeAlias = Callable[[Standing], list[str]]  # what is still not as asked for; empty: it is


def sent(of: type[Operation], frame: Frame, vios: Lpar, *argv: str) -> Command:
    """A change on that VIOS."""
    return on(frame, vios, *argv, effect=of.effect, deadline=CHANGE_DEADLINE, streamed=True)


class Changing(Operation):
    """A change to one SEA, or to it and its mate."""

    command: ClassVar[str] = "sea"
    reads: ClassVar[tuple[str, ...]] = ()  # the attributes of the SEA that its plan rests on

    vios: Name = Field(description="the VIOS's name", json_schema_extra={"place": 0, "pick": "vios"})
    sea: EthernetName = Field(
        description="the SEA's device name", json_schema_extra={"place": 1, "example": "ent4", "other": "ent14"}
    )
    system: Name = Field(
        description="the managed system that it is on", json_schema_extra={"place": 2, "pick": "system"}
    )

    def systems(self) -> tuple[str, ...]:
        return (self.system,)

    def targets(self) -> tuple[str, ...]:
        return (self.vios, self.sea, self.system)

    # ── what differs ──────────────────────────────────────────────────────────────────────────────────────────────

    @abstractmethod
    def refusal(self, found: Standing) -> Report | None:
        """Why it can't be done as things stand."""

    @abstractmethod
    def plan(self, found: Standing) -> Plan: ...

    # ── the way there ─────────────────────────────────────────────────────────────────────────────────────────────

    def flow(self, inventory: Inventory) -> Flow:
        hmc = inventory.hmc_of(*self.systems())
        try:
            found = yield from self.found(hmc)
        except Unread as fault:
            return failed(f"can't: {fault}")
        if isinstance(found, Report):
            return found
        if (refusal := self.refusal(found)) is not None:
            return refusal
        plan = self.plan(found)
        yield plan
        return (yield from self.carried_out(found, plan.commands))

    def found(self, hmc: str) -> Reads[Standing | Report]:
        """How the SEA stands, with what else the plan rests on; a report: there is none. Or Unread."""
        found = yield from standing(hmc, self.system, self.vios, self.sea)
        if isinstance(found, Report):
            return found
        settings = yield from attributes(found.frame, found.own.vios, self.sea, type(self).reads)
        return replace(found, settings=settings)

    @abstractmethod
    def carried_out(self, found: Standing, commands: tuple[Command, ...]) -> Flow:
        """Those commands sent, each after the other's end, and what came of it."""


class Settling(Changing):
    """A change after which both sides come to rest in another state."""

    @abstractmethod
    def missing(self, before: Standing) -> Missing:
        """What tells that it is done."""

    @abstractmethod
    def done(self, now: Standing) -> Report:
        """The report, once nothing is missing."""

    def offers(self, now: Standing) -> tuple[Offer, ...]:
        """The next steps where it isn't as asked for."""
        return ()

    def carried_out(self, found: Standing, commands: tuple[Command, ...]) -> Flow:
        (command,) = commands
        result = heard((yield command))
        return (yield from self.outcome(found, result))

    def look(self, inventory: Inventory) -> Flow:
        """Reads that tell how both sides stand."""
        hmc = inventory.hmc_of(*self.systems())
        try:
            found = yield from standing(hmc, self.system, self.vios, self.sea)
        except Unread as fault:
            return Report(ending=Ending.UNKNOWN, headline=f"I couldn't see how it stands: {fault}")
        if isinstance(found, Report):
            return found.model_copy(update={"ending": Ending.UNKNOWN})
        seen = yield from watched(found, self.missing(found), seconds=LOOKS_FOR)
        first, *more = seen.missing or ["it is as asked for"]
        headline = f"it is not as asked for: {first}" if seen.missing else first
        lines = (*more, *seen.now.said)
        return Report(ending=Ending.UNKNOWN, headline=headline, lines=lines, offers=self.offers(seen.now))

    # ── its end ───────────────────────────────────────────────────────────────────────────────────────────────────

    def outcome(self, before: Standing, result: Result) -> Flow:
        """What is read decides; the exit status alone is neither success nor failure."""
        if result.exit_status is None:
            return lost(result)
        said_no = result.exit_status != 0
        seconds = 0.0 if said_no else SETTLES_WITHIN
        seen = yield from watched(before, self.missing(before), seconds=seconds)
        if not seen.missing:
            return self.done(seen.now)
        headline = "the VIOS refused" if said_no else f"not as asked for after {SETTLES_WITHIN / 60:.0f} minutes"
        first, *more = seen.missing
        return Report(
            ending=Ending.UNKNOWN if seen.unread else Ending.FAILED,
            headline=f"{headline}: {first}",
            lines=(*more, *seen.now.said),
            findings=tuple(explain(result.text.splitlines())) if said_no else (),
            offers=self.offers(seen.now),
        )


@dataclass(frozen=True, kw_only=True)
class Watched:
    """`missing` empty: it is as asked for. `unread`: the last look saw nothing; `now` is what the one before it saw."""

    missing: list[str]
    now: Standing
    unread: bool = False


def watched(before: Standing, missing: Missing, *, seconds: float) -> Reads[Watched]:
    """How it stands once nothing is missing, or once the time is over."""
    seen = Watched(missing=["nothing was read"], now=before, unread=True)
    for pause in power.pauses(seconds):
        try:
            found = yield from again(before, after=pause)
        except Unread as fault:
            seen = Watched(missing=[str(fault)], now=seen.now, unread=True)
            continue
        if isinstance(found, Report):
            seen = Watched(missing=[found.headline], now=seen.now, unread=True)
            continue
        seen = Watched(missing=missing(found), now=found)
        if not seen.missing:
            break
    return seen


def lost(result: Result) -> Report:
    """The outcome isn't known: a look follows, and a person decides."""
    headline = "unknown: the connection was lost while it was asked"
    said = " ".join(result.text.split())[:LONGEST]
    return Report(ending=Ending.UNKNOWN, headline=headline, lines=(said,) if said else ())


def refused(faults: list[str], *offers: Offer) -> Report | None:
    """None where there is no fault."""
    if not faults:
        return None
    headline = f"can't: {faults[0]}" if len(faults) == 1 else f"can't: {len(faults)} reasons"
    return failed(headline, *(faults if len(faults) > 1 else ()), offers=offers)


def offered(label: str, verb: str, *words: str) -> Offer:
    """A next step of this command, as it would be typed."""
    return Offer(label=label, text=" ".join([verb, *map(typed, words)]))
