"""From the moment at which a SEA fails over to the message in the channel, of a bot that watches many pairs."""

from __future__ import annotations

import asyncio
import json
import random
import sqlite3
import time
from contextlib import closing
from pathlib import Path

from bot.lab import remote
from bot.lab.demo import ALERTS
from bot.lab.workspace.client import People
from tests.bench import serving
from tests.bench.children import helper
from tests.bench.figures import Bench, Figure, share

TITLE = "Telling of a failover"
POLL = 10.0  # seconds
MORE = 2.0  # seconds, beside one poll
FAILOVERS = 10  # more within a minute are told together
FOUND_WITHIN = 90.0  # seconds
SEEN = "SELECT count(*) FROM watch_thing WHERE kind = 'sea' AND memory IS NOT NULL"


async def run(bench: Bench) -> list[Figure]:
    frames = 20 if bench.quick else 200
    failovers = 4 if bench.quick else FAILOVERS
    folder = bench.sub("alerting")
    async with helper("world", "lab", str(folder), str(frames)) as told:
        config = await serving.prepared(told, folder)
        with config.open("a", encoding="utf-8") as file:
            file.write(f"[watch]\nevery = {POLL:g}\n[alerts]\nchannel = {json.dumps(ALERTS)}\n")
        async with serving.serve(told, config), People(told["url"]) as people:
            await _watching(config.parent, frames)
            times = await _failovers(told["url"], people, frames, failovers)
    worst = max(times)
    return [
        Figure(
            what=f"from a failover to its message in the channel; {failovers} of them, {2 * frames} VIOS watched",
            figure=f"p50 {share(times, 0.5):.1f}, max {worst:.1f} s",
            beside=f"each pair is looked at every {POLL:g} s, by the default settings",
            target=f"all within one poll and {MORE:g} s: {POLL + MORE:g} s",
            met=worst <= POLL + MORE,
        )
    ]


async def _watching(folder: Path, pairs: int) -> None:
    """Until every pair was looked at twice: what is seen for the first time tells of no failover."""

    def looked() -> int:
        with closing(sqlite3.connect(f"file:{folder / 'data' / 'hscbot.db'}?mode=ro", uri=True)) as db:
            return int(db.execute(SEEN).fetchone()[0])

    async with asyncio.timeout(FOUND_WITHIN):
        while await asyncio.to_thread(looked) < pairs:  # noqa: ASYNC110 - another process finds them
            await asyncio.sleep(0.5)
    await asyncio.sleep(POLL)


async def _failovers(url: str, people: People, frames: int, count: int) -> list[float]:
    """Seconds each; at moments that no interval of the watch has to do with."""
    dice = random.Random(7)
    waits = []
    for frame in dice.sample(range(1, frames + 1), count):
        vios = f"frame{frame:04}vio1"
        waits.append(asyncio.create_task(_told(people, vios)))
        await remote.switch(url, "cable-pull", f"frame{frame:04}/{vios}", on=True)
        await asyncio.sleep(dice.uniform(2.0, 4.0))
    return list(await asyncio.gather(*waits))


async def _told(people: People, vios: str) -> float:
    began = time.monotonic()
    said = f"failover: the lead went from {vios}"
    await people.wait_for_message("power-alerts", lambda m: said in json.dumps(m), 2 * (POLL + MORE))
    return time.monotonic() - began
