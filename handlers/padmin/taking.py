"""What it takes to take targets of a VIOS away: who has them, who keeps another way, and who loses the last."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

from pydantic import Field

from handlers.changing import Change
from handlers.heard import Reads
from handlers.padmin import losses, sides
from handlers.padmin.sides import Scene, Side
from handlers.padmin.stock import Target
from handlers.place import Place
from handlers.plan import Fact, Interlock, Redundancy
from policies.words import Effect


class Unmapping(Change[Scene]):
    """Takes targets away from their clients; a client that is on and loses its last way stops it."""

    effect: ClassVar[Effect] = Effect.DISRUPTS

    released: bool = Field(
        default=False, description="whoever has it has given it up: the last way of a running partition may go"
    )

    @abstractmethod
    def gone(self, own: Side) -> tuple[Target, ...]:
        """The targets that go."""

    def look_at(self, place: Place) -> Reads[Scene]:
        return (yield from sides.scene(place, lambda own: [each.backing for each in self.gone(own)]))

    def left(self, after: Scene) -> list[str]:
        return [f"{each.name} is still on {each.vhost}" for each in self.gone(after.own)]

    def affected(self, before: Scene) -> tuple[str, ...]:
        return losses.clients(before, self.gone(before.own))

    def facts(self, before: Scene) -> tuple[Fact, ...]:
        return losses.facts(before, self.gone(before.own))

    def redundancy(self, before: Scene) -> tuple[Redundancy, ...]:
        return tuple(each.redundancy for each in losses.losses(before, self.gone(before.own)))

    def interlocks(self, before: Scene) -> tuple[Interlock, ...]:
        if self.released:
            return ()
        return tuple(each.interlock(before.silent) for each in losses.losses(before, self.gone(before.own)))

    def moves(self, before: Scene) -> str:
        told = [
            f"{each.name} ({each.backing or 'an empty drive'}) from {before.called(before.own.client(each))}"
            for each in self.gone(before.own)
        ]
        return f"{self.vios} takes {', '.join(told)}"
