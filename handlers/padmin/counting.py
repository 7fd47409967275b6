"""The statistics of an adapter of a VIOS, counted anew."""

from __future__ import annotations

import re
from typing import ClassVar

from pydantic import Field

from handlers.changing import Change, Guard
from handlers.heard import Reads
from handlers.hmcout import Unreadable
from handlers.names import EthernetName
from handlers.padmin.counters import ELAPSED
from handlers.padmin.printed import matched, some
from handlers.place import Place
from policies.words import Effect, Frozen

_SEA = "Shared Ethernet Adapter"
_KIND = re.compile(r"Device Type: (?P<kind>\S.{0,200}?) *")


class Counted(Frozen):
    seconds: int
    is_sea: bool


class ResetEntstat(Change[Counted]):
    """Have an adapter's statistics count anew. What they were is read first, and stays in the request's log."""

    verb: ClassVar[str] = "reset-entstat"
    effect: ClassVar[Effect] = Effect.DESTROYS  # nothing puts the numbers back
    example: ClassVar[str] = "reset-entstat p75vio1 ent5"

    device: EthernetName = Field(
        description="the adapter", json_schema_extra={"place": 1, "example": "ent5", "other": "ent6"}
    )

    def look_at(self, place: Place) -> Reads[Counted]:
        return (yield from self.asked(place, ("entstat", "-all", self.device), self._counted))

    def _counted(self, text: str) -> Counted:
        """By its head alone: what follows differs from driver to driver."""
        head, kind, _, time = [*some(text)[:4], *[""] * 4][:4]
        if head.strip() != f"ETHERNET STATISTICS ({self.device}) :":
            raise Unreadable(f"where {self.device} should begin it says {head[:120]!r}")
        device, elapsed = matched(_KIND, kind), matched(ELAPSED, time)
        days, hours, minutes, seconds = map(int, elapsed.groups())
        return Counted(seconds=((days * 24 + hours) * 60 + minutes) * 60 + seconds, is_sea=device["kind"] == _SEA)

    def guards(self, before: Counted) -> tuple[Guard, ...]:
        seen = "it is a SEA" if before.is_sea else "it is none"
        return (Guard(name=f"{self.device} is no SEA (/sea reset is for those)", holds=not before.is_sea, seen=seen),)

    def doing(self, before: Counted) -> tuple[tuple[str, ...], ...]:
        return (("entstat", "-reset", self.device),)

    def missing(self, before: Counted, after: Counted) -> list[str]:
        return [] if after.seconds < before.seconds else self._told(after)

    def left(self, after: Counted) -> list[str]:
        """Without what was before, only a short time tells that it was reset."""
        return self._told(after) if after.seconds > self.deadline else []

    def _told(self, after: Counted) -> list[str]:
        return [f"{self.device} has counted for {after.seconds} s"]

    def moves(self, before: Counted) -> str:
        return f"{self.device} counts from nothing, after {before.seconds} s; the numbers until then stay in the log"
