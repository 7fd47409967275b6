"""Fifty slash commands a second over Socket Mode: how soon each is acked, with its row durable before."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any

from bot.lab.workspace.client import People
from tests.bench import disk, serving
from tests.bench.children import helper
from tests.bench.figures import Bench, Figure, share, spread

TITLE = "Acknowledging"
RATE = 50
TARGET = 0.050  # seconds, at p99
# Of ten commands: six are answered with help, two are refused, two are validated on an HMC to the end.
MIX = (
    "help",
    "validate db01 p72 p75",
    "help migrate",
    "validate db01 p72",
    "help",
    "help",
    "validate vscsi01 p72 p75",
    "help status",
    "valdate db01 p72 p75",
    "help",
)
DEALT_WITHIN = 60.0  # seconds


async def run(bench: Bench) -> list[Figure]:
    seconds = 5 if bench.quick else 20
    limit = await disk.commits(bench.folder, count=RATE * seconds // 4, every=1 / RATE)
    apart = await _apart(bench, seconds)
    together = await _together(bench, seconds // 2)
    limit += await disk.commits(bench.folder, count=RATE * seconds // 4, every=1 / RATE)
    beside = f"one durable commit of SQLite: {spread(limit)}"
    return [
        _figure(f"bot in its own process, {RATE}/s for {seconds} s", *apart, beside),
        _figure(f"lab and bot in one process, {RATE}/s for {seconds // 2} s", *together, beside),
    ]


def _figure(what: str, acks: list[float], lost: int, dealt: str, beside: str) -> Figure:
    told = spread(acks) + (f"; {lost} NOT acked" if lost else "") + f"; {dealt}"
    met = not lost and share(acks, 0.99) <= TARGET
    return Figure(what=what, figure=told, beside=beside, target="p99 ≤ 50 ms", met=met)


async def _apart(bench: Bench, seconds: int) -> tuple[list[float], int, str]:
    folder = bench.sub("ack-apart")
    async with helper("world", "lab", str(folder)) as told:
        config = await serving.prepared(told, folder)
        async with serving.serve(told, config):
            return await _load(told["url"], folder, seconds)


async def _together(bench: Bench, seconds: int) -> tuple[list[float], int, str]:
    folder = bench.sub("ack-together")
    async with helper("world", "demo", str(folder)) as told:
        return await _load(told["url"], folder, seconds)


async def _load(url: str, folder: Path, seconds: int) -> tuple[list[float], int, str]:
    """Sent by the clock, whatever comes back and when: a slow answer holds up no later command."""
    loop = asyncio.get_running_loop()
    async with People(url) as people:
        await people.slash("requester", "power-ops", "/lpm", "validate db01 p72 p75")
        start = loop.time()
        async with asyncio.TaskGroup() as group:
            tasks = []
            for number in range(RATE * seconds):
                await asyncio.sleep(start + number / RATE - loop.time())
                text = MIX[number % len(MIX)]
                tasks.append(group.create_task(people.slash("requester", "power-ops", "/lpm", text)))
    dealt = await asyncio.to_thread(_dealt_with, folder / "data" / "hscbot.db")
    answers: list[dict[str, Any]] = [task.result() for task in tasks]
    acks = [answer["ack_ms"] / 1000 for answer in answers if answer["acked"]]
    return acks, len(answers) - len(acks), dealt


def _dealt_with(database: Path) -> str:
    """How long after the last command all were answered or run to their end."""
    began = time.monotonic()
    while (left := _open(database)) and time.monotonic() - began < DEALT_WITHIN:
        time.sleep(0.05)
    spent = time.monotonic() - began
    return f"{left} still open after {DEALT_WITHIN:g} s" if left else f"all dealt with {spent:.1f} s after the last"


def _open(database: Path) -> int:
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as db:
        envelopes = "SELECT count(*) FROM inbox WHERE done = 0"
        requests = "SELECT count(*) FROM request WHERE state NOT IN ('succeeded', 'failed', 'unknown')"
        return int(db.execute(f"SELECT ({envelopes}) + ({requests})").fetchone()[0])
