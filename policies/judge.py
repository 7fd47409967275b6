"""From a policy, a case and a moment to a verdict; and how every rule looked at it. Default deny."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from policies.case import Case, Moment
from policies.demands import able, shortfall, strictest
from policies.patterns import fits as has_form
from policies.rules import Fit, Freeze, Policy, Rule
from policies.verdicts import (
    Allow,
    Ask,
    Deny,
    GlassNotYours,
    InFreeze,
    NeverOpen,
    NotAllowed,
    OutsideWindow,
    QuorumImpossible,
    ReasonNeeded,
    TicketNeeded,
    Verdict,
)
from policies.windows import Window, next_open
from policies.words import Effect, Frozen, Person

WITHIN_DAYS = 400  # how far ahead a window is looked for


class Considered(Frozen):
    """How one rule looked at a case."""

    rule: Rule
    fit: Fit
    why: str  # it doesn't match, or what that depends on


def consider(policy: Policy, case: Case, moment: Moment) -> tuple[Considered, ...]:
    """Every rule, in the policy's order."""
    roles = policy.roles_of(case.person, moment)
    found = []
    for rule in policy.rules:
        fit, why = rule.fit(case, roles)
        found.append(Considered(rule=rule, fit=fit, why=why))
    return tuple(found)


def judge(policy: Policy | None, case: Case, moment: Moment) -> Verdict:
    """Deny wins; what no rule allows is denied; of several that ask, every demand holds.

    Before the plan is known, rules that look at it are open: they deny nothing yet, and what they alone would allow is
    provisionally allowed. Judge again once it is.
    """
    if policy is None:
        reason = "No policy is loaded yet, and without one everything is denied."
        return Deny.of(NotAllowed(operation=case.operation, reason=reason))
    roles = policy.roles_of(case.person, moment)
    # As `consider` does it, less the words, and less the rules that are for others.
    fits = [(rule, rule.fit(case, roles)[0]) for rule in policy.rules if rule.is_for(roles)]
    matched = [rule for rule, fit in fits if fit is Fit.YES]
    denying = tuple(rule.name for rule in matched if rule.verdict == "deny")
    if denying:
        reason = f"The rule '{denying[0]}' of policy version {policy.version} denies it."
        return Deny.of(NotAllowed(operation=case.operation, reason=reason), denying)
    letting = [rule for rule in matched if rule.verdict != "deny"]
    maybe = [rule for rule, fit in fits if fit is Fit.OPEN and rule.verdict != "deny"]
    if case.asking.breakglass:
        return _glass(policy, case, moment, [*letting, *maybe])
    if not letting and not maybe:
        held = ", ".join(sorted(roles)) or "none"
        reason = (
            f"No rule of policy version {policy.version} allows it for your roles ({held}).{policy.unknown(moment)}"
        )
        return Deny.of(NotAllowed(operation=case.operation, reason=reason))
    return _let_through(policy, case, moment, letting)


def might(policy: Policy | None, operation: str, effect: Effect, person: Person, moment: Moment) -> bool:
    """Whether this person may ask for it at all: for some target, at some time, with approvals, or by the glass."""
    if policy is None:
        return False
    roles = policy.roles_of(person, moment)
    spoken = [rule for rule in policy.rules if rule.is_for(roles) and rule.misses_kind(operation, effect) is None]
    if any(rule.denies_any for rule in spoken):
        return False
    glass = policy.break_glass
    by_glass = glass is not None and not roles.isdisjoint(glass.who) and glass.misses_kind(operation, effect) is None
    return by_glass or any(rule.verdict != "deny" for rule in spoken)


def _let_through(policy: Policy, case: Case, moment: Moment, rules: Sequence[Rule]) -> Verdict:
    names = tuple(rule.name for rule in rules)
    if (refused := _unsaid(case, rules)) is not None:
        return Deny.of(refused, names)
    starts = _start(policy, case, moment, rules)
    if isinstance(starts, Deny):
        return starts
    to_run = min((rule.minutes_to_run for rule in rules), default=60)
    demands = strictest(rule.demand for rule in rules if rule.demand is not None)
    if not demands:
        return Allow(rules=names, minutes_to_run=to_run, starts=starts)
    if (arithmetic := shortfall(demands, case.person, policy.holding(moment))) is not None:
        told = f"{arithmetic}.{policy.unknown(moment)}"
        return Deny.of(QuorumImpossible(operation=case.operation, arithmetic=told), names)
    to_approve = min(rule.minutes_to_approve for rule in rules if rule.verdict == "ask")
    return Ask(rules=names, demands=demands, minutes_to_approve=to_approve, minutes_to_run=to_run, starts=starts)


def _unsaid(case: Case, rules: Sequence[Rule]) -> ReasonNeeded | TicketNeeded | None:
    """A reason or a ticket that is asked for and wasn't given."""
    asking = case.asking
    for rule in rules:
        if rule.reason and not asking.reason.strip():
            return ReasonNeeded(operation=case.operation, who=f"The rule '{rule.name}'")
        if rule.ticket and not has_form(rule.ticket, asking.ticket):
            given = f", and '{asking.ticket}' is none" if asking.ticket else ""
            return TicketNeeded(operation=case.operation, given=given, rule=rule.name, pattern=rule.ticket)
    return None


# ── when ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _start(policy: Policy, case: Case, moment: Moment, rules: Sequence[Rule]) -> datetime | Deny | None:
    """None: it may run now. A time: it was asked for the next window, and this is its start."""
    wanted = [[policy.window(name) for name in rule.windows] for rule in rules if rule.windows]
    freezes = [freeze for freeze in policy.freezes if freeze.covers(case)]
    shut = next((rule for rule in rules if rule.windows and not _open(policy, rule, moment)), None)
    frozen = next((freeze for freeze in freezes if freeze.open_at(moment.now)), None)
    if shut is None and frozen is None:
        return None
    opens = next_open(wanted, freezes, moment.now, within_days=WITHIN_DAYS)
    if opens is None:
        names = ", ".join(window.name for windows in wanted for window in windows) or "the policy"
        return Deny.of(NeverOpen(operation=case.operation, days=WITHIN_DAYS, windows=names))
    if case.asking.when == "window":
        return opens
    return _not_now(case, moment, opens, shut, frozen)


def _open(policy: Policy, rule: Rule, moment: Moment) -> bool:
    return any(policy.window(name).open_at(moment.now) for name in rule.windows)


def _not_now(case: Case, moment: Moment, opens: datetime, shut: Rule | None, frozen: Freeze | None) -> Deny:
    following = f"{opens:%Y-%m-%d %H:%M} UTC"
    if frozen is not None:
        until = frozen.closes_at(moment.now)
        told = f"{until:%Y-%m-%d %H:%M} UTC" if until is not None else "it ends"
        return Deny.of(InFreeze(operation=case.operation, freeze=frozen.name, until=told, next=following))
    rule = shut
    assert rule is not None, "there is a reason why it may not run now"
    windows = " or ".join(rule.windows)
    return Deny.of(
        OutsideWindow(operation=case.operation, rule=rule.name, windows=windows, next=following), (rule.name,)
    )


# ── breaking the glass ────────────────────────────────────────────────────────────────────────────────────────────


def _glass(policy: Policy, case: Case, moment: Moment, rules: Sequence[Rule]) -> Verdict:
    """At once, past approvals, windows, freezes and the interlock; never past a rule that denies."""
    glass = policy.break_glass
    reason = _why_not(policy, case, moment)
    if glass is None or reason is not None:
        return Deny.of(GlassNotYours(operation=case.operation, reason=reason or ""))
    if not case.asking.reason.strip():
        return Deny.of(ReasonNeeded(operation=case.operation, who="Breaking the glass"))
    holders = policy.holding(moment)
    skipped = able(strictest(rule.demand for rule in rules if rule.demand is not None), case.person, holders)
    skipped |= policy.people_in(glass.reviewers, moment)
    others = sorted((each for each in skipped if each.member != case.person.member), key=str)
    return Allow(rules=("break_glass",), minutes_to_run=glass.minutes_to_run, glass=True, skipped=tuple(others))


def _why_not(policy: Policy, case: Case, moment: Moment) -> str | None:
    glass = policy.break_glass
    if glass is None:
        return f"Policy version {policy.version} has no [break_glass]."
    if case.effect is Effect.READS:
        return "It only reads: there is no glass in its way."
    if (missed := glass.misses(case)) is not None:
        return f"[break_glass] {missed}."
    if policy.roles_of(case.person, moment).isdisjoint(glass.who):
        return f"It takes one of the roles {', '.join(glass.who)}."
    reviewers = policy.people_in(glass.reviewers, moment)
    if not any(person.is_in_slack and person.member != case.person.member for person in reviewers):
        return f"Nobody else holds {' or '.join(glass.reviewers)}, so nobody could review it."
    return None


def windows_of(policy: Policy, rules: Sequence[str]) -> tuple[Window, ...]:
    """The windows that these rules keep to, for who wants to see them."""
    names = dict.fromkeys(name for rule in policy.rules if rule.name in rules for name in rule.windows)
    return tuple(policy.window(name) for name in names)
