"""An inventory that is told by the simulated fleet itself, and a flow driven against its machines' own shells."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from bot.console import command_line
from bot.lab.fleet.machines import HmcMachine, machine_of
from bot.lab.fleet.mishaps import begun_by
from bot.lab.fleet.world import World
from handlers import place
from handlers.command import Command, Result
from handlers.explain import explain
from handlers.operation import Batch, Heard, Operation, Report, Step
from handlers.place import Place, is_pattern
from handlers.plan import Plan
from tests.stories.test_sea_building import fleet


@dataclass
class Fleetbook:
    """The demo's fleet with adapters to spare, whose clock also goes on by what flows wait."""

    now: list[float] = field(default_factory=lambda: [1_000_000.0])

    def __post_init__(self) -> None:
        self.world = World(
            state=fleet(), clock=lambda: self.now[0] + time.monotonic(), migration_seconds=0.1, line_delay=0.0
        )

    # ── the inventory ─────────────────────────────────────────────────────────────────────────────────────────────

    def hmc_of(self, *systems: str) -> str:
        return next(name for name, hmc in self.world.fleet.hmcs.items() if set(systems) <= set(hmc.systems))

    def hmc_named(self, name: str) -> str | None:
        return name if name in self.world.fleet.hmcs else None

    def managed(self) -> tuple[str, ...]:
        return tuple(sorted(self.world.fleet.systems))

    def hmcs(self) -> tuple[Place, ...]:
        return tuple(Place(hmc=name) for name in sorted(self.world.fleet.hmcs))

    def frames(self, pattern: str) -> tuple[Place, ...]:
        listed = [Place(hmc=self.hmc_of(each), system=each) for each in self.managed()]
        found = [each for each in listed if is_pattern(pattern) or each.system == pattern]
        return tuple(found)

    def partitions(self, system: str | None = None) -> tuple[Place, ...]:
        return tuple(
            Place(hmc=self.hmc_of(name), system=name, name=each.name, id=each.lpar_id, env=each.env, state=each.state)
            for name, frame in sorted(self.world.fleet.systems.items())
            for each in frame.partitions
            if system in (None, name)
        )

    def partition(self, name: str, system: str | None = None) -> Place:
        return place.the_one(self.partitions(), name, system, kind="partition", age="now")

    def vios(self, name: str, system: str | None = None) -> Place:
        return place.the_one(self._vioses(), name, system, kind="VIOS", age="now")

    def vioses(self, pattern: str, system: str | None = None) -> tuple[Place, ...]:
        return place.all_that_match(self._vioses(), pattern, system, kind="VIOS", age="now")

    def host(self, name: str) -> Place:
        return self.hosts(name)[0]

    def hosts(self, pattern: str) -> tuple[Place, ...]:
        clients = [replace(each, host=each.name) for each in self.partitions() if not each.is_vios]
        return place.hosts_that_match(clients, pattern)

    def alike(self) -> Mapping[str, tuple[str, ...]]:
        return {}

    def unread(self, system: str | None = None) -> tuple[str, ...]:
        return ()

    def age(self, places: Iterable[Place]) -> str:
        return ""

    def _vioses(self) -> tuple[Place, ...]:
        return tuple(each for each in self.partitions() if each.is_vios)

    # ── its machines ──────────────────────────────────────────────────────────────────────────────────────────────

    def types(self, host: str, line: str) -> tuple[str, int]:
        """What the usual user of a machine gets for a line: its answer and the exit status."""
        is_hmc, printed = host in self.world.fleet.hmcs, list[str]()
        machine = HmcMachine(self.world, host) if is_hmc else machine_of(self.world, host)

        async def keep(text: str) -> None:
            printed.append(text)

        status = asyncio.run(machine.shell(machine.users[0]).run(line, keep, keep))
        return "".join(printed), status

    def befall(self, mishap: str, name: str) -> None:
        at = self.partition(name)
        for event in begun_by(mishap, self.world.fleet, at.system, at.name):
            self.world.happen(event)

    def answered(self, command: Command) -> Result:
        self.now[0] += command.after
        text, status = self.types(command.host, command_line(command.host, command.argv))
        findings = tuple(explain(text.splitlines())) if command.reader is not None else ()
        return Result(command=command, exit_status=status, text=text, size=len(text.encode()), findings=findings)

    def driven(self, operation: Operation) -> tuple[list[Command], Report]:
        """All that it sends, and how it ends; approved at once."""
        flow, sent = operation.flow(self), list[Command]()
        try:
            step: Step = next(flow)
            while True:
                heard: Heard = None
                if isinstance(step, Batch):
                    sent += step.commands
                    heard = tuple(map(self.answered, step.commands))
                elif not isinstance(step, Plan):
                    sent.append(step)
                    heard = self.answered(step)
                step = flow.send(heard)
        except StopIteration as end:
            report: Report = end.value
            return sent, report
