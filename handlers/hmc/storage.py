"""Both ends of virtual SCSI and Fibre Channel connections of partitions that run, added and taken away."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

from pydantic import Field

from handlers import hmcout
from handlers.changing import Guard
from handlers.heard import Reads
from handlers.hmc.ends import Look, behind, by_fibre, by_scsi
from handlers.hmc.ports import CALLED, Add, Fitted, Kind, Remove
from handlers.operation import Name, Named, Operation
from handlers.place import Place
from handlers.plan import Fact, Interlock, Redundancy
from policies.words import Effect


class _AddStorage(Add):
    """One end; the other is made on the partner, or is there already."""

    partner: Name = Field(
        description="the partition at the other end: a VIOS for a client, a client for a VIOS",
        json_schema_extra={"place": 1, "pick": "partition", "example": "p72vio1"},
    )
    partner_slot: int = Field(
        ge=2, le=65535, description="the slot at the other end", json_schema_extra={"place": 2, "example": 13}
    )

    @property
    def other(self) -> str:
        return self.partner

    def names(self) -> tuple[Named, ...]:
        return (*super().names(), Named(self.partner, self.system))

    def targets(self) -> tuple[str, ...]:
        return (*super().targets(), self.partner)

    def given(self, before: Fitted) -> str:
        end = "server" if before.standing.is_vios else "client"
        return f"adapter_type={end},remote_lpar_name={self.partner},remote_slot_num={self.partner_slot}"

    def is_it(self, row: dict[str, str], before: Fitted) -> bool:
        end = "server" if before.standing.is_vios else "client"
        wanted = {"adapter_type": end, "remote_lpar_name": self.partner, "remote_slot_num": str(self.partner_slot)}
        return all(row.get(name) == value for name, value in wanted.items())

    def guards(self, before: Fitted) -> tuple[Guard, ...]:
        other = before.partner
        holds = other is not None and other.is_vios is not before.standing.is_vios
        seen = f"{self.partition}: {before.standing.env}, {self.partner}: {other.env if other else 'not there'}"
        return (*super().guards(before), Guard(name="one end is a VIOS, the other is not", holds=holds, seen=seen))

    def affected(self, before: Fitted) -> tuple[str, ...]:
        return (self.partition, self.partner)

    def moves(self, before: Fitted) -> str:
        end = "server" if before.standing.is_vios else "client"
        to = f"slot {self.partner_slot} of {self.partner}"
        return f"{self.partition} gets a {CALLED[self.kind]}, {end} to {to}{self.at()}{self.to_save(before)}"

    def undo(self, before: Fitted) -> Operation | None:
        """What a VIOS serves by Fibre Channel the HMC never tells, so that end is taken away by nobody here."""
        if self.slot is None or (self.kind == "fc" and before.standing.is_vios):
            return None
        remove = RemoveScsi if self.kind == "scsi" else RemoveFibreChannel
        return remove(partition=self.partition, slot=self.slot, system=self.system, save=self.save)


class AddScsi(_AddStorage):
    """Add one end of a virtual SCSI connection: a client adapter, or on a VIOS the server adapter for one."""

    verb: ClassVar[str] = "add-scsi"
    example: ClassVar[str] = "add-scsi p72vio1 db01 30 slot=40"
    kind: ClassVar[Kind] = "scsi"


class AddFibreChannel(_AddStorage):
    """Add one end of a virtual Fibre Channel connection. With save=yes a client keeps its WWPNs at the next start."""

    verb: ClassVar[str] = "add-fc"
    example: ClassVar[str] = "add-fc p72vio1 db01 31 slot=41"
    kind: ClassVar[Kind] = "fc"


class _RemoveStorage(Remove):
    released: bool = Field(
        default=False, description="whoever has it has given it up: the last way of a running partition may go"
    )
    ways: ClassVar[Look]

    def look_at(self, place: Place) -> Reads[Fitted]:
        found = yield from super().look_at(place)
        rows = found.adapters[self.kind].values()
        there = yield from behind(place, found.standing, rows, self.slot, type(self).ways)
        return replace(found, behind=there)

    def look_after(self, place: Place) -> Reads[Fitted]:
        return (yield from super().look_at(place))

    def guards(self, before: Fitted) -> tuple[Guard, ...]:
        """What a VIOS still serves through it would be lost with it; what is behind a client's is known."""
        found = super().guards(before)
        if not before.standing.is_vios:
            return (*found, before.behind.known(self.released))
        row = self.row(before)
        backing = hmcout.given(row.get("backing_devices"))
        seen = "nothing is"
        if backing is not None:
            unmap = (
                f"/vios unmap {self.partition} TARGET takes it away first, /vios disk-maps {self.partition} names it"
            )
            seen = f"{backing} is: {unmap}"
        untold = "backing_devices" not in row  # of Fibre Channel the HMC never tells it
        seen = f"not told by the HMC: /vios unmap-npiv {self.partition} looks at it" if untold else seen
        free = backing is None and not untold
        return (*found, Guard(name="nothing is mapped to it", holds=free, seen=seen))

    def facts(self, before: Fitted) -> tuple[Fact, ...]:
        return before.behind.facts

    def redundancy(self, before: Fitted) -> tuple[Redundancy, ...]:
        return before.behind.redundancy

    def interlocks(self, before: Fitted) -> tuple[Interlock, ...]:
        return () if self.released else before.behind.interlocks

    def undo(self, before: Fitted) -> Operation | None:
        """A Fibre Channel adapter that is added again gets other WWPNs: that isn't the same one."""
        row = self.row(before)
        partner, slot = row.get("remote_lpar_name", "any"), hmcout.number(row.get("remote_slot_num"))
        if self.kind == "fc" or partner == "any" or slot is None:
            return None
        fields: dict[str, Any] = {"partition": self.partition, "partner": partner, "partner_slot": slot}
        return AddScsi.typed({**fields, "slot": self.slot, "system": self.system, "save": self.save})


class RemoveScsi(_RemoveStorage):
    """Take one end of a virtual SCSI connection away; the paths over it are lost."""

    verb: ClassVar[str] = "remove-scsi"
    example: ClassVar[str] = "remove-scsi web01 11"
    kind: ClassVar[Kind] = "scsi"
    ways: ClassVar[Look] = staticmethod(by_scsi)


class RemoveFibreChannel(_RemoveStorage):
    """Take one end of a virtual Fibre Channel connection away; the paths over it, and a client's WWPNs, are lost."""

    verb: ClassVar[str] = "remove-fc"
    effect: ClassVar[Effect] = Effect.DESTROYS
    example: ClassVar[str] = "remove-fc db01 21"
    kind: ClassVar[Kind] = "fc"
    ways: ClassVar[Look] = staticmethod(by_fibre)
