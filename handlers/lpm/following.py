"""A migration under way: how far it is, its stop, and what is to be done where it broke."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from handlers import hmcout
from handlers.command import Command, Progress, Result
from handlers.explain import Explainer, explain
from handlers.heard import heard
from handlers.lpm.naming import Partitioned
from handlers.operation import Ending, Flow, HostName, Inventory, Offer, Report, UserName, failed
from handlers.partitions import Rows, in_flight, listed, progress_in, progress_of
from handlers.plan import Fact, Plan
from policies.words import Effect

STOP_DEADLINE = 5 * 60.0
RECOVERY_DEADLINE = 30 * 60.0


class Status(Partitioned):
    """Show whether a migration of the partition is in flight, and how far it is."""

    verb: ClassVar[str] = "status"
    effect: ClassVar[Effect] = Effect.READS
    example: ClassVar[str] = "status db01 p72"

    def going(self, inventory: Inventory) -> Flow:
        hmc = inventory.hmc_of(*self.systems())
        answer = heard((yield progress_of(self.which, hmc, self.on)))
        if answer.exit_status is None:
            return Report(ending=Ending.UNKNOWN, headline="unknown: the connection was lost before the answer ended")
        progress = progress_in(answer, self.which)
        if progress is None:
            findings = tuple(explain(answer.text.splitlines()))
            headline = f"can't tell: {hmc} gave no migration state for {self.called}"
            return Report(ending=Ending.FAILED, headline=headline, findings=findings)
        share = "" if progress.share is None else f", {progress.share:.0%} of the memory sent"
        return Report(ending=Ending.SUCCEEDED, headline=f"{self.called} on {self.on}: {progress.state}{share}")


class Stop(Partitioned):
    """Stop a migration that is in flight; the partition stays on its source."""

    verb: ClassVar[str] = "stop"
    effect: ClassVar[Effect] = Effect.CHANGES
    example: ClassVar[str] = "stop db01 p72"

    def going(self, inventory: Inventory) -> Flow:
        hmc = inventory.hmc_of(*self.systems())
        answer = heard((yield progress_of(self.which, hmc, self.on)))
        progress = progress_in(answer, self.which)
        if answer.text.strip() == hmcout.NO_RESULTS or (progress is not None and not in_flight(progress)):
            return Report(
                ending=Ending.FAILED,
                headline=f"nothing to stop: {hmc} shows no migration of {self.called} in flight",
                lines=(f"It says: {progress.state if progress else hmcout.NO_RESULTS}",),
            )
        yield self._plan(hmc, known=progress is not None)
        result = heard((yield self._go(hmc)))
        return (yield from self._outcome(hmc, result))

    def looking(self, inventory: Inventory) -> Flow:
        """How the migration stands, after a stop whose answer wasn't heard."""
        said = yield from Status(partition=self.partition, id=self.id, source=self.on).flow(inventory)
        return said.model_copy(update={"ending": Ending.UNKNOWN, "offers": (show_status(self),)})

    def _go(self, hmc: str) -> Command:
        return Command(
            host=hmc,
            argv=("migrlpar", "-o", "s", "-m", self.on, *self.which.selector),
            effect=Effect.CHANGES,
            deadline=STOP_DEADLINE,
            reader=Explainer(),
            streamed=True,
        )

    def _plan(self, hmc: str, *, known: bool) -> Plan:
        """Also where the HMC doesn't tell whether one is in flight: it refuses by itself when there is none."""
        again = f"/{self.command} migrate {self.called} {self.on} …"
        return Plan(
            commands=(self._go(hmc),),
            moves=f"the migration of {self.called} is stopped; it stays on {self.on}",
            affected=(self.called,),
            facts=(Fact(name="migration", value="in flight" if known else "couldn't be read"),),
            undo=f"Ask for the migration anew: {again}",
            stop="nothing to stop: it takes seconds",
        )

    def _outcome(self, hmc: str, result: Result) -> Flow:
        if result.exit_status is None:
            headline = "unknown: the connection was lost while it was stopped"
            return Report(ending=Ending.UNKNOWN, headline=headline, findings=result.findings)
        after = progress_in(heard((yield progress_of(self.which, hmc, self.on))), self.which)
        says = f"{hmc} says: {after.state}" if after else f"{hmc} tells nothing of a migration of it"
        if result.exit_status != 0:
            headline = "the HMC refused to stop it"
            return Report(ending=Ending.FAILED, headline=headline, lines=(says,), findings=result.findings)
        if after is not None and in_flight(after):
            headline = "unknown: the HMC took it, but still shows the migration in flight"
            return Report(ending=Ending.UNKNOWN, headline=headline, lines=(says,), offers=(show_status(self),))
        return Report(ending=Ending.SUCCEEDED, headline=f"the migration of {self.called} is stopped", lines=(says,))


class Recover(Partitioned):
    """Clear up after a migration that broke, so that the partition can be worked on again. It doesn't move it."""

    verb: ClassVar[str] = "recover"
    effect: ClassVar[Effect] = Effect.CHANGES
    example: ClassVar[str] = "recover db01 p72"

    hmc: HostName | None = Field(
        default=None, description="the HMC of the destination, where the migration went to another one"
    )
    user: UserName | None = Field(default=None, description="the user on that HMC")
    force: bool = Field(default=False, description="go on past what the HMC would stop at: yes or no")

    @classmethod
    def clashes(cls, given: Mapping[str, object]) -> list[str]:
        told = super().clashes(given)
        if given.get("user") is not None and given.get("hmc") is None:
            told.append("user= goes with hmc=, the HMC that this user is on")
        return told

    def going(self, inventory: Inventory) -> Flow:
        hmc = inventory.hmc_of(self.on)
        answer = heard((yield progress_of(self.which, hmc, self.on)))
        before = progress_in(answer, self.which)
        if before is None:
            said = " ".join(answer.text.split())[:160]
            return failed(f"can't: {hmc} tells no migration state of {self.called}", f"It says: {said or 'nothing'}")
        if not in_flight(before):
            return failed(f"nothing to recover: {hmc} shows no migration of {self.called}", f"It says: {before.state}")
        if is_under_way(before):
            stop = Offer(label="Stop it", text=Stop(partition=self.partition, id=self.id, source=self.source).text())
            headline = f"can't: the migration of {self.called} hasn't broken"
            return failed(headline, f"It says: {before.state}", offers=(stop, show_status(self)))
        name = self.partition or (self.which.among((yield from listed(hmc, self.on))) or {}).get("name")
        if name is None:  # it is locked by its name, as whoever names it by that does
            return failed(f"can't: {hmc} doesn't tell the name of {self.called} on {self.on}")
        yield self._plan(hmc, name, before.state)
        result = heard((yield self._go(hmc)))
        return (yield from self._outcome(hmc, result))

    def looking(self, inventory: Inventory) -> Flow:
        """How the migration stands, after a recovery whose answer wasn't heard."""
        said = yield from Status(partition=self.partition, id=self.id, source=self.source).flow(inventory)
        return said.model_copy(update={"ending": Ending.UNKNOWN, "offers": (show_status(self),)})

    def _go(self, hmc: str) -> Command:
        other = (("--ip", self.hmc), ("-u", self.user))
        given = [part for flag, value in other if value is not None for part in (flag, value)]
        forced = ("--force",) if self.force else ()
        return Command(
            host=hmc,
            argv=("migrlpar", "-o", "r", "-m", self.on, *self.which.selector, *given, *forced),
            effect=Effect.CHANGES,
            deadline=RECOVERY_DEADLINE,
            reader=Explainer(),
            streamed=True,
        )

    def _plan(self, hmc: str, name: str, state: str) -> Plan:
        return Plan(
            commands=(self._go(hmc),),
            moves=f"what the broken migration of {name} left is cleared up on {self.on} and where it went",
            affected=(name,),
            facts=(Fact(name="migration", value=state),),
            undo="nothing is to be undone: the partition isn't moved by it",
            stop="it can't be called back once it is sent",
            locks=(f"partition {name} on {self.on}",),
        )

    def _outcome(self, hmc: str, result: Result) -> Flow:
        """What the HMC tells of it afterwards decides, and where it lists the partition is told. What can't be read is
        no success, however it exited."""
        if result.exit_status is None:
            headline = "unknown: the connection was lost while it was recovered"
            return Report(ending=Ending.UNKNOWN, headline=headline, findings=result.findings)
        after = progress_in(heard((yield progress_of(self.which, hmc, self.on))), self.which)
        rows = yield from listed(hmc, self.on)
        where, told = self._where(rows), f"The command ended with exit status {result.exit_status}."
        if after is not None and in_flight(after):
            said = "the HMC refused" if result.exit_status else "it exited well, and yet it isn't recovered"
            return failed(f"{said}: {after.state}", where).model_copy(update={"findings": result.findings})
        if after is None or rows is None:
            unread = where if after else f"{hmc} tells nothing of a migration of it"
            return Report(
                ending=Ending.UNKNOWN,
                headline=f"unknown: {unread}",
                lines=(where, told) if after is None else (f"{hmc} says: {after.state}", told),
                findings=result.findings,
                offers=(show_status(self),),
            )
        odd = (told,) if result.exit_status else ()
        headline = f"the broken migration of {self.called} is cleared up; {where}"
        lines = (f"{hmc} says: {after.state}", *odd)
        return Report(ending=Ending.SUCCEEDED, headline=headline, lines=lines, findings=result.findings)

    def _where(self, rows: Rows | None) -> str:
        if rows is None:
            return f"what {self.on} lists couldn't be read"
        row = self.which.among(rows)
        return f"{self.called} is {row['state']} on {self.on}" if row else f"{self.on} lists no {self.called}"


def is_under_way(progress: Progress) -> bool:
    """By the states that a migration goes through while nothing is wrong with it. They are unverified: any other word
    is taken for one that broke, and is shown to whoever approves."""
    return progress.state.strip().lower() in ("migration starting", "migration in progress")


def show_status(of: Partitioned) -> Offer:
    return Offer(label="Show status", text=Status(partition=of.partition, id=of.id, source=of.source).text())
