"""Pairs of SEAs watched: what a round costs in this process, at three sizes, and what watching takes over time.

The machines are simulated in a process of their own, so that what is told here is the bot's alone.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import SecretStr

from bot import app
from bot.inventory import Inventory
from bot.ledger.store import Ledger
from bot.login import Host
from bot.settings import Settings, SlackSettings, WatchSettings
from bot.watch.asking import Tools
from bot.watch.figures import Figures
from bot.watch.ours import OurRequests
from bot.watch.scribe import Scribe
from bot.watch.watch import Watch
from tests.bench import memory, serving
from tests.bench.children import helper
from tests.bench.figures import Bench, Figure

TITLE = "Watching pairs of SEAs"
EVERY = 30.0  # seconds
SHARE = 0.5  # of one core
SIZE = 1024 * memory.MIB
LINEAR = 1.5  # times the cost for each VIOS, from the smallest to the largest


@dataclass(frozen=True, kw_only=True)
class Cost:
    """One round of `vioses`, and the watch over them for a while. Seconds; `cpu` is this process's."""

    vioses: int
    found: float
    cpu: float
    share: float | None = None
    lag: float = 0.0

    @property
    def each(self) -> float:
        return self.cpu / self.vioses


async def run(bench: Bench) -> list[Figure]:
    sizes = (5, 20, 50) if bench.quick else (10, 100, 1_000)
    memory.forget_peak()
    costs = []
    for frames in sizes:
        folder = bench.sub(f"watch-{frames}")
        watched = 30.0 if frames == sizes[-1] else 0.0
        async with helper("world", "frames", str(folder), str(frames)) as told:
            costs.append(await _measured(serving.hosts(told), folder, 2 * frames, watched))
    return _figures(costs, memory.peak())


def _figures(costs: list[Cost], peak: int | None) -> list[Figure]:
    first, last = costs[0], costs[-1]
    rounds = "; ".join(f"{each.vioses}: {each.cpu:.3f} s of CPU, {each.each * 1000:.2f} ms each" for each in costs)
    ratio = last.each / first.each
    assert last.share is not None
    return [
        Figure(
            what=f"one round of {', '.join(str(each.vioses) for each in costs)} VIOS, each read and held to every rule",
            figure=rounds,
            beside=f"all found and confirmed first: {last.found:.1f} s for {last.vioses}",
            target=f"each ≤ {LINEAR:g} × as dear among the most as among the fewest",
            met=ratio <= LINEAR,
        ),
        Figure(
            what=f"{last.vioses} VIOS watched every {EVERY:g} s by one process",
            figure=f"{last.share:.1%} of a core; a look begins at most {last.lag:.2f} s late at the end",
            target=f"< {SHARE:.0%} of a core, none an interval late",
            met=last.share < SHARE and last.lag < EVERY,
        ),
        Figure(
            what="memory of that process at most, over all of this",
            figure=memory.shown(peak),
            target=f"< {memory.shown(SIZE)}",
            met=None if peak is None else peak < SIZE,
        ),
    ]


async def _measured(hosts: Mapping[str, Host], folder: Path, vioses: int, seconds: float) -> Cost:
    async with _watch(hosts, folder) as watch:
        began = time.perf_counter()
        await watch.round()
        found = time.perf_counter() - began
        if (there := sum(len(each.things) for each in watch.hosts.values())) != vioses // 2:
            raise RuntimeError(f"{there} pairs were found of {vioses} VIOS")
        cpu = time.process_time()
        await watch.round()
        cost = Cost(vioses=vioses, found=found, cpu=time.process_time() - cpu)
        if seconds:
            share, lag = await _watched(watch, seconds)
            cost = replace(cost, share=share, lag=lag)
        return cost


async def _watched(watch: Watch, seconds: float) -> tuple[float, float]:
    """As it goes on by itself, its looks spread: what share of a core it takes, and how late a look begins."""
    task = asyncio.create_task(watch.run())
    try:
        await asyncio.sleep(2.0)
        began, cpu = time.perf_counter(), time.process_time()
        await asyncio.sleep(seconds)
        share = (time.process_time() - cpu) / (time.perf_counter() - began)
        return share, max(each.rounds.lag for each in watch.hosts.values())
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


@asynccontextmanager
async def _watch(hosts: Mapping[str, Host], folder: Path) -> AsyncIterator[Watch]:
    """The bot's own rooms, but for Slack's."""
    slack = SlackSettings(bot_token=SecretStr("xoxb-none"), app_token=SecretStr("xapp-none"))
    settings = Settings(slack=slack, hosts=dict(hosts), watch=WatchSettings(every=EVERY))
    ledger: Ledger = app.data_ledger(folder / "data").open(alone=True)
    try:
        async with app.reading(settings, ledger) as (_, door):
            addresses = {name: host.address for name, host in hosts.items()}
            tools = Tools(
                ledger=ledger,
                door=door,
                scribe=Scribe(ledger, app.told_nobody(ledger)),
                ours=OurRequests(ledger, app.OPERATIONS),
                figures=Figures(),
            )
            yield Watch(hosts, settings.watch, Inventory(addresses, door.read, app.utc_now), tools)
    finally:
        ledger.close()
