"""A running demo fleet and a console that reaches it."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable, Mapping

import pytest

from bot.console import Answer, Console, Host
from bot.lab.fleet import Fleet, RunningFleet, demo_fleet, start_fleet
from tests.bot.stops import Stops


class Terminal:
    """Runs commands on the fleet as a person would."""

    def __init__(self, running: RunningFleet, hosts: Mapping[str, Host]) -> None:
        self.running = running
        self.stops = Stops()
        self.console = Console(hosts, self.stops)

    async def run(self, *argv: str, host: str = "hmc-oslo", deadline: float = 30) -> tuple[Answer, str]:
        answer, raw = await self.run_raw(*argv, host=host, deadline=deadline)
        return answer, raw.decode()

    async def run_raw(self, *argv: str, host: str = "hmc-oslo", deadline: float = 30) -> tuple[Answer, bytes]:
        pieces: list[bytes] = []

        async def feed(piece: bytes) -> None:
            pieces.append(piece)

        answer = await self.console.run(host, argv, deadline=deadline, feed=feed)
        return answer, b"".join(pieces)

    async def says(self, *argv: str, host: str = "hmc-oslo") -> str:
        """The answer of a command that succeeds."""
        answer, text = await self.run(*argv, host=host)
        assert answer == Answer(0), text
        return text


class Clock:
    """Stands until a test turns it."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


Opener = Callable[..., contextlib.AbstractAsyncContextManager[Terminal]]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def opened(clock: Clock) -> Opener:
    """Starts a fleet whose time stands still, and a terminal as a given user."""

    @contextlib.asynccontextmanager
    async def opening(
        fleet: Fleet | None = None, *, user: str | None = None, migration_seconds: float = 100, line_delay: float = 0
    ) -> AsyncIterator[Terminal]:
        running = await start_fleet(
            fleet or demo_fleet(), clock=clock, migration_seconds=migration_seconds, line_delay=line_delay
        )
        terminal = Terminal(running, {name: running.host(name, user=user) for name in running.hosts})
        try:
            yield terminal
        finally:
            await terminal.console.close()
            await running.close()
            assert running.errors == []

    return opening


@pytest.fixture
async def terminal(opened: Opener) -> AsyncIterator[Terminal]:
    async with opened() as made:
        yield made
