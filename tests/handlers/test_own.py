"""What hscbot answers by itself: its words, and the flow that loads a policy."""

from __future__ import annotations

from typing import get_args

import pytest

from bot.own.itself import ANSWERS
from handlers import audit, incidents, policy, requests
from handlers.command import ITSELF, Command, Result
from handlers.drift import operations as drift
from handlers.operation import Batch, Ending, Operation, Report
from handlers.own import Own
from handlers.plan import Plan
from handlers.policy import Load
from handlers.sea import watching
from policies.requests import State
from policies.words import Effect
from tests.house import walk

EVERY: tuple[type[Operation], ...] = (
    *policy.OPERATIONS,
    *requests.OPERATIONS,
    *incidents.OPERATIONS,
    *audit.OPERATIONS,
    *(each for each in (*watching.OPERATIONS, *drift.OPERATIONS) if issubclass(each, Own)),
)
SHA = "0123456789abcdef" * 4


@pytest.mark.parametrize("operation", EVERY, ids=lambda each: each.name())
def test_no_machine_is_spoken_to(operation: type[Operation]) -> None:
    """Every command is for hscbot itself, and no managed system has to be known."""
    made = walk.smallest(operation)
    steps = walk.walked(made)
    assert {step.host for step in steps if isinstance(step, Command)} == {ITSELF}
    assert made.systems() == ()


def test_whatever_only_reads_has_its_answer() -> None:
    """There is no operation of its own that hscbot couldn't answer, and no answer that can't be asked for."""
    reads = {each for each in EVERY if each.effect is Effect.READS}
    assert set(ANSWERS) == reads
    assert all(issubclass(each, Own) for each in EVERY)


@pytest.mark.parametrize("operation", ANSWERS, ids=lambda each: each.name())
def test_its_words_come_back_as_the_same_operation(operation: type[Own]) -> None:
    """What is audited as its command holds all that was asked: the operation can be made of it again."""
    full = operation.model_validate(walk.samples(operation))
    given = dict(word.split("=", 1) for word in full.argv()[2:])
    assert full.argv()[:2] == (operation.command, operation.verb)
    assert operation.model_validate(given) == full


def test_requests_are_found_by_every_state() -> None:
    """No state of a request is left out of `state=`."""
    assert set(get_args(requests.StateWord)) == set(State)


@pytest.mark.parametrize("who", ["<@U1>", "U0456", "T01:U02", "terminal:root", "terminal:a.b-c"])
def test_people_can_be_named(who: str) -> None:
    """A mention, a bare id, an exact id, a login at the terminal."""
    assert requests.Listing(who=who).who == who


@pytest.mark.parametrize("who", ["@anna", "anna", "<@U1> or 1=1", "<!here>", "T1:U1;x", "a:b:c", "-x", "<@u1>"])
def test_nothing_else_names_somebody(who: str) -> None:
    """A name, a broadcast or anything with more in it is no person."""
    with pytest.raises(ValueError, match="match pattern"):
        requests.Listing(who=who)


# ── loading a policy ──────────────────────────────────────────────────────────────────────────────────────────────


def played(*answers: tuple[int | None, str]) -> tuple[list[Command | Plan], Report]:
    """The steps of a load for which hscbot answers so, and its report."""
    flow, given = Load(sha256=SHA).flow(walk.OneHmc()), list(answers)
    steps: list[Command | Plan] = []
    try:
        step = next(flow)
        while True:
            assert not isinstance(step, Batch)
            steps.append(step)
            if isinstance(step, Plan):
                step = next(flow)
            else:
                status, text = given.pop(0)
                step = flow.send(Result(command=step, exit_status=status, text=text))
    except StopIteration as end:
        return steps, end.value


def test_a_load_shows_what_it_changes_and_verifies() -> None:
    """Its plan has the version it takes the place of and every change; done is what a read afterwards shows."""
    changes = "\n".join(f"rule 'r{n}' is gone" for n in range(5))
    steps, report = played((0, f"3\n{changes}\n"), (0, "policy version 4 is in force\n"), (0, f"4 {SHA}\n"))
    (plan,) = (step for step in steps if isinstance(step, Plan))
    assert [command.argv for command in plan.commands] == [("policy", "load", f"sha256={SHA}", "over=3")]
    assert [fact.value for fact in plan.facts if fact.name == "change"] == changes.splitlines()
    assert plan.moves.endswith("; and 2 more")
    assert (report.ending, report.headline.startswith("policy version 4 is in force")) == (Ending.SUCCEEDED, True)


@pytest.mark.parametrize(
    ("answers", "ending"),
    [
        (((1, "it can't be loaded: 1 fault(s)\nline 3: x\n"),), Ending.FAILED),
        (((0, "3\nx\n"), (1, "Policy version 5 is in force now\nwhy\n")), Ending.FAILED),
        (((0, "3\nx\n"), (0, "policy version 4 is in force\n"), (0, f"3 {'f' * 64}\n")), Ending.FAILED),
        (((0, "3\nx\n"), (None, "")), Ending.UNKNOWN),
    ],
)
def test_a_load_that_is_not_done_says_so(answers: tuple[tuple[int | None, str], ...], ending: Ending) -> None:
    """What can't be loaded, what came too late, and what isn't there afterwards is no success."""
    _, report = played(*answers)
    assert report.ending is ending


def test_a_look_tells_which_policy_is_in_force() -> None:
    """After an outcome that wasn't heard: the old or the new, by its version and fingerprint."""
    flow = Load(sha256=SHA).look(walk.OneHmc())
    command = next(flow)
    assert isinstance(command, Command)
    with pytest.raises(StopIteration) as end:
        flow.send(Result(command=command, exit_status=0, text=f"4 {SHA}\n"))
    assert end.value.value.headline == "policy version 4 is in force, the one that was asked for"
