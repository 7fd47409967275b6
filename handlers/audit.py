"""The audit log: its newest rows, one row, what is looked for, whether it holds, and a sheet of it."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, TypeAlias

from pydantic import Field, StringConstraints

from handlers.operation import Name
from handlers.own import TIMES, WHO, Own, Tabled, Time, Who
from handlers.table import Column, Kind

Pattern: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[a-z]+\.(?:[a-z]+|\*)$", max_length=64)]
Action: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[a-z-]+$", max_length=40)]


class _Audit(Own):
    command: ClassVar[str] = "audit"
    exact: ClassVar[bool] = True


class _Rows(_Audit, Tabled):
    """Rows of the log, a line for each."""

    @classmethod
    def heads(cls) -> tuple[Column, ...]:
        return (
            Column(name="row", kind=Kind.NUMBER),
            Column(name="at"),
            Column(name="who"),
            Column(name="request", kind=Kind.NUMBER),
            Column(name="channel"),
            Column(name="what"),
            Column(name="detail"),
        )


class _Wanted(_Audit):
    """What is looked for: all that is given must hold."""

    people: ClassVar[bool] = True

    person: Who | None = Field(default=None, description=f"who: {WHO}", json_schema_extra={"example": "T1:U1"})
    target: Name | None = Field(default=None, description="a host, partition or managed system")
    operation: Pattern | None = Field(
        default=None, description="such as lpm.migrate or lpm.*", json_schema_extra={"example": "lpm.migrate"}
    )
    action: Action | None = Field(
        default=None, description="such as asked, voted, sending, refused", json_schema_extra={"example": "asked"}
    )
    request: int | None = Field(default=None, ge=1, le=1_000_000_000, description="the number of a request")
    since: Time | None = Field(default=None, description=f"from then on: {TIMES}", json_schema_extra={"example": "3d"})
    until: Time | None = Field(
        default=None, description="before then; a date alone is meant to its end", json_schema_extra={"example": "2h"}
    )


class Tail(_Rows):
    """Show the newest rows of the audit log."""

    verb: ClassVar[str] = "tail"
    example: ClassVar[str] = "tail"

    number: int = Field(default=20, ge=1, le=500, description="so many of them")


class Show(_Audit):
    """Show one row of the audit log, whole."""

    verb: ClassVar[str] = "show"
    example: ClassVar[str] = "show 1"

    seq: int = Field(ge=1, le=1_000_000_000_000, description="the row's number", json_schema_extra={"place": 0})


class Find(_Wanted, _Rows):
    """Find rows of the audit log, by who, what, which operation and when."""

    verb: ClassVar[str] = "find"
    example: ClassVar[str] = "find"

    limit: int = Field(default=100, ge=1, le=2_000, description="at most so many are looked at, of the newest")


class Verify(_Audit):
    """Check that the audit log is as it was written: every row, against the chain, the key and the anchor."""

    verb: ClassVar[str] = "verify"
    example: ClassVar[str] = "verify"


class Export(_Wanted):
    """Hand out rows of the audit log as a file, whole, with their place in the chain."""

    verb: ClassVar[str] = "export"
    example: ClassVar[str] = "export"

    format: Literal["csv", "json"] = Field(default="csv", description="a sheet, or JSON lines")

    def file(self) -> str:
        return "audit.csv" if self.format == "csv" else "audit.jsonl"


OPERATIONS = (Tail, Show, Find, Verify, Export)
