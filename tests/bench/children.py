"""Processes beside this one: each says one line of JSON when it is ready, and ends with the block or with us."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeAlias

Told: TypeAlias = dict[str, Any]

ROOT = Path(__file__).resolve().parents[2]
READY_WITHIN = 60.0  # seconds
_LONGEST_LINE = 4 * 1024 * 1024


@asynccontextmanager
async def helper(module: str, *words: str) -> AsyncIterator[Told]:
    """A module of the bench in a process of its own, until the block ends; what it said when it was ready."""
    async with started(sys.executable, "-m", f"tests.bench.{module}", *words) as process:
        assert process.stdout is not None
        line = await asyncio.wait_for(process.stdout.readline(), READY_WITHIN)
        if not line:
            raise RuntimeError(f"{module} {' '.join(words)} ended before it was ready")
        told: Told = json.loads(line)
        yield told


async def answer(module: str, *words: str) -> Told:
    """What a module that ends by itself has to say."""
    async with helper(module, *words) as told:
        return told


@asynccontextmanager
async def started(*argv: str, env: Mapping[str, str] | None = None, quiet: bool = False) -> AsyncIterator[Process]:
    """A process, until the block ends. In a session of its own, so that Ctrl-C reaches us alone and we end it."""
    process = await asyncio.create_subprocess_exec(
        *argv,
        stdin=PIPE,
        stdout=DEVNULL if quiet else PIPE,
        stderr=DEVNULL if quiet else None,
        env=env,
        cwd=ROOT,
        start_new_session=True,
        limit=_LONGEST_LINE,
    )
    try:
        yield process
    finally:
        await end(process)


async def end(process: Process) -> None:
    if process.returncode is None:
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), 10)
    except TimeoutError:
        process.kill()
        await process.wait()


def ready(told: Told) -> None:
    """In a helper: say it."""
    print(json.dumps(told), flush=True)


async def until_told() -> None:
    """In a helper: back when it is to end, also when who started it is gone."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    loop.add_reader(sys.stdin.fileno(), stop.set)
    await stop.wait()
    loop.remove_reader(sys.stdin.fileno())
