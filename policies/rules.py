"""A policy as a value: roles and who holds them, rules, change windows and freezes, absences, break-glass."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from enum import StrEnum
from fnmatch import fnmatchcase
from functools import cache, cached_property, partial
from typing import Annotated, Literal, TypeAlias

from pydantic import BeforeValidator, ConfigDict, Field, field_validator, model_validator

from policies.case import Case, Moment, Radius
from policies.demands import Demand, Holders
from policies.patterns import NamePattern, fault_of
from policies.windows import Window
from policies.words import TERMINAL, Effect, Frozen, Group, Member, Person

EVERYBODY = "*"  # in `who`: anybody who holds any role
MOST_NAMES = 500  # in one list
EffectWord: TypeAlias = Literal["reads", "changes", "disrupts", "destroys"]
WORKSPACE, SLACK_ID = re.compile(r"[TE][A-Z0-9]{1,30}"), re.compile(r"[A-Z][A-Z0-9]{1,30}")
LOGIN, USER_GROUP = re.compile(r"[A-Za-z_][A-Za-z0-9._-]{0,63}"), re.compile(r"S[0-9][A-Z0-9]*")


def member_of(value: object) -> object:
    """A member as it is written: `T0123ABCD:U0456EFGH`, a user group's `T0123ABCD:S0789`, `terminal:LOGIN`."""
    if isinstance(value, Person | Group):
        return value
    if not isinstance(value, str):
        raise ValueError("a member is a text such as 'T0123ABCD:U0456EFGH'")
    workspace, _, name = value.partition(":")
    if workspace == TERMINAL and LOGIN.fullmatch(name):
        return Person(workspace=workspace, member=name)
    if not WORKSPACE.fullmatch(workspace) or not SLACK_ID.fullmatch(name):
        raise ValueError(
            f"'{value[:80]}' is not WORKSPACE:MEMBER by Slack's exact ids, such as T0123ABCD:U0456EFGH for a person, "
            "T0123ABCD:S0789IJKL for a user group, or terminal:LOGIN for who sits at this machine"
        )
    if USER_GROUP.fullmatch(name):
        return Group(workspace=workspace, group=name)
    return Person(workspace=workspace, member=name)


Written: TypeAlias = Annotated[Member, BeforeValidator(member_of)]


class Fit(StrEnum):
    YES = "matches"
    NO = "doesn't match"
    OPEN = "depends on the plan"


class Scope(Frozen):
    """What something is about. Nothing named: everything."""

    operations: tuple[NamePattern, ...] = Field(default=(EVERYBODY,), max_length=MOST_NAMES)  # or such as `lpm.*`
    effects: tuple[EffectWord, ...] = ()
    # Names or patterns of names, or tags such as `env:prod`.
    targets: tuple[NamePattern, ...] = Field(default=(), max_length=MOST_NAMES)

    def misses(self, case: Case) -> str | None:
        """Why a case is outside; None: it is within."""
        if (missed := self.misses_kind(case.operation, case.effect)) is not None:
            return missed
        if self.targets and not any(self._hits(name) for name in case.targets | case.tags):
            return f"is for the targets {', '.join(self.targets)}"
        return None

    def misses_kind(self, operation: str, effect: Effect) -> str | None:
        """The same, whatever the targets are."""
        if self.operations != (EVERYBODY,) and not any(fnmatchcase(operation, each) for each in self.operations):
            return f"is for {', '.join(self.operations)}"
        if self.effects and effect.word not in self.effects:
            return f"is for what {' or '.join(self.effects)}"
        return None

    def _hits(self, name: str) -> bool:
        return any(fnmatchcase(name, pattern) for pattern in self.targets)


class Rule(Scope):
    """One line of a policy."""

    name: str = Field(min_length=1, max_length=80)
    affects_at_least: int | None = Field(default=None, ge=1, le=100_000)  # partitions
    loses_redundancy: bool | None = None
    who: tuple[str, ...] = Field(min_length=1)
    verdict: Literal["allow", "ask", "deny"]
    windows: tuple[str, ...] = ()  # it may run in one of these alone
    approvals: int = Field(default=0, ge=0, le=20)
    approvers: tuple[str, ...] = ()
    of_which: dict[str, int] = Field(default_factory=dict)
    reason: bool = False  # needed
    ticket: str = Field(default="", max_length=200)  # the pattern that the whole ticket must match
    minutes_to_approve: int = Field(default=60, ge=1, le=7 * 24 * 60)
    minutes_to_run: int = Field(default=60, ge=1, le=7 * 24 * 60)

    @field_validator("ticket")
    @classmethod
    def _is_a_pattern(cls, value: str) -> str:
        if (fault := fault_of(value)) is not None:
            raise ValueError(f"it is no regular expression that I can take: {fault}")
        return value

    @model_validator(mode="after")
    def _asks_somebody(self) -> Rule:
        if (self.verdict == "ask") != (self.approvals > 0):
            raise ValueError("verdict 'ask' goes with approvals of one or more, and only 'ask' does")
        if self.verdict == "ask" and not self.approvers:
            raise ValueError("a rule that asks for approvals names the roles that may give them")
        if self.of_which and self.verdict != "ask":
            raise ValueError("of_which goes with verdict 'ask'")
        if any(not 1 <= number <= self.approvals for number in self.of_which.values()):
            raise ValueError("of_which asks of each role for one or more, and for no more than approvals")
        if self.verdict == "deny" and (self.reason or self.ticket or self.windows):
            raise ValueError("a rule that denies needs no reason, ticket or windows: it never lets anything through")
        return self

    @property
    def demand(self) -> Demand | None:
        if self.verdict != "ask":
            return None
        return Demand(needed=self.approvals, of=self.approvers, of_which=tuple(self.of_which.items()))

    @property
    def denies_any(self) -> bool:
        """It denies what it speaks of whatever the targets and the plan are."""
        looks = self.targets or self.affects_at_least is not None or self.loses_redundancy is not None
        return self.verdict == "deny" and not looks

    def is_for(self, roles: frozenset[str]) -> bool:
        """Whether it speaks of somebody who holds these."""
        return not roles.isdisjoint(self.who) or (EVERYBODY in self.who and bool(roles))

    def fit(self, case: Case, roles: frozenset[str]) -> tuple[Fit, str]:
        """Whether it speaks of this case, and why not or why that is open."""
        if (missed := self.misses(case)) is not None:
            return Fit.NO, missed
        if not self.is_for(roles):
            return Fit.NO, f"is for {', '.join(self.who)}"
        if self.affects_at_least is None and self.loses_redundancy is None:
            return Fit.YES, ""
        return self._fit_radius(case.radius)

    def _fit_radius(self, radius: Radius | None) -> tuple[Fit, str]:
        wanted = []
        if self.affects_at_least is not None:
            wanted.append(f"affects {self.affects_at_least} partitions or more")
        if self.loses_redundancy is not None:
            wanted.append("loses redundancy" if self.loses_redundancy else "keeps redundancy")
        told = f"is for what {' and '.join(wanted)}"
        if radius is None:
            return Fit.OPEN, told
        few = self.affects_at_least is not None and radius.partitions < self.affects_at_least
        other = self.loses_redundancy is not None and radius.loses_redundancy != self.loses_redundancy
        return (Fit.NO, told) if few or other else (Fit.YES, "")


class Freeze(Window, Scope):
    """A time in which what it covers doesn't run. Reads always may."""

    effects: tuple[EffectWord, ...] = ("changes", "disrupts", "destroys")

    def covers(self, case: Case) -> bool:
        return case.effect > Effect.READS and self.misses(case) is None


class Absence(Frozen):
    """While it lasts the person holds no role; a delegate holds theirs beside their own."""

    model_config = ConfigDict(populate_by_name=True)

    person: Person
    since: datetime = Field(alias="from")
    until: datetime
    delegate: Person | None = None

    @field_validator("person", "delegate", mode="before")
    @classmethod
    def _one_person(cls, value: object) -> object:
        member = member_of(value) if value is not None else None
        if isinstance(member, Group):
            raise ValueError("an absence is one person's, not a group's")
        return member

    @field_validator("since", "until")
    @classmethod
    def _utc(cls, value: datetime) -> datetime:
        return value if value.tzinfo else value.replace(tzinfo=UTC)

    @model_validator(mode="after")
    def _lasts(self) -> Absence:
        if self.since >= self.until:
            raise ValueError("'from' must be before 'until'")
        if self.person == self.delegate:
            raise ValueError("nobody is their own delegate")
        return self

    def is_on(self, now: datetime) -> bool:
        return self.since <= now < self.until


class BreakGlass(Scope):
    """Who may run what at once, with a reason, and who closes the review of it."""

    who: tuple[str, ...] = Field(min_length=1)
    reviewers: tuple[str, ...] = Field(min_length=1)
    minutes_to_run: int = Field(default=15, ge=1, le=24 * 60)


class Policy(Frozen):
    """One version of the rules, with the members of each role."""

    version: int = 0
    roles: dict[str, tuple[Written, ...]] = Field(max_length=200)
    rules: tuple[Rule, ...] = Field(max_length=1_000)
    windows: tuple[Window, ...] = Field(default=(), max_length=100)
    freezes: tuple[Freeze, ...] = Field(default=(), max_length=100)
    absences: tuple[Absence, ...] = Field(default=(), max_length=1_000)
    break_glass: BreakGlass | None = None

    @field_validator("roles")
    @classmethod
    def _is_no_mark(cls, value: dict[str, tuple[Member, ...]]) -> dict[str, tuple[Member, ...]]:
        if EVERYBODY in value:
            raise ValueError(f"'{EVERYBODY}' means everybody with a role, so no role can be called that")
        return value

    def holders(self, role: str, moment: Moment) -> frozenset[Person]:
        """Who holds the role now: its members and its groups' people, absences and delegates reckoned in."""
        return self.holding(moment)(role)

    def holding(self, moment: Moment) -> Holders:
        """Who holds each role at that moment; each role is reckoned once."""
        absences = tuple(each for each in self.absences if each.is_on(moment.now))
        return cache(partial(self._holders, moment=moment, absences=absences))

    def _holders(self, role: str, *, moment: Moment, absences: tuple[Absence, ...]) -> frozenset[Person]:
        named = self._people.get(role, frozenset())
        groups = [str(member) for member in self.roles.get(role, ()) if isinstance(member, Group)]
        if groups:
            named = named.union(*(moment.groups.get(group, frozenset()) for group in groups))
        if not absences:
            return named
        stand_ins = {each.delegate for each in absences if each.delegate is not None and each.person in named}
        return (named | stand_ins) - {each.person for each in absences}

    @cached_property
    def _people(self) -> dict[str, frozenset[Person]]:
        """Those that each role names."""
        return {
            role: frozenset(member for member in members if isinstance(member, Person))
            for role, members in self.roles.items()
        }

    def roles_of(self, person: Person, moment: Moment) -> frozenset[str]:
        holders = self.holding(moment)
        return frozenset(role for role in self.roles if person in holders(role))

    def people_in(self, roles: Iterable[str], moment: Moment) -> frozenset[Person]:
        holders = self.holding(moment)
        return frozenset[Person]().union(*(holders(role) for role in roles))

    @property
    def groups(self) -> frozenset[Group]:
        """The user groups whose people have to be known to judge by it."""
        return frozenset(member for members in self.roles.values() for member in members if isinstance(member, Group))

    def unknown(self, moment: Moment) -> str:
        """In words: which user groups have nobody because who is in them isn't known now; empty: all are known."""
        lacking = sorted(str(group) for group in self.groups if str(group) not in moment.groups)
        if not lacking:
            return ""
        return (
            f" Slack doesn't tell now who is in the user groups {', '.join(lacking)}: until it does, they hold nobody."
        )

    def window(self, name: str) -> Window:
        return next(window for window in self.windows if window.name == name)
