"""A policy in words, what differs between two, and what would happen by it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from policies.case import Asking, Case, Moment, Radius
from policies.demands import Demand, able, shortfall
from policies.explaining import explained
from policies.faults import Vocabulary, faults_of, nobody_may_load
from policies.judge import consider, judge
from policies.rules import Fit
from policies.source import parse_policy
from policies.telling import differences, told
from policies.verdicts import Ask, Deny
from policies.words import Effect, Person

PLAIN = Asking()
NOW = datetime(2026, 3, 4, 3, 0, tzinfo=UTC)
MOMENT = Moment(now=NOW)
ONE, TWO, THREE = (Person(workspace="T1", member=f"U{n}") for n in (1, 2, 3))
ROOT = Person(workspace="terminal", member="root")

POLICY = """
[roles]
operator = ["T1:U1", "T1:U2"]
lead = ["T1:U3", "terminal:root"]
[[rules]]
name = "moves"
operations = ["lpm.migrate"]
who = ["operator"]
verdict = "ask"
approvals = 1
approvers = ["operator", "lead"]
windows = ["night"]
[[rules]]
name = "big"
operations = ["lpm.*"]
affects_at_least = 3
who = ["*"]
verdict = "deny"
[[windows]]
name = "night"
starts = 2026-03-02T02:00:00
ends = 2026-03-02T04:00:00
repeat = "FREQ=DAILY"
[[freezes]]
name = "quarter"
starts = 2026-03-30T00:00:00
ends = 2026-04-02T00:00:00
[[absences]]
person = "T1:U2"
from = 2026-03-01T00:00:00Z
until = 2026-03-10T00:00:00Z
delegate = "T1:U3"
[break_glass]
who = ["lead"]
reviewers = ["operator"]
"""


def case(person: Person = ONE, *, radius: Radius | None = None, asking: Asking = PLAIN) -> Case:
    return Case(operation="lpm.migrate", effect=Effect.CHANGES, person=person, radius=radius, asking=asking)


def said(text: str = POLICY, person: Person = ONE, moment: Moment = MOMENT, asking: Asking = PLAIN) -> str:
    return "\n".join(explained(parse_policy(text, 7), case(person, asking=asking), moment))


def test_a_policy_is_told_whole() -> None:
    """Every role, rule, window, freeze and absence has its line."""
    lines = "\n".join(told(parse_policy(POLICY)))
    for part in ("operator: T1:U1, T1:U2", "'moves': ask 1 from operator or lead; lpm.migrate", "in night alone",
                 "where 3 partitions or more are affected", "night: 2026-03-02 02:00", "quarter: 2026-03-30",
                 "T1:U3 stands in", "everything; by lead, reviewed by operator; 15 minutes to run"):  # fmt: skip
        assert part in lines


def test_an_explanation_has_the_verdict_and_every_rule() -> None:
    """Who could approve now, with absences reckoned in; each rule in its order, with why it doesn't match."""
    text = said()
    assert "It would wait for approval: 1 from operator or lead. Then it would run at once." in text
    assert "Could approve right now: T1:U3\n" in text, "one is away, one asks, one sits at a terminal"
    assert "judged again: 'big' look at what it affects" in text
    assert text.index("1. matches. 'moves'") < text.index("2. depends on the plan: it is for what affects 3")
    assert "night: 2026-03-02 02:00 to 04:00 UTC, FREQ=DAILY: on now, until 2026-03-04 04:00 UTC" in text
    assert "quarter: 2026-03-30 00:00" in text
    assert "Away now:\n  T1:U2 from" in text


@pytest.mark.parametrize("person", [ONE, TWO, THREE, ROOT, Person(workspace="T1", member="U9")])
@pytest.mark.parametrize("hour", [3, 12])
@pytest.mark.parametrize("asking", [Asking(), Asking(when="window"), Asking(breakglass=True, reason="fire")])
def test_what_is_explained_is_what_is_judged(person: Person, hour: int, asking: Asking) -> None:
    """The words come from the judge's own verdict and from how it looked at each rule."""
    moment = Moment(now=NOW.replace(hour=hour))
    policy, asked = parse_policy(POLICY, 7), case(person, asking=asking)
    text, verdict = said(POLICY, person, moment, asking), judge(policy, asked, moment)
    if isinstance(verdict, Deny):
        assert text.startswith(f"It would be refused: {verdict.said}\n{verdict.because}\n→ {verdict.next_step}")
    elif isinstance(verdict, Ask):
        assert text.startswith(f"It would wait for approval: {verdict.said}")
    else:
        assert text.startswith("The glass would be broken") == verdict.glass
    for number, each in enumerate(consider(policy, asked, moment), 1):
        assert f"  {number}. {each.fit.value}" in text
        assert (each.fit is Fit.NO) <= (each.why in text)


def test_without_a_policy_everything_is_refused() -> None:
    """There is nothing to explain but that."""
    assert explained(None, case(), MOMENT) == ["It would be refused: You may not ask for lpm.migrate here."]


# ── differences ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ('"T1:U1", "T1:U2"', '"T1:U1"', "role operator: out goes T1:U2"),
        ('"T1:U1", "T1:U2"', '"T1:U1", "T1:U2", "T1:U5"', "role operator: in comes T1:U5"),
        ("[[rules]]\nname = \"moves\"", "fresh = []\n[[rules]]\nname = \"moves\"", "role fresh is new: nobody"),
        ("approvals = 1", "approvals = 2", "rule 'moves' changed: approvals 1 → 2"),
        ('windows = ["night"]\n', "", "rule 'moves' changed: windows night → none"),
        ('name = "big"', 'name = "large"', "rule 'big' is gone"),
        ("ends = 2026-03-02T04:00:00", "minutes = 60", "window 'night' changed: "),
        ('name = "quarter"', 'name = "q1"', "freeze new: q1"),
        ('delegate = "T1:U3"\n', "", "absence gone: T1:U2 from"),
        ('reviewers = ["operator"]', 'reviewers = ["lead"]', "break-glass changed: reviewers operator → lead"),
        ('[break_glass]\nwho = ["lead"]\nreviewers = ["operator"]\n', "", "break-glass is gone"),
    ],
)  # fmt: skip
def test_each_change_has_its_words(old: str, new: str, line: str) -> None:
    """Whatever a policy can say, a change of it is told."""
    assert old in POLICY
    found = differences(parse_policy(POLICY), parse_policy(POLICY.replace(old, new, 1)))
    assert any(each.startswith(line) for each in found), found


def test_what_judges_alike_differs_in_nothing() -> None:
    """Comments and layout are no change; against no policy everything is new."""
    assert differences(parse_policy(POLICY), parse_policy("# another comment\n" + POLICY)) == []
    assert len(differences(None, parse_policy(POLICY))) == 8


# ── who can agree at all ──────────────────────────────────────────────────────────────────────────────────────────


def test_nobody_votes_at_a_terminal() -> None:
    """Who sits at a terminal may ask, but isn't reckoned with where approvals are; the arithmetic says so."""
    policy = parse_policy(POLICY)
    demand = Demand(needed=1, of=("lead",))
    assert able([demand], ONE, policy.holding(MOMENT)) == {THREE}
    why = shortfall([demand], THREE, policy.holding(MOMENT))
    assert why is not None
    assert "T1:U3, who asks and terminal:root, who can't vote at a terminal, that is 0" in why


@pytest.mark.parametrize(
    ("rules", "people", "locked"),
    [
        ("", '["T1:U1"]', True),
        ('[[rules]]\nname="x"\noperations=["policy.load"]\nwho=["lead"]\nverdict="deny"\n', '["T1:U1"]', True),
        ('[[rules]]\nname="x"\noperations=["policy.*"]\nwho=["*"]\nverdict="allow"\n', '["T1:U1"]', False),
        ('[[rules]]\nname="x"\noperations=["policy.load"]\nwho=["lead"]\nverdict="allow"\n', "[]", True),
    ],
)
def test_a_policy_that_nobody_could_replace_is_known(rules: str, people: str, locked: bool) -> None:
    """No rule lets anybody who is there ask for another one; with people in it such a policy isn't loaded."""
    words = Vocabulary(operations={"policy.load": Effect.CHANGES})
    text = f"[roles]\nlead = {people}\n{rules}"
    policy = parse_policy(text)
    assert nobody_may_load(policy, words) is locked
    faults = [fault.what for fault in faults_of(policy, text, words, MOMENT)]
    assert any("nobody could ever load" in fault for fault in faults) is (locked and people != "[]")
