"""What giving and taking memory and processors share: what must hold, and what must be so afterwards."""

from __future__ import annotations

from abc import abstractmethod
from decimal import Decimal
from typing import ClassVar, Literal, TypeAlias

from handlers.changing import Guard
from handlers.heard import Reads
from handlers.hmc import amounts
from handlers.hmc.amounts import MEMORY, PROCESSORS, UNITS, Holder
from handlers.hmc.dlpar import Dlpar, answering
from handlers.place import Place

Added: TypeAlias = dict[str, Decimal]  # by what it is of


class Resource(Dlpar[Holder]):
    """An amount of memory or processors that a partition gets, or gives away: to its frame, or to another partition."""

    kind: ClassVar[Literal["mem", "proc"]]
    action: ClassVar[Literal["a", "r", "m"]]

    @abstractmethod
    def amount(self) -> Added:
        """How much, without a sign."""

    @abstractmethod
    def flags(self) -> tuple[str, ...]:
        """The same, as `chhwres` takes it."""

    @property
    def taker(self) -> str | None:
        """Whom it is moved to."""
        return None

    def look_at(self, place: Place) -> Reads[Holder]:
        read = amounts.memory if self.kind == "mem" else amounts.processors
        return (yield from read(place, other=self.taker))

    def changed(self, before: Holder) -> tuple[str, ...]:
        to = ("-t", self.taker) if self.taker is not None else ()
        return (self.kind, "-o", self.action, "-p", self.partition, *to, *self.flags())

    # ── what must hold ────────────────────────────────────────────────────────────────────────────────────────────

    def guards(self, before: Holder) -> tuple[Guard, ...]:
        found = [*super().guards(before), *self._fits(before, -1 if self.action in "rm" else 1)]
        if before.other is not None:
            found += [answering(before.other.standing), *self._fits(before.other, 1)]
        if self.action == "a":
            found.append(self._is_free(before))
        return tuple(found)

    def _fits(self, holder: Holder, sign: int) -> list[Guard]:
        name = holder.standing.name
        found = []
        for of, amount in self.amount().items():
            limits = holder.amounts.get(of)
            if limits is None:
                found.append(Guard(name=f"{name} has {of}", holds=False, seen="its processors are dedicated"))
                continue
            fits = limits.least <= limits.now + sign * amount <= limits.most
            found.append(Guard(name=f"{name} stays within its limits of {of}", holds=fits, seen=str(limits)))
        return found + self._shares(holder, sign)

    def _shares(self, holder: Holder, sign: int) -> list[Guard]:
        """Of processors that are shared: no virtual one has less than its least, or more than a whole one."""
        if self.kind == "mem":
            whole = self.amount()[MEMORY] % holder.piece == 0
            return [
                Guard(name=f"memory is given in pieces of {holder.piece} MB", holds=whole, seen=f"{holder.piece} MB")
            ]
        if UNITS not in holder.amounts:
            return []
        then = {of: holder.amounts[of].now + sign * self.amount().get(of, Decimal()) for of in (PROCESSORS, UNITS)}
        holds = holder.piece * then[PROCESSORS] <= then[UNITS] <= then[PROCESSORS]
        seen = f"{then[UNITS]} units for {then[PROCESSORS]}"
        name = f"each virtual processor of {holder.standing.name} has {holder.piece} to 1 units"
        return [Guard(name=name, holds=holds, seen=seen)]

    def _is_free(self, before: Holder) -> Guard:
        """What is free changes with everybody's work: that it is enough is what the approval stands on."""
        wanted = self.amount().get(MEMORY) or self.amount().get(UNITS) or Decimal()
        if self.kind == "proc" and UNITS not in before.amounts:
            wanted = self.amount().get(PROCESSORS, Decimal())
        what = MEMORY if self.kind == "mem" else UNITS
        enough = wanted <= before.free
        seen = "enough" if enough else f"{before.free} {what} are free"
        return Guard(name=f"{before.standing.system} has {wanted} {what} free", holds=enough, seen=seen)

    # ── what is so afterwards ─────────────────────────────────────────────────────────────────────────────────────

    def unlike(self, before: Holder, after: Holder) -> list[str]:
        left = self._unlike(before, after, -1 if self.action in "rm" else 1)
        if before.other is not None and after.other is not None:
            left += self._unlike(before.other, after.other, 1)
        return left

    def _unlike(self, before: Holder, after: Holder, sign: int) -> list[str]:
        wanted = {of: before.amounts[of].now + sign * amount for of, amount in self.amount().items()}
        return [
            f"{after.standing.name} has {after.amounts[of].now} {of}, not {amount}"
            for of, amount in wanted.items()
            if of not in after.amounts or after.amounts[of].now != amount
        ]

    def unsaved(self, after: Holder, profile: dict[str, str]) -> list[str]:
        return [
            f"it starts with {amounts.desired(profile, of)} {of}, and {limits.now} run"
            for of, limits in after.amounts.items()
            if amounts.desired(profile, of) != limits.now
        ]

    def told(self, after: Holder) -> str:
        both = [each for each in (after, after.other) if each is not None]
        return "; ".join(
            f"{each.standing.name} has {' and '.join(f'{limits.now} {of}' for of, limits in each.amounts.items())}"
            for each in both
        )

    def moves(self, before: Holder) -> str:
        told = [self._goes(before, -1 if self.action in "rm" else 1)]
        if before.other is not None:
            told.append(self._goes(before.other, 1))
        return " and ".join(told) + self.to_save(before)

    def _goes(self, holder: Holder, sign: int) -> str:
        steps = [
            f"from {holder.amounts[of].now} to {holder.amounts[of].now + sign * amount} {of}"
            for of, amount in self.amount().items()
        ]
        return f"{holder.standing.name} goes {' and '.join(steps)}"
