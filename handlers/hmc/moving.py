"""Memory and processors of partitions that run: more, less, and from one to another."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, ClassVar, Literal, TypeAlias

from pydantic import Field, StringConstraints

from handlers.hmc.amounts import MEMORY, PROCESSORS, UNITS, Holder
from handlers.hmc.dlpar import ToAnother
from handlers.hmc.giving import Added, Resource
from handlers.operation import Name, Operation

Units: TypeAlias = Annotated[str, StringConstraints(max_length=7, pattern=r"^\d{1,4}(?:\.\d{1,2})?$")]


class _Memory(Resource):
    kind: ClassVar[Literal["mem", "proc"]] = "mem"

    megabytes: int = Field(
        ge=1, le=64 * 1024 * 1024, description="how much, in MB", json_schema_extra={"place": 1, "example": 1024}
    )

    def amount(self) -> Added:
        return {MEMORY: Decimal(self.megabytes)}

    def flags(self) -> tuple[str, ...]:
        return ("-q", str(self.megabytes))


class AddMemory(_Memory):
    """Give a running partition more memory, within its limits and what its frame has free."""

    verb: ClassVar[str] = "add-memory"
    example: ClassVar[str] = "add-memory db01 1024"
    action: ClassVar[Literal["a", "r", "m"]] = "a"

    def undo(self, before: Holder) -> Operation:
        return RemoveMemory(**self.model_dump())


class RemoveMemory(_Memory):
    """Take memory from a running partition, no further than its least; its operating system has to let go of it."""

    verb: ClassVar[str] = "remove-memory"
    example: ClassVar[str] = "remove-memory db01 1024"
    action: ClassVar[Literal["a", "r", "m"]] = "r"

    def undo(self, before: Holder) -> Operation:
        return AddMemory(**self.model_dump())


class _To(ToAnother, Resource):
    """To another partition of the same frame."""

    action: ClassVar[Literal["a", "r", "m"]] = "m"

    to: Name = Field(
        description="the partition that gets it", json_schema_extra={"pick": "partition", "example": "web01"}
    )

    def affected(self, before: Holder) -> tuple[str, ...]:
        return (self.partition, self.to)

    def undo(self, before: Holder) -> Operation:
        return self.model_copy(update={"partition": self.to, "to": self.partition})


class MoveMemory(_To, _Memory):
    """Take memory from one running partition and give it to another on the same frame, in one step."""

    verb: ClassVar[str] = "move-memory"
    example: ClassVar[str] = "move-memory db01 1024 to=web01"


class _Processors(Resource):
    kind: ClassVar[Literal["mem", "proc"]] = "proc"

    procs: int | None = Field(
        default=None, ge=1, le=1024, description="how many; of a partition that shares processors, virtual ones"
    )
    units: Units | None = Field(
        default=None, description="processing units, such as 0.5, where it shares processors",
        json_schema_extra={"example": "0.5"},
    )  # fmt: skip

    @classmethod
    def clashes(cls, given: Mapping[str, object]) -> list[str]:
        told = super().clashes(given)
        if given.get("procs") is None and given.get("units") is None:
            told.append("say how much: procs=, units=, or both")
        if str(given.get("units")).strip("0.") == "":
            told.append("units= is nothing")
        return told

    def amount(self) -> Added:
        found = {}
        if self.procs is not None:
            found[PROCESSORS] = Decimal(self.procs)
        if self.units is not None:
            found[UNITS] = Decimal(self.units)
        return found

    def flags(self) -> tuple[str, ...]:
        procs = () if self.procs is None else ("--procs", str(self.procs))
        units = () if self.units is None else ("--procunits", self.units)
        return (*procs, *units)


class AddProcessors(_Processors):
    """Give a running partition more processors or processing units, within its limits and what its frame has free."""

    verb: ClassVar[str] = "add-processors"
    example: ClassVar[str] = "add-processors db01 procs=1"
    action: ClassVar[Literal["a", "r", "m"]] = "a"

    def undo(self, before: Holder) -> Operation:
        return RemoveProcessors(**self.model_dump())


class RemoveProcessors(_Processors):
    """Take processors or processing units from a running partition, no further than its least."""

    verb: ClassVar[str] = "remove-processors"
    example: ClassVar[str] = "remove-processors db01 units=0.5"
    action: ClassVar[Literal["a", "r", "m"]] = "r"

    def undo(self, before: Holder) -> Operation:
        return AddProcessors(**self.model_dump())


class MoveProcessors(_To, _Processors):
    """Take processors or processing units from one running partition and give them to another on the same frame."""

    verb: ClassVar[str] = "move-processors"
    example: ClassVar[str] = "move-processors db01 units=0.5 to=web01"
