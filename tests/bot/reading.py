"""Flows that read, driven against the simulated machines' own shells, without SSH between."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from bot.console import command_line
from bot.lab.fleet.machines import HmcMachine
from bot.lab.fleet.world import World
from handlers.command import Command, Result
from handlers.frames import Reads
from handlers.plan import Plan

T = TypeVar("T")
Garble = Callable[[Command, Result], Result]


def answered(world: World, command: Command) -> Result:
    machine = HmcMachine(world, command.host)
    printed: list[str] = []

    async def keep(text: str) -> None:
        printed.append(text)

    status = asyncio.run(
        machine.shell(machine.users[0]).run(command_line(command.host, command.argv), keep, keep)
    )  # fmt: skip
    text = "".join(printed)
    return Result(command=command, exit_status=status, text=text, size=len(text.encode()))


def read(world: World, flow: Reads[T], *, garble: Garble = lambda command, result: result) -> T:
    """To its end; `garble` may put another answer in place of the machine's."""
    try:
        step = next(flow)
        while True:
            assert not isinstance(step, Plan)
            step = flow.send(garble(step, answered(world, step)))
    except StopIteration as end:
        told: T = end.value
        return told
