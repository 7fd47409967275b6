"""Words that every room shares: people, groups, effects."""

from __future__ import annotations

from enum import IntEnum
from typing import TypeAlias

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    """A value: immutable, and closed to fields that it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_max_length=1_000_000)


class Person(Frozen):
    """A Slack person by exact workspace and member id, never by name or e-mail; or `terminal` and a login there."""

    workspace: str
    member: str

    # Judging is sets of people, and what pydantic makes for both takes five times as long.
    def __eq__(self, other: object) -> bool:
        return type(other) is Person and self.member == other.member and self.workspace == other.workspace

    def __hash__(self) -> int:
        return hash((self.workspace, self.member))

    def __str__(self) -> str:
        return f"{self.workspace}:{self.member}"

    @property
    def is_in_slack(self) -> bool:
        return self.workspace != TERMINAL


class Group(Frozen):
    """A Slack user group by exact workspace and id; who is in it is Slack's to tell."""

    workspace: str
    group: str

    def __str__(self) -> str:
        return f"{self.workspace}:{self.group}"


Member: TypeAlias = Person | Group
TERMINAL = "terminal"  # the workspace of who sits at the machine itself


def counted(number: int, noun: str) -> str:
    """`1 host`, `3 hosts`, `no hosts`."""
    return f"{number or 'no'} {noun}{'' if number == 1 else 's'}"


class Effect(IntEnum):
    """What an operation or a command does to the world, weakest first."""

    READS = 0
    CHANGES = 1
    DISRUPTS = 2
    DESTROYS = 3

    @property
    def word(self) -> str:
        return self.name.lower()
