"""Requests: listed, and each one's whole story."""

from __future__ import annotations

from typing import ClassVar, Literal, TypeAlias

from pydantic import Field

from handlers.operation import Name
from handlers.own import WHO, Own, Tabled, Who
from handlers.table import Column, Kind

StateWord: TypeAlias = Literal[
    "planning", "waiting", "granted", "running", "succeeded", "failed", "unknown", "denied", "expired", "withdrawn",
    "stale",
]  # fmt: skip


class _Requests(Own):
    command: ClassVar[str] = "requests"


class Listing(_Requests, Tabled):
    """List what was asked for, the newest first."""

    verb: ClassVar[str] = "list"
    example: ClassVar[str] = "list"
    bare: ClassVar[bool] = True
    people: ClassVar[bool] = True

    state: StateWord | None = Field(default=None, description="only those in this state")
    mine: bool = Field(default=False, description="only what you asked for: yes or no")
    who: Who | None = Field(
        default=None, description=f"only what they asked for: {WHO}", json_schema_extra={"example": "T1:U1"}
    )
    target: Name | None = Field(default=None, description="only those about this partition or managed system")
    limit: int = Field(default=20, ge=1, le=1_000, description="at most so many are looked at, the newest")

    @classmethod
    def heads(cls) -> tuple[Column, ...]:
        return (
            Column(name="number", kind=Kind.NUMBER),
            Column(name="state", kind=Kind.STATE),
            Column(name="asked_at"),
            Column(name="by"),
            Column(name="what"),
        )


class Show(_Requests):
    """Tell a request's whole story: what was asked, judged, approved, sent and answered."""

    verb: ClassVar[str] = "show"
    example: ClassVar[str] = "show 1"

    number: int = Field(ge=1, le=1_000_000_000, description="its number", json_schema_extra={"place": 0})


OPERATIONS = (Listing, Show)
