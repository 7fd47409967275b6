"""The shortest way to a change that a read of the same machine can verify: `chdev` on a VIOS, `chhwres` on an HMC.

How to write one:

1. Choose the base by where it runs: `Change` on a VIOS, those of `handlers.hmc.places` on an HMC and of
   `handlers.aix.hosts` on a host. Say `command`,
   `verb`, `effect`, `example`, a docstring, and the fields: the place comes first by position, `system=` tells frames
   apart; devices, attributes and values are typed names of `handlers.names`.
2. `look_at(place)`: a generator that reads how the thing stands, with `yield from self.asked(place, argv, parse)`; it
   is driven before the plan, and again after the change. Raise `Unread` where it can't be told.
3. `guards(before)`: what must hold, each with what was read. One that doesn't hold ends it before anybody is asked;
   those that hold are facts that the approval stands on, and are read again right before it runs.
4. `doing(before)`: the words of each command, in order. The next is sent when the one before ended with 0; with
   `goes_on` also when it was refused, as where each is about another disk. After a lost connection nothing is sent.
5. `left(after)`: what is still not as wanted. Empty is success, whatever the exit status was, unless `exit_counts`: of
   a file that is written, half is there too. Anything else is a failure, however well it exited. Where that can be
   told only beside what was before (so much more), it isn't an `Absolute` one: `missing(before, after)` and, for a
   look that knows no before, `told(after)`.
6. `moves(before)`, `affected(before)`, `undo(before)` (an operation, where one exists) and `lasts`; where something is
   taken out that something else stands in for, `redundancy(before)` and `interlocks(before)` too; of many things at
   once `rows(before, after)`, what became of each; `done(before, after)` where more is known afterwards.
7. What takes its time after the command has ended: `settled`, which reads until it is there or its time is over; while
   it runs: `meanwhile`, the read that tells how far it is.

Then as for a read: OPERATIONS, manifest, seed policy, recordings, `python -m tests.house.docs`.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import replace
from typing import ClassVar, Generic, Self, TypeVar

from pydantic import Field

from handlers.command import Command, Meanwhile, Result
from handlers.explain import Explainer
from handlers.guarding import Guard as Guard
from handlers.guarding import Lasts as Lasts
from handlers.heard import Reads, Unread, heard, understood
from handlers.operation import Ending, Flow, Inventory, Name, Named, Offer, Operation, Report, failed
from handlers.place import Place
from handlers.plan import Fact, Interlock, Plan, Redundancy
from handlers.table import Table
from handlers.within import on_vios
from policies.words import Effect

S = TypeVar("S")
T = TypeVar("T")


class ChangeAt(Operation, Generic[S]):
    """Changes one thing at one place. `S`: how that thing stands, as `look_at` reads it."""

    deadline: ClassVar[float] = 5 * 60.0  # seconds that each command may take
    stop: ClassVar[str] = "it can't be called back once it is sent"
    goes_on: ClassVar[bool] = False  # one command's refusal is no reason not to send the next
    exit_counts: ClassVar[bool] = False  # what is read afterwards doesn't show whether it was done at all

    # ── where ─────────────────────────────────────────────────────────────────────────────────────────────────────

    @abstractmethod
    def place(self, inventory: Inventory) -> Place:
        """Where it is done, or a Problem."""

    @abstractmethod
    def command_at(self, place: Place, argv: tuple[str, ...]) -> Command:
        """These words as a read at that place."""

    def locks(self, place: Place, before: S) -> tuple[str, ...]:
        """What no other operation may work on meanwhile."""
        both = dict.fromkeys((place.name, *self.affected(before)))
        return tuple(f"partition {name} on {place.system}" for name in both)

    # ── what differs ──────────────────────────────────────────────────────────────────────────────────────────────

    @abstractmethod
    def look_at(self, place: Place) -> Reads[S]:
        """How it stands now, or Unread."""

    def look_after(self, place: Place) -> Reads[S]:
        """As much of it as is needed to see whether it is done: all of it, where that is no less."""
        return (yield from self.look_at(place))

    @abstractmethod
    def guards(self, before: S) -> tuple[Guard, ...]:
        """What must hold."""

    @abstractmethod
    def doing(self, before: S) -> tuple[tuple[str, ...], ...]:
        """The words of each command, in order; none: it is as wanted already."""

    @abstractmethod
    def missing(self, before: S, after: S) -> list[str]:
        """What isn't as wanted, each in a sentence."""

    @abstractmethod
    def told(self, after: S) -> str:
        """How it stands, in a sentence without its place: all that can be said when nobody heard how it went."""

    @abstractmethod
    def moves(self, before: S) -> str:
        """What changes, from what to what, in a sentence."""

    def settled(self, place: Place, before: S) -> Reads[S]:
        """How it stands once it is there, or its time is over."""
        return (yield from self.look_after(place))

    def meanwhile(self, place: Place, before: S) -> Meanwhile | None:
        """What tells how far it is while a command runs."""
        return None

    def affected(self, before: S) -> tuple[str, ...]:
        """The partitions that notice."""
        return ()

    def facts(self, before: S) -> tuple[Fact, ...]:
        """What else the approval stands on, besides the guards."""
        return ()

    def redundancy(self, before: S) -> tuple[Redundancy, ...]:
        """What fewer carry than before."""
        return ()

    def interlocks(self, before: S) -> tuple[Interlock, ...]:
        """What is taken out, and what stands in for it."""
        return ()

    def undo(self, before: S) -> Operation | None:
        """What brings back what was read before, where an operation can."""
        return None

    def lasts(self) -> Lasts:
        return Lasts.NOW_AND_ON

    def offers(self, before: S) -> tuple[Offer, ...]:
        """What may be wanted next, once it is done."""
        undo = self.undo(before)
        return (Offer(label="Undo", text=undo.text()),) if undo is not None and undo.command == self.command else ()

    def done(self, before: S, after: S) -> str:
        """What was changed, in a sentence, once it is verified."""
        return self.moves(before)

    def rows(self, before: S, after: S) -> Table | None:
        """What became of each of many."""
        return None

    def but(self, **values: object) -> Self | None:
        """The same with other values, as an undo is; None where they can't be typed."""
        return self.typed({**self.model_dump(by_alias=False), **values})

    # ── the way there ─────────────────────────────────────────────────────────────────────────────────────────────

    def asked(self, place: Place, argv: tuple[str, ...], parse: Callable[[str], T]) -> Reads[T]:
        """What that command answers at that place, or Unread."""
        result = heard((yield self.command_at(place, argv)))
        return understood(result, " ".join(argv[:2]), parse)

    def flow(self, inventory: Inventory) -> Flow:
        place = self.place(inventory)
        try:
            before = yield from self.look_at(place)
        except Unread as fault:
            return failed(f"can't: {fault}")
        if lacking := [guard for guard in self.guards(before) if not guard.holds]:
            return failed(f"can't: {lacking[0].name}", *(f"{each.name}: {each.seen}" for each in lacking))
        commands = self._commands(place, before)
        if not commands:
            return Report(ending=Ending.SUCCEEDED, headline=f"{place.called}: it is so already; nothing was sent")
        yield self._plan(place, before, commands)
        results: list[Result] = []
        for command in commands:
            results.append(heard((yield command)))
            if results[-1].exit_status is None or (results[-1].exit_status and not self.goes_on):
                break
        report = yield from self._outcome(place, before, commands, results)
        return report.model_copy(update={"findings": tuple(each for result in results for each in result.findings)})

    def look(self, inventory: Inventory) -> Flow:
        place = self.place(inventory)
        try:
            found = self.told((yield from self.look_after(place)))
        except Unread as fault:
            return Report(ending=Ending.UNKNOWN, headline=f"I couldn't see how it stands: {fault}")
        return Report(ending=Ending.UNKNOWN, headline=f"on {place} {found}")

    def _commands(self, place: Place, before: S) -> tuple[Command, ...]:
        own = type(self)
        return tuple(
            replace(
                self.command_at(place, argv),
                effect=own.effect,
                deadline=own.deadline,
                meanwhile=self.meanwhile(place, before),
                reader=Explainer(),
                streamed=True,
            )
            for argv in self.doing(before)
        )

    def _plan(self, place: Place, before: S, commands: tuple[Command, ...]) -> Plan:
        undo = self.undo(before)
        return Plan(
            commands=commands,
            moves=f"{self.moves(before)}. {self.lasts().value}",
            affected=self.affected(before),
            facts=(*(Fact(name=each.name, value=each.seen) for each in self.guards(before)), *self.facts(before)),
            undo=f"/{undo.command} {undo.text()}" if undo is not None else "no operation of mine takes it back",
            stop=self.stop,
            redundancy=self.redundancy(before),
            locks=self.locks(place, before),
            interlocks=self.interlocks(before),
        )

    def _outcome(self, place: Place, before: S, commands: tuple[Command, ...], results: list[Result]) -> Flow:
        """What is read afterwards decides; an exit status alone is neither success nor failure."""
        unsent = len(commands) - len(results)
        kept = (f"{unsent} of {len(commands)} commands were not sent.",) if unsent else ()
        if results[-1].exit_status is None:
            return Report(ending=Ending.UNKNOWN, headline="unknown: the connection was lost while it ran", lines=kept)
        status = next((each.exit_status for each in results if each.exit_status), 0)
        told = f"exit status {status}"
        try:
            after = yield from self._after(place, before, status)
        except Unread as fault:
            return Report(ending=Ending.UNKNOWN, headline=f"unknown: {told}, and {fault}", lines=kept)
        left = self.missing(before, after)
        if not left and status and self.exit_counts:
            left = ["it didn't end well"]
        if left:
            said = "refused" if status else "it exited well, and yet"
            report = failed(f"{said}: {left[0]}", *left[1:], f"The command ended with {told}.", *kept)
        else:
            odd = (f"The command ended with {told}, and all the same it is so.",) if status else ()
            report = Report(
                ending=Ending.SUCCEEDED,
                headline=f"{place.called}: verified: {self.done(before, after)}",
                lines=(*odd, self.lasts().value),
                offers=self.offers(before),
            )
        return report.model_copy(update={"table": self.rows(before, after)})

    def _after(self, place: Place, before: S, status: int) -> Reads[S]:
        """What was refused hasn't begun: one look is enough."""
        if status != 0:
            return (yield from self.look_after(place))
        return (yield from self.settled(place, before))


class Absolute(ChangeAt[S], Generic[S]):
    """A change of which it can be seen whether it is done without knowing what was before."""

    @abstractmethod
    def left(self, after: S) -> list[str]:
        """What isn't as wanted, each in a sentence."""

    def missing(self, before: S, after: S) -> list[str]:
        return self.left(after)

    def told(self, after: S) -> str:
        left = self.left(after)
        if left:
            return f"it is not as wanted: {'; '.join(left)}"
        return (
            "it looks as wanted; whether it ended well can't be told any more"
            if self.exit_counts
            else "it is as wanted"
        )


class Change(Absolute[S], Generic[S]):
    """Changes one thing on one VIOS."""

    command: ClassVar[str] = "vios"
    effect: ClassVar[Effect] = Effect.CHANGES

    vios: Name = Field(description="the VIOS", json_schema_extra={"place": 0, "pick": "vios"})
    system: Name | None = Field(
        default=None, description="its managed system, where that isn't clear", json_schema_extra={"pick": "system"}
    )

    def systems(self) -> tuple[str, ...]:
        return () if self.system is None else (self.system,)

    def names(self) -> tuple[Named, ...]:
        return (Named(self.vios, self.system, only_vios=True),)

    def targets(self) -> tuple[str, ...]:
        return (self.vios, *self.systems())

    def place(self, inventory: Inventory) -> Place:
        return inventory.vios(self.vios, self.system)

    def command_at(self, place: Place, argv: tuple[str, ...]) -> Command:
        return on_vios(place, argv)
