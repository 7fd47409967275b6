"""A change on a VIOS: its guards, its one way there, and that what is read afterwards decides."""

from __future__ import annotations

import re
from typing import ClassVar, Literal

import pytest
from pydantic import Field

from handlers.changing import Change, Guard, Lasts
from handlers.command import Command, Result
from handlers.explain import explain
from handlers.heard import Reads
from handlers.hmcout import Unreadable
from handlers.names import DiskName
from handlers.operation import Batch, Ending, Report
from handlers.place import Place
from handlers.plan import Plan
from policies.words import Effect
from tests.house import walk

Answer = tuple[str, int | None] | str
POLICIES = ("no_reserve", "single_path")


class Reserve(Change[tuple[str, str]]):
    """Set the reserve policy of a disk."""

    verb: ClassVar[str] = "reserve"
    example: ClassVar[str] = "reserve p72vio1 hdisk4 no_reserve"

    disk: DiskName = Field(description="the disk", json_schema_extra={"place": 1})
    policy: Literal["no_reserve", "single_path"] = Field(description="the policy", json_schema_extra={"place": 2})
    later: bool = Field(default=False, description="from the next restart on")

    def look_at(self, place: Place) -> Reads[tuple[str, str]]:
        policy = yield from self.asked(place, ("lsdev", "-dev", self.disk, "-attr", "reserve_policy"), _value)
        state = yield from self.asked(place, ("lsdev", "-dev", self.disk, "-state"), str.strip)
        return policy, state

    def guards(self, before: tuple[str, str]) -> tuple[Guard, ...]:
        return (Guard(name=f"{self.disk} is Available", holds=before[1] == "Available", seen=before[1]),)

    def doing(self, before: tuple[str, str]) -> tuple[tuple[str, ...], ...]:
        if before[0] == self.policy:
            return ()
        perm = ("-perm",) if self.later else ()
        return (("chdev", "-dev", self.disk, "-attr", f"reserve_policy={self.policy}", *perm),)

    def left(self, after: tuple[str, str]) -> list[str]:
        return [] if after[0] == self.policy else [f"the reserve policy of {self.disk} is {after[0]}"]

    def moves(self, before: tuple[str, str]) -> str:
        return f"the reserve policy of {self.disk} goes from {before[0]} to {self.policy}"

    def undo(self, before: tuple[str, str]) -> Reserve:
        return self.model_copy(update={"policy": before[0]})

    def lasts(self) -> Lasts:
        return Lasts.ONCE_RESTARTED if self.later else Lasts.NOW_AND_ON


def _value(text: str) -> str:
    found = re.fullmatch(r"value\s+(\w+)\s*", text)
    if found is None or found[1] not in POLICIES:
        raise Unreadable(f"not a policy: {text[:60]!r}")
    return found[1]


SET = Reserve(vios="p72vio1", disk="hdisk4", policy="no_reserve", system="p72")
OLD, NEW, UP = "value\n\nsingle_path\n", "value\n\nno_reserve\n", "Available\n"
CHDEV = "chdev -dev hdisk4 -attr reserve_policy=no_reserve"


def drive(*answers: Answer, operation: Reserve = SET, look: bool = False) -> tuple[Report, list[Command | Plan]]:
    flow = operation.look(walk.OneHmc()) if look else operation.flow(walk.OneHmc())
    left, steps = list(answers), list[Command | Plan]()
    try:
        step = next(flow)
        while True:
            assert not isinstance(step, Batch)
            steps.append(step)
            step = next(flow) if isinstance(step, Plan) else flow.send(_result(step, left.pop(0)))
    except StopIteration as end:
        assert left == []
        report: Report = end.value
        return report, steps


def _result(command: Command, answer: Answer) -> Result:
    text, status = (answer, 0) if isinstance(answer, str) else answer
    findings = tuple(explain(text.splitlines())) if command.reader is not None else ()
    return Result(command=command, exit_status=status, text=text, findings=findings, size=len(text))


def sent(steps: list[Command | Plan]) -> list[str]:
    return [step.argv[-1] for step in steps if isinstance(step, Command)]


def test_it_is_planned_done_once_and_verified() -> None:
    """The exact command, what it rests on, how to undo it, how long it lasts; success is what is read at the end."""
    report, steps = drive(OLD, UP, "hdisk4 changed\n", NEW, UP)
    (plan,) = [step for step in steps if isinstance(step, Plan)]
    assert [command.argv for command in plan.commands] == [
        ("viosvrcmd", "-m", "p72", "-p", "p72vio1", "-c", CHDEV),
    ]
    assert plan.commands[0].effect is Effect.CHANGES
    assert plan.moves.startswith("the reserve policy of hdisk4 goes from single_path to no_reserve. It holds at once")
    assert [(fact.name, fact.value) for fact in plan.facts] == [("hdisk4 is Available", "Available")]
    assert plan.undo == "/vios reserve p72vio1 hdisk4 single_path system=p72"
    assert plan.locks == ("partition p72vio1 on p72",)
    assert sent(steps).count(CHDEV) == 1
    assert (report.ending, report.headline.startswith("p72vio1: verified: ")) == (Ending.SUCCEEDED, True)
    assert [offer.text for offer in report.offers] == ["reserve p72vio1 hdisk4 single_path system=p72"]


def test_exiting_well_is_not_the_end() -> None:
    """Exit 0 and the old value is a failure; exit 1 and the new value is success, and both say so."""
    report, _ = drive(OLD, UP, "hdisk4 changed\n", OLD, UP)
    assert report.ending is Ending.FAILED
    assert report.headline == "it exited well, and yet: the reserve policy of hdisk4 is single_path"
    report, _ = drive(OLD, UP, ("0514-062 busy\n", 1), NEW, UP)
    assert report.ending is Ending.SUCCEEDED
    assert "exit status 1, and all the same it is so" in report.lines[0]
    report, _ = drive(OLD, UP, ("HSCL2970 no\n", 1), OLD, UP)
    assert report.ending is Ending.FAILED
    assert report.headline == "refused: the reserve policy of hdisk4 is single_path"
    assert [finding.code for finding in report.findings] == ["HSCL2970"]


@pytest.mark.parametrize("after", [("", 0), ("value\n\nother\n", 0), ("", None), ("HSCL0DB4 no RMC\n", 1)])
def test_what_cant_be_verified_is_unknown(after: Answer) -> None:
    """Whatever the command said, when the read behind it gives nothing that can be relied on."""
    report, _ = drive(OLD, UP, "hdisk4 changed\n", after)
    assert report.ending is Ending.UNKNOWN


def test_a_lost_connection_is_unknown_and_can_be_looked_after() -> None:
    """Nothing is sent again; a look tells whether it is as wanted."""
    report, steps = drive(OLD, UP, ("", None))
    assert report.ending is Ending.UNKNOWN
    assert sent(steps)[-1] == CHDEV
    for now, told in ((OLD, "not as wanted: the reserve policy of hdisk4 is single_path"), (NEW, "as wanted")):
        report, steps = drive(now, UP, look=True)
        assert (report.ending, report.headline) == (Ending.UNKNOWN, f"on p72vio1 on p72 it is {told}")
        assert CHDEV not in sent(steps)


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        ((OLD, "Defined\n"), "can't: hdisk4 is Available"),
        ((("HSCL2970 no\n", 1),), "can't: lsdev -dev couldn't be read: exit status 1, HSCL2970 no"),
        (("",), "can't: lsdev -dev couldn't be read: not a policy: ''"),
        (((NEW), UP), "p72vio1: it is so already; nothing was sent"),
    ],
)
def test_what_doesnt_hold_ends_it_before_anybody_is_asked(answers: tuple[Answer, ...], told: str) -> None:
    """No plan, no command: a guard that fails, a read that gives nothing, and what is so already."""
    report, steps = drive(*answers)
    assert report.headline == told
    assert not [step for step in steps if isinstance(step, Plan)]
    assert CHDEV not in sent(steps)


def test_what_holds_from_the_next_restart_on_is_told_apart() -> None:
    """In the plan and in the report."""
    report, steps = drive(OLD, UP, "", NEW, UP, operation=SET.model_copy(update={"later": True}))
    (plan,) = [step for step in steps if isinstance(step, Plan)]
    assert plan.commands[0].argv[-1] == f"{CHDEV} -perm"
    assert "from the next restart on" in plan.moves
    assert "from the next restart on" in report.lines[-1]
