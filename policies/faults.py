"""What is wrong with a policy that is well written: names that don't exist, rules that never match or change nothing,
quorums that can't be met. Each with its line and how to mend it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from fnmatch import fnmatchcase
from itertools import islice
from typing import NamedTuple

from policies.case import Moment
from policies.quorums import LOADING, locked_out, short_of_people
from policies.rules import EVERYBODY, Policy, Rule, Scope
from policies.source import MOST, Fault, Lines, broken, parse_policy
from policies.words import Effect


@dataclass(frozen=True, kw_only=True)
class Vocabulary:
    """What a policy can speak of. `tags` None: nobody knows them here, so they aren't looked at."""

    operations: Mapping[str, Effect]
    tags: frozenset[str] | None = field(default=None)


def read_policy(text: str, vocabulary: Vocabulary, moment: Moment, version: int = 0) -> Policy:
    """A policy that can be put in force, or PolicyBroken with every fault."""
    policy = parse_policy(text, version)
    if faults := list(islice(faults_of(policy, text, vocabulary, moment), MOST)):
        raise broken(sorted(faults, key=lambda fault: fault.line or 0))
    return policy


def faults_of(policy: Policy, text: str, vocabulary: Vocabulary, moment: Moment) -> Iterator[Fault]:
    lines = Lines(text.removeprefix("\ufeff"))
    unknown = [*_unknown(policy, lines, vocabulary)]
    yield from unknown
    if unknown:
        return  # what follows reckons with names that exist
    yield from _never(policy, lines, vocabulary, moment)
    yield from _nothing(policy, lines, vocabulary)
    yield from short_of_people(policy, lines, moment)
    if LOADING in vocabulary.operations:
        yield from locked_out(policy, lines, vocabulary.operations[LOADING], moment)


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
    named = f"{str(at[0]).removesuffix('s')} '{name}'" if (name := getattr(scope, "name", "")) else f"[{at[0]}]"
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


# ── rules that change nothing ─────────────────────────────────────────────────────────────────────────────────────


class _Reach(NamedTuple):
    """What a rule is about. As bits, for each of a thousand rules is held against each: operations with their effects,
    those there are and those that a later version may bring; and roles."""

    rule: Rule
    operations: int
    roles: int
    targets: frozenset[str]

    def is_within(self, wide: _Reach) -> bool:
        if self.operations & ~wide.operations or self.roles & ~wide.roles:
            return False
        least, wanted = wide.rule.affects_at_least, self.rule.affects_at_least
        return (
            (not wide.targets or (bool(self.targets) and self.targets <= wide.targets))
            and (least is None or (wanted is not None and wanted >= least))
            and (wide.rule.loses_redundancy in (None, self.rule.loses_redundancy))
        )


def _reach(rule: Rule, policy: Policy, operations: Sequence[tuple[str, Effect]]) -> _Reach:
    covered = (_is_about(rule, *each) for each in operations)
    held = (EVERYBODY in rule.who or role in rule.who for role in policy.roles)
    return _Reach(rule, _bits(covered), _bits(held), frozenset(rule.targets))


def _bits(flags: Iterable[bool]) -> int:
    return sum(1 << number for number, flag in enumerate(flags) if flag)


def _nothing(policy: Policy, lines: Lines, vocabulary: Vocabulary) -> Iterator[Fault]:
    """A rule all of whose cases another rule covers and judges at least as strictly. Of two alike, the later one."""
    commands = {name.partition(".")[0] for name in vocabulary.operations}
    coming = [(f"{command}.…", effect) for command in (*commands, "…") for effect in Effect]
    operations = [*vocabulary.operations.items(), *coming]
    reaches = [_reach(rule, policy, operations) for rule in policy.rules]
    for number, narrow in enumerate(reaches):
        for position, wide in enumerate(reaches):
            if position == number or not narrow.is_within(wide) or not _as_strict(wide.rule, narrow.rule):
                continue
            if position > number and wide.is_within(narrow) and _as_strict(narrow.rule, wide.rule):
                continue
            named, other = narrow.rule.name, wide.rule.name
            what = f"rule '{named}' changes nothing: '{other}' covers all of it and is as strict or stricter"
            mend = "Take it out, or narrow one of the two (operations, effects, targets, who)."
            yield Fault(line=lines.of("rules", number), what=what, mend=mend)
            break


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


def nobody_may_load(policy: Policy, vocabulary: Vocabulary) -> bool:
    """Whether no rule lets anybody ask for another policy, whatever the moment: one of 0.1.0, or one without people."""
    effect = vocabulary.operations[LOADING]
    rules = [rule for rule in policy.rules if _is_about(rule, LOADING, effect) and rule.verdict != "deny"]
    asking = {role for rule in rules for role in (policy.roles if EVERYBODY in rule.who else rule.who)}
    return not any(policy.roles.get(role) for role in asking)
