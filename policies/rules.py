"""Rules and verdicts: who may ask for what, and how many others have to agree. Default deny."""

from __future__ import annotations

import tomllib
from fnmatch import fnmatchcase
from typing import Literal, TypeAlias

from pydantic import Field, ValidationError, field_validator, model_validator

from policies.problems import Problem
from policies.words import Effect, Frozen, Person


class PolicyBroken(Problem):
    code = "policy-broken"
    sentence = "This policy can't be loaded: {fault}"
    why = "A policy is taken whole or not at all; the one in force stays in force."
    remedy = "Mend that place in the file and load it again; `deploy/policy.seed.toml` shows the form."


class NotAllowed(Problem):
    code = "not-allowed"
    sentence = "You may not ask for {operation} here."
    why = "{reason}"
    remedy = "Ask one of your leads to do it, or to give you a role that may: `hscbot policy show` lists them."


class QuorumImpossible(Problem):
    code = "quorum-impossible"
    sentence = "{operation} needs {needed} approval(s), and only {able} of the others may give one."
    why = "Of the roles {roles}, {able} member(s) remain once you, who ask, are left out."
    remedy = "Have somebody else ask, or have a policy loaded with more approvers."


class Rule(Frozen):
    """One line of a policy. `operations` are names or patterns such as `lpm.*`; `who` names the roles it is for."""

    name: str = Field(min_length=1, max_length=80)
    operations: tuple[str, ...] = ("*",)
    effects: tuple[Literal["reads", "changes", "disrupts", "destroys"], ...] = ()  # none named: all
    who: tuple[str, ...]
    verdict: Literal["allow", "ask", "deny"]
    approvals: int = Field(default=0, ge=0, le=20)
    approvers: tuple[str, ...] = ()
    minutes_to_approve: int = Field(default=60, ge=1, le=7 * 24 * 60)
    minutes_to_run: int = Field(default=60, ge=1, le=7 * 24 * 60)

    @model_validator(mode="after")
    def _asks_somebody(self) -> Rule:
        if (self.verdict == "ask") != (self.approvals > 0):
            raise ValueError("verdict 'ask' goes with approvals of one or more, and only 'ask' does")
        if self.verdict == "ask" and not self.approvers:
            raise ValueError("a rule that asks for approvals names the roles that may give them")
        return self

    def covers(self, operation: str, effect: Effect, roles: frozenset[str]) -> bool:
        return (
            any(fnmatchcase(operation, pattern) for pattern in self.operations)
            and (not self.effects or effect.word in self.effects)
            and not roles.isdisjoint(self.who)
        )


class Policy(Frozen):
    """One version of the rules, with the people of each role."""

    version: int = 0
    roles: dict[str, tuple[Person, ...]]
    rules: tuple[Rule, ...]

    @field_validator("roles", mode="before")
    @classmethod
    def _people(cls, value: object) -> object:
        if not isinstance(value, dict):
            return value
        return {role: [_person(member) for member in members] for role, members in value.items()}

    @model_validator(mode="after")
    def _names_only_roles_that_exist(self) -> Policy:
        for rule in self.rules:
            for role in (*rule.who, *rule.approvers):
                if role not in self.roles:
                    raise ValueError(f"rule '{rule.name}' names the role '{role}', which is not under [roles]")
        return self

    def roles_of(self, person: Person) -> frozenset[str]:
        return frozenset(role for role, members in self.roles.items() if person in members)

    def people_in(self, roles: tuple[str, ...]) -> frozenset[Person]:
        return frozenset(person for role in roles for person in self.roles.get(role, ()))


class Allow(Frozen):
    rules: tuple[str, ...]
    minutes_to_run: int


class Ask(Frozen):
    rules: tuple[str, ...]
    approvals: int
    approvers: tuple[str, ...]  # a voter needs one of these roles
    minutes_to_approve: int
    minutes_to_run: int


class Deny(Frozen):
    rules: tuple[str, ...]
    code: str
    said: str
    because: str
    next_step: str

    @classmethod
    def of(cls, problem: Problem, rules: tuple[str, ...] = ()) -> Deny:
        return cls(
            rules=rules, code=problem.code, said=problem.said, because=problem.because, next_step=problem.next_step
        )


Verdict: TypeAlias = Allow | Ask | Deny


def judge(policy: Policy | None, operation: str, effect: Effect, person: Person) -> Verdict:
    """Deny wins; what no rule allows is denied; of several that ask, the strictest of each demand holds."""
    if policy is None:
        reason = "No policy is loaded yet, and without one everything is denied."
        return Deny.of(NotAllowed(operation=operation, reason=reason))
    roles = policy.roles_of(person)
    matched = [rule for rule in policy.rules if rule.covers(operation, effect, roles)]
    denying = tuple(rule.name for rule in matched if rule.verdict == "deny")
    if denying:
        reason = f"The rule '{denying[0]}' of policy version {policy.version} denies it."
        return Deny.of(NotAllowed(operation=operation, reason=reason), denying)
    if not matched:
        held = ", ".join(sorted(roles)) or "none"
        reason = f"No rule of policy version {policy.version} allows it for your roles ({held})."
        return Deny.of(NotAllowed(operation=operation, reason=reason))
    return _strictest(policy, operation, person, matched)


def _strictest(policy: Policy, operation: str, person: Person, matched: list[Rule]) -> Verdict:
    names = tuple(rule.name for rule in matched)
    asking = [rule for rule in matched if rule.verdict == "ask"]
    to_run = min(rule.minutes_to_run for rule in matched)
    if not asking:
        return Allow(rules=names, minutes_to_run=to_run)
    approvers = tuple(sorted(set.intersection(*(set(rule.approvers) for rule in asking))))
    needed = max(rule.approvals for rule in asking)
    able = len(policy.people_in(approvers) - {person})
    if able < needed:
        shown = ", ".join(approvers) or "none in common"
        return Deny.of(QuorumImpossible(operation=operation, needed=needed, able=able, roles=shown), names)
    to_approve = min(rule.minutes_to_approve for rule in asking)
    return Ask(rules=names, approvals=needed, approvers=approvers, minutes_to_approve=to_approve, minutes_to_run=to_run)


def parse_policy(text: str, version: int = 0) -> Policy:
    """A policy from its TOML, or PolicyBroken that names the first fault."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        raise PolicyBroken(fault=str(fault)) from fault
    if "version" in table:
        raise PolicyBroken(fault="'version' is given by hscbot, not by the file")
    try:
        return Policy(version=version, **{"roles": {}, "rules": (), **table})
    except ValidationError as fault:
        first = fault.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "file"
        raise PolicyBroken(fault=f"{where}: {first['msg']}") from fault


def _person(member: object) -> object:
    if not isinstance(member, str):
        return member
    workspace, _, name = member.partition(":")
    if not workspace or not name:
        raise ValueError(f"'{member}' is not WORKSPACE:MEMBER, such as T0123ABCD:U0456EFGH")
    return Person(workspace=workspace, member=name)
