"""An operation that takes something out, who may ask for it, the policies of it, and what its plans find."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import ClassVar, Literal

from handlers.operation import Ending, Flow, Inventory, Operation, Report
from handlers.plan import Fact, Interlock, PlanShown
from policies.faults import Vocabulary
from policies.words import Effect, Group, Person

START = datetime(2026, 3, 1, 22, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
TEAM = Group(workspace="T1", group="S0TEAM")


def person(name: str, workspace: str = "T1") -> Person:
    return Person(workspace=workspace, member=name)


ASKER, ANN, BEN, CY, DEE, OUT = map(person, ("ASKER", "ANN", "BEN", "CY", "DEE", "OUT"))
OTHER_ASKER, OTHER_ANN = person("ASKER", "T2"), person("ANN", "T2")  # the same two, from another workspace of the grid
EVERYONE = (ASKER, ANN, BEN, CY, DEE, OUT, OTHER_ASKER, OTHER_ANN)
NAMED = {"operator": {ASKER, OTHER_ASKER, ANN, BEN}, "lead": {CY, OTHER_ANN}}  # and TEAM's people are leads
PAIRS = {"one": ("pair one",), "two": ("pair two",), "both": ("pair one", "pair two")}


class Turn(Operation):
    """Takes something out."""

    command: ClassVar[str] = "turn"
    verb: ClassVar[str] = "off"
    effect: ClassVar[Effect] = Effect.DISRUPTS
    example: ClassVar[str] = "off one"

    what: Literal["one", "two", "both"]

    def systems(self) -> tuple[str, ...]:
        return ("p72",)

    def flow(self, inventory: Inventory) -> Flow:
        yield from ()
        return Report(ending=Ending.SUCCEEDED, headline="done")


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What a policy says, as the model understands it. `away`: who is, and in whose place."""

    needed: int = 1  # 0: allowed
    leads: int = 0  # of those
    nightly: bool = False  # from 01:00 to 03:00 alone
    frozen: int | None = None  # minutes after START; for an hour
    away: tuple[Person, Person | None] | None = None
    denied: bool = False

    @property
    def text(self) -> str:
        verdict = ["verdict = 'allow'"]
        if self.needed:
            which = [f"of_which = {{ lead = {self.leads} }}"] if self.leads else []
            asks = [f"approvals = {self.needed}", "approvers = ['operator', 'lead']", "minutes_to_approve = 30", *which]
            verdict = ["verdict = 'ask'", *asks]
        lines = [
            "[roles]",
            *(f"{role} = {[str(each) for each in sorted(who, key=str)]}" for role, who in NAMED.items()),
            "[[rules]]",
            "name = 'it'",
            "who = ['operator']",
            "minutes_to_run = 20",
            *verdict,
            *(["windows = ['nights']"] if self.nightly else []),
            *(["[[rules]]", "name = 'never'", "who = ['*']", "verdict = 'deny'"] if self.denied else []),
            "[[windows]]",
            "name = 'nights'",
            "starts = 2026-01-01T01:00:00",
            "minutes = 120",
            "repeat = 'FREQ=DAILY'",
            "[break_glass]",
            "who = ['operator']",
            "reviewers = ['lead']",
        ]
        if self.frozen is not None:
            begins = (START + self.frozen * MINUTE).replace(tzinfo=None).isoformat()
            lines += ["[[freezes]]", "name = 'freeze'", f"starts = {begins}", "minutes = 60"]
        if self.away is not None:
            who, delegate = self.away
            lines += [
                "[[absences]]",
                f"person = '{who}'",
                "from = 2026-03-01T23:00:00Z",
                "until = 2026-03-02T02:00:00Z",
            ]
            lines += [f"delegate = '{delegate}'"] if delegate is not None else []
        return "\n".join(lines).replace("'T1:CY']", f"'T1:CY', '{TEAM}']").replace("'T2:ANN']", f"'T2:ANN', '{TEAM}']")

    def may_run(self, at: datetime) -> bool:
        begins = START + (self.frozen or 0) * MINUTE
        frozen = self.frozen is not None and begins <= at < begins + 60 * MINUTE
        return (not self.nightly or 1 <= at.hour < 3) and not frozen


@dataclass(frozen=True, kw_only=True)
class World:
    """What a plan would find on the machines."""

    fact: int = 0
    healthy: bool = True

    def plan(self, what: str) -> PlanShown:
        partner = Interlock(takes_out="a", partner="b", healthy=self.healthy, seen="as read")
        return PlanShown(
            commands=(("hmc", "chsysstate", what),),
            moves="x",
            affected=(),
            facts=(Fact(name="fact", value=str(self.fact)),),
            undo="",
            stop="",
            locks=PAIRS[what],
            interlocks=(partner,),
        )


VOCABULARY = Vocabulary(operations={Turn.name(): Effect.DISRUPTS})
