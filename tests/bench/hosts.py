"""Commands a second over warm connections to 1, 10 and 100 HMCs, beside bare asyncssh.

All the HMCs of one turn share a process, and so a core: it bounds every way alike. The CPU that a command takes on our
side is told beside the pace for that reason.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncssh
from pydantic import SecretStr

from bot import app
from bot.console import command_line
from bot.login import Host, log_in
from bot.settings import Settings, SlackSettings
from handlers.command import Command
from tests.bench import serving
from tests.bench.children import helper
from tests.bench.figures import Bench, Figure

TITLE = "Many hosts"
BARE, CONSOLE, AUDITED = "asyncssh alone", "console", "door"
LOGINS_AT_ONCE = 10

Ask = Callable[[str], Awaitable[object]]


@dataclass
class Pace:
    commands: int = 0
    seconds: float = 0.0
    cpu: float = 0.0  # seconds of this process

    @property
    def a_second(self) -> float:
        return self.commands / self.seconds

    def __str__(self) -> str:
        return f"{self.a_second:.0f}/s, {self.cpu / self.commands * 1000:.2f} ms of CPU each"


async def run(bench: Bench) -> list[Figure]:
    figures = []
    seconds = 0.5 if bench.quick else 2.0
    for size in (1, 100) if bench.quick else (1, 10, 100):
        folder = bench.sub(f"hosts-{size}")
        async with helper("world", "fleet", str(folder), str(size)) as fleet:
            figures += _figures(size, await _measured(serving.hosts(fleet), folder, seconds=seconds))
    return figures


def _figures(size: int, paces: Mapping[str, Pace]) -> list[Figure]:
    bare = paces[BARE]
    meaning = {CONSOLE: "through the console", AUDITED: "with two durable audit rows each"}
    return [
        Figure(
            what=f"{size} {'host' if size == 1 else 'hosts'}, {meaning[name]}",
            figure=f"{paces[name]}; {paces[name].a_second / bare.a_second:.2f} × asyncssh's commands a second",
            beside=f"{BARE}: {bare}",
        )
        for name in (CONSOLE, AUDITED)
    ]


async def _measured(hosts: Mapping[str, Host], folder: Path, *, seconds: float) -> dict[str, Pace]:
    """Three at once for each host, as many as the bot itself has under way; in turns, there and back."""
    async with AsyncExitStack() as stack:
        console, audited = await stack.enter_async_context(_bot(hosts, folder))
        bare = await stack.enter_async_context(_bare(hosts))
        ways: dict[str, Ask] = {BARE: bare, CONSOLE: console, AUDITED: audited}
        paces = {name: Pace() for name in ways}
        for ask in ways.values():
            await _warmed(hosts, ask)
        for name in (*ways, *reversed(ways)):
            await _paced(paces[name], hosts, ways[name], seconds)
        return paces


async def _warmed(hosts: Mapping[str, Host], ask: Ask) -> None:
    """One command to each host, so that every connection is warm."""
    slots = asyncio.Semaphore(LOGINS_AT_ONCE)

    async def one(name: str) -> None:
        async with slots:
            await ask(name)

    await asyncio.gather(*(one(name) for name in hosts))


async def _paced(pace: Pace, hosts: Mapping[str, Host], ask: Ask, seconds: float) -> None:
    began, cpu = time.perf_counter(), time.process_time()
    until = began + seconds

    async def over_and_over(name: str) -> None:
        while time.perf_counter() < until:
            await ask(name)
            pace.commands += 1

    await asyncio.gather(*(over_and_over(name) for name, host in hosts.items() for _ in range(host.at_once)))
    pace.seconds += time.perf_counter() - began
    pace.cpu += time.process_time() - cpu


def _argv(host: str) -> tuple[str, ...]:
    return ("lssyscfg", "-r", "lpar", "-m", host.replace("hmc", "p"), "-F", "name,state")


@asynccontextmanager
async def _bare(hosts: Mapping[str, Host]) -> AsyncIterator[Ask]:
    connections: dict[str, asyncssh.SSHClientConnection] = {}

    async def ask(name: str) -> object:
        if name not in connections:
            connections[name] = await log_in(
                hosts[name], connect_timeout=30, login_timeout=30, keepalive=15, keepalives_missed=3
            )
        return await connections[name].run(command_line(name, _argv(name)), check=True)

    try:
        yield ask
    finally:
        for conn in connections.values():
            conn.close()
        await asyncio.gather(*(conn.wait_closed() for conn in connections.values()))


@asynccontextmanager
async def _bot(hosts: Mapping[str, Host], folder: Path) -> AsyncIterator[tuple[Ask, Ask]]:
    """Asking through the console, and through the door to it that keeps the audit."""
    slack = SlackSettings(bot_token=SecretStr("xoxb-none"), app_token=SecretStr("xapp-none"))
    ledger = app.data_ledger(folder / "data").open(alone=True)

    async def drop(_: bytes) -> None: ...

    try:
        async with app.reading(Settings(slack=slack, hosts=dict(hosts)), ledger) as (console, door):

            async def audited(name: str) -> None:
                result = await door.read(Command(host=name, argv=_argv(name)))
                if result.exit_status != 0:
                    raise RuntimeError(result.text)

            yield lambda name: console.run(name, _argv(name), deadline=60, feed=drop), audited
    finally:
        ledger.close()
