"""Reads that run at the same time: a few on each host, each heard by itself, shown as they come."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from handlers.command import Command, Result, Results
from handlers.operation import Batch, Report
from policies.problems import CommandUnsendable, HostProblem, SessionRefused

AT_ONCE = 2  # on one host: its other sessions are for whoever else asks
SHOWN_EVERY = 2.0  # seconds

Send: TypeAlias = Callable[[Command], Awaitable[Result]]
Show: TypeAlias = Callable[[Report], Awaitable[None]]


async def together(batch: Batch, send: Send, show: Show) -> Results:
    """The results, in the order of the commands. Any fault but a host's own ends all of it.

    A host that can't be reached, or lets nobody in, isn't tried again for the rest of the batch.
    """
    results: list[Result | None] = [None] * len(batch.commands)
    gates: defaultdict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(AT_ONCE))
    silent: dict[str, str] = {}

    async def run(at: int, command: Command) -> None:
        async with gates[command.host]:
            try:
                if command.host not in silent:
                    results[at] = await send(command)
                    return
            except (CommandUnsendable, SessionRefused) as problem:
                results[at] = Result(command=command, exit_status=None, unsent=problem.said)
                return
            except HostProblem as problem:
                silent[command.host] = problem.said
            results[at] = Result(command=command, exit_status=None, unsent=silent[command.host])

    tasks = {asyncio.create_task(run(at, command)) for at, command in enumerate(batch.commands)}
    try:
        await _heard(tasks, lambda: show(batch.so_far(results)) if batch.so_far is not None else _nothing())
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return tuple(result for result in results if result is not None)


async def _heard(tasks: set[asyncio.Task[None]], show: Callable[[], Awaitable[None]]) -> None:
    """Back when all are over; the first fault among them is raised. Something new is shown now and then."""
    left = tasks
    while left:
        over, left = await asyncio.wait(left, timeout=SHOWN_EVERY, return_when=asyncio.FIRST_EXCEPTION)
        for task in over:
            task.result()
        if over and left:
            await show()


async def _nothing() -> None:
    """There is nothing to show before the end."""
