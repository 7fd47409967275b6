"""Words that every room shares: people, effects, verdicts."""

from __future__ import annotations

from enum import IntEnum

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    """A value: immutable, and closed to fields that it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_max_length=1_000_000)


class Person(Frozen):
    """A Slack person by exact workspace and member id, never by name or e-mail."""

    workspace: str
    member: str

    def __str__(self) -> str:
        return f"{self.workspace}:{self.member}"


class Effect(IntEnum):
    """What an operation or a command does to the world, weakest first."""

    READS = 0
    CHANGES = 1
    DISRUPTS = 2
    DESTROYS = 3

    @property
    def word(self) -> str:
        return self.name.lower()
