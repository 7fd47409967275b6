"""Physical slots of partitions that run, each with the adapter in it: given, taken, and moved to another partition."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar, Literal

from pydantic import Field

from handlers import hmcout
from handlers.changing import Guard
from handlers.heard import Reads
from handlers.hmc.dlpar import Dlpar, ToAnother, answering
from handlers.hmc.physical import Holding, Slot, contents, holding, in_profile
from handlers.names import DrcIndex
from handlers.operation import Name, Operation
from handlers.place import Place
from handlers.plan import Fact, Interlock, Redundancy
from policies.words import Effect


class _OfSlot(Dlpar[Holding]):
    action: ClassVar[Literal["a", "r", "m"]]

    drc_index: DrcIndex = Field(
        description="the slot's DRC index, eight hexadecimal digits as /hmc slots lists it",
        json_schema_extra={"place": 1, "example": "21010031"},
    )

    @property
    def index(self) -> str:
        return self.drc_index.upper()

    @property
    def taker(self) -> str | None:
        """Whom it is moved to."""
        return None

    def slot(self, before: Holding) -> Slot:
        return before.slots.get(self.index, {})

    def look_at(self, place: Place) -> Reads[Holding]:
        return (yield from holding(place, other=self.taker))

    def changed(self, before: Holding) -> tuple[str, ...]:
        to = ("-t", self.taker) if self.taker is not None else ()
        return ("io", "--rsubtype", "slot", "-o", self.action, "-p", self.partition, *to, "-l", self.drc_index)

    def unsaved(self, after: Holding, profile: dict[str, str]) -> list[str]:
        have, run = in_profile(profile), set(after.held())
        if have is None:
            return ["it doesn't tell its physical slots"]
        return [] if set(have) == run else [f"it has slots {_said(set(have))}, and {_said(run)} run"]

    def told(self, after: Holding) -> str:
        holder = hmcout.given(self.slot(after).get("lpar_name"))
        return f"slot {self.drc_index} is held by {holder or 'nobody'}"

    def locks(self, place: Place, before: Holding) -> tuple[str, ...]:
        """Whom a VIOS serves isn't held: they go on by the other one."""
        both = (self.partition, *(() if self.taker is None else (self.taker,)))
        found = before.contents.found
        own = (
            *(f"partition {each} on {place.system}" for each in both),
            f"physical slot {self.index} on {place.system}",
        )
        return tuple(dict.fromkeys((*own, *(found.locks if found is not None else ()))))

    def called(self, before: Holding) -> str:
        row = self.slot(before)
        return f"physical slot {row.get('drc_name') or self.drc_index} ({row.get('description') or 'not described'})"


class AddSlot(_OfSlot):
    """Give a running partition a physical slot that nobody holds; its system then looks for the adapter in it."""

    verb: ClassVar[str] = "add-slot"
    example: ClassVar[str] = "add-slot db01 21010030"
    action: ClassVar[Literal["a", "r", "m"]] = "a"

    def guards(self, before: Holding) -> tuple[Guard, ...]:
        row = self.slot(before)
        free = bool(row) and hmcout.given(row["lpar_name"]) is None
        seen = self.told(before) if row else f"{before.standing.system} has no such slot"
        return (*super().guards(before), Guard(name=f"slot {self.drc_index} is there and free", holds=free, seen=seen))

    def facts(self, before: Holding) -> tuple[Fact, ...]:
        return (Fact(name="a partition with a physical slot", value="can't migrate until it has given it up"),)

    def unlike(self, before: Holding, after: Holding) -> list[str]:
        return [] if self.index in after.held() else [self.told(after)]

    def moves(self, before: Holding) -> str:
        return f"{self.partition} gets {self.called(before)}{self.to_save(before)}"

    def undo(self, before: Holding) -> Operation | None:
        return RemoveSlot(**self.model_dump())


class _GiveUp(_OfSlot):
    effect: ClassVar[Effect] = Effect.DISRUPTS

    def look_at(self, place: Place) -> Reads[Holding]:
        found = yield from super().look_at(place)
        if self.index not in found.held() or not found.standing.answers:
            return found  # which a guard tells
        return replace(found, contents=(yield from contents(place, found.standing, self.slot(found))))

    def look_after(self, place: Place) -> Reads[Holding]:
        return (yield from super().look_at(place))

    def guards(self, before: Holding) -> tuple[Guard, ...]:
        row, profile = self.slot(before), before.standing.profile
        held = self.index in before.held()
        seen = self.told(before) if row else f"{before.standing.system} has no such slot"
        found = (*super().guards(before), Guard(name=f"{self.partition} holds it", holds=held, seen=seen))
        kept = in_profile(before.profiles.get(profile or ""))
        needed = kept is None or kept.get(self.index, False)
        seen = f"it is marked as required in its profile {profile}" if needed else "it isn't"
        if kept is None:
            seen = f"its profile {profile or '(none is known)'} doesn't tell its physical slots"
        found = (*found, Guard(name="it isn't one that the partition must have", holds=not needed, seen=seen))
        return (*found, before.contents.known) if before.standing.is_vios and held else found

    def facts(self, before: Holding) -> tuple[Fact, ...]:
        if not before.standing.is_vios:
            untold = f"what {self.partition} uses of it; its system refuses to let go of what is in use"
            return (Fact(name="not looked at", value=untold),)
        return before.contents.found.facts if before.contents.found is not None else ()

    def redundancy(self, before: Holding) -> tuple[Redundancy, ...]:
        return before.contents.found.redundancy if before.contents.found is not None else ()

    def interlocks(self, before: Holding) -> tuple[Interlock, ...]:
        return before.contents.found.interlocks if before.contents.found is not None else ()

    def affected(self, before: Holding) -> tuple[str, ...]:
        served = before.contents.found.affected if before.contents.found is not None else ()
        taker = () if self.taker is None else (self.taker,)
        return (self.partition, *taker, *served)

    def unlike(self, before: Holding, after: Holding) -> list[str]:
        holder = hmcout.given(self.slot(after).get("lpar_name"))
        there = self.index in after.slots and holder == self.taker
        return [] if there else [self.told(after)]


class RemoveSlot(_GiveUp):
    """Take a physical slot from a running partition. Its system has to let go of it: an adapter in use it keeps."""

    verb: ClassVar[str] = "remove-slot"
    example: ClassVar[str] = "remove-slot p72vio1 21010031"
    action: ClassVar[Literal["a", "r", "m"]] = "r"

    def moves(self, before: Holding) -> str:
        return f"{self.partition} loses {self.called(before)}{self.to_save(before)}"

    def undo(self, before: Holding) -> Operation | None:
        return AddSlot(**self.model_dump())


class MoveSlot(ToAnother, _GiveUp):
    """Take a physical slot from one running partition and give it to another on the same frame, in one step."""

    verb: ClassVar[str] = "move-slot"
    example: ClassVar[str] = "move-slot p72vio1 21010031 to=p72vio2"
    action: ClassVar[Literal["a", "r", "m"]] = "m"

    to: Name = Field(
        description="the partition that gets it", json_schema_extra={"pick": "partition", "example": "p72vio2"}
    )

    def guards(self, before: Holding) -> tuple[Guard, ...]:
        found = super().guards(before)
        return found if before.other is None else (*found, answering(before.other))

    def moves(self, before: Holding) -> str:
        return f"{self.called(before)} goes from {self.partition} to {self.to}{self.to_save(before)}"

    def undo(self, before: Holding) -> Operation | None:
        return self.model_copy(update={"partition": self.to, "to": self.partition})


def _said(indexes: set[str]) -> str:
    return ", ".join(sorted(indexes)) or "none"
