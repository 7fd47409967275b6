"""What would happen if somebody asked, and why: the judge's verdict, and how every rule looked at the case."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from policies.case import Case, Moment
from policies.demands import able
from policies.judge import Considered, consider, judge, windows_of
from policies.rules import Fit, Policy
from policies.telling import absence_told, rule_told
from policies.verdicts import Allow, Ask, Deny, Verdict
from policies.windows import Window
from policies.words import Effect, Person


def explained(policy: Policy | None, case: Case, moment: Moment) -> list[str]:
    """The verdict in words, then what led to it: rules in their order, windows, freezes, absences."""
    verdict = judge(policy, case, moment)
    if policy is None:
        return [_said(verdict, case)]
    considered = consider(policy, case, moment)
    return [
        _said(verdict, case),
        *_more(policy, verdict, case, moment),
        *_open(considered),
        "",
        *_who(policy, case, moment),
        f"Rules of policy version {policy.version}, in its order:",
        *(_rule(number, each) for number, each in enumerate(considered, 1)),
        *_windows(policy, considered, moment),
        *_freezes(policy, case, moment),
        *_absences(policy, moment),
    ]


# ── the verdict ───────────────────────────────────────────────────────────────────────────────────────────────────


def _said(verdict: Verdict, case: Case) -> str:
    if isinstance(verdict, Deny):
        return f"It would be refused: {verdict.said}"
    starts = f" at {verdict.starts:%Y-%m-%d %H:%M} UTC, when a window opens" if verdict.starts is not None else ""
    if isinstance(verdict, Ask):
        return f"It would wait for approval: {verdict.said}. Then it would run{starts or ' at once'}."
    if verdict.glass:
        return "The glass would be broken: it would run at once, without approvals, and a review would be open."
    if not verdict.rules:
        return "It would be planned, and judged again by what the plan shows: no other rule lets it through."
    if case.effect is Effect.READS:
        return f"It would be answered{starts or ' at once'}: it only reads."
    return f"It would run{starts or ' at once'}, without approvals."


def _more(policy: Policy, verdict: Verdict, case: Case, moment: Moment) -> Iterator[str]:
    if isinstance(verdict, Deny):
        yield verdict.because
        yield f"→ {verdict.next_step}"
    elif isinstance(verdict, Ask):
        yield f"Time to approve: {verdict.minutes_to_approve} minutes; then to run: {verdict.minutes_to_run} minutes."
        people = able(verdict.demands, case.person, policy.holding(moment))
        yield f"Could approve right now: {_people(people)}"
    elif verdict.glass:
        yield f"Skipped and told: {_people(verdict.skipped)}"
    if isinstance(verdict, Allow | Ask) and verdict.rules:
        yield f"By the rules: {', '.join(verdict.rules)}"


def _open(considered: Sequence[Considered]) -> Iterator[str]:
    names = [f"'{each.rule.name}'" for each in considered if each.fit is Fit.OPEN]
    if names:
        yield f"Once the plan is known it is judged again: {', '.join(names)} look at what it affects."


def _people(people: Sequence[Person] | frozenset[Person]) -> str:
    return ", ".join(sorted(map(str, people))) or "nobody"


# ── what led to it ────────────────────────────────────────────────────────────────────────────────────────────────


def _who(policy: Policy, case: Case, moment: Moment) -> Iterator[str]:
    held = ", ".join(sorted(policy.roles_of(case.person, moment)))
    yield f"Asked by {case.person}, whose roles now are: {held or 'none'}"
    about = [*sorted(case.targets), *sorted(case.tags)]
    yield f"Effect: {case.effect.word}; about: {', '.join(about) or 'nothing but hscbot itself'}"


def _rule(number: int, each: Considered) -> str:
    why = f": it {each.why}" if each.why else ""
    return f"  {number}. {each.fit.value}{why}. {rule_told(each.rule)}"


def _windows(policy: Policy, considered: Sequence[Considered], moment: Moment) -> Iterator[str]:
    matched = [each.rule.name for each in considered if each.fit is not Fit.NO]
    found = windows_of(policy, matched)
    if found:
        yield "Windows of these rules:"
    for window in found:
        yield f"  {window.said}: {_stands(window, moment)}"


def _freezes(policy: Policy, case: Case, moment: Moment) -> Iterator[str]:
    found = [freeze for freeze in policy.freezes if freeze.covers(case)]
    if found:
        yield "Freezes that cover it:"
    for freeze in found:
        yield f"  {freeze.said}: {_stands(freeze, moment)}"


def _stands(window: Window, moment: Moment) -> str:
    closes, opens = window.closes_at(moment.now), window.opens_after(moment.now)
    if closes is not None:
        return f"on now, until {closes:%Y-%m-%d %H:%M} UTC"
    return f"next on {opens:%Y-%m-%d %H:%M} UTC" if opens is not None else "never again"


def _absences(policy: Policy, moment: Moment) -> Iterator[str]:
    found = [each for each in policy.absences if each.is_on(moment.now)]
    if found:
        yield "Away now:"
    yield from (f"  {absence_told(each)}" for each in found)
