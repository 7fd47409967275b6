"""Live partition mobility: validate, migrate, look, stop."""

from __future__ import annotations

from collections.abc import Generator
from difflib import get_close_matches
from typing import ClassVar, Literal

from pydantic import Field, model_validator

from handlers import hmcout
from handlers.explain import Explainer
from handlers.finding import Finding
from handlers.operation import (
    Command,
    Ending,
    Fact,
    Flow,
    HostName,
    Inventory,
    Meanwhile,
    Name,
    Offer,
    Operation,
    Plan,
    Progress,
    Report,
    Result,
    Step,
    UserName,
)
from handlers.verdict import Verdict, verdict
from policies.words import Effect

VALIDATION_DEADLINE = 30 * 60.0  # seconds
MIGRATION_DEADLINE = 12 * 60 * 60.0
LOOK_EVERY = 5.0
# Longer than any migration's deadline at LOOK_EVERY; a bound, so that no watch is for ever.
LOOKS_AT_MOST = int(MIGRATION_DEADLINE / LOOK_EVERY)
UNHEARD_AT_MOST = 60  # turns that an HMC may be out of reach while it is looked at
PASSED = ("can", "warn")
# On the command line of the POWER9 HMCs (V9) and later; nothing shows that an older level knows them.
SINCE_V9 = ("npivval", "redundantmsps", "affinity")

Reads = Generator[Step, Result | None, "Where | Report"]


class _Partition(Operation):
    """What names one partition on one managed system."""

    command: ClassVar[str] = "lpm"

    partition: Name | None = Field(
        default=None, description="the partition's name", json_schema_extra={"place": 0, "or": "id"}
    )
    id: int | None = Field(default=None, ge=1, le=65535, description="the partition's id, in place of its name")
    source: Name = Field(description="the managed system that it runs on", json_schema_extra={"place": 1})

    @model_validator(mode="after")
    def _one_partition(self) -> _Partition:
        if (self.partition is None) == (self.id is None):
            raise ValueError("name the partition by its name or by id=, one of the two")
        return self

    def systems(self) -> tuple[str, ...]:
        return (self.source,)

    def targets(self) -> tuple[str, ...]:
        return (self.called, self.source)

    @property
    def called(self) -> str:
        return self.partition or f"id {self.id}"

    @property
    def selector(self) -> tuple[str, ...]:
        return ("-p", self.partition) if self.partition is not None else ("--id", str(self.id))


class _Move(_Partition):
    """The parameters that validating and migrating share: every flag of `migrlpar` that the HMC documentation lists."""

    destination: Name = Field(description="the managed system to move it to", json_schema_extra={"place": 2})
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

    @model_validator(mode="after")
    def _makes_sense(self) -> _Move:
        if self.user is not None and self.hmc is None:
            raise ValueError("user= goes with hmc=, the HMC that this user is on")
        if self.source == self.destination and self.hmc is None:
            raise ValueError("source and destination are the same managed system")
        return self

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
            "migrlpar", "-o", what, "-m", self.source, "-t", self.destination, *self.selector, *given, *bare,
        )  # fmt: skip

    @property
    def _movers(self) -> str | None:
        given = (("source_msp_name", self.source_msp), ("dest_msp_name", self.dest_msp))
        return ",".join(f"{key}={value}" for key, value in given if value is not None) or None

    def as_validation(self) -> Validate:
        return Validate(**self.model_dump())

    def _validated(self, hmc: str) -> Generator[Step, Result | None, tuple[Verdict, Result] | Report]:
        """The validation's verdict, or a report of why it can't even be asked."""
        refused = yield from self._fits_level(hmc)
        if refused:
            return refused
        command = Command(
            host=hmc, argv=self.argv("v"), deadline=VALIDATION_DEADLINE, reader=Explainer(), streamed=True
        )
        result = _heard((yield command))
        return verdict(result.findings, result.exit_status, malformed=result.malformed, size=result.size), result

    def _fits_level(self, hmc: str) -> Generator[Step, Result | None, Report | None]:
        """Refuses, with the HMC's level named, an option that this level isn't known to have."""
        used = [name for name in SINCE_V9 if getattr(self, name)]
        if not used:
            return None
        level = _level(_heard((yield Command(host=hmc, argv=("lshmc", "-V")))).text)
        if level is None:
            return Report(
                ending=Ending.FAILED,
                headline=f"can't ask: {hmc} didn't tell its level",
                lines=(f"{', '.join(used)} exist from V9 on, and `lshmc -V` gave nothing that I can read.",),
            )
        if level >= 9:
            return None
        named = ", ".join(f"{name}=" for name in used)
        return Report(
            ending=Ending.FAILED,
            headline=f"can't ask: {hmc} is at V{level}",
            lines=(f"{named} exist from V9 on. Leave them away, or ask an HMC that is at V9 or later.",),
        )


class Validate(_Move):
    """Ask the HMC whether a partition could move to another managed system. Nothing is moved."""

    verb: ClassVar[str] = "validate"
    effect: ClassVar[Effect] = Effect.READS
    example: ClassVar[str] = "validate db01 p72 p75"

    def flow(self, inventory: Inventory) -> Flow:
        hmc = inventory.hmc_of(*self.systems())
        answer = yield from self._validated(hmc)
        if isinstance(answer, Report):
            return answer
        said, _ = answer
        return (yield from self._report(hmc, said))

    def _report(self, hmc: str, said: Verdict) -> Flow:
        lines: tuple[str, ...] = ()
        if self.partition and any(finding.code == "HSCL8012" for finding in said.findings):
            lines = yield from _who_is_there(hmc, self.source, self.partition)
        offers: tuple[Offer, ...] = (Offer(label="Validate again", text=self.text()),)
        if said.outcome in PASSED:
            offers = (*offers, Offer(label="Ask for the migration", text=_as_migration(self).text()))
        ending = {"unknown": Ending.UNKNOWN, "cannot": Ending.FAILED}.get(said.outcome, Ending.SUCCEEDED)
        return Report(ending=ending, headline=said.headline, lines=lines, findings=said.findings, offers=offers)


class Migrate(_Move):
    """Validate, have it approved, then move a running partition to another managed system."""

    verb: ClassVar[str] = "migrate"
    effect: ClassVar[Effect] = Effect.CHANGES
    example: ClassVar[str] = "migrate db01 p72 p75"

    def flow(self, inventory: Inventory) -> Flow:
        hmc = inventory.hmc_of(*self.systems())
        where = yield from self._stands_where(hmc)
        if isinstance(where, Report):
            return where
        answer = yield from self._validated(hmc)
        if isinstance(answer, Report):
            return answer
        said, _ = answer
        if said.outcome not in PASSED:
            return self._refused(said)
        yield self._plan(hmc, where, said)
        result = _heard((yield self._go(hmc)))
        return (yield from self._outcome(inventory, hmc, result))

    def look(self, inventory: Inventory) -> Flow:
        """Reads until no migration of the partition is in flight, then tells where it is."""
        hmc = inventory.hmc_of(*self.systems())
        for turn in range(LOOKS_AT_MOST):
            answer = _heard((yield _progress_of(self, hmc, after=LOOK_EVERY if turn else 0.0)))
            progress = _progress(answer, self)
            heard = answer.exit_status is not None or turn >= UNHEARD_AT_MOST
            if heard and (progress is None or not _in_flight(progress.state)):
                break
        found = yield from self._found(inventory, hmc)
        show = Offer(label="Show status", text=Status(partition=self.partition, id=self.id, source=self.source).text())
        return Report(ending=Ending.UNKNOWN, headline=found.headline, lines=found.lines, offers=(show,))

    def _stands_where(self, hmc: str) -> Generator[Step, Result | None, dict[str, str] | Report]:
        rows = yield from _partitions(hmc, self.source)
        if rows is None or (row := _pick(rows, self)) is None:
            # The HMC's inventory can be behind for a moment: absence is believed when it is read twice.
            rows = yield from _partitions(hmc, self.source)
            row = _pick(rows, self) if rows is not None else None
        if rows is None:
            return Report(ending=Ending.FAILED, headline=f"can't: {hmc} didn't list the partitions of {self.source}")
        if row is None:
            return Report(
                ending=Ending.FAILED,
                headline=f"can't: there is no partition {self.called} on {self.source}",
                lines=_suggest(self.called, [found["name"] for found in rows]),
            )
        return row

    def _refused(self, said: Verdict) -> Report:
        ending = Ending.UNKNOWN if said.outcome == "unknown" else Ending.FAILED
        again = Offer(label="Validate again", text=self.as_validation().text())
        return Report(ending=ending, headline=said.headline, findings=said.findings, offers=(again,))

    def _plan(self, hmc: str, where: dict[str, str], said: Verdict) -> Plan:
        facts = [Fact(name=f"{self.called} {key}", value=value) for key, value in where.items() if key != "name"]
        facts.append(Fact(name="validation", value=said.headline))
        facts += [Fact(name="finding", value=found.code or found.text[:200]) for found in said.findings]
        there = self.destination + (f" (managed by {self.hmc})" if self.hmc else "")
        return Plan(
            commands=(self._go(hmc),),
            moves=f"{self.called} moves from {self.source} to {there} while it runs",
            affected=(self.called,),
            facts=tuple(facts),
            findings=said.findings,
            undo=f"Migrate it back: /lpm migrate {self.called} {self.destination} {self.source}",
            stop=f"/lpm stop {self._named} {self.source}   (migrlpar -o s on {hmc}): the partition stays where it is",
        )

    @property
    def _named(self) -> str:
        return f'"{self.partition}"' if self.partition and " " in self.partition else self.called

    def _go(self, hmc: str) -> Command:
        return Command(
            host=hmc,
            argv=self.argv("m"),
            effect=Effect.CHANGES,
            deadline=MIGRATION_DEADLINE,
            reader=Explainer(),
            meanwhile=Meanwhile(command=_progress_of(self, hmc), every=2.0),
            streamed=True,
        )

    def _outcome(self, inventory: Inventory, hmc: str, result: Result) -> Flow:
        if result.exit_status is None:
            headline = "unknown: the connection was lost while it ran"
            return Report(ending=Ending.UNKNOWN, headline=headline, findings=result.findings)
        found = yield from self._found(inventory, hmc)
        if any(finding.rmc_rc == 1141 for finding in result.findings):
            headline = f"unknown: the HMC lost touch with the partition; {found.headline}"
            return Report(ending=Ending.UNKNOWN, headline=headline, lines=found.lines, findings=result.findings)
        if result.exit_status != 0:
            headline = f"failed: {found.headline}"
            return Report(ending=Ending.FAILED, headline=headline, lines=found.lines, findings=result.findings)
        ending = Ending.SUCCEEDED if found.there else Ending.UNKNOWN
        headline = found.headline if found.there else f"unknown: the HMC reported success, but {found.headline}"
        return Report(ending=ending, headline=headline, lines=found.lines, findings=result.findings)

    def _found(self, inventory: Inventory, hmc: str) -> Generator[Step, Result | None, Where]:
        """Where the partition is, as both sides tell it now."""
        other = inventory.hmc_named(self.hmc) if self.hmc else hmc
        there = (yield from _partitions(other, self.destination)) if other else None
        here = yield from _partitions(hmc, self.source)
        return Where.read(self, here, there, asked_there=other is not None)


class Where:
    """Where a partition is, as read from the HMCs afterwards."""

    def __init__(self, headline: str, lines: tuple[str, ...], *, there: bool) -> None:
        self.headline, self.lines, self.there = headline, lines, there

    @classmethod
    def read(
        cls, move: _Move, here: list[dict[str, str]] | None, there: list[dict[str, str]] | None, *, asked_there: bool
    ) -> Where:
        at_home = _pick(here, move) if here is not None else None
        arrived = _pick(there, move) if there is not None else None
        lines = (
            _side(move.source, here, at_home),
            _side(move.destination, there, arrived) if asked_there else f"{move.destination}: not one of my HMCs",
        )
        if arrived and not at_home:
            return cls(f"{move.called} is on {move.destination} now, {arrived['state']}", lines, there=True)
        if at_home and not arrived:
            return cls(f"{move.called} is on {move.source}, {at_home['state']}", lines, there=False)
        if at_home and arrived:
            return cls(f"{move.called} is listed on both managed systems", lines, there=False)
        if here is not None and not asked_there:
            headline = f"{move.called} has left {move.source}; look for it on {move.destination}"
            return cls(headline, lines, there=True)
        return cls(f"I couldn't find {move.called} on either managed system", lines, there=False)


class Status(_Partition):
    """Show whether a migration of the partition is in flight, and how far it is."""

    verb: ClassVar[str] = "status"
    effect: ClassVar[Effect] = Effect.READS
    example: ClassVar[str] = "status db01 p72"

    def flow(self, inventory: Inventory) -> Flow:
        hmc = inventory.hmc_of(*self.systems())
        answer = _heard((yield _progress_of(self, hmc)))
        if answer.exit_status is None:
            return Report(ending=Ending.UNKNOWN, headline="unknown: the connection was lost before the answer ended")
        progress = _progress(answer, self)
        if answer.exit_status != 0 or progress is None:
            findings = tuple(_explained(answer.text))
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
        progress = _progress(_heard((yield _progress_of(self, hmc))), self)
        if progress is None or not _in_flight(progress.state):
            return Report(
                ending=Ending.FAILED,
                headline=f"nothing to stop: {hmc} shows no migration of {self.called} in flight",
                lines=(() if progress is None else (f"It says: {progress.state}",)),
            )
        command = Command(
            host=hmc,
            argv=("migrlpar", "-o", "s", "-m", self.source, *self.selector),
            effect=Effect.CHANGES,
            deadline=VALIDATION_DEADLINE,
            reader=Explainer(),
            streamed=True,
        )
        yield Plan(
            commands=(command,),
            moves=f"the migration of {self.called} is stopped; it stays on {self.source}",
            affected=(self.called,),
            facts=(Fact(name="migration", value="in flight"),),
            undo=f"Ask for the migration anew: /lpm migrate {self.called} {self.source} …",
            stop="nothing to stop: it takes seconds",
        )
        result = _heard((yield command))
        return (yield from self._outcome(hmc, result))

    def _outcome(self, hmc: str, result: Result) -> Flow:
        if result.exit_status is None:
            return Report(ending=Ending.UNKNOWN, headline="unknown: the connection was lost", findings=result.findings)
        after = _progress(_heard((yield _progress_of(self, hmc))), self)
        says = f"{hmc} says: {after.state}" if after else f"{hmc} shows no migration of it any more"
        if result.exit_status != 0:
            return Report(
                ending=Ending.FAILED, headline="the HMC refused to stop it", lines=(says,), findings=result.findings
            )
        return Report(ending=Ending.SUCCEEDED, headline=f"the migration of {self.called} is stopped", lines=(says,))


OPERATIONS: tuple[type[Operation], ...] = (Validate, Migrate, Status, Stop)


def _as_migration(move: _Move) -> Migrate:
    return Migrate(**move.model_dump())


def _heard(result: Result | None) -> Result:
    if result is None:
        raise TypeError("a command is answered with its result")
    return result


def _partitions(hmc: str, system: str) -> Generator[Step, Result | None, list[dict[str, str]] | None]:
    """The partitions of a managed system, or None where the HMC gave no list that can be read."""
    fields = ("name", "lpar_id", "state")
    command = Command(host=hmc, argv=("lssyscfg", "-r", "lpar", "-m", system, "-F", ",".join(fields)))
    result = _heard((yield command))
    if result.exit_status != 0:
        return None
    try:
        return hmcout.values(result.text, fields)
    except hmcout.Unreadable:
        return None


def _pick(rows: list[dict[str, str]] | None, wanted: _Partition) -> dict[str, str] | None:
    key, value = ("name", wanted.partition) if wanted.partition is not None else ("lpar_id", str(wanted.id))
    return next((row for row in rows or () if row[key] == value), None)


def _who_is_there(hmc: str, system: str, name: str) -> Generator[Step, Result | None, tuple[str, ...]]:
    rows = yield from _partitions(hmc, system)
    if rows is None:
        return ()
    names = [row["name"] for row in rows]
    if name in names:
        return (f"{hmc} lists {name} on {system} all the same: its inventory was behind. Validate again.",)
    return _suggest(name, names)


def _suggest(name: str, names: list[str]) -> tuple[str, ...]:
    close = get_close_matches(name, names, n=3)
    if close:
        return (f"Did you mean {' or '.join(close)}?",)
    shown = ", ".join(names[:20]) + (f" and {len(names) - 20} more" if len(names) > 20 else "")
    return (f"There are: {shown}.",) if names else ("There are no partitions on it.",)


def _side(system: str, rows: list[dict[str, str]] | None, row: dict[str, str] | None) -> str:
    if rows is None:
        return f"{system}: couldn't be read"
    return f"{system}: {row['state']}" if row else f"{system}: not there"


def _progress_of(wanted: _Partition, hmc: str, *, after: float = 0.0) -> Command:
    """No field is asked for by name: what `-F` takes differs by level, and none is needed."""
    chosen = f"lpar_names={wanted.partition}" if wanted.partition is not None else f"lpar_ids={wanted.id}"
    argv = ("lslparmigr", "-r", "lpar", "-m", wanted.source, "--filter", chosen)
    return Command(host=hmc, argv=argv, after=after, deadline=20.0, progress=lambda result: _progress(result, wanted))


def _progress(result: Result, wanted: _Partition) -> Progress | None:
    """What the HMC tells of the migration, or None; without any of the figures where it gives none."""
    if result.exit_status != 0:
        return None
    try:
        rows = hmcout.pairs(result.text)
    except hmcout.Unreadable:
        return None
    key, value = ("name", wanted.partition) if wanted.partition is not None else ("lpar_id", str(wanted.id))
    row = next((row for row in rows if row.get(key, value) == value), None)
    if row is None or (state := hmcout.given(row.get("migration_state"))) is None:
        return None
    return Progress(
        state=state,
        done=hmcout.number(row.get("bytes_transmitted")),
        left=hmcout.number(row.get("bytes_remaining")),
    )


def _in_flight(state: str) -> bool:
    return state.strip().lower() != "not migrating"


def _level(text: str) -> int | None:
    """The version of `lshmc -V`, such as 10."""
    for line in text.splitlines():
        label, _, rest = line.partition("Version:")
        digits = rest.strip().split(".")[0]
        if label.strip().lstrip('"').startswith("version=") and digits.isdigit():
            return int(digits)
    return None


def _explained(text: str) -> list[Finding]:
    explainer = Explainer()
    return [found for line in text.splitlines() for found in explainer.feed(line)] + list(explainer.close())
