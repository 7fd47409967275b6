"""Where `/hmc` changes something: a partition, or what is kept of a managed system; each by a command of the HMC."""

from __future__ import annotations

from typing import ClassVar, Generic, TypeVar

from pydantic import Field

from handlers.changing import ChangeAt
from handlers.command import Command
from handlers.operation import Inventory, Name, Named
from handlers.place import Place
from policies.words import Effect

S = TypeVar("S")


class OnHmc(ChangeAt[S], Generic[S]):
    """Changes something by a command of an HMC."""

    command: ClassVar[str] = "hmc"
    effect: ClassVar[Effect] = Effect.CHANGES

    def command_at(self, place: Place, argv: tuple[str, ...]) -> Command:
        return Command(host=place.hmc, argv=argv)


class PartitionChange(OnHmc[S], Generic[S]):
    """Changes a partition, by the HMC of its frame."""

    partition: Name = Field(
        description="the partition", json_schema_extra={"place": 0, "pick": "partition", "example": "db01"}
    )
    system: Name | None = Field(
        default=None,
        description="its managed system, where that isn't clear",
        json_schema_extra={"pick": "system", "example": "p72"},
    )

    def systems(self) -> tuple[str, ...]:
        return () if self.system is None else (self.system,)

    def names(self) -> tuple[Named, ...]:
        return (Named(self.partition, self.system),)

    def targets(self) -> tuple[str, ...]:
        return (self.partition, *self.systems())

    def place(self, inventory: Inventory) -> Place:
        return inventory.partition(self.partition, self.system)


class FrameChange(OnHmc[S], Generic[S]):
    """Changes what an HMC keeps of a managed system."""

    system: Name = Field(
        description="the managed system", json_schema_extra={"place": 0, "pick": "system", "example": "p72"}
    )

    def systems(self) -> tuple[str, ...]:
        return (self.system,)

    def place(self, inventory: Inventory) -> Place:
        return Place(hmc=inventory.hmc_of(self.system), system=self.system)

    def locks(self, place: Place, before: S) -> tuple[str, ...]:
        return (f"managed system {place.system}",)
