"""What names a partition that moves, and where it runs."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import ClassVar, Self

from pydantic import Field

from handlers.operation import Flow, Inventory, Name, Named, Operation
from handlers.partitions import Which, called_by_id


class Partitioned(Operation):
    """What names one partition on one managed system; the name alone is enough where it is on one of ours only."""

    command: ClassVar[str] = "lpm"

    partition: Name | None = Field(
        default=None,
        description="the partition's name",
        json_schema_extra={"place": 0, "or": "id", "pick": "partition"},
    )
    id: int | None = Field(default=None, ge=1, le=65535, description="the partition's id, in place of its name")
    source: Name | None = Field(
        default=None,
        description="the managed system that it runs on, where its name is on several",
        json_schema_extra={"place": 1, "pick": "system", "skips": True},
    )

    @classmethod
    def clashes(cls, given: Mapping[str, object]) -> list[str]:
        if given.get("partition") is not None and given.get("id") is not None:
            return ["name the partition by its name or by id=, not by both"]
        if given.get("id") is not None and given.get("source") is None:
            return ["an id is one on every managed system: say source= too"]
        return []

    def systems(self) -> tuple[str, ...]:
        return () if self.source is None else (self.source,)

    def names(self) -> tuple[Named, ...]:
        if self.id is not None:
            return (Named("", self.source, number=self.id),) if self.source is not None else ()
        return () if self.source is not None or self.partition is None else (Named(self.partition),)

    def targets(self) -> tuple[str, ...]:
        return (self.called, *self.systems())

    def reach(self, inventory: Inventory) -> tuple[str, ...]:
        """What is said of a name holds for who comes by its id too."""
        found = super().reach(inventory)
        if self.id is None or self.source is None:
            return found
        return tuple(dict.fromkeys((*found, called_by_id(inventory, self.source, self.id))))

    @property
    def which(self) -> Which:
        return Which(self.partition, self.id)

    @property
    def called(self) -> str:
        return self.which.called

    @property
    def on(self) -> str:
        """The managed system that it runs on, once that is known."""
        if self.source is None:
            raise ValueError("nobody has looked yet where it runs")
        return self.source

    def placed(self, inventory: Inventory) -> Self:
        """With the managed system that it runs on, or a Problem where its name is on none, or on more than one."""
        if self.source is not None or self.partition is None:
            return self
        return self.model_copy(update={"source": inventory.partition(self.partition).system})

    # ── what differs ──────────────────────────────────────────────────────────────────────────────────────────────

    @abstractmethod
    def going(self, inventory: Inventory) -> Flow:
        """How it is done, now that it is known where."""

    def looking(self, inventory: Inventory) -> Flow:
        return (yield from super().look(inventory))

    # ── the way there ─────────────────────────────────────────────────────────────────────────────────────────────

    def flow(self, inventory: Inventory) -> Flow:
        if self.id is not None:
            called_by_id(inventory, self.on, self.id)  # nothing runs that was judged without a name
        return (yield from self.placed(inventory).going(inventory))

    def look(self, inventory: Inventory) -> Flow:
        return (yield from self.placed(inventory).looking(inventory))
