"""One command through the whole bot, beside OpenSSH with a shared connection and beside bare asyncssh."""

from __future__ import annotations

import asyncio
import os
import shutil
import time
from asyncio.subprocess import DEVNULL
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from bot import app
from bot.app import Bot
from bot.console import Console, command_line
from bot.lab.workspace.words import TEAM
from bot.ledger import slack
from bot.ledger.hosts import LoginStops
from bot.ledger.slack import Envelope
from bot.login import Host, log_in
from tests.bench import disk, serving
from tests.bench.children import helper
from tests.bench.figures import Bench, Figure, share, spread

TITLE = "One command on a warm connection"
ASKED = "validate db01 p72 p75"
ARGV = ("migrlpar", "-o", "v", "-m", "p72", "-t", "p75", "-p", "db01")
HMC = "hmc-oslo"
SSH = "OpenSSH with a shared connection"
BARE = "asyncssh alone"
CONSOLE = "the bot's console: deadline, streaming, at most once"
WHOLE = "the whole bot: kept, judged, audited, sent, streamed, answered"

PAUSE = 0.02  # seconds, in which the bot says in Slack what it has to say

Way = Callable[[], Awaitable[object]]


async def run(bench: Bench) -> list[Figure]:
    rounds = 20 if bench.quick else 100
    folder = bench.sub("command")
    async with AsyncExitStack() as stack:
        told = await stack.enter_async_context(helper("world", "lab", str(folder)))
        host = serving.hosts(told)[HMC]
        bot = await stack.enter_async_context(serving.here(told, app.data_ledger(folder / "data")))
        ways: dict[str, Way] = {
            WHOLE: _Asking(bot),
            CONSOLE: await stack.enter_async_context(_console(host, bot)),
            BARE: await stack.enter_async_context(_asyncssh(host)),
        }
        if shutil.which("ssh"):
            ways[SSH] = await stack.enter_async_context(_openssh(host, folder))
        times = await _timed(ways, rounds)
    return _figures(times, await disk.commits(bench.folder, count=rounds, every=PAUSE), rounds)


async def _timed(ways: Mapping[str, Way], rounds: int) -> dict[str, list[float]]:
    """One of each in turn, so that whatever else the machine does meets them all."""
    for way in ways.values():
        await way()
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            began = time.perf_counter()
            await way()
            times[name].append(time.perf_counter() - began)
            await asyncio.sleep(PAUSE)
    return times


def _figures(times: Mapping[str, list[float]], commits: list[float], rounds: int) -> list[Figure]:
    peers = [name for name in (SSH, BARE) if name in times]
    beside = "; ".join(f"{name}: {spread(times[name])}" for name in peers)
    if SSH not in times:
        beside += f"; {SSH}: not measured, there is no ssh here"
    durable = f"{beside}; one durable commit of SQLite, of which it takes several: {spread(commits)}"
    return [
        Figure(what=f"{WHOLE}; {rounds} in a row", figure=_beside(times, WHOLE, peers), beside=durable),
        Figure(what=f"{CONSOLE}; {rounds} in a row", figure=_beside(times, CONSOLE, peers), beside=beside),
    ]


def _beside(times: Mapping[str, list[float]], name: str, peers: Sequence[str]) -> str:
    half = {each: share(taken, 0.5) for each, taken in times.items()}
    return "; ".join([spread(times[name]), *(f"{half[name] / half[peer]:.2f} × {peer}" for peer in peers)])


class _Asking:
    """From a delivery that arrives to the durable end of its request."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self._count = 0

    async def __call__(self) -> None:
        self._count += 1
        who = {"team_id": TEAM, "user_id": "U0REQUESTER", "channel_id": "C0POWEROPS"}
        body = {"command": "/lpm", "text": ASKED, **who}
        envelope = Envelope(key=f"bench:{self._count}", kind="command", body=body)
        await self._bot.ledger.write(lambda tx: slack.take_in(tx, envelope))
        await self._bot.desk.handle(envelope)
        await self._bot.runner.settled()
        ended = "SELECT count(*) FROM request WHERE state = 'succeeded'"
        if self._bot.ledger.read_now(lambda db: db.execute(ended).fetchone()[0]) != self._count:
            raise RuntimeError("a validation that should pass didn't")


@asynccontextmanager
async def _console(host: Host, bot: Bot) -> AsyncIterator[Way]:
    async def drop(_: bytes) -> None: ...

    console = Console({host.name: host}, LoginStops(bot.ledger))
    try:
        yield lambda: console.run(host.name, ARGV, deadline=30, feed=drop)
    finally:
        await console.close()


@asynccontextmanager
async def _asyncssh(host: Host) -> AsyncIterator[Way]:
    line = command_line(host.name, ARGV)
    async with await log_in(host, connect_timeout=10, login_timeout=10, keepalive=15, keepalives_missed=3) as conn:
        yield lambda: conn.run(line, check=True)


@asynccontextmanager
async def _openssh(host: Host, folder: Path) -> AsyncIterator[Way]:
    """One client a command, all over the connection of a first one."""
    options = _options(host, folder)
    words = ("ssh", *options, f"{host.user}@{host.address}")
    master = await asyncio.create_subprocess_exec(*words, "-M", "-N", stdin=DEVNULL, start_new_session=True)

    async def ask() -> None:
        process = await asyncio.create_subprocess_exec(
            *words, command_line(host.name, ARGV), stdin=DEVNULL, stdout=DEVNULL, start_new_session=True
        )
        if status := await process.wait():
            raise RuntimeError(f"ssh ended with {status}")

    try:
        async with asyncio.timeout(20):
            while not (folder / "mux").exists():  # noqa: ASYNC110 - the file is another program's
                await asyncio.sleep(0.05)
        yield ask
    finally:
        master.terminate()
        await master.wait()


def _options(host: Host, folder: Path) -> list[str]:
    """No file of the user's is read."""
    known = folder / "known_hosts"
    known.write_text(f"[{host.address}]:{host.port} {host.host_key}\n", encoding="ascii")
    given = {
        "ControlPath": folder / "mux",
        "IdentityFile": host.key_file,
        "IdentitiesOnly": "yes",
        "UserKnownHostsFile": known,
        "GlobalKnownHostsFile": os.devnull,
        "StrictHostKeyChecking": "yes",
        "BatchMode": "yes",
        "LogLevel": "ERROR",
    }
    return ["-F", os.devnull, "-p", str(host.port), *(word for key in given for word in ("-o", f"{key}={given[key]}"))]
