"""The simulated fleet as the machine that an operation is walked on: its HMC answers each command as it stands then.

Without SSH and without waiting: its clock is turned by what a command would have waited for.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field, replace
from typing import Any

from bot.lab.fleet import demo_fleet
from bot.lab.fleet.commands import programs
from bot.lab.fleet.model import Fleet, check
from bot.lab.fleet.shell import Shell
from bot.lab.fleet.world import Seat, World
from handlers.command import Command, Result
from handlers.explain import explain
from handlers.operation import Batch, Flow, Heard, Report
from handlers.plan import Plan

OSLO, ARIZONA = "hmc-oslo", "hmc-arizona"
Intercept = Callable[[Command], tuple[str, int | None] | None]


@dataclass
class LabFrame:
    """`said`: what a command is answered in place of what the fleet says; None: as the fleet does."""

    fleet: Fleet = field(default_factory=demo_fleet)
    now: float = 1_768_000_000.0
    said: Intercept = lambda command: None
    sent: list[tuple[str, ...]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.world = World(state=self.fleet, clock=lambda: self.now, migration_seconds=40, line_delay=0)

    def answer(self, command: Command) -> Result:
        self.now += command.after + 1.0
        self.sent.append(command.argv)
        given = self.said(command)
        text, status = given if given is not None else self.typed(command.argv, command.host)
        findings = tuple(explain(text.splitlines())) if command.reader is not None else ()
        return Result(command=command, exit_status=status, text=text, findings=findings, size=len(text.encode()))

    def typed(self, argv: tuple[str, ...], host: str = OSLO) -> tuple[str, int]:
        hmc = host if host in self.world.fleet.hmcs else OSLO
        user = self.world.fleet.hmcs[hmc].user("hscroot")
        assert user is not None
        out: list[str] = []

        async def heard(text: str) -> None:
            out.append(text)

        told: list[tuple[str, ...]] = []
        shell = Shell(programs(Seat(self.world, hmc, user)), tell=told.append, variables={})
        status = stepped(shell.run(shlex.join(argv), heard, heard))
        assert told == [argv], "a shell makes of it one command with the words that were meant"
        assert self.world.errors == [], "the simulator has a fault of its own"
        check(self.world.fleet)
        return "".join(out), status

    # ── driving ───────────────────────────────────────────────────────────────────────────────────────────────────

    def drive(self, flow: Flow) -> tuple[Report, list[Command | Plan]]:
        """To its end, with everything that it yielded."""
        steps: list[Command | Plan] = []
        heard: Heard = None
        try:
            while True:
                step = flow.send(heard)  # the first one is None, as it has to be
                if isinstance(step, Batch):
                    steps += step.commands
                    heard = tuple(map(self.answer, step.commands))
                else:
                    steps.append(step)
                    heard = None if isinstance(step, Plan) else self.answer(step)
        except StopIteration as end:
            report: Report = end.value
            return report, steps


def stepped(running: Coroutine[Any, Any, int]) -> int:
    """Its end, of what never waits for anything."""
    try:
        running.send(None)
    except StopIteration as end:
        status: int = end.value
        return status
    running.close()
    raise AssertionError("it waits for something")


@dataclass
class Renamed:
    """The same for an operation walked where all have other names: here it is p72, and the other HMC Arizona's."""

    frame: LabFrame = field(default_factory=LabFrame)

    def result(self, command: Command) -> Result:
        words = list(command.argv)
        if "-m" in words:
            words[words.index("-m") + 1] = "p72"
        if "--ip" in words:
            words[words.index("--ip") + 1] = ARIZONA
        asked = ARIZONA if words[:2] == ["lshmc", "-n"] else command.host  # the other one is asked what it is called
        return replace(self.frame.answer(replace(command, host=asked, argv=tuple(words))), command=command)
