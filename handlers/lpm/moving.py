"""Live partition mobility: validate, and migrate."""

from __future__ import annotations

from typing import ClassVar

from handlers.command import Command, Meanwhile, Result
from handlers.explain import Explainer
from handlers.heard import Reads, heard
from handlers.lpm.following import Stop, show_status
from handlers.lpm.options import Moving
from handlers.operation import Ending, Flow, Inventory, Offer, Report
from handlers.partitions import (
    Row,
    Side,
    Where,
    Which,
    in_flight,
    listed,
    progress_in,
    progress_of,
    suggested,
    where,
)
from handlers.plan import Fact, Plan
from handlers.verdict import Verdict
from policies.words import Effect

MIGRATION_DEADLINE = 12 * 60 * 60.0
LOOK_EVERY = 5.0
# Longer than any migration's deadline at LOOK_EVERY; a bound, so that no watch is for ever.
LOOKS_AT_MOST = int(MIGRATION_DEADLINE / LOOK_EVERY)
UNHEARD_AT_MOST = 360  # looks in a row that may go unheard: half an hour
PASSED = ("can", "warn")


class Validate(Moving):
    """Ask the HMC whether a partition could move to another managed system. Nothing is moved."""

    verb: ClassVar[str] = "validate"
    effect: ClassVar[Effect] = Effect.READS
    example: ClassVar[str] = "validate db01 p72 p75"

    def going(self, inventory: Inventory) -> Flow:
        if (there := self.already_there()) is not None:
            return there
        hmc = inventory.hmc_of(*self.systems())
        said = yield from self._validated(hmc)
        return said if isinstance(said, Report) else (yield from self._report(hmc, said))

    def _report(self, hmc: str, said: Verdict) -> Flow:
        lines: tuple[str, ...] = ()
        if self.partition and any(finding.code == "HSCL8012" for finding in said.findings):
            lines = yield from _who_is_there(hmc, self.on, self.partition)
        offers: tuple[Offer, ...] = (Offer(label="Validate again", text=self.text()),)
        if said.outcome in PASSED:
            offers = (*offers, Offer(label="Ask for the migration", text=Migrate(**self.model_dump()).text()))
        ending = {"unknown": Ending.UNKNOWN, "cannot": Ending.FAILED}.get(said.outcome, Ending.SUCCEEDED)
        return Report(ending=ending, headline=said.headline, lines=lines, findings=said.findings, offers=offers)


class Migrate(Moving):
    """Validate, have it approved, then move a running partition to another managed system."""

    verb: ClassVar[str] = "migrate"
    effect: ClassVar[Effect] = Effect.CHANGES
    example: ClassVar[str] = "migrate db01 p72 p75"

    def going(self, inventory: Inventory) -> Flow:
        if (there := self.already_there()) is not None:
            return there
        hmc = inventory.hmc_of(*self.systems())
        row = yield from self._stands_there(hmc)
        if isinstance(row, Report):
            return row
        said = yield from self._validated(hmc)
        if isinstance(said, Report):
            return said
        if said.outcome not in PASSED:
            return self._refused(said)
        yield self._plan(hmc, row, said)
        result = heard((yield self._go(hmc)))
        return (yield from self._outcome(inventory, hmc, row["name"], result))

    def looking(self, inventory: Inventory) -> Flow:
        """Reads until no migration of the partition is in flight, then tells where it is."""
        hmc, unheard = inventory.hmc_of(*self.systems()), 0
        for turn in range(LOOKS_AT_MOST):
            answer = heard((yield progress_of(self.which, hmc, self.on, after=LOOK_EVERY if turn else 0.0)))
            progress = progress_in(answer, self.which)
            unheard = unheard + 1 if answer.exit_status is None else 0
            over = progress is None or not in_flight(progress)
            if over and (unheard == 0 or unheard > UNHEARD_AT_MOST):
                break
        found = yield from self._found(inventory, hmc, self.partition)
        return Report(ending=Ending.UNKNOWN, headline=found.headline, lines=found.lines, offers=(show_status(self),))

    def _stands_there(self, hmc: str) -> Reads[Row | Report]:
        """The partition's row on the source. An HMC's inventory can be behind: absence is believed when read twice."""
        rows = yield from listed(hmc, self.on)
        if self.which.among(rows) is None:
            rows = yield from listed(hmc, self.on)
        if rows is None:
            return Report(ending=Ending.FAILED, headline=f"can't: {hmc} didn't list the partitions of {self.on}")
        row = self.which.among(rows)
        if row is None:
            return Report(
                ending=Ending.FAILED,
                headline=f"can't: there is no partition {self.called} on {self.on}",
                lines=suggested(self.called, rows),
            )
        return row

    def _refused(self, said: Verdict) -> Report:
        """Nothing was moved, whatever the validation said or failed to say."""
        headline = f"nothing was moved: {said.headline}" if said.outcome == "unknown" else said.headline
        again = Offer(label="Validate again", text=Validate(**self.model_dump()).text())
        return Report(ending=Ending.FAILED, headline=headline, findings=said.findings, offers=(again,))

    def _plan(self, hmc: str, row: Row, said: Verdict) -> Plan:
        facts = [Fact(name=f"{self.called} {key}", value=value) for key, value in row.items()]
        facts += self._wishes()
        facts.append(Fact(name="validation", value=said.headline))
        facts += [Fact(name="finding", value=found.code or found.text[:200]) for found in said.findings]
        there = self.destination + (f" (managed by {self.hmc})" if self.hmc else "")
        named = row["name"] if self.partition is not None else f"{row['name']} (id {row['lpar_id']})"
        stop = Stop(partition=self.partition, id=self.id, source=self.on)
        return Plan(
            commands=(self._go(hmc),),
            moves=f"{named} moves from {self.on} to {there} while it runs",
            affected=(row["name"],),
            facts=tuple(facts),
            findings=said.findings,
            undo=self._undo(row["name"]),
            locks=tuple(f"partition {row['name']} on {system}" for system in (self.on, self.destination)),
            stop=f"/{stop.command} {stop.text()}   (migrlpar -o s on {hmc}): the partition stays where it is",
        )

    def _undo(self, name: str) -> str:
        if self.hmc is not None:
            return f"Migrate it back from {self.hmc}, naming this HMC with hmc= and a user on it"
        back = Migrate(partition=name, source=self.destination, destination=self.on)
        return f"Migrate it back: /{back.command} {back.text()}"

    def _go(self, hmc: str) -> Command:
        return Command(
            host=hmc,
            argv=self.argv("m"),
            effect=Effect.CHANGES,
            deadline=MIGRATION_DEADLINE + self.patience,
            reader=Explainer(),
            meanwhile=Meanwhile(command=progress_of(self.which, hmc, self.on), every=2.0),
            streamed=True,
        )

    def _outcome(self, inventory: Inventory, hmc: str, name: str, result: Result) -> Flow:
        if result.exit_status is None:
            headline = "unknown: the connection was lost while it ran"
            return Report(ending=Ending.UNKNOWN, headline=headline, findings=result.findings)
        found = yield from self._found(inventory, hmc, name)
        ending, headline = _ended(result, found)
        return Report(ending=ending, headline=headline, lines=found.lines, findings=result.findings)

    def _found(self, inventory: Inventory, hmc: str, name: str | None) -> Reads[Where]:
        """Where the partition is, as both sides tell it now; on the destination an id may be another partition's."""
        which = Which(name) if name is not None else self.which
        other = inventory.hmc_named(self.hmc) if self.hmc else hmc
        there = (yield from listed(other, self.destination)) if other else None
        here = yield from listed(hmc, self.on)
        return where(
            which.called,
            Side(system=self.on, rows=here, row=which.among(here)),
            Side(
                system=self.destination,
                rows=there,
                row=which.among(there) if which.name is not None else None,
                asked=other is not None,
            ),
        )


def _ended(result: Result, found: Where) -> tuple[Ending, str]:
    """How a migration ended: by what the machines say now, before what the command said."""
    if any(finding.rmc_rc == 1141 for finding in result.findings):
        return Ending.UNKNOWN, f"unknown: the HMC lost touch with the partition; {found.headline}"
    if result.exit_status != 0:
        return Ending.FAILED, f"failed: {found.headline}"
    if found.arrived:
        return Ending.SUCCEEDED, found.headline
    return Ending.UNKNOWN, f"unknown: the HMC reported success, but {found.headline}"


def _who_is_there(hmc: str, system: str, name: str) -> Reads[tuple[str, ...]]:
    rows = yield from listed(hmc, system)
    if rows is None:
        return ()
    if Which(name).among(rows) is not None:
        return (f"{hmc} lists {name} on {system} all the same: its inventory was behind. Validate again.",)
    return suggested(name, rows)
