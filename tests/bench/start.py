"""From the start of the program to its first ack, and the memory that it takes to be there."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path

from bot.lab.workspace.client import People
from tests.bench import children, memory, serving
from tests.bench.children import Told, helper, started
from tests.bench.figures import Bench, Figure, share

TITLE = "Starting, and being there"
CONNECTIONS = 100
SETTLING = 2.0  # seconds after the first ack, with both HMCs connected
IMPORTS = "import aiohttp, asyncssh, pydantic, slack_bolt.async_app, sqlite_utils, structlog, typer"


async def run(bench: Bench) -> list[Figure]:
    turns = 1 if bench.quick else 5
    seconds, sizes, floor = [], [], []
    folder = bench.sub("start")
    async with helper("world", "lab", str(folder)) as told:
        config = await serving.prepared(told, folder)
        for _ in range(turns):
            floor.append(await _imports())
            first, size = await _first_ack(told, config)
            seconds.append(first)
            sizes.append(size)
    return [
        Figure(
            what=f"`hscbot serve` to its first ack; median of {turns}",
            figure=f"{share(seconds, 0.5):.2f} s",
            beside=f"Python alone, importing the same libraries: {share(floor, 0.5):.2f} s",
        ),
        Figure(
            what=f"resident, idle, {len(told['hosts'])} HMCs connected",
            figure=memory.shown(max((size for size in sizes if size is not None), default=None)),
            beside=f"Python alone with the same libraries: {memory.shown(await _imported())}",
        ),
        await _connections(bench),
    ]


async def _first_ack(told: Told, config: Path) -> tuple[float, int | None]:
    """Asked at once: the workspace keeps the command until somebody is there to take it."""
    async with People(told["url"]) as people:
        began = time.perf_counter()
        async with serving.serve(told, config) as process:
            answer = await people.slash("requester", "power-ops", "/lpm", "help")
            seconds = time.perf_counter() - began
            if not answer["acked"]:
                raise RuntimeError(f"the first command was not acked: {answer}")
            await asyncio.sleep(SETTLING)
            return seconds, memory.resident(process.pid)


async def _imports() -> float:
    began = time.perf_counter()
    async with started(sys.executable, "-c", IMPORTS, quiet=True) as process:
        await process.wait()
    return time.perf_counter() - began


async def _imported() -> int | None:
    code = f"{IMPORTS}; print('there', flush=True); input()"
    async with started(sys.executable, "-c", code) as process:
        assert process.stdout is not None
        await process.stdout.readline()
        return memory.resident(process.pid)


async def _connections(bench: Bench) -> Figure:
    folder = bench.sub("connections")
    async with helper("world", "fleet", str(folder), str(CONNECTIONS + 1)) as told:
        listed = folder / "hosts.json"
        listed.write_text(json.dumps(told), encoding="utf-8")
        console, bare = [await children.answer("connecting", way, str(listed)) for way in ("console", "bare")]
    return Figure(
        what=f"each idle SSH connection, of {CONNECTIONS}",
        figure=_each(console),
        beside=f"asyncssh alone: {_each(bare)}",
    )


def _each(told: Told) -> str:
    grown = told["grown"]
    return "not measured: no /proc" if grown is None else f"{grown / CONNECTIONS / 1024:.0f} KiB"
