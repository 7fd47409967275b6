"""The one fleet that all simulated hosts answer from: its present state, its clock, and what has run on it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.lab.fleet.events import Event, apply, begun, settle
from bot.lab.fleet.inventory import seen
from bot.lab.fleet.model import Fleet, Hmc, User, check

_LOOK_EVERY = 0.05  # seconds; the clock may be one that a test turns by hand


@dataclass(frozen=True)
class Ran:
    """A command that a shell ran, with the words that it ran with."""

    time: float
    host: str
    user: str
    argv: tuple[str, ...]


@dataclass
class World:
    """`line_delay` is the pause after each line of a validation's answer, in seconds."""

    state: Fleet
    clock: Callable[[], float]
    migration_seconds: float
    line_delay: float
    ran: list[Ran] = field(default_factory=list)
    errors: list[BaseException] = field(default_factory=list)  # the simulator's own faults; a test wants none

    knows: Callable[[str, str, str], bool] = lambda host, user, password: False  # tries it there
    then: Callable[[], None] = lambda: None  # after every event, and whenever time may have brought one
    history: list[tuple[float, Event]] = field(default_factory=list)  # with `origin` it tells of any moment since

    def __post_init__(self) -> None:
        self.origin = self.state = begun(self.state, self.clock())

    @property
    def fleet(self) -> Fleet:
        self.state = settle(self.state, self.clock())
        return self.state

    def happen(self, event: Event) -> Fleet:
        """Raises ValueError, and changes nothing, where the fleet can't be so."""
        before = self.fleet
        after = apply(event, before)
        check(after, before)
        self.history.append((before.now, event))
        self.state = after
        self.then()
        return after

    async def attended(self) -> None:
        """For ever: what time brings is seen when it comes, also while nobody asks."""
        seen = self.state
        while True:
            await asyncio.sleep(_LOOK_EVERY)
            now = self.fleet
            if now.systems is not seen.systems or now.hmcs is not seen.hmcs:
                self.then()
            seen = now

    async def until(self, true: Callable[[Fleet], bool]) -> Fleet:
        while not true(self.fleet):  # noqa: ASYNC110 - the clock is a parameter, so there is nothing to be woken by
            await asyncio.sleep(_LOOK_EVERY)
        return self.state


@dataclass(frozen=True)
class Seat:
    """Who types where: what a command may see and change."""

    world: World
    host: str
    user: User

    @property
    def fleet(self) -> Fleet:
        """As the HMC's inventory has it."""
        return seen(self.world.fleet, self.host)

    @property
    def hmc(self) -> Hmc:
        return self.world.fleet.hmcs[self.host]
