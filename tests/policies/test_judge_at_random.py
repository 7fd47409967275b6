"""Judging, whatever the policy: what a rule more may do and may not, and that judging and explaining are one."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from policies.case import Case, Moment, Radius
from policies.demands import Demand, are_met
from policies.judge import consider, judge, might
from policies.rules import Fit, Policy, Rule
from policies.verdicts import Allow, Ask, Deny, Verdict
from policies.words import Effect
from tests.policies import chance

MORE = settings(max_examples=100, deadline=None)


def demands_of(verdict: Verdict) -> tuple[Demand, ...]:
    return verdict.demands if isinstance(verdict, Ask) else ()


def with_rule(policy: Policy, rule: Rule, place: int) -> Policy:
    at = place % (len(policy.rules) + 1)
    return policy.model_copy(update={"rules": (*policy.rules[:at], rule, *policy.rules[at:])})


def asks_no_less(after: Verdict, before: Verdict, policy: Policy, moment: Moment) -> bool:
    """Whether whoever may go on after may, with the same approvals, go on before."""
    if isinstance(after, Deny):
        return True
    if isinstance(before, Deny):
        return False
    holders = policy.holding(moment)
    crowd = [
        {chance.PEOPLE[bit] for bit in range(len(chance.PEOPLE)) if mask >> bit & 1}
        for mask in range(1 << len(chance.PEOPLE))
    ]
    return all(
        are_met(demands_of(before), people, holders) for people in crowd if are_met(demands_of(after), people, holders)
    )


@MORE
@given(chance.policies(), chance.seeds, chance.rules(9, "deny"), st.integers(0, 9))
def test_one_more_rule_that_denies_never_lets_more_through(
    policy: Policy, seed: int, denying: Rule, place: int
) -> None:
    """Wherever it stands: what was denied stays so; what it speaks of is denied, else nothing changes."""
    for case, moment in chance.situations(seed):
        before, after = judge(policy, case, moment), judge(with_rule(policy, denying, place), case, moment)
        fit, _ = denying.fit(case, policy.roles_of(case.person, moment))
        if fit is Fit.YES:
            assert isinstance(after, Deny)
        else:
            assert after == before


@MORE
@given(chance.policies(), chance.seeds, chance.rules(9, "ask"), st.integers(0, 9))
def test_one_more_rule_that_asks_never_lowers_what_is_needed(
    policy: Policy, seed: int, asking: Rule, place: int
) -> None:
    """What was allowed, or asked of others, takes at least that much with it, and no more time to do it in."""
    for case, moment in chance.situations(seed):
        before, after = judge(policy, case, moment), judge(with_rule(policy, asking, place), case, moment)
        if isinstance(before, Deny):
            continue
        assert asks_no_less(after, before, policy, moment)
        if not isinstance(after, Deny) and before.rules:
            assert after.minutes_to_run <= before.minutes_to_run


@MORE
@given(chance.policies(), chance.seeds)
def test_nobody_without_a_role_gets_anything(policy: Policy, seed: int) -> None:
    """Whatever the rules say, the glass too: who holds no role now is denied."""
    for case, moment in chance.situations(seed):
        if not policy.roles_of(case.person, moment):
            assert isinstance(judge(policy, case, moment), Deny)


@MORE
@given(chance.policies(), chance.seeds, st.integers(0, 6), st.booleans())
def test_a_known_radius_never_takes_less_than_the_rules_asked_for_before(
    policy: Policy, seed: int, partitions: int, bare: bool
) -> None:
    """What was denied, or asked for, before the plan is so after it: the plan can only add."""
    for case, moment in chance.situations(seed):
        if case.effect is Effect.READS:
            continue
        blind = case.model_copy(update={"radius": None})
        seen = case.model_copy(update={"radius": Radius(partitions=partitions, loses_redundancy=bare)})
        before, after = judge(policy, blind, moment), judge(policy, seen, moment)
        definite = [each.rule for each in consider(policy, blind, moment) if each.fit is Fit.YES]
        if isinstance(before, Deny):
            assert isinstance(after, Deny)
        elif definite:
            assert asks_no_less(after, before, policy, moment)


@MORE
@given(chance.policies(), chance.seeds)
def test_a_window_is_kept_and_a_freeze_too(policy: Policy, seed: int) -> None:
    """Whenever it is let through, the moment at which it may start lies in every window needed, and in no freeze."""
    for case, moment in chance.situations(seed):
        verdict = judge(policy, case, moment)
        if isinstance(verdict, Deny) or (isinstance(verdict, Allow) and verdict.glass):
            continue
        assert verdict.starts is None or case.asking.when == "window"
        starts = verdict.starts or moment.now
        assert starts >= moment.now
        keeping = [rule for rule in policy.rules if rule.name in verdict.rules and rule.windows]
        assert all(any(policy.window(name).open_at(starts) for name in rule.windows) for rule in keeping)
        assert not any(freeze.covers(case) and freeze.open_at(starts) for freeze in policy.freezes)
        if verdict.starts is not None:
            assert nothing_earlier(policy, case, moment, verdict.starts)


def nothing_earlier(policy: Policy, case: Case, moment: Moment, starts: datetime) -> bool:
    """By trying every quarter of an hour before it."""
    tried = moment.now
    while tried < starts:
        then = Moment(now=tried, groups=moment.groups)
        # Roles can change on the way; windows and freezes alone are asked about.
        ever = policy.model_copy(update={"absences": ()})
        if not isinstance(judge(ever, case.due_now(), then), Deny) and not policy.absences:
            return False
        tried += timedelta(minutes=15)
    return True


@MORE
@given(chance.policies(), chance.seeds)
def test_judging_and_explaining_are_one(policy: Policy, seed: int) -> None:
    """The rules that a verdict names are those that `consider` says match; none that matches and denies is left out."""
    for case, moment in chance.situations(seed):
        verdict = judge(policy, case, moment)
        told = consider(policy, case, moment)
        matching = [each.rule for each in told if each.fit is Fit.YES]
        denying = tuple(rule.name for rule in matching if rule.verdict == "deny")
        assert [each.rule for each in told] == list(policy.rules)
        assert all((each.fit is Fit.YES) == (not each.why) for each in told)
        if denying:
            assert isinstance(verdict, Deny)
            assert verdict.rules == denying
        elif isinstance(verdict, Allow) and verdict.glass:
            assert verdict.rules == ("break_glass",)
        elif not isinstance(verdict, Deny):
            assert verdict.rules == tuple(rule.name for rule in matching)
        assert set(verdict.rules) <= {rule.name for rule in matching} | {"break_glass"}


@MORE
@given(chance.policies(), chance.seeds)
def test_what_is_asked_of_others_can_be_given_by_them(policy: Policy, seed: int) -> None:
    """Every verdict that asks can be met by people other than who asked, who hold the roles now."""
    for case, moment in chance.situations(seed):
        verdict = judge(policy, case, moment)
        if isinstance(verdict, Ask):
            others = {each for each in chance.PEOPLE if each.member != case.person.member and each.is_in_slack}
            assert are_met(verdict.demands, others, policy.holding(moment))


@MORE
@given(chance.policies(), chance.seeds)
def test_broken_glass_is_for_its_roles_with_a_reason_and_a_reviewer(policy: Policy, seed: int) -> None:
    """Nothing runs past the approvals but by somebody of its roles, said why, with somebody else to look at it."""
    for case, moment in chance.situations(seed):
        verdict = judge(policy, case, moment)
        if isinstance(verdict, Allow) and verdict.glass:
            glass = policy.break_glass
            assert glass is not None
            assert case.asking.breakglass
            assert case.asking.reason
            assert policy.roles_of(case.person, moment) & set(glass.who)
            assert case.effect > Effect.READS
            reviewers = policy.people_in(glass.reviewers, moment)
            assert {each.member for each in reviewers if each.is_in_slack} - {case.person.member}
            assert reviewers - set(verdict.skipped) <= {each for each in reviewers if each.member == case.person.member}


@MORE
@given(chance.policies(), chance.seeds)
def test_who_might_not_ask_never_gets_through(policy: Policy, seed: int) -> None:
    """What isn't shown to somebody as theirs to ask for is denied, whatever they say and whatever it is about."""
    for case, moment in chance.situations(seed):
        if not might(policy, case.operation, case.effect, case.person, moment):
            assert isinstance(judge(policy, case, moment), Deny)


def test_without_a_policy_nobody_might() -> None:
    """Default deny holds for what is shown as well."""
    (case, moment), *_ = chance.situations(1)
    assert not might(None, case.operation, case.effect, case.person, moment)
