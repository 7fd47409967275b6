"""A rule that is said to change nothing changes nothing: held against the judge itself."""

from __future__ import annotations

import re

from hypothesis import Phase, given, settings

from policies.case import Case, Moment, Radius
from policies.faults import Vocabulary, faults_of
from policies.judge import judge
from policies.rules import Policy
from policies.verdicts import Allow, Ask, Deny, Verdict
from tests.policies import chance

NOW = Moment(now=chance.NOW)


def meaning(verdict: Verdict) -> object:
    """A verdict less the names of rules: what may be done, and what it takes."""
    if isinstance(verdict, Allow):
        return ("allow", verdict.minutes_to_run, verdict.starts, verdict.glass, verdict.skipped)
    if isinstance(verdict, Ask):
        times = (verdict.minutes_to_approve, verdict.minutes_to_run, verdict.starts)
        return ("ask", frozenset(demand.said for demand in verdict.demands), *times)
    return "deny"


def without(policy: Policy, names: set[str]) -> Policy:
    return policy.model_copy(update={"rules": tuple(rule for rule in policy.rules if rule.name not in names)})


def idle(policy: Policy) -> set[str]:
    """The rules that are said to change nothing, or never to match."""
    faults = faults_of(policy, "", Vocabulary(operations=chance.OPERATIONS), NOW)
    said = [re.match(r"rule '(.+?)' (?:changes nothing|can never match)", fault.what) for fault in faults]
    return {match[1] for match in said if match}


@settings(max_examples=150, deadline=None)
@given(chance.policies(most_rules=8), chance.seeds)
def test_a_rule_that_is_said_to_change_nothing_changes_nothing(policy: Policy, seed: int) -> None:
    """Without it, and without all of its kind at once, every case is judged as it was."""
    without_effect = idle(policy)
    taken_out = [*({name} for name in without_effect), without_effect] if without_effect else []
    for names in taken_out:
        thinner = without(policy, names)
        for case, moment in chance.situations(seed, 60):
            before, after = judge(policy, case, moment), judge(thinner, case, moment)
            assert meaning(after) == meaning(before) or denied_with_any_plan(policy, case, moment)


def test_a_rule_that_is_not_said_to_change_nothing_can_matter() -> None:
    """Over many policies most of the other rules turn some case; and enough are said to turn none to prove it."""
    mattering, others, said = 0, 0, 0
    for policy in some_policies():
        without_effect = idle(policy)
        said += len(without_effect)
        kept = [rule.name for rule in policy.rules if rule.name not in without_effect]
        others += len(kept)
        mattering += sum(matters(policy, name) for name in kept)
    assert said >= 20
    assert mattering > others / 2, f"{mattering} of {others}"


def matters(policy: Policy, name: str) -> bool:
    thinner = without(policy, {name})
    situations = chance.situations(1, 400)
    return any(meaning(judge(thinner, *each)) != meaning(judge(policy, *each)) for each in situations)


def denied_with_any_plan(policy: Policy, case: Case, moment: Moment) -> bool:
    """What the plan alone would deny, a rule less can deny before it is made: the end is the same."""
    radii = [Radius(partitions=number, loses_redundancy=bare) for number in range(7) for bare in (False, True)]
    cases = [case.model_copy(update={"radius": radius}) for radius in radii]
    return case.radius is None and all(isinstance(judge(policy, each, moment), Deny) for each in cases)


def some_policies() -> list[Policy]:
    """The same each time."""
    found: list[Policy] = []

    @settings(max_examples=80, derandomize=True, database=None, deadline=None, phases=[Phase.generate])
    @given(chance.policies(most_rules=6))
    def draw(policy: Policy) -> None:
        found.append(policy)

    draw()
    return found
