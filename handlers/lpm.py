"""Live partition mobility: validate, migrate, look, stop."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field

from handlers import hmcout
from handlers.command import Command, Meanwhile, Result
from handlers.explain import Explainer, explain
from handlers.heard import Reads
from handlers.operation import Ending, Flow, HostName, Inventory, Name, Offer, Operation, Report, UserName
from handlers.partitions import (
    Row,
    Side,
    Where,
    Which,
    heard,
    in_flight,
    listed,
    progress_in,
    progress_of,
    suggested,
    where,
)
from handlers.plan import Fact, Plan
from handlers.verdict import Verdict, verdict
from policies.words import Effect

VALIDATION_DEADLINE = 30 * 60.0  # seconds; what wait= asks for comes on top
STOP_DEADLINE = 5 * 60.0
MIGRATION_DEADLINE = 12 * 60 * 60.0
LOOK_EVERY = 5.0
# Longer than any migration's deadline at LOOK_EVERY; a bound, so that no watch is for ever.
LOOKS_AT_MOST = int(MIGRATION_DEADLINE / LOOK_EVERY)
UNHEARD_AT_MOST = 360  # looks in a row that may go unheard: half an hour
PASSED = ("can", "warn")
# The first version whose documentation lists the option; nothing shows that an older one knows it.
SINCE = {"npivval": 8, "redundantmsps": 8, "affinity": 9}


class _Partition(Operation):
    """What names one partition on one managed system."""

    command: ClassVar[str] = "lpm"

    partition: Name | None = Field(
        default=None,
        description="the partition's name",
        json_schema_extra={"place": 0, "or": "id", "pick": "partition"},
    )
    id: int | None = Field(default=None, ge=1, le=65535, description="the partition's id, in place of its name")
    source: Name = Field(
        description="the managed system that it runs on", json_schema_extra={"place": 1, "pick": "system"}
    )

    @classmethod
    def clashes(cls, given: Mapping[str, object]) -> list[str]:
        if given.get("partition") is not None and given.get("id") is not None:
            return ["name the partition by its name or by id=, not by both"]
        return []

    def systems(self) -> tuple[str, ...]:
        return (self.source,)

    def targets(self) -> tuple[str, ...]:
        return (self.called, *self.systems())

    @property
    def which(self) -> Which:
        return Which(self.partition, self.id)

    @property
    def called(self) -> str:
        return self.which.called


class _Move(_Partition):
    """The parameters that validating and migrating share: every flag of `migrlpar` that the HMC documentation lists."""

    destination: Name = Field(
        description="the managed system to move it to", json_schema_extra={"place": 2, "pick": "system"}
    )
    hmc: HostName | None = Field(default=None, description="the HMC of the destination, where it is another one")
    user: UserName | None = Field(default=None, description="the user on that HMC")
    profile: Name | None = Field(default=None, description="the profile to create on the destination")
    redundantvios: Literal["0", "1", "2"] | None = Field(
        default=None, description="redundant VIOS on the destination: 0 not needed, 1 needed, 2 if possible"
    )
    mpio: Literal["1", "2"] | None = Field(
        default=None, description="keep the multipath layout: 1 or else refuse, 2 if possible"
    )
    vlanbridge: Literal["1", "2"] | None = Field(
        default=None, description="VLANs bridged on the destination: 1 or else refuse, 2 if possible"
    )
    npivval: Literal["port", "portdisk"] | None = Field(
        default=None, description="how deep NPIV is validated: port, or portdisk for the disks as well"
    )
    redundantmsps: Literal["0", "1", "2"] | None = Field(
        default=None, description="redundant movers: 0 not needed, 1 needed, 2 if possible"
    )
    affinity: bool = Field(default=False, description="check the affinity score on the destination: yes or no")
    source_msp: Name | None = Field(default=None, description="the mover service partition on the source")
    dest_msp: Name | None = Field(default=None, description="the mover service partition on the destination")
    wait: int | None = Field(default=None, ge=0, le=1440, description="minutes that the HMC waits for the partition")
    detail: int | None = Field(default=None, ge=0, le=5, description="how much the partition's OS writes, 0 to 5")
    force: bool = Field(default=False, description="go on past what the HMC would stop at: yes or no")
    verbose: bool = Field(default=False, description="have the HMC say more: yes or no")

    @classmethod
    def clashes(cls, given: Mapping[str, object]) -> list[str]:
        told = super().clashes(given)
        if given.get("user") is not None and given.get("hmc") is None:
            told.append("user= goes with hmc=, the HMC that this user is on")
        if given.get("source") == given.get("destination") is not None and given.get("hmc") is None:
            told.append("source and destination are the same managed system")
        return told

    def systems(self) -> tuple[str, ...]:
        return (self.source,) if self.hmc else (self.source, self.destination)

    def targets(self) -> tuple[str, ...]:
        return (self.called, self.source, self.destination)

    def argv(self, what: Literal["v", "m"]) -> tuple[str, ...]:
        """The `migrlpar` command line."""
        options = [
            ("--ip", self.hmc),
            ("-u", self.user),
            ("-n", self.profile),
            ("--redundantvios", self.redundantvios),
            ("--mpio", self.mpio),
            ("--vlanbridge", self.vlanbridge),
            ("--npivval", self.npivval),
            ("--redundantmsps", self.redundantmsps),
            ("-i", self._movers),
            ("-w", self.wait),
            ("-d", self.detail),
        ]
        given = [part for flag, value in options if value is not None for part in (flag, str(value))]
        bare = [
            flag for flag, on in (("--affinity", self.affinity), ("--force", self.force), ("-v", self.verbose)) if on
        ]
        return (
            "migrlpar", "-o", what, "-m", self.source, "-t", self.destination, *self.which.selector, *given, *bare,
        )  # fmt: skip

    @property
    def _movers(self) -> str | None:
        given = (("source_msp_name", self.source_msp), ("dest_msp_name", self.dest_msp))
        return ",".join(f"{key}={value}" for key, value in given if value is not None) or None

    def as_validation(self) -> Validate:
        return Validate(**self.model_dump())

    def _validated(self, hmc: str) -> Reads[Verdict | Report]:
        """The validation's verdict, or a report of why it can't even be asked."""
        refused = yield from self._fits_level(hmc)
        if refused:
            return refused
        command = Command(
            host=hmc,
            argv=self.argv("v"),
            deadline=VALIDATION_DEADLINE + self.patience,
            reader=Explainer(),
            streamed=True,
        )
        result = heard((yield command))
        return verdict(result.findings, result.exit_status, malformed=result.malformed, size=result.size)

    @property
    def patience(self) -> float:
        """Seconds that wait= lets the HMC take."""
        return 60.0 * (self.wait or 0)

    def _fits_level(self, hmc: str) -> Reads[Report | None]:
        """Refuses, with the HMC's level named, an option that this level isn't known to have."""
        used = {name: since for name, since in SINCE.items() if getattr(self, name)}
        if not used:
            return None
        level = _level(heard((yield Command(host=hmc, argv=("lshmc", "-V")))).text)
        if level is None:
            return Report(
                ending=Ending.FAILED,
                headline=f"can't ask: {hmc} didn't tell its level",
                lines=(
                    f"{', '.join(used)} are not known to every level, and `lshmc -V` gave nothing that I can read.",
                ),
            )
        missing = [f"{name}= from V{since} on" for name, since in used.items() if level < since]
        if not missing:
            return None
        return Report(
            ending=Ending.FAILED,
            headline=f"can't ask: {hmc} is at V{level}",
            lines=(f"It has {', '.join(missing)}. Leave that away, or ask an HMC of a later level.",),
        )


class Validate(_Move):
    """Ask the HMC whether a partition could move to another managed system. Nothing is moved."""

    verb: ClassVar[str] = "validate"
    effect: ClassVar[Effect] = Effect.READS
    example: ClassVar[str] = "validate db01 p72 p75"

    def flow(self, inventory: Inventory) -> Flow:
        hmc = inventory.hmc_of(*self.systems())
        said = yield from self._validated(hmc)
        return said if isinstance(said, Report) else (yield from self._report(hmc, said))

    def _report(self, hmc: str, said: Verdict) -> Flow:
        lines: tuple[str, ...] = ()
        if self.partition and any(finding.code == "HSCL8012" for finding in said.findings):
            lines = yield from _who_is_there(hmc, self.source, self.partition)
        offers: tuple[Offer, ...] = (Offer(label="Validate again", text=self.text()),)
        if said.outcome in PASSED:
            offers = (*offers, Offer(label="Ask for the migration", text=Migrate(**self.model_dump()).text()))
        ending = {"unknown": Ending.UNKNOWN, "cannot": Ending.FAILED}.get(said.outcome, Ending.SUCCEEDED)
        return Report(ending=ending, headline=said.headline, lines=lines, findings=said.findings, offers=offers)


class Migrate(_Move):
    """Validate, have it approved, then move a running partition to another managed system."""

    verb: ClassVar[str] = "migrate"
    effect: ClassVar[Effect] = Effect.CHANGES
    example: ClassVar[str] = "migrate db01 p72 p75"

    def flow(self, inventory: Inventory) -> Flow:
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

    def look(self, inventory: Inventory) -> Flow:
        """Reads until no migration of the partition is in flight, then tells where it is."""
        hmc, unheard = inventory.hmc_of(*self.systems()), 0
        for turn in range(LOOKS_AT_MOST):
            answer = heard((yield progress_of(self.which, hmc, self.source, after=LOOK_EVERY if turn else 0.0)))
            progress = progress_in(answer, self.which)
            unheard = unheard + 1 if answer.exit_status is None else 0
            over = progress is None or not in_flight(progress)
            if over and (unheard == 0 or unheard > UNHEARD_AT_MOST):
                break
        found = yield from self._found(inventory, hmc, self.partition)
        return Report(ending=Ending.UNKNOWN, headline=found.headline, lines=found.lines, offers=(_show_status(self),))

    def _stands_there(self, hmc: str) -> Reads[Row | Report]:
        """The partition's row on the source. An HMC's inventory can be behind: absence is believed when read twice."""
        rows = yield from listed(hmc, self.source)
        if self.which.among(rows) is None:
            rows = yield from listed(hmc, self.source)
        if rows is None:
            return Report(ending=Ending.FAILED, headline=f"can't: {hmc} didn't list the partitions of {self.source}")
        row = self.which.among(rows)
        if row is None:
            return Report(
                ending=Ending.FAILED,
                headline=f"can't: there is no partition {self.called} on {self.source}",
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
        facts.append(Fact(name="validation", value=said.headline))
        facts += [Fact(name="finding", value=found.code or found.text[:200]) for found in said.findings]
        there = self.destination + (f" (managed by {self.hmc})" if self.hmc else "")
        named = row["name"] if self.partition is not None else f"{row['name']} (id {row['lpar_id']})"
        stop = Stop(partition=self.partition, id=self.id, source=self.source)
        return Plan(
            commands=(self._go(hmc),),
            moves=f"{named} moves from {self.source} to {there} while it runs",
            affected=(row["name"],),
            facts=tuple(facts),
            findings=said.findings,
            undo=self._undo(row["name"]),
            locks=tuple(f"partition {row['name']} on {system}" for system in (self.source, self.destination)),
            stop=f"/{stop.command} {stop.text()}   (migrlpar -o s on {hmc}): the partition stays where it is",
        )

    def _undo(self, name: str) -> str:
        if self.hmc is not None:
            return f"Migrate it back from {self.hmc}, naming this HMC with hmc= and a user on it"
        back = Migrate(partition=name, source=self.destination, destination=self.source)
        return f"Migrate it back: /{back.command} {back.text()}"

    def _go(self, hmc: str) -> Command:
        return Command(
            host=hmc,
            argv=self.argv("m"),
            effect=Effect.CHANGES,
            deadline=MIGRATION_DEADLINE + self.patience,
            reader=Explainer(),
            meanwhile=Meanwhile(command=progress_of(self.which, hmc, self.source), every=2.0),
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
        here = yield from listed(hmc, self.source)
        return where(
            which.called,
            Side(system=self.source, rows=here, row=which.among(here)),
            Side(
                system=self.destination,
                rows=there,
                row=which.among(there) if which.name is not None else None,
                asked=other is not None,
            ),
        )


class Status(_Partition):
    """Show whether a migration of the partition is in flight, and how far it is."""

    verb: ClassVar[str] = "status"
    effect: ClassVar[Effect] = Effect.READS
    example: ClassVar[str] = "status db01 p72"

    def flow(self, inventory: Inventory) -> Flow:
        hmc = inventory.hmc_of(*self.systems())
        answer = heard((yield progress_of(self.which, hmc, self.source)))
        if answer.exit_status is None:
            return Report(ending=Ending.UNKNOWN, headline="unknown: the connection was lost before the answer ended")
        progress = progress_in(answer, self.which)
        if progress is None:
            findings = tuple(explain(answer.text.splitlines()))
            headline = f"can't tell: {hmc} gave no migration state for {self.called}"
            return Report(ending=Ending.FAILED, headline=headline, findings=findings)
        share = "" if progress.share is None else f", {progress.share:.0%} of the memory sent"
        return Report(ending=Ending.SUCCEEDED, headline=f"{self.called} on {self.source}: {progress.state}{share}")


class Stop(_Partition):
    """Stop a migration that is in flight; the partition stays on its source."""

    verb: ClassVar[str] = "stop"
    effect: ClassVar[Effect] = Effect.CHANGES
    example: ClassVar[str] = "stop db01 p72"

    def flow(self, inventory: Inventory) -> Flow:
        hmc = inventory.hmc_of(*self.systems())
        answer = heard((yield progress_of(self.which, hmc, self.source)))
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

    def look(self, inventory: Inventory) -> Flow:
        """How the migration stands, after a stop whose answer wasn't heard."""
        said = yield from Status(partition=self.partition, id=self.id, source=self.source).flow(inventory)
        return said.model_copy(update={"ending": Ending.UNKNOWN, "offers": (_show_status(self),)})

    def _go(self, hmc: str) -> Command:
        return Command(
            host=hmc,
            argv=("migrlpar", "-o", "s", "-m", self.source, *self.which.selector),
            effect=Effect.CHANGES,
            deadline=STOP_DEADLINE,
            reader=Explainer(),
            streamed=True,
        )

    def _plan(self, hmc: str, *, known: bool) -> Plan:
        """Also where the HMC doesn't tell whether one is in flight: it refuses by itself when there is none."""
        again = f"/{self.command} migrate {self.called} {self.source} …"
        return Plan(
            commands=(self._go(hmc),),
            moves=f"the migration of {self.called} is stopped; it stays on {self.source}",
            affected=(self.called,),
            facts=(Fact(name="migration", value="in flight" if known else "couldn't be read"),),
            undo=f"Ask for the migration anew: {again}",
            stop="nothing to stop: it takes seconds",
        )

    def _outcome(self, hmc: str, result: Result) -> Flow:
        if result.exit_status is None:
            headline = "unknown: the connection was lost while it was stopped"
            return Report(ending=Ending.UNKNOWN, headline=headline, findings=result.findings)
        after = progress_in(heard((yield progress_of(self.which, hmc, self.source))), self.which)
        says = f"{hmc} says: {after.state}" if after else f"{hmc} tells nothing of a migration of it"
        if result.exit_status != 0:
            headline = "the HMC refused to stop it"
            return Report(ending=Ending.FAILED, headline=headline, lines=(says,), findings=result.findings)
        if after is not None and in_flight(after):
            headline = "unknown: the HMC took it, but still shows the migration in flight"
            return Report(ending=Ending.UNKNOWN, headline=headline, lines=(says,), offers=(_show_status(self),))
        return Report(ending=Ending.SUCCEEDED, headline=f"the migration of {self.called} is stopped", lines=(says,))


OPERATIONS: tuple[type[Operation], ...] = (Validate, Migrate, Status, Stop)


def _show_status(of: _Partition) -> Offer:
    return Offer(label="Show status", text=Status(partition=of.partition, id=of.id, source=of.source).text())


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


def _level(text: str) -> int | None:
    """The version of `lshmc -V`, such as 10."""
    for line in text.splitlines():
        label, _, rest = line.partition("Version:")
        digits = rest.strip().split(".")[0]
        if label.strip().lstrip('"').startswith("version=") and digits.isdigit():
            return int(digits)
    return None
