"""What shutting down, restarting and starting a VIOS share: its reads, its one command, and how its end is known."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from handlers import frames, power
from handlers.command import Command, Result
from handlers.explain import Explainer
from handlers.frames import Frame, Lpar, Reads, Unread
from handlers.health import Health
from handlers.interlocks import Survey, survey
from handlers.operation import Ending, Flow, Inventory, Name, Named, Offer, Operation, Report
from handlers.operation import failed as failed
from handlers.partitions import Which, called_by_id, heard
from handlers.plan import Plan

CHANGE_DEADLINE = 10 * 60.0  # seconds that the HMC may take to answer


class Switching(Operation):
    """A VIOS's way down or up."""

    command: ClassVar[str] = "vios"
    wanted: ClassVar[power.Wanted]
    within: ClassVar[float]  # seconds until it must be so

    vios: Name | None = Field(
        default=None, description="the VIOS's name", json_schema_extra={"place": 0, "or": "id", "pick": "vios"}
    )
    id: int | None = Field(default=None, ge=1, le=65535, description="the VIOS's partition id, in place of its name")
    system: Name = Field(
        description="the managed system that it is on", json_schema_extra={"place": 1, "pick": "system"}
    )

    @classmethod
    def clashes(cls, given: Mapping[str, object]) -> list[str]:
        if given.get("vios") is not None and given.get("id") is not None:
            return ["name the VIOS by its name or by id=, not by both"]
        return []

    def systems(self) -> tuple[str, ...]:
        return (self.system,)

    def names(self) -> tuple[Named, ...]:
        return () if self.id is None else (Named("", self.system, number=self.id),)

    def targets(self) -> tuple[str, ...]:
        return (self.which.called, self.system)

    def reach(self, inventory: Inventory) -> tuple[str, ...]:
        """What is said of a name holds for who comes by its id too."""
        found = super().reach(inventory)
        return (
            found if self.id is None else tuple(dict.fromkeys((*found, called_by_id(inventory, self.system, self.id))))
        )

    @property
    def which(self) -> Which:
        return Which(self.vios, self.id)

    # ── what differs ──────────────────────────────────────────────────────────────────────────────────────────────

    @abstractmethod
    def doing(self, selector: tuple[str, ...]) -> tuple[str, ...]:
        """What `chsysstate -o` is told: what to do, to which partition, and how."""

    @abstractmethod
    def refusal(self, target: Lpar) -> Report | None:
        """Why it can't be done to a VIOS in that state."""

    @abstractmethod
    def plan(self, found: Survey) -> Plan: ...

    @abstractmethod
    def afterwards(self, found: Survey, last: Lpar) -> Flow:
        """The report, now that its state is as wanted."""

    # ── the way there ─────────────────────────────────────────────────────────────────────────────────────────────

    def flow(self, inventory: Inventory) -> Flow:
        if self.id is not None:
            called_by_id(inventory, self.system, self.id)  # nothing runs that was judged without a name
        hmc = inventory.hmc_of(*self.systems())
        try:
            found = yield from self._found(hmc)
        except Unread as fault:
            return failed(f"can't: {fault}")
        if isinstance(found, Report):
            return found
        if (refused := self.refusal(found[1])) is not None:
            return refused
        surveyed = yield from survey(*found)
        yield self.plan(surveyed)
        result = heard((yield self.go(hmc)))
        return (yield from self._outcome(surveyed, result))

    def look(self, inventory: Inventory) -> Flow:
        """Reads until the VIOS has come to rest, then tells where it stands."""
        hmc = inventory.hmc_of(*self.systems())
        try:
            target = yield from vios_named(hmc, self.system, self.which)
        except Unread as fault:
            return Report(ending=Ending.UNKNOWN, headline=f"I couldn't see where it stands: {fault}")
        if isinstance(target, Report):
            return target.model_copy(update={"ending": Ending.UNKNOWN})
        seen = yield from power.at_rest(hmc, self.system, target[1], type(self).wanted, seconds=self.within)
        return Report(ending=Ending.UNKNOWN, headline=str(seen), offers=(self.health,))

    def go(self, hmc: str) -> Command:
        selector = ("-n", self.vios) if self.vios is not None else ("--id", str(self.id))
        return Command(
            host=hmc,
            argv=("chsysstate", "-m", self.system, "-r", "lpar", "-o", *self.doing(selector)),
            effect=type(self).effect,
            deadline=CHANGE_DEADLINE,
            reader=Explainer(),
            streamed=True,
        )

    @property
    def health(self) -> Offer:
        return Offer(label="Show health", text=Health(system=self.system).text())

    def _found(self, hmc: str) -> Reads[tuple[Frame, Lpar] | Report]:
        target = yield from vios_named(hmc, self.system, self.which)
        if isinstance(target, Report):
            return target
        return (yield from frames.frame(hmc, self.system, target[0])), target[1]

    # ── its end ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _outcome(self, found: Survey, result: Result) -> Flow:
        """The state that is read decides; the exit status alone is neither success nor failure."""
        if result.exit_status is None:
            headline = "unknown: the connection was lost while it was asked"
            return Report(ending=Ending.UNKNOWN, headline=headline, findings=result.findings)
        seen = yield from self._watched(found, refused=result.exit_status != 0)
        if seen.reached and seen.last is not None:
            report = yield from self.afterwards(found, seen.last)
        else:
            report = self._not_reached(seen, refused=result.exit_status != 0)
        return report.model_copy(update={"findings": result.findings})

    def _watched(self, found: Survey, *, refused: bool) -> Reads[power.Seen]:
        """What was refused hasn't begun: one look is enough, unless that shows it under way all the same."""
        hmc, target, wanted = found.frame.hmc, found.target, type(self).wanted
        if refused:
            seen = yield from power.watched(hmc, self.system, target, wanted, seconds=0.0)
            if seen.reached or not (seen.is_moving or (seen.left and target.answers)):
                return seen
        return (yield from power.watched(hmc, self.system, target, wanted, seconds=self.within))

    def _not_reached(self, seen: power.Seen, *, refused: bool) -> Report:
        if seen.last is None or seen.is_moving:
            return Report(ending=Ending.UNKNOWN, headline=f"unknown: {seen}", offers=(self.health,))
        late = f"not as asked after {self.within / 60:.0f} minutes"
        return failed(f"{'the HMC refused' if refused else late}: {seen}", offers=(self.health,))


def vios_named(hmc: str, system: str, which: Which) -> Reads[tuple[tuple[Lpar, ...], Lpar] | Report]:
    """The VIOS among its like. An HMC's inventory can be behind: absence is believed when read twice."""
    listed = yield from frames.lpars(hmc, system)
    if frames.chosen(which, listed) is None:
        listed = yield from frames.lpars(hmc, system)
    target = frames.chosen(which, listed)
    if target is not None and target.is_vios:
        return listed, target
    there = ", ".join(sorted(each.name for each in listed if each.is_vios)) or "none"
    none = f"can't: there is no VIOS {which.called} on {system}"
    headline = none if target is None else f"can't: {target.name} on {system} is no VIOS"
    return failed(headline, f"VIOS on {system}: {there}.")
