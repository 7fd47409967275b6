"""Who may ask for what: default deny, deny wins, the strictest demand holds."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.rules import Allow, Ask, Deny, PolicyBroken, judge, parse_policy
from policies.words import Effect, Person

SEED = (Path(__file__).parents[2] / "deploy" / "policy.seed.toml").read_text(encoding="utf-8")
TEAM = """
[roles]
viewer = ["T1:VERA"]
operator = ["T1:OTTO", "T1:OLGA"]
lead = ["T1:LEA"]
"""
WITH_PEOPLE = SEED.replace("[roles]\nviewer = []\noperator = []\nlead = []\n", TEAM)


def person(member: str, workspace: str = "T1") -> Person:
    return Person(workspace=workspace, member=member)


def test_without_a_policy_everything_is_denied() -> None:
    """No policy loaded: nothing may be asked for, reads neither."""
    verdict = judge(None, "lpm.validate", Effect.READS, person("LEA"))
    assert isinstance(verdict, Deny)
    assert "No policy" in verdict.because


@given(st.sampled_from(["lpm.validate", "lpm.migrate", "vios.shutdown"]), st.sampled_from(list(Effect)), st.text())
def test_the_shipped_seed_lets_nobody_do_anything_until_people_are_named(
    operation: str, effect: Effect, member: str
) -> None:
    """The seed policy as shipped denies whoever asks."""
    assert isinstance(judge(parse_policy(SEED), operation, effect, person(member)), Deny)


def test_the_seed_is_safe_on_the_first_day() -> None:
    """Members read, a change takes one other person, what destroys takes two leads, an outsider gets nothing."""
    policy = parse_policy(WITH_PEOPLE)
    assert isinstance(judge(policy, "lpm.validate", Effect.READS, person("VERA")), Allow)
    assert isinstance(judge(policy, "lpm.migrate", Effect.CHANGES, person("VERA")), Deny)
    asked = judge(policy, "lpm.migrate", Effect.CHANGES, person("OTTO"))
    assert isinstance(asked, Ask)
    assert (asked.approvals, asked.approvers) == (1, ("lead", "operator"))
    assert isinstance(judge(policy, "lpm.stop", Effect.CHANGES, person("OTTO")), Allow)
    assert isinstance(judge(policy, "lpm.validate", Effect.READS, person("OTTO", workspace="T2")), Deny)
    assert isinstance(judge(policy, "disk.wipe", Effect.DESTROYS, person("OTTO")), Deny)


def test_a_quorum_that_nobody_can_meet_is_refused_with_the_arithmetic() -> None:
    """Two leads needed and one there: the request is refused at once, and the numbers are shown."""
    verdict = judge(parse_policy(WITH_PEOPLE), "disk.wipe", Effect.DESTROYS, person("OTTO"))
    assert isinstance(verdict, Deny)
    assert verdict.code == "quorum-impossible"
    assert "2 approval(s), and only 1" in verdict.said


def test_deny_wins_over_every_rule_that_allows() -> None:
    """One denying rule is enough, wherever it stands."""
    denied = WITH_PEOPLE + '\n[[rules]]\nname = "frozen"\noperations = ["lpm.*"]\nwho = ["lead"]\nverdict = "deny"\n'
    verdict = judge(parse_policy(denied), "lpm.validate", Effect.READS, person("LEA"))
    assert isinstance(verdict, Deny)
    assert verdict.rules == ("frozen",)


def test_of_several_demands_the_strictest_holds() -> None:
    """Approvals add up to the highest number, from roles that all the rules accept, in the shortest time."""
    source = TEAM + (
        '[[rules]]\nname="a"\nwho=["operator"]\nverdict="ask"\napprovals=1\napprovers=["lead","operator"]\n'
        'minutes_to_approve=10\n[[rules]]\nname="b"\nwho=["operator"]\nverdict="ask"\napprovals=1\n'
        'approvers=["lead"]\n'
    )
    verdict = judge(parse_policy(source), "x.y", Effect.CHANGES, person("OTTO"))
    assert isinstance(verdict, Ask)
    assert (verdict.approvers, verdict.minutes_to_approve, verdict.rules) == (("lead",), 10, ("a", "b"))


@pytest.mark.parametrize(
    ("fault", "source"),
    [
        ("Expected", "[roles"),
        ("not under [roles]", TEAM + '[[rules]]\nname="a"\nwho=["boss"]\nverdict="allow"'),
        ("goes with approvals", TEAM + '[[rules]]\nname="a"\nwho=["lead"]\nverdict="ask"'),
        ("WORKSPACE:MEMBER", '[roles]\nlead = ["lea"]'),
        ("names the roles that may give them", TEAM + '[[rules]]\nname="a"\nwho=["lead"]\nverdict="ask"\napprovals=1'),
        ("given by hscbot", "version = 7"),
        ("rules.0.who", TEAM + '[[rules]]\nname="a"\nwo=["lead"]\nverdict="allow"'),
    ],
)
def test_a_broken_policy_is_refused_whole_and_its_fault_is_named(fault: str, source: str) -> None:
    """Every fault in a policy is told by its place and what to do."""
    with pytest.raises(PolicyBroken) as told:
        parse_policy(source)
    assert fault in told.value.said
