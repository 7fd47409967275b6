"""What it takes to take targets of a VIOS away: who has them, who keeps another way, and who loses the last."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar, TypeVar

from pydantic import Field

from handlers.changing import Change
from handlers.heard import Reads
from handlers.padmin import losses, sides
from handlers.padmin.sides import Scene, Side
from handlers.padmin.stock import Target
from handlers.place import Place
from handlers.plan import Fact, Interlock, Redundancy
from policies.words import Effect

S = TypeVar("S")


class Losing(Change[S]):
    """A client that is on and loses its last way to something stops it."""

    released: bool = Field(
        default=False, description="whoever has it has given it up: the last way of a running partition may go"
    )

    @abstractmethod
    def loses(self, before: S) -> tuple[Scene, tuple[Target, ...]]:
        """The targets that go, and all around them."""

    def affected(self, before: S) -> tuple[str, ...]:
        return losses.clients(*self.loses(before))

    def facts(self, before: S) -> tuple[Fact, ...]:
        return losses.facts(*self.loses(before))

    def redundancy(self, before: S) -> tuple[Redundancy, ...]:
        return tuple(each.redundancy for each in losses.losses(*self.loses(before)))

    def interlocks(self, before: S) -> tuple[Interlock, ...]:
        if self.released:
            return ()
        scene, gone = self.loses(before)
        return tuple(each.interlock(scene.silent) for each in losses.losses(scene, gone))


class Unmapping(Losing[Scene]):
    """Takes targets away from their clients; what they stand on stays."""

    effect: ClassVar[Effect] = Effect.DISRUPTS

    @abstractmethod
    def gone(self, own: Side) -> tuple[Target, ...]:
        """The targets that go."""

    def look_at(self, place: Place) -> Reads[Scene]:
        return (yield from sides.scene(place, lambda own: [each.backing for each in self.gone(own)]))

    def look_after(self, place: Place) -> Reads[Scene]:
        return (yield from sides.scene(place))

    def loses(self, before: Scene) -> tuple[Scene, tuple[Target, ...]]:
        return before, self.gone(before.own)

    def left(self, after: Scene) -> list[str]:
        return [f"{each.name} is still on {each.vhost}" for each in self.gone(after.own)]

    def moves(self, before: Scene) -> str:
        told = [
            f"{each.name} ({each.backing or 'an empty drive'}) from {before.called(before.own.client(each))}"
            for each in self.gone(before.own)
        ]
        return f"{self.vios} takes {', '.join(told)}"
