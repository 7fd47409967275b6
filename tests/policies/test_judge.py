"""Who may ask for what: default deny, deny wins, everything that is asked for is needed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.case import Asking, Case, Moment, Radius
from policies.judge import judge
from policies.rules import Policy
from policies.source import parse_policy
from policies.verdicts import Allow, Ask, Deny, Verdict
from policies.words import Effect, Person

SEED = (Path(__file__).parents[2] / "deploy" / "policy.seed.toml").read_text(encoding="utf-8")
TEAM = """
[roles]
viewer = ["T1:VERA"]
operator = ["T1:OTTO", "T1:OLGA"]
lead = ["T1:LEA", "T1:LEO"]
"""
WITH_PEOPLE = SEED.replace("[roles]\nviewer = []\noperator = []\nlead = []\n", TEAM)
NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)  # a Wednesday
MOMENT = Moment(now=NOW)
SATURDAYS = """
[[windows]]
name = "saturdays"
starts = 2026-01-03T22:00:00
ends = 2026-01-04T04:00:00
zone = "Europe/Oslo"
repeat = "FREQ=WEEKLY;BYDAY=SA"
"""
EVERYTHING = 'who = ["*"]\nverdict = "allow"\n'


def person(member: str, workspace: str = "T1") -> Person:
    return Person(workspace=workspace, member=member)


def asked(
    policy: Policy | None,
    operation: str,
    effect: Effect,
    who: str,
    *,
    moment: Moment = MOMENT,
    targets: tuple[str, ...] = (),
    tags: tuple[str, ...] = (),
    radius: Radius | None = None,
    **asking: Any,
) -> Verdict:
    case = Case(
        operation=operation,
        effect=effect,
        person=person(who),
        targets=frozenset(targets),
        tags=frozenset(tags),
        radius=Radius() if effect is Effect.READS else radius,
        asking=Asking(**asking),
    )
    return judge(policy, case, moment)


def rule(name: str, *lines: str) -> str:
    return "\n".join(("[[rules]]", f'name = "{name}"', *lines, ""))


def test_without_a_policy_everything_is_denied() -> None:
    """No policy loaded: nothing may be asked for, reads neither."""
    verdict = asked(None, "lpm.validate", Effect.READS, "LEA")
    assert isinstance(verdict, Deny)
    assert "No policy" in verdict.because


@given(st.sampled_from(["lpm.validate", "lpm.migrate", "vios.shutdown"]), st.sampled_from(list(Effect)), st.text())
def test_the_shipped_seed_lets_nobody_do_anything_until_people_are_named(
    operation: str, effect: Effect, member: str
) -> None:
    """The seed policy as shipped denies whoever asks."""
    assert isinstance(asked(parse_policy(SEED), operation, effect, member), Deny)


def test_the_seed_is_safe_on_the_first_day() -> None:
    """Members read, a change takes one other, what disrupts or destroys two with a lead, an outsider gets nothing."""
    policy = parse_policy(WITH_PEOPLE)
    assert isinstance(asked(policy, "lpm.validate", Effect.READS, "VERA"), Allow)
    assert isinstance(asked(policy, "lpm.migrate", Effect.CHANGES, "VERA"), Deny)
    change = asked(policy, "lpm.migrate", Effect.CHANGES, "OTTO")
    assert isinstance(change, Ask)
    assert change.said == "1 from operator or lead"
    assert isinstance(asked(policy, "lpm.stop", Effect.CHANGES, "OTTO"), Allow)
    assert isinstance(asked(policy, "lpm.validate", Effect.READS, "EVE"), Deny)
    disrupts = asked(policy, "disk.wipe", Effect.DISRUPTS, "OTTO")
    assert isinstance(disrupts, Ask)
    assert disrupts.said == "2 from operator or lead, of which 1 from lead"
    refused = asked(policy, "disk.wipe", Effect.DESTROYS, "OTTO")
    assert isinstance(refused, Deny)
    assert refused.code == "reason-needed"
    assert isinstance(asked(policy, "disk.wipe", Effect.DESTROYS, "OTTO", reason="it is empty"), Ask)


def test_a_quorum_that_nobody_can_meet_is_refused_with_the_arithmetic() -> None:
    """Two leads needed, two there, and one of them asks: refused at once, and the numbers are shown."""
    two = rule("two", 'who = ["lead"]', 'verdict = "ask"', "approvals = 2", 'approvers = ["lead"]')
    verdict = asked(parse_policy(TEAM + two), "x.y", Effect.CHANGES, "LEA", radius=Radius())
    assert isinstance(verdict, Deny)
    assert verdict.code == "quorum-impossible"
    assert verdict.because == (
        "2 from lead are needed; lead has 2 people now (T1:LEA, T1:LEO); less T1:LEA, who asks, that is 1."
    )
    assert isinstance(asked(parse_policy(TEAM + two), "x.y", Effect.CHANGES, "OTTO"), Deny)


def test_deny_wins_over_every_rule_that_allows() -> None:
    """One denying rule is enough, wherever it stands, and breaking the glass doesn't help."""
    glass = '[break_glass]\nwho = ["lead"]\nreviewers = ["lead"]\n'
    frozen = rule("frozen", 'operations = ["lpm.*"]', 'who = ["lead"]', 'verdict = "deny"')
    policy = parse_policy(WITH_PEOPLE + frozen + glass)
    for effect, glass_broken in ((Effect.READS, False), (Effect.CHANGES, True)):
        verdict = asked(policy, "lpm.validate", effect, "LEA", breakglass=glass_broken, reason="now")
        assert isinstance(verdict, Deny)
        assert verdict.rules == ("frozen",)


def test_what_several_rules_ask_for_is_all_needed() -> None:
    """Approvals add up to the strictest: each demand stands but for those that another implies, in the least time."""
    asks = 'who = ["operator"]\nverdict = "ask"\n'
    source = TEAM + "".join(
        (
            rule("a", asks, "approvals = 1", 'approvers = ["lead", "operator"]', "minutes_to_approve = 10"),
            rule("b", asks, "approvals = 1", 'approvers = ["lead"]'),
            rule("c", asks, "approvals = 1", 'approvers = ["viewer"]'),
        )
    )
    verdict = asked(parse_policy(source), "x.y", Effect.CHANGES, "OTTO", radius=Radius())
    assert isinstance(verdict, Ask)
    assert (verdict.said, verdict.minutes_to_approve) == ("1 from lead; 1 from viewer", 10)
    assert verdict.rules == ("a", "b", "c")


@pytest.mark.parametrize(
    ("targets", "tags", "allowed"),
    [(("db01", "p72"), (), True), (("web01",), ("env:prod",), True), (("web01",), ("env:test",), False)],
)
def test_a_rule_is_for_its_targets(targets: tuple[str, ...], tags: tuple[str, ...], allowed: bool) -> None:
    """By name, by pattern, or by a tag from the inventory; others it leaves denied."""
    policy = parse_policy(TEAM + rule("some", 'targets = ["db*", "env:prod"]', EVERYTHING))
    verdict = asked(policy, "x.y", Effect.CHANGES, "OTTO", targets=targets, tags=tags)
    assert isinstance(verdict, Allow) == allowed


def test_the_blast_radius_counts_once_it_is_known() -> None:
    """Before the plan such a rule denies nothing and provisionally allows; with it, it decides."""
    source = TEAM + rule("small", EVERYTHING)
    source += rule("large", "affects_at_least = 10", 'who = ["*"]', 'verdict = "deny"')
    source += rule("bare", "loses_redundancy = true", EVERYTHING, "reason = true")
    policy = parse_policy(source)
    for radius, kind, code in (
        (None, Allow, ""),
        (Radius(partitions=9), Allow, ""),
        (Radius(partitions=10), Deny, "not-allowed"),
        (Radius(partitions=1, loses_redundancy=True), Deny, "reason-needed"),
    ):
        verdict = asked(policy, "x.y", Effect.DISRUPTS, "OTTO", radius=radius)
        assert isinstance(verdict, kind)
        assert getattr(verdict, "code", "") == code


def test_a_ticket_has_the_form_that_is_asked_for() -> None:
    """Without one, with a wrong one, or with more than it: refused, and the form is named."""
    policy = parse_policy(TEAM + rule("change", EVERYTHING, 'ticket = "CHG[0-9]{4}"'))
    for ticket, right in (("", False), ("CHG123", False), ("xCHG1234", False), ("CHG1234\n", False), ("CHG1234", True)):
        verdict = asked(policy, "x.y", Effect.CHANGES, "OTTO", ticket=ticket)
        assert isinstance(verdict, Allow) == right
        assert right or "CHG[0-9]{4}" in getattr(verdict, "because", "")


# ── when ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_outside_its_window_it_is_refused_or_scheduled() -> None:
    """On a Wednesday the next Saturday is named; with when=window it starts then; in the window it runs at once."""
    policy = parse_policy(TEAM + SATURDAYS + rule("change", EVERYTHING, 'windows = ["saturdays"]'))
    refused = asked(policy, "x.y", Effect.CHANGES, "OTTO")
    assert isinstance(refused, Deny)
    assert refused.code == "outside-window"
    assert "2026-03-07 21:00 UTC" in refused.because
    opens = datetime(2026, 3, 7, 21, 0, tzinfo=UTC)
    scheduled = asked(policy, "x.y", Effect.CHANGES, "OTTO", when="window")
    assert isinstance(scheduled, Allow)
    assert scheduled.starts == opens
    at_once = asked(policy, "x.y", Effect.CHANGES, "OTTO", moment=Moment(now=opens + timedelta(hours=1)))
    assert isinstance(at_once, Allow)
    assert at_once.starts is None


def test_a_freeze_stops_changes_and_not_reads() -> None:
    """While it lasts nothing that it covers may run, whatever allows it; what was asked for a window comes after it."""
    freeze = '[[freezes]]\nname = "year end"\nstarts = 2026-03-01T00:00:00\nends = 2026-03-10T00:00:00\n'
    policy = parse_policy(TEAM + SATURDAYS + freeze + rule("all", EVERYTHING, 'windows = ["saturdays"]'))
    refused = asked(policy, "x.y", Effect.CHANGES, "OTTO")
    assert isinstance(refused, Deny)
    assert (refused.code, refused.said) == ("in-freeze", "x.y is frozen: year end.")
    scheduled = asked(policy, "x.y", Effect.CHANGES, "OTTO", when="window")
    assert getattr(scheduled, "starts", None) == datetime(2026, 3, 14, 21, 0, tzinfo=UTC)
    everyday = parse_policy(TEAM + freeze + rule("all", EVERYTHING))
    assert isinstance(asked(everyday, "x.y", Effect.READS, "OTTO"), Allow)
    assert isinstance(asked(everyday, "x.y", Effect.CHANGES, "OTTO"), Deny)


# ── people ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_user_group_holds_a_role_as_slack_tells() -> None:
    """Its people hold the role while they are in it; a group that nobody could read has nobody."""
    policy = parse_policy('[roles]\nteam = ["T1:S0GROUP"]\n' + rule("all", EVERYTHING))
    read = Moment(now=NOW, groups={"T1:S0GROUP": frozenset({person("GUS")})})
    assert isinstance(asked(policy, "x.y", Effect.CHANGES, "GUS", moment=read), Allow)
    assert isinstance(asked(policy, "x.y", Effect.CHANGES, "EVE", moment=read), Deny)
    assert isinstance(asked(policy, "x.y", Effect.CHANGES, "GUS"), Deny)


def test_who_is_absent_holds_no_role_and_a_delegate_holds_theirs() -> None:
    """While it lasts; before and after it everything is as ever."""
    away = '[[absences]]\nperson = "T1:LEA"\nfrom = 2026-03-01\nuntil = 2026-03-09\ndelegate = "T1:OTTO"\n'
    policy = parse_policy(TEAM + away.replace("2026-03-01", "2026-03-01T00:00:00Z").replace("-09", "-09T00:00:00Z"))
    later = Moment(now=NOW + timedelta(days=10))
    assert policy.holders("lead", MOMENT) == {person("LEO"), person("OTTO")}
    assert policy.roles_of(person("OTTO"), MOMENT) == {"operator", "lead"}
    assert policy.roles_of(person("LEA"), MOMENT) == set()
    assert policy.holders("lead", later) == {person("LEA"), person("LEO")}


# ── breaking the glass ────────────────────────────────────────────────────────────────────────────────────────────

GLASS = WITH_PEOPLE + '[break_glass]\nwho = ["operator"]\noperations = ["lpm.*"]\nreviewers = ["lead"]\n'


@pytest.mark.parametrize(
    ("who", "operation", "reason", "code"),
    [
        ("OTTO", "lpm.migrate", "", "reason-needed"),
        ("LEA", "lpm.migrate", "fire", "glass-not-yours"),
        ("OTTO", "disk.wipe", "fire", "glass-not-yours"),
    ],
)
def test_the_glass_is_for_its_roles_and_operations_with_a_reason(
    who: str, operation: str, reason: str, code: str
) -> None:
    """Anybody else, anything else, or without a reason: refused."""
    verdict = asked(parse_policy(GLASS), operation, Effect.DISRUPTS, who, breakglass=True, reason=reason)
    assert isinstance(verdict, Deny)
    assert verdict.code == code


def test_broken_glass_goes_past_approvals_and_freezes_and_names_the_skipped() -> None:
    """It runs at once; everybody who would have been asked, and every reviewer, is named to be told."""
    freeze = '[[freezes]]\nname = "f"\nstarts = 2026-03-01T00:00:00\nends = 2026-03-10T00:00:00\n'
    policy = parse_policy(GLASS + freeze)
    verdict = asked(policy, "lpm.migrate", Effect.CHANGES, "OTTO", breakglass=True, reason="fire")
    assert isinstance(verdict, Allow)
    assert verdict.glass
    assert [each.member for each in verdict.skipped] == ["LEA", "LEO", "OLGA"]


@pytest.mark.parametrize("reviewers", ['["T1:LEA"]', '["T1:LEA", "T2:LEA"]', '["terminal:root"]', "[]"])
def test_nobody_breaks_the_glass_unwatched(reviewers: str) -> None:
    """Where nobody else could review it, by whichever workspace they come, it stays whole."""
    source = TEAM + f"few = {reviewers}\n" + '[break_glass]\nwho = ["lead"]\nreviewers = ["few"]\n'
    for who, code in (("LEA", "glass-not-yours"), ("LEO", "glass-not-yours" if "T1:LEA" not in reviewers else "")):
        verdict = asked(parse_policy(source), "x.y", Effect.CHANGES, who, breakglass=True, reason="fire")
        assert getattr(verdict, "code", "") == code
