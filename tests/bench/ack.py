"""Fifty slash commands a second over Socket Mode: how soon each is acked, with its row durable before."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from bot.lab.workspace.client import People
from tests.bench import disk, serving
from tests.bench.children import helper
from tests.bench.figures import Bench, Figure, share, spread

TITLE = "Acknowledging"
RATE = 50
TARGET = 0.050  # seconds, at p99
MIXED = "of ten, six ask for help, two are refused, two are validated on an HMC"
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
VALIDATING = ("validate db01 p72 p75", "validate vscsi01 p72 p75")
DEALT_WITHIN = 60.0  # seconds
OPEN = """SELECT (SELECT count(*) FROM inbox WHERE done = 0)
    + (SELECT count(*) FROM request WHERE state NOT IN ('succeeded', 'failed', 'unknown'))"""
VALIDATED = "SELECT count(*) FROM request WHERE state IN ('succeeded', 'failed')"


@dataclass(frozen=True, kw_only=True)
class Load:
    acks: list[float]  # seconds
    lost: int
    dealt: str


async def run(bench: Bench) -> list[Figure]:
    seconds = 3 if bench.quick else 20
    commits = RATE if bench.quick else 5 * RATE
    limit = await disk.commits(bench.folder, count=commits, every=1 / RATE)
    apart = await _apart(bench, "mixed", MIX, seconds)
    validating = await _apart(bench, "validating", VALIDATING, seconds // 2)
    together = await _together(bench, seconds // 2)
    limit += await disk.commits(bench.folder, count=commits, every=1 / RATE)
    beside = f"one durable commit of SQLite: {spread(limit)}; Bolt looks for an ack every 10 ms"
    return [
        _figure(f"{RATE}/s for {seconds} s, bot in its own process; {MIXED}", apart, beside),
        _figure(f"{RATE}/s for {seconds // 2} s, the same bot; each a validation", validating, beside),
        _figure(f"{RATE}/s for {seconds // 2} s, lab and bot in one process; {MIXED}", together, beside),
    ]


def _figure(what: str, load: Load, beside: str) -> Figure:
    lost = f"; {load.lost} NOT acked" if load.lost else ""
    met = not load.lost and share(load.acks, 0.99) <= TARGET
    told = f"{spread(load.acks)}{lost}; {load.dealt}"
    return Figure(what=what, figure=told, beside=beside, target="p99 ≤ 50 ms", met=met)


async def _apart(bench: Bench, name: str, mix: Sequence[str], seconds: int) -> Load:
    folder = bench.sub(name)
    async with helper("world", "lab", str(folder)) as told:
        config = await serving.prepared(told, folder)
        async with serving.serve(told, config):
            return await _load(told["url"], folder, mix, seconds)


async def _together(bench: Bench, seconds: int) -> Load:
    folder = bench.sub("together")
    async with helper("world", "demo", str(folder)) as told:
        return await _load(told["url"], folder, MIX, seconds)


async def _load(url: str, folder: Path, mix: Sequence[str], seconds: int) -> Load:
    """Sent by the clock, whatever comes back and when: a slow answer holds up no later command."""
    loop = asyncio.get_running_loop()
    async with People(url) as people:
        await people.slash("requester", "power-ops", "/lpm", VALIDATING[0])
        start = loop.time()
        async with asyncio.TaskGroup() as group:
            tasks = []
            for number in range(RATE * seconds):
                await asyncio.sleep(start + number / RATE - loop.time())
                text = mix[number % len(mix)]
                tasks.append(group.create_task(people.slash("requester", "power-ops", "/lpm", text)))
    dealt = await asyncio.to_thread(_dealt_with, folder / "data" / "hscbot.db")
    answers = [task.result() for task in tasks]
    acks = [answer["ack_ms"] / 1000 for answer in answers if answer["acked"]]
    return Load(acks=acks, lost=len(answers) - len(acks), dealt=dealt)


def _dealt_with(database: Path) -> str:
    """How long after the last command all were answered, and their requests run to the end."""
    began = time.monotonic()
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as db:
        while (left := _count(db, OPEN)) and time.monotonic() - began < DEALT_WITHIN:
            time.sleep(0.05)
        if left:
            return f"{left} still open after {DEALT_WITHIN:g} s"
        after = time.monotonic() - began
        return f"{_count(db, VALIDATED)} validations run to the end, the last {after:.1f} s after the load"


def _count(db: sqlite3.Connection, question: str) -> int:
    return int(db.execute(question).fetchone()[0])
