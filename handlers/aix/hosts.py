"""What changes on a host have in common: where they are done, and what nothing else may work on meanwhile."""

from __future__ import annotations

from typing import ClassVar, Generic, TypeVar

from pydantic import Field

from handlers.changing import Absolute, ChangeAt
from handlers.command import Command
from handlers.operation import HostName, Inventory, Named
from handlers.place import Place
from handlers.within import on_host
from policies.words import Effect

S = TypeVar("S")


class HostChangeAt(ChangeAt[S], Generic[S]):
    """Changes one thing on one host."""

    command: ClassVar[str] = "aix"
    effect: ClassVar[Effect] = Effect.CHANGES

    host: HostName = Field(description="the host", json_schema_extra={"place": 0, "pick": "host"})

    def systems(self) -> tuple[str, ...]:
        return ()

    def names(self) -> tuple[Named, ...]:
        return (Named(self.host, direct=True, placed=True),)

    def targets(self) -> tuple[str, ...]:
        return (self.host,)

    def place(self, inventory: Inventory) -> Place:
        return inventory.host(self.host)

    def command_at(self, place: Place, argv: tuple[str, ...]) -> Command:
        return on_host(place, argv)

    def locks(self, place: Place, before: S) -> tuple[str, ...]:
        return place.locks


class HostChange(HostChangeAt[S], Absolute[S], Generic[S]):
    """One of which it can be seen whether it is done without knowing what was before."""
