"""A fleet on which an operation is walked to its end, answered by the simulated HMC without SSH between."""

from __future__ import annotations

import asyncio
import shlex
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.app import CATALOG
from bot.lab.fleet import aix
from bot.lab.fleet.machines import HmcMachine
from handlers import grammar
from handlers.command import Command, Result
from handlers.explain import explain
from handlers.operation import Batch, Ending, Flow, Heard, Operation, Report, Step
from handlers.place import Place
from handlers.plan import Plan
from policies.words import Effect
from tests.bot.lab.fleet.keyboard import Keyboard
from tests.house.walk import OneHmc

HMC = "hmc-oslo"
Fault = Callable[[str], tuple[str, int | None] | None]  # by the line: what it answers in place of the machine


@dataclass
class Inventory(OneHmc):
    keyboard: Keyboard

    def vios(self, name: str, system: str | None = None) -> Place:
        frame = system or aix.place(self.keyboard.world.fleet, name) or "FRAME"
        return Place(hmc=HMC, system=frame, name=name, id=1, env="vioserver", state="Running")


@dataclass
class Walked:
    """How it ended. `sent`: what the VIOS were told, changes alone; `read`: what they were asked."""

    report: Report
    plan: Plan | None = None
    sent: list[str] = field(default_factory=list)
    read: list[str] = field(default_factory=list)

    @property
    def shown(self) -> Plan:
        assert self.plan is not None, self.report
        return self.plan

    @property
    def facts(self) -> dict[str, str]:
        return {each.name: each.value for each in self.shown.facts}

    @property
    def told(self) -> str:
        """All of the report's words."""
        return "\n".join((self.report.headline, *self.report.lines))


class Lab(Keyboard):
    def ask(self, text: str, *, fault: Fault = lambda line: None, look: bool = False) -> Walked:
        """Type it after `/vios`; walked to its end, past approvals."""
        operation = read(text)
        flow = operation.look(Inventory(self)) if look else operation.flow(Inventory(self))
        return self._walk(flow, fault)

    def padmin(self, line: str, *, on: str = "p75vio1") -> str:
        return self.says(line, on=on, user="padmin")

    def _walk(self, flow: Flow, fault: Fault) -> Walked:
        walked, heard = Walked(Report(ending=Ending.UNKNOWN, headline="")), None
        try:
            step = next(flow)
            while True:
                heard = self._heard(step, walked, fault)
                step = flow.send(heard)
        except StopIteration as end:
            walked.report = end.value
        assert self.world.errors == []
        return walked

    def _heard(self, step: Step, walked: Walked, fault: Fault) -> Heard:
        if isinstance(step, Plan):
            assert walked.plan is None
            walked.plan = step
            return None
        if isinstance(step, Batch):
            return tuple(self._result(command, walked, fault) for command in step.commands)
        return self._result(step, walked, fault)

    def _result(self, command: Command, walked: Walked, fault: Fault) -> Result:
        line = command.argv[-1] if command.argv[0] == "viosvrcmd" else shlex.join(command.argv)
        (walked.sent if command.effect > Effect.READS else walked.read).append(line)
        text, status = fault(line) or asyncio.run(self._run(command.argv))
        findings = tuple(explain(text.splitlines())) if command.reader is not None else ()
        return Result(command=command, exit_status=status, text=text, findings=findings, size=len(text))

    async def _run(self, argv: tuple[str, ...]) -> tuple[str, int]:
        said: list[str] = []

        async def keep(text: str) -> None:
            said.append(text)

        status = await HmcMachine(self.world, HMC).shell("hscroot").run(shlex.join(argv), keep, keep)
        return "".join(said), status


def read(text: str) -> Operation:
    asked = grammar.read(CATALOG, "vios", text)
    assert isinstance(asked, grammar.Asked), asked
    return asked.operation
