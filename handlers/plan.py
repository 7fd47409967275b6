"""A plan: what would be done, what that takes along, and what it rests on; what an approval stands for."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from handlers.command import Command
from handlers.finding import Finding
from policies.case import Radius
from policies.words import Frozen


class Fact(Frozen):
    """Something that a guard or an approver relied on, as read from a machine."""

    name: str
    value: str


class Redundancy(Frozen):
    """How many of something carry it now, and how many while the operation lasts."""

    what: str  # such as `SEA ent4 of p72vio1 and p72vio2`
    before: int
    after: int


NOBODY = "none"


class Interlock(Frozen):
    """One of two is taken out: what a fresh read tells of the other."""

    takes_out: str
    partner: str  # NOBODY where there is no other
    healthy: bool
    seen: str  # what was read, in a line


class PlanShown(Frozen):
    """A plan as approvers see it and as it is kept. `commands`: the host, then its argv."""

    commands: tuple[tuple[str, ...], ...]
    moves: str  # one sentence: what moves or changes where
    affected: tuple[str, ...]  # partitions
    facts: tuple[Fact, ...]
    undo: str
    stop: str
    findings: tuple[Finding, ...] = ()
    redundancy: tuple[Redundancy, ...] = ()
    locks: tuple[str, ...] = ()
    interlocks: tuple[Interlock, ...] = ()

    @property
    def radius(self) -> Radius:
        return Radius(
            partitions=len(self.affected), loses_redundancy=any(each.after < each.before for each in self.redundancy)
        )

    def digest(self, *, operation: str, parameters: str, policy_version: int) -> str:
        """SHA-256 (hex) over all that an approval stands for."""
        body = {
            "operation": operation,
            "parameters": parameters,
            "commands": self.commands,
            "affected": self.affected,
            "facts": [[fact.name, fact.value] for fact in self.facts],
            "redundancy": [[each.what, each.before, each.after] for each in self.redundancy],
            "locks": self.locks,
            "interlocks": [[each.takes_out, each.partner, each.healthy] for each in self.interlocks],
            "policy": policy_version,
        }
        return hashlib.sha256(json.dumps(body, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What would be done, yielded by a flow before its first change; nothing but `commands` may change a machine.

    `locks` names what no other operation may work on meanwhile, such as `partition p72/db01`.
    """

    commands: tuple[Command, ...]
    moves: str
    affected: tuple[str, ...]
    facts: tuple[Fact, ...]
    undo: str
    stop: str
    findings: tuple[Finding, ...] = ()
    redundancy: tuple[Redundancy, ...] = ()
    locks: tuple[str, ...] = ()
    interlocks: tuple[Interlock, ...] = ()

    @property
    def shown(self) -> PlanShown:
        return PlanShown(
            commands=tuple((command.host, *command.argv) for command in self.commands),
            moves=self.moves,
            affected=self.affected,
            facts=self.facts,
            undo=self.undo,
            stop=self.stop,
            findings=self.findings,
            redundancy=self.redundancy,
            locks=tuple(sorted(self.locks)),
            interlocks=self.interlocks,
        )
