"""What is wrong with a policy that is well written: names that don't exist, rules that never match or change nothing,
quorums that can't be met. Each with its line and how to mend it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from fnmatch import fnmatchcase

from policies.case import Moment
from policies.demands import shortfall
from policies.rules import EVERYBODY, Policy, Rule, Scope
from policies.source import Fault, Lines, broken, parse_policy
from policies.words import Effect, Group

LOADING = "policy.load"


@dataclass(frozen=True, kw_only=True)
class Vocabulary:
    """What a policy can speak of. `tags` None: nobody knows them here, so they aren't looked at."""

    operations: Mapping[str, Effect]
    tags: frozenset[str] | None = field(default=None)


def read_policy(text: str, vocabulary: Vocabulary, moment: Moment, version: int = 0) -> Policy:
    """A policy that can be put in force, or PolicyBroken with every fault."""
    policy = parse_policy(text, version)
    if faults := list(faults_of(policy, text, vocabulary, moment)):
        raise broken(sorted(faults, key=lambda fault: fault.line or 0))
    return policy


def faults_of(policy: Policy, text: str, vocabulary: Vocabulary, moment: Moment) -> Iterator[Fault]:
    lines = Lines(text)
    unknown = [*_unknown(policy, lines, vocabulary)]
    yield from unknown
    if unknown:
        return  # what follows reckons with names that exist
    yield from _never(policy, lines, vocabulary, moment)
    yield from _nothing(policy, lines, vocabulary)
    yield from _quorums(policy, lines, moment)
    yield from _locked_out(policy, vocabulary)


# ── names ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _unknown(policy: Policy, lines: Lines, vocabulary: Vocabulary) -> Iterator[Fault]:
    windows = [window.name for window in policy.windows]
    for table, names in (
        ("rules", [rule.name for rule in policy.rules]),
        ("windows", windows),
        ("freezes", [freeze.name for freeze in policy.freezes]),
    ):
        for number, name in enumerate(names):
            if name in names[:number]:
                mend = "Give it a name of its own: refusals call it by its name."
                yield Fault(line=lines.of(table, number, "name"), what=f"'{name}' is named twice in {table}", mend=mend)
    for number, rule in enumerate(policy.rules):
        at = ("rules", number)
        yield from _scope(rule, at, lines, vocabulary)
        for key, roles in (("who", rule.who), ("approvers", rule.approvers), ("of_which", tuple(rule.of_which))):
            yield from _roles(policy, roles, (*at, key), lines, anybody=key == "who")
        for name in rule.windows:
            if name not in windows:
                yield _no_such(f"rule '{rule.name}'", "window", name, windows, lines.of(*at, "windows"))
    for number, freeze in enumerate(policy.freezes):
        yield from _scope(freeze, ("freezes", number), lines, vocabulary)
    if policy.break_glass is not None:
        yield from _scope(policy.break_glass, ("break_glass",), lines, vocabulary)
        for key, roles in (("who", policy.break_glass.who), ("reviewers", policy.break_glass.reviewers)):
            yield from _roles(policy, roles, ("break_glass", key), lines)


def _scope(scope: Scope, at: tuple[str | int, ...], lines: Lines, vocabulary: Vocabulary) -> Iterator[Fault]:
    named = f"{at[0]} '{name}'" if (name := getattr(scope, "name", "")) else f"[{at[0]}]"
    for pattern in scope.operations:
        if not any(fnmatchcase(name, pattern) for name in vocabulary.operations):
            yield _no_such(named, "operation", pattern, list(vocabulary.operations), lines.of(*at, "operations"))
    for tag in scope.targets:
        known = vocabulary.tags
        if ":" in tag and known is not None and not any(fnmatchcase(name, tag) for name in known):
            yield _no_such(named, "tag", tag, sorted(known), lines.of(*at, "targets"))


def _roles(
    policy: Policy, names: tuple[str, ...], at: tuple[str | int, ...], lines: Lines, *, anybody: bool = False
) -> Iterator[Fault]:
    for name in names:
        if name not in policy.roles and not (anybody and name == EVERYBODY):
            where = f"{at[0]} {at[1]}" if isinstance(at[1], int) else str(at[0])
            owner = f"rule '{policy.rules[at[1]].name}'" if isinstance(at[1], int) else f"[{where}]"
            yield _no_such(owner, "role", name, list(policy.roles), lines.of(*at), "; roles stand under [roles]")


def _no_such(owner: str, kind: str, name: str, known: list[str], line: int | None, more: str = "") -> Fault:
    close = get_close_matches(name, known, n=1)
    hint = f"Did you mean '{close[0]}'? " if close else ""
    there = ", ".join(known[:15]) + (" …" if len(known) > 15 else "") if known else "none"
    return Fault(
        line=line, what=f"{owner} names the {kind} '{name}', which there isn't", mend=f"{hint}There are: {there}{more}."
    )


# ── rules that never match ────────────────────────────────────────────────────────────────────────────────────────


def _never(policy: Policy, lines: Lines, vocabulary: Vocabulary, moment: Moment) -> Iterator[Fault]:
    for number, rule in enumerate(policy.rules):
        covered = [name for name, effect in vocabulary.operations.items() if _is_about(rule, name, effect)]
        if not covered and EVERYBODY not in rule.operations:
            effects = ", ".join(sorted({e.word for n, e in vocabulary.operations.items() if _named(rule, n)}))
            what = f"rule '{rule.name}' can never match: none of its operations is one that {' or '.join(rule.effects)}"
            mend = f"Its operations are of the effect {effects}: mend `effects` or `operations`."
            yield Fault(line=lines.of("rules", number, "effects"), what=what, mend=mend)
        elif covered and all(vocabulary.operations[name] is Effect.READS for name in covered) and _looks_at_plan(rule):
            what = f"rule '{rule.name}' can never match: what only reads affects no partition"
            mend = "Leave affects_at_least and loses_redundancy away, or name operations that change something."
            yield Fault(line=lines.of("rules", number), what=what, mend=mend)
        windows = [policy.window(name) for name in rule.windows]
        if windows and not any(w.open_at(moment.now) or w.opens_after(moment.now) is not None for w in windows):
            what = f"rule '{rule.name}' can never match: none of its windows opens again"
            mend = "Give a window that comes again (repeat=), or take the rule out."
            yield Fault(line=lines.of("rules", number, "windows"), what=what, mend=mend)


def _looks_at_plan(rule: Rule) -> bool:
    return rule.affects_at_least is not None or rule.loses_redundancy is True


def _named(scope: Scope, name: str) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in scope.operations)


def _is_about(scope: Scope, name: str, effect: Effect) -> bool:
    return _named(scope, name) and (not scope.effects or effect.word in scope.effects)


def _operations(scope: Scope, vocabulary: Vocabulary) -> frozenset[tuple[str, Effect]]:
    """The operations that a scope covers: those there are, and those that a later version may bring."""
    commands = {name.partition(".")[0] for name in vocabulary.operations}
    coming = [(f"{command}.…", effect) for command in (*commands, "…") for effect in Effect]
    return frozenset(each for each in (*vocabulary.operations.items(), *coming) if _is_about(scope, *each))


# ── rules that change nothing ─────────────────────────────────────────────────────────────────────────────────────


def _nothing(policy: Policy, lines: Lines, vocabulary: Vocabulary) -> Iterator[Fault]:
    """A rule all of whose cases another rule covers and judges at least as strictly. Of two alike, the later one."""
    for number, rule in enumerate(policy.rules):
        for position, other in enumerate(policy.rules):
            if position == number or not _covers(other, rule, policy, vocabulary) or not _as_strict(other, rule):
                continue
            if position > number and _covers(rule, other, policy, vocabulary) and _as_strict(rule, other):
                continue
            what = f"rule '{rule.name}' changes nothing: '{other.name}' covers all of it and is as strict or stricter"
            mend = "Take it out, or narrow one of the two (operations, effects, targets, who)."
            yield Fault(line=lines.of("rules", number), what=what, mend=mend)
            break


def _covers(wide: Rule, narrow: Rule, policy: Policy, vocabulary: Vocabulary) -> bool:
    who = set(policy.roles) if EVERYBODY in wide.who else set(wide.who)
    asked = set(policy.roles) if EVERYBODY in narrow.who else set(narrow.who)
    least, wanted = wide.affects_at_least, narrow.affects_at_least
    return (
        _operations(narrow, vocabulary) <= _operations(wide, vocabulary)
        and asked <= who
        and (not wide.targets or (bool(narrow.targets) and set(narrow.targets) <= set(wide.targets)))
        and (least is None or (wanted is not None and wanted >= least))
        and (wide.loses_redundancy is None or wide.loses_redundancy == narrow.loses_redundancy)
    )


def _as_strict(strict: Rule, other: Rule) -> bool:
    """Whether nothing that the other asks for is left away when only this one is there."""
    if strict.verdict == "deny":
        return True
    if other.verdict == "deny":
        return False
    wanted, given = other.demand, strict.demand
    return (
        (wanted is None or (given is not None and wanted.is_implied_by(given)))
        and (strict.reason or not other.reason)
        and other.ticket in ("", strict.ticket)
        and (not other.windows or (bool(strict.windows) and set(strict.windows) <= set(other.windows)))
        and strict.minutes_to_run <= other.minutes_to_run
        and (wanted is None or strict.minutes_to_approve <= other.minutes_to_approve)
    )


# ── quorums ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _quorums(policy: Policy, lines: Lines, moment: Moment) -> Iterator[Fault]:
    """For each person who may ask: can the others approve? Where a group's people aren't known, nobody can reckon."""
    holders = policy.holding(moment)
    for number, rule in enumerate(policy.rules):
        if rule.demand is None or not _known(policy, (*rule.approvers, *rule.of_which), moment):
            continue
        askers = policy.people_in(policy.roles if EVERYBODY in rule.who else rule.who, moment)
        short = ((each, shortfall([rule.demand], each, holders)) for each in sorted(askers, key=str))
        told = next(((person, why) for person, why in short if why is not None), None)
        if told is not None:
            person, why = told
            what = f"rule '{rule.name}' can't be met when {person} asks: {why}"
            mend = "Put more people into those roles, ask for fewer approvals, or let fewer people ask."
            yield Fault(line=lines.of("rules", number, "approvals"), what=what, mend=mend)
    yield from _reviews(policy, lines, moment)


def _reviews(policy: Policy, lines: Lines, moment: Moment) -> Iterator[Fault]:
    glass = policy.break_glass
    if glass is None or not _known(policy, glass.reviewers, moment):
        return
    reviewers = policy.people_in(glass.reviewers, moment)
    for person in sorted(policy.people_in(glass.who, moment), key=str):
        if not any(other.member != person.member for other in reviewers):
            left = len([each for each in reviewers if each.member != person.member])
            what = f"nobody could review when {person} breaks the glass: {len(reviewers)} reviewer(s), less them {left}"
            mend = "Put somebody else into the roles of `reviewers`."
            yield Fault(line=lines.of("break_glass", "reviewers"), what=what, mend=mend)
            return


def _known(policy: Policy, roles: tuple[str, ...], moment: Moment) -> bool:
    groups = [each for role in roles for each in policy.roles[role] if isinstance(each, Group)]
    return all(str(group) in moment.groups for group in groups)


def _locked_out(policy: Policy, vocabulary: Vocabulary) -> Iterator[Fault]:
    """A policy behind which no other could ever be loaded."""
    if LOADING not in vocabulary.operations or not any(policy.roles.values()):
        return  # nobody in any role: the shipped form, which denies everything, and may be replaced at the terminal
    if nobody_may_load(policy, vocabulary):
        what = f"nobody could ever load another policy: no rule lets anybody ask for {LOADING}"
        mend = f'Add a rule for operations = ["{LOADING}"], as in `deploy/policy.seed.toml`, with people in its roles.'
        yield Fault(line=None, what=what, mend=mend)


def nobody_may_load(policy: Policy, vocabulary: Vocabulary) -> bool:
    """Whether no rule lets anybody ask for another policy, whatever the moment: one of 0.1.0, or one without people."""
    effect = vocabulary.operations[LOADING]
    rules = [rule for rule in policy.rules if _is_about(rule, LOADING, effect) and rule.verdict != "deny"]
    asking = {role for rule in rules for role in (policy.roles if EVERYBODY in rule.who else rule.who)}
    return not any(policy.roles.get(role) for role in asking)
