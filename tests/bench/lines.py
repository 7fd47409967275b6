"""From a line that an HMC prints to its durable row in the outbox, through the whole bot."""

from __future__ import annotations

import re
import time
from bisect import bisect_left
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from bot import app
from bot.lab.workspace.client import People
from bot.ledger.store import Ledger
from bot.ledger.tx import Tx
from bot.login import Host, log_in
from tests.bench import disk, serving
from tests.bench.children import Told, helper
from tests.bench.figures import Bench, Figure, share, spread

T = TypeVar("T")

TITLE = "A line, from the HMC to the outbox"
LINES = 290  # of one command, of which the thread shows 300
GAP = 0.010  # seconds between lines
TARGET = 0.100  # seconds, at p99
_STAMP = re.compile(r"stamp=(\d+)")


class TimedLedger(Ledger):
    """Notes when each outbox row is durable: when its writer is told so."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, app.utc_now)
        self._seen: list[tuple[int, int]] = []  # the highest row after each write, and when it was durable

    async def write(self, change: Callable[[Tx], T]) -> T:
        def noted(tx: Tx) -> tuple[T, int]:
            value = change(tx)
            return value, tx.db.execute("SELECT coalesce(max(id), 0) FROM outbox").fetchone()[0]

        value, row = await super().write(noted)
        self._seen.append((row, time.monotonic_ns()))
        return value

    def durable(self) -> Callable[[int], int]:
        """From a row to its time, in nanoseconds."""
        seen = sorted(self._seen)
        return lambda row: seen[bisect_left(seen, (row, 0))][1]


async def run(bench: Bench) -> list[Figure]:
    commits = await disk.commits(bench.folder, count=100, every=GAP)
    keys, lines = bench.sub("stamping"), LINES // 2 if bench.quick else LINES
    async with (
        helper("world", "lab", str(bench.sub("lab"))) as told,
        helper("world", "stamping", str(keys), str(lines), str(GAP)) as host,
    ):
        delays = await _through_bot(told, host, bench.sub("bot"), turns=1 if bench.quick else 2)
        bare = await _bare(serving.hosts(host)["stamping"])
    return [
        Figure(
            what=f"{len(delays)} lines, one every {GAP * 1000:.0f} ms",
            figure=spread(delays),
            beside=f"asyncssh alone has a line after {spread(bare)}; one durable commit of SQLite: {spread(commits)}",
            target="p99 ≤ 100 ms",
            met=share(delays, 0.99) <= TARGET,
        )
    ]


async def _through_bot(told: Told, host: Told, folder: Path, *, turns: int) -> list[float]:
    """Seconds of each line."""
    ledger = TimedLedger(folder / "data")
    async with serving.here(told, ledger, fleet=host) as bot, People(told["url"]) as people:
        for _ in range(turns):
            await people.slash("requester", "power-ops", "/lpm", "validate db01 p72 p75")
            await bot.listeners.settled()
            await bot.runner.settled()
        return _delays(ledger)


def _delays(ledger: TimedLedger) -> list[float]:
    rows = ledger.read_now(lambda db: db.execute("SELECT id, body FROM outbox WHERE kind = 'log'").fetchall())
    durable = ledger.durable()
    return [(durable(row[0]) - int(stamp)) / 1e9 for row in rows for stamp in _STAMP.findall(row[1])]


async def _bare(host: Host) -> list[float]:
    """The same lines, only received."""
    conn = await log_in(host, connect_timeout=10, login_timeout=10, keepalive=15, keepalives_missed=3)
    delays: list[float] = []
    async with conn, conn.create_process("migrlpar", encoding="utf-8") as process:
        async for line in process.stdout:
            now = time.monotonic_ns()
            delays += [(now - int(stamp)) / 1e9 for stamp in _STAMP.findall(line)]
    return delays
