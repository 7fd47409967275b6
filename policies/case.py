"""What is judged: one asked operation, as far as rules look at it, and the moment at which they do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from pydantic import Field

from policies.words import Effect, Frozen, Person


class Asking(Frozen):
    """What a person says beside the operation itself; none of it reaches a machine."""

    reason: str = Field(default="", max_length=500, description="why it is wanted")
    ticket: str = Field(default="", max_length=60, description="the change or incident that it belongs to")
    when: Literal["now", "window"] = Field(
        default="now", description="now, or window: at the start of the next change window"
    )
    breakglass: bool = Field(
        default=False, description="yes: at once, without approvals; needs a reason, is told to all, and is reviewed"
    )


class Radius(Frozen):
    """What a plan takes along: partitions that notice, and whether redundancy is lost while it lasts."""

    partitions: int = 0
    loses_redundancy: bool = False


class Case(Frozen):
    """`radius` None: nobody has planned it yet, so rules that look at it stay open."""

    operation: str
    effect: Effect
    person: Person
    targets: frozenset[str] = frozenset()  # names of what it touches
    tags: frozenset[str] = frozenset()  # such as `env:prod`
    radius: Radius | None = None
    asking: Asking = Asking()

    def due_now(self) -> Case:
        """The same, about to run: a schedule is over."""
        return self.model_copy(update={"asking": self.asking.model_copy(update={"when": "now"})})


@dataclass(frozen=True, kw_only=True)
class Moment:
    """`groups`: who is in each user group (`T1:S1`) that roles name; a group that isn't there has nobody."""

    now: datetime
    groups: Mapping[str, frozenset[Person]] = field(default_factory=dict)
