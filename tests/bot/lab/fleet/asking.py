"""What the simulated machines answer a look at their settings, typed at their shells."""

from __future__ import annotations

import asyncio
import shlex

from bot.lab.fleet.machines import HmcMachine
from handlers.command import Command, Result
from handlers.drift import looking
from handlers.drift.looking import Answers
from handlers.drift.source import Kind
from handlers.drift.sources import Chosen
from handlers.drift.subject import kind_of
from handlers.drift.value import unmarked
from handlers.place import Place
from tests.bot.lab.fleet.keyboard import Keyboard


def answered(keyboard: Keyboard, place: Place, chosen: Chosen | None = None) -> Answers:
    """Every question, each answered as it is now."""
    flow = looking.answers(place, chosen or Chosen(), unmarked)
    try:
        command = next(flow)
        while True:
            assert isinstance(command, Command)
            text, status = _typed(keyboard, place, command)
            command = flow.send(Result(command=command, exit_status=status, text=text, size=len(text)))
    except StopIteration as end:
        found: Answers = end.value
    return found


def _typed(keyboard: Keyboard, place: Place, command: Command) -> tuple[str, int]:
    if kind_of(place) is Kind.AIX:
        out, _, status = keyboard.typed(shlex.join(command.argv), on=place.host)
        return out, status
    return typed(keyboard, place.hmc, shlex.join(command.argv))


def typed(keyboard: Keyboard, hmc: str, line: str) -> tuple[str, int]:
    """On an HMC: what it printed, and the status."""
    said: list[str] = []

    async def to(text: str) -> None:
        said.append(text)

    status = asyncio.run(HmcMachine(keyboard.world, hmc).shell("hscroot").run(line, to, to))
    return "".join(said), status
