"""Incidents: listed, told, and what people make of them."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, TypeAlias

from pydantic import BeforeValidator, Field, StringConstraints

from handlers.command import ITSELF, Command
from handlers.operation import Flow, Inventory, Name
from handlers.own import Own, Tabled, answered
from handlers.plan import Plan
from handlers.table import Column, Kind
from policies.words import Effect

StateWord: TypeAlias = Literal["held", "open", "taken", "closed", "passed"]
Until: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z:+.-]+$", min_length=2, max_length=40)]
KindWord: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[a-z]+$", min_length=1, max_length=20)]


def _bare(given: object) -> object:
    """`i12` and `I12` are 12."""
    return given[1:] if isinstance(given, str) and given[:1] in "iI" else given


Number: TypeAlias = Annotated[int, BeforeValidator(_bare)]


def _number() -> int:
    """The field of an incident's number."""
    number: int = Field(
        ge=1, le=1_000_000_000, description="its number, with or without its i", json_schema_extra={"place": 0}
    )
    return number


class _Incidents(Own):
    command: ClassVar[str] = "incidents"


class Listing(_Incidents, Tabled):
    """List what is wrong now, the worst first. With `all=yes` or a state: what was, the newest first."""

    verb: ClassVar[str] = "list"
    example: ClassVar[str] = "list"
    bare: ClassVar[bool] = True

    state: StateWord | None = Field(default=None, description="only those in this state")
    all: bool = Field(default=False, description="also what is over: yes or no")
    kind: KindWord | None = Field(
        default=None, description="only what this command watches, such as sea", json_schema_extra={"example": "sea"}
    )
    place: Name | None = Field(default=None, description="only those at this HMC, managed system or partition")
    limit: int = Field(default=20, ge=1, le=1_000, description="at most so many are looked at")

    @classmethod
    def heads(cls) -> tuple[Column, ...]:
        """`lasts`: up to now, or to its end."""
        return (
            Column(name="number"),
            Column(name="severity", kind=Kind.STATE),
            Column(name="state", kind=Kind.STATE),
            Column(name="since"),
            Column(name="lasts"),
            Column(name="what"),
        )


class Show(_Incidents):
    """Tell an incident's whole story: what is wrong, its evidence, who was told, and who has it."""

    verb: ClassVar[str] = "show"
    example: ClassVar[str] = "show 1"

    number: Number = _number()


class Change(_Incidents):
    """What changes an incident and no machine. Done at once where the policy lets it."""

    effect: ClassVar[Effect] = Effect.CHANGES
    does: ClassVar[str]
    undone: ClassVar[str]

    number: Number = _number()

    def flow(self, inventory: Inventory) -> Flow:
        go = Command(host=ITSELF, argv=self.argv(), effect=Effect.CHANGES)
        yield Plan(
            commands=(go,),
            moves=f"{self.does} incident i{self.number}; no machine is touched",
            affected=(),
            facts=(),
            undo=self.undone.format(number=self.number),
            stop="it is one step, done or not done",
        )
        return answered((yield go))

    def look(self, inventory: Inventory) -> Flow:
        """It is one step of the ledger: how the incident stands tells whether it was done."""
        return answered((yield Command(host=ITSELF, argv=Show(number=self.number).argv())))


class Ack(Change):
    """Say that you have an incident, so that nobody else is called; `reason=` may say what you do."""

    verb: ClassVar[str] = "ack"
    example: ClassVar[str] = "ack 1"
    does: ClassVar[str] = "acknowledges"
    undone: ClassVar[str] = "an acknowledgement ends with the incident, or when it becomes worse"


class Silence(Change):
    """Hear nothing of an incident's thing for a time, but of what can't wait. It needs a `reason=`."""

    verb: ClassVar[str] = "silence"
    example: ClassVar[str] = "silence 1 4h"
    does: ClassVar[str] = "silences"
    undone: ClassVar[str] = "/incidents unsilence {number}"

    until: Until = Field(
        description="for how long, such as 30m, 4h or 2d; or until when, such as 2026-03-01T08:00+01:00",
        json_schema_extra={"place": 1, "example": "4h"},
    )


class Unsilence(Change):
    """End a silence before its time."""

    verb: ClassVar[str] = "unsilence"
    example: ClassVar[str] = "unsilence 1"
    does: ClassVar[str] = "ends the silence of"
    undone: ClassVar[str] = "/incidents silence {number} 4h reason=..."


class Close(Change):
    """Close an incident of what nobody watches any more. It needs a `reason=`; what is still wrong opens it again."""

    verb: ClassVar[str] = "close"
    example: ClassVar[str] = "close 1"
    does: ClassVar[str] = "closes"
    undone: ClassVar[str] = "it opens again when what is wrong is seen again"


CHANGES: tuple[type[Change], ...] = (Ack, Silence, Unsilence, Close)
OPERATIONS: tuple[type[Own], ...] = (Listing, Show, *CHANGES)
