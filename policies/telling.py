"""A policy in words, and what differs between two."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from pydantic import BaseModel

from policies.rules import EVERYBODY, Absence, BreakGlass, Freeze, Policy, Rule, Scope
from policies.windows import Window

Named = Rule | Window


def told(policy: Policy) -> list[str]:
    """All of it: roles, rules, windows, freezes, absences, break-glass."""
    roles = [f"  {role}: {_listed(policy.roles[role]) or 'nobody'}" for role in policy.roles]
    parts = [
        ("Roles", roles),
        ("Rules", [f"  {rule_told(rule)}" for rule in policy.rules]),
        ("Windows", [f"  {window.said}" for window in policy.windows]),
        ("Freezes", [f"  {freeze.said}; {scope_told(freeze)}" for freeze in policy.freezes]),
        ("Absences", [f"  {absence_told(absence)}" for absence in policy.absences]),
        ("Break-glass", [f"  {glass_told(policy.break_glass)}"] if policy.break_glass is not None else []),
    ]
    return [line for title, lines in parts if lines or title in ("Roles", "Rules") for line in (f"{title}:", *lines)]


def rule_told(rule: Rule) -> str:
    """`'changes': ask 1 from lead; lpm.migrate; for operator; 60 minutes to approve, 30 to run`"""
    verdict = f"ask {rule.demand.said}" if rule.demand is not None else rule.verdict
    who = ", ".join("anybody with a role" if each == EVERYBODY else each for each in rule.who)
    return "; ".join((f"'{rule.name}': {verdict}", scope_told(rule), f"for {who}", *_limits(rule)))


def _limits(rule: Rule) -> Iterator[str]:
    if rule.affects_at_least is not None:
        yield f"where {rule.affects_at_least} partitions or more are affected"
    if rule.loses_redundancy is not None:
        yield "where redundancy is lost" if rule.loses_redundancy else "where redundancy is kept"
    if rule.windows:
        yield f"in {' or '.join(rule.windows)} alone"
    if rule.reason:
        yield "with a reason"
    if rule.ticket:
        yield f"with a ticket {rule.ticket}"
    if rule.verdict == "ask":
        yield f"{rule.minutes_to_approve} minutes to approve, {rule.minutes_to_run} to run"


def scope_told(scope: Scope) -> str:
    """`lpm.*, what reads or changes, on env:prod`"""
    operations = "everything" if scope.operations == (EVERYBODY,) else ", ".join(scope.operations)
    effects = f", what {' or '.join(scope.effects)}" if scope.effects else ""
    targets = f", on {', '.join(scope.targets)}" if scope.targets else ""
    return operations + effects + targets


def absence_told(absence: Absence) -> str:
    stands_in = f"; {absence.delegate} stands in" if absence.delegate is not None else ""
    return f"{absence.person} from {absence.since:%Y-%m-%d %H:%M %Z} to {absence.until:%Y-%m-%d %H:%M %Z}{stands_in}"


def glass_told(glass: BreakGlass) -> str:
    who = f"by {', '.join(glass.who)}, reviewed by {', '.join(glass.reviewers)}"
    return f"{scope_told(glass)}; {who}; {glass.minutes_to_run} minutes to run"


# ── differences ───────────────────────────────────────────────────────────────────────────────────────────────────


def differences(old: Policy | None, new: Policy) -> list[str]:
    """What the new one changes, a line each; empty: it judges alike, whatever its text."""
    before = old if old is not None else Policy(roles={}, rules=())
    return [
        *_roles(before, new),
        *_named("rule", before.rules, new.rules),
        *_named("window", before.windows, new.windows),
        *_named("freeze", before.freezes, new.freezes),
        *(f"absence gone: {absence_told(each)}" for each in before.absences if each not in new.absences),
        *(f"absence new: {absence_told(each)}" for each in new.absences if each not in before.absences),
        *_glass(before.break_glass, new.break_glass),
    ]


def _roles(old: Policy, new: Policy) -> Iterator[str]:
    for role in dict.fromkeys((*old.roles, *new.roles)):
        before, after = old.roles.get(role), new.roles.get(role)
        if after is None:
            yield f"role {role} is gone"
        elif before is None:
            yield f"role {role} is new: {_listed(after) or 'nobody'}"
        else:
            if coming := [each for each in after if each not in before]:
                yield f"role {role}: in comes {_listed(coming)}"
            if going := [each for each in before if each not in after]:
                yield f"role {role}: out goes {_listed(going)}"


def _named(kind: str, old: Sequence[Named], new: Sequence[Named]) -> Iterator[str]:
    before, after = _by_name(old), _by_name(new)
    for name in dict.fromkeys((*before, *after)):
        if name not in after:
            yield f"{kind} '{name}' is gone"
        elif name not in before:
            yield f"{kind} new: {_item_told(after[name])}"
        elif changed := _fields(before[name], after[name]):
            yield f"{kind} '{name}' changed: {changed}"


def _by_name(items: Iterable[Named]) -> Mapping[str, Named]:
    return {item.name: item for item in items}


def _item_told(item: Named) -> str:
    if isinstance(item, Rule):
        return rule_told(item)
    return f"{item.said}; {scope_told(item)}" if isinstance(item, Freeze) else item.said


def _glass(old: BreakGlass | None, new: BreakGlass | None) -> Iterator[str]:
    if new is None and old is not None:
        yield "break-glass is gone"
    elif new is not None and old is None:
        yield f"break-glass new: {glass_told(new)}"
    elif new is not None and old is not None and (changed := _fields(old, new)):
        yield f"break-glass changed: {changed}"


def _fields(old: BaseModel, new: BaseModel) -> str:
    """`approvals 1 → 2; who operator → operator, lead`"""
    pairs = ((key, getattr(old, key), getattr(new, key)) for key in type(new).model_fields)
    return "; ".join(f"{key} {_value(a)} → {_value(b)}" for key, a, b in pairs if a != b)


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return _listed(value) or "none"
    if isinstance(value, dict):
        return ", ".join(f"{name}={each}" for name, each in value.items()) or "none"
    return "none" if value is None or value == "" else str(value)


def _listed(values: Iterable[object]) -> str:
    return ", ".join(map(str, values))
