"""What adding and taking away virtual adapters share: the reads, who must answer, and which slot is meant."""

from __future__ import annotations

import csv
from abc import abstractmethod
from dataclasses import dataclass, field
from typing import ClassVar, Literal, TypeAlias

from pydantic import Field

from handlers import hmcout
from handlers.changing import Guard
from handlers.heard import Reads, Unread
from handlers.hmc.dlpar import Dlpar
from handlers.hmc.ends import Behind
from handlers.hmc.standing import Standing, profiles, rows_of, standing
from handlers.place import Place
from policies.words import Effect

Kind: TypeAlias = Literal["eth", "scsi", "fc"]
Rows: TypeAlias = dict[int, dict[str, str]]
_KINDS: tuple[Kind, ...] = ("eth", "scsi", "fc")
_IN_PROFILE = {"eth": "virtual_eth_adapters", "scsi": "virtual_scsi_adapters", "fc": "virtual_fc_adapters"}
CALLED = {"eth": "virtual Ethernet adapter", "scsi": "virtual SCSI adapter", "fc": "virtual Fibre Channel adapter"}


@dataclass(frozen=True, kw_only=True)
class Fitted:
    """A partition with its virtual adapters, by kind and slot; `partner`: the partition at the other end.

    `behind`: what is behind the adapter that goes.
    """

    standing: Standing
    adapters: dict[Kind, Rows]
    profiles: dict[str, dict[str, str]]
    partner: Standing | None = None
    behind: Behind = field(default_factory=Behind)

    @property
    def taken(self) -> set[int]:
        return {slot for rows in self.adapters.values() for slot in rows}


class Port(Dlpar[Fitted]):
    kind: ClassVar[Kind]

    @property
    def other(self) -> str | None:
        """The partition at the other end."""
        return None

    def look_at(self, place: Place) -> Reads[Fitted]:
        found = yield from standing(place)
        fitted: dict[Kind, Rows] = {}
        for kind in _KINDS:
            fitted[kind] = yield from _adapters(place, kind)
        other = (yield from standing(place, name=self.other)) if self.other is not None else None
        kept = yield from profiles(place)
        return Fitted(standing=found, adapters=fitted, profiles=kept, partner=other)

    def unsaved(self, after: Fitted, profile: dict[str, str]) -> list[str]:
        told = hmcout.given(profile.get(_IN_PROFILE[self.kind])) or ""
        have = {entry.strip('"').split("/")[0] for entry in _entries(told)}
        run = {str(slot) for slot in after.adapters[self.kind]}
        return [] if have == run else [f"it has slots {_said(have)}, and {_said(run)} run"]

    def told(self, after: Fitted) -> str:
        slots = _said({str(slot) for slot in after.adapters[self.kind]})
        return f"{self.partition} has {CALLED[self.kind]}s in slots {slots}"


class Add(Port):
    slot: int | None = Field(default=None, ge=2, le=65535, description="the slot; without it, the next that is free")

    @abstractmethod
    def given(self, before: Fitted) -> str:
        """What `-a` gets."""

    @abstractmethod
    def is_it(self, row: dict[str, str], before: Fitted) -> bool:
        """Whether an adapter that has come is the one."""

    def changed(self, before: Fitted) -> tuple[str, ...]:
        slot = () if self.slot is None else ("-s", str(self.slot))
        words = ("virtualio", "--rsubtype", self.kind, "-o", "a", "-p", self.partition, *slot)
        return (*words, "-a", self.given(before))

    def guards(self, before: Fitted) -> tuple[Guard, ...]:
        found = super().guards(before)
        if self.slot is None:
            return found
        free = self.slot not in before.taken
        return (*found, Guard(name=f"slot {self.slot} is free", holds=free, seen="it is" if free else "it is taken"))

    def unlike(self, before: Fitted, after: Fitted) -> list[str]:
        new = {slot: row for slot, row in after.adapters[self.kind].items() if slot not in before.adapters[self.kind]}
        wanted = [slot for slot, row in new.items() if self.is_it(row, before) and self.slot in (None, slot)]
        return [] if wanted else [f"{self.partition} has no such new adapter: {self.told(after)}"]

    def at(self) -> str:
        return f" in slot {self.slot}" if self.slot is not None else " in the next free slot"


class Remove(Port):
    effect: ClassVar[Effect] = Effect.DISRUPTS

    slot: int = Field(
        ge=2, le=65535, description="the slot that it is in", json_schema_extra={"place": 1, "example": 11}
    )

    def changed(self, before: Fitted) -> tuple[str, ...]:
        return ("virtualio", "--rsubtype", self.kind, "-o", "r", "-p", self.partition, "-s", str(self.slot))

    def row(self, before: Fitted) -> dict[str, str]:
        return before.adapters[self.kind].get(self.slot, {})

    def guards(self, before: Fitted) -> tuple[Guard, ...]:
        row = self.row(before)
        there = f"{self.partition} has a {CALLED[self.kind]} in slot {self.slot}"
        found = (*super().guards(before), Guard(name=there, holds=bool(row), seen=shown(row) or self.told(before)))
        needed = row.get("is_required") == "1"
        seen = "it is marked as required in its profile" if needed else "it isn't"
        return (*found, Guard(name="it isn't one that the partition must have", holds=not needed, seen=seen))

    def unlike(self, before: Fitted, after: Fitted) -> list[str]:
        there = self.slot in after.adapters[self.kind]
        return [f"{self.partition} still has the adapter in slot {self.slot}"] if there else []

    def affected(self, before: Fitted) -> tuple[str, ...]:
        other = hmcout.given(self.row(before).get("remote_lpar_name"))
        return (self.partition, *((other,) if other is not None and other != "any" else ()))

    def moves(self, before: Fitted) -> str:
        what = f"the {CALLED[self.kind]} in slot {self.slot} ({shown(self.row(before))})"
        return f"{self.partition} loses {what}{self.to_save(before)}"


def _adapters(place: Place, kind: Kind) -> Reads[Rows]:
    argv = ("lshwres", "-r", "virtualio", "--rsubtype", kind, "-m", place.system, "--level", "lpar")
    what = f"the {CALLED[kind]}s of {place.name}"
    rows = yield from rows_of(place, (*argv, "--filter", f"lpar_names={place.name}"), what)
    found: Rows = {}
    for row in rows:
        slot = hmcout.number(row.get("slot_num"))
        if slot is None or row.get("lpar_name") != place.name:
            raise Unread(f"{what} couldn't be read: {shown(row)[:120]!r}")
        found[slot] = row
    return found


def _entries(text: str) -> list[str]:
    """The adapters of a profile's attribute: commas stand between them, and within one that is quoted."""
    return next(csv.reader([text]), []) if text else []


def _said(slots: set[str]) -> str:
    return ", ".join(sorted(slots, key=int)) or "none"


def shown(row: dict[str, str]) -> str:
    names = ("vswitch", "port_vlan_id", "addl_vlan_ids", "trunk_priority", "adapter_type", "remote_lpar_name",
             "remote_slot_num")  # fmt: skip
    return ", ".join(f"{name}={row[name]}" for name in names if hmcout.given(row.get(name)))
