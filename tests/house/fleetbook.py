"""An inventory that is told by the simulated fleet itself, and a flow driven against its machines' own shells."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from bot.console import command_line
from bot.lab.fleet import mishaps, troubles
from bot.lab.fleet.events import MigrationBroke, MigrationStarted
from bot.lab.fleet.machines import HmcMachine, Machine, machine_of
from bot.lab.fleet.mishaps import MISHAPS
from bot.lab.fleet.model import Fleet, Migration
from bot.lab.fleet.world import Ran, World
from handlers import place
from handlers.command import ITSELF, Command, Result
from handlers.explain import explain
from handlers.operation import Batch, Heard, Operation, Report, Step
from handlers.place import OnAnotherHmc, Place, UnknownSystem, is_pattern
from handlers.plan import Plan
from tests.stories.test_sea_building import fleet

BEGAN = 1_772_330_400.0  # seconds: 2026-03-01 02:00 UTC


@dataclass
class Fleetbook:
    """The demo's fleet with adapters to spare. Its clock goes on by what flows and machines wait, and a second for each
    command; so nobody waits, and the same is the same at any hour.

    `users`: who types at a machine, where it isn't the usual one; `itself`: what hscbot answers of itself, in turn.
    """

    now: list[float] = field(default_factory=lambda: [BEGAN])
    state: Fleet = field(default_factory=fleet)
    users: dict[str, str] = field(default_factory=dict)
    itself: list[str] = field(default_factory=list)
    results: list[Result] = field(default_factory=list)
    ran: list[tuple[Ran, ...]] = field(default_factory=list)  # what the machines' shells ran for each of them
    plans: list[Plan] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.listed: Fleet | None = None  # where the inventory doesn't know yet how the fleet is
        self.world = World(state=self.state, clock=lambda: self.now[0], migration_seconds=40, line_delay=0.0)

    # ── the inventory ─────────────────────────────────────────────────────────────────────────────────────────────

    def hmc_of(self, *systems: str) -> str:
        for unknown in set(systems) - set(self.managed()):
            raise UnknownSystem(system=unknown, hint="", known=", ".join(self.managed()))
        hmcs = {system: name for name, hmc in self._known.hmcs.items() for system in hmc.systems}
        first, *others = systems
        for second in others:
            if hmcs[second] != hmcs[first]:
                raise OnAnotherHmc(first=first, first_hmc=hmcs[first], second=second, second_hmc=hmcs[second])
        return hmcs[first]

    def hmc_named(self, name: str) -> str | None:
        return name if name in self._known.hmcs else None

    def managed(self) -> tuple[str, ...]:
        return tuple(sorted(self._known.systems))

    def hmcs(self) -> tuple[Place, ...]:
        return tuple(Place(hmc=name) for name in sorted(self._known.hmcs))

    def frames(self, pattern: str) -> tuple[Place, ...]:
        listed = [Place(hmc=self.hmc_of(each), system=each) for each in self.managed()]
        found = [each for each in listed if is_pattern(pattern) or each.system == pattern]
        return tuple(found)

    def partitions(self, system: str | None = None) -> tuple[Place, ...]:
        return tuple(
            Place(hmc=self.hmc_of(name), system=name, name=each.name, id=each.lpar_id, env=each.env, state=each.state)
            for name, frame in sorted(self._known.systems.items())
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

    @property
    def _known(self) -> Fleet:
        return self.listed or self.world.fleet

    # ── its machines ──────────────────────────────────────────────────────────────────────────────────────────────

    def machine(self, host: str) -> Machine:
        return HmcMachine(self.world, host) if host in self.world.fleet.hmcs else machine_of(self.world, host)

    def types(self, host: str, line: str) -> tuple[str, int]:
        """What a user of a machine gets for a line: its answer and the exit status."""
        machine, printed = self.machine(host), list[str]()

        async def keep(text: str) -> None:
            printed.append(text)

        async def run() -> int:
            user = self.users.get(host, machine.users[0])
            return await machine.shell(user).run(line, keep, keep)

        with asyncio.Runner(loop_factory=lambda: Turned(self.now)) as runner:
            status = runner.run(run())
        assert self.world.errors == [], "the simulator has a fault of its own"
        return "".join(printed), status

    def prepare(self, step: str) -> None:
        """`HOST: LINE` is typed there, after `HOST as USER` by that user; `HOST! TROUBLE` befalls it; `60 s later` lets
        time pass; `hscbot? LINE` is what hscbot will answer of itself. Besides the fleet's own troubles: `FRAME! gone`,
        from its HMC and unnoticed; `NAME! migrating`, and `NAME! stuck` in it."""
        if step.startswith(f"{ITSELF}? "):
            self.itself.append(step.removeprefix(f"{ITSELF}? "))
            return
        if step.endswith(" s later"):
            self.now[0] += float(step.removesuffix(" s later"))
            return
        host, colon, line = step.partition(": ")
        if colon:
            told, status = self.types(host, line)
            assert status == 0, (step, told)
        elif " as " in step:
            machine, _, user = step.partition(" as ")
            self.users[machine] = user
        else:
            name, _, trouble = step.partition("! ")
            self.befall(trouble, name)

    def befall(self, trouble: str, name: str) -> None:
        if trouble == "gone":
            self.listed = self.world.fleet
            hmc = self.world.fleet.hmcs[self.hmc_of(name)]
            less = replace(hmc, systems=tuple(each for each in hmc.systems if each != name))
            self.world.state = replace(self.listed, hmcs={**self.listed.hmcs, hmc.name: less})
            return
        if trouble in ("migrating", "stuck"):
            self._leaves(self.partition(name), stuck=trouble == "stuck")
            return
        at = self.partition(name) if trouble in MISHAPS else Place()
        events = (
            mishaps.begun_by(trouble, self.world.fleet, at.system, at.name)
            if trouble in MISHAPS
            else troubles.begun_by(trouble, self.world.fleet, name)
        )
        for event in events:
            self.world.happen(event)

    def _leaves(self, at: Place, *, stuck: bool) -> None:
        """It is on its way to the other managed system of its HMC; stuck: and stands still half way."""
        (other,) = (each for each in self.world.fleet.hmcs[at.hmc].systems if each != at.system)
        now = self.world.fleet.now
        migration = Migration(
            partition=at.name,
            source=at.system,
            destination=other,
            destination_hmc=at.hmc,
            started=now,
            seconds=600.0,
            size=16 << 30,
        )
        self.world.happen(MigrationStarted(migration=migration))
        if stuck:
            self.now[0] += 60.0
            self.world.happen(MigrationBroke(source=at.system, partition=at.name, at=self.now[0]))

    def answered(self, command: Command) -> Result:
        self.now[0] += command.after + 1.0
        before = len(self.world.ran)
        self.results.append(self._answer(command))
        self.ran.append(tuple(self.world.ran[before:]))
        return self.results[-1]

    def _answer(self, command: Command) -> Result:
        if command.host == ITSELF:
            text = self.itself.pop(0)
            return Result(command=command, exit_status=0, text=text, size=len(text))
        if not self.machine(command.host).is_up():
            return Result(command=command, exit_status=None, unsent=f"I can't reach {command.host}.")
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
                elif isinstance(step, Plan):
                    self.plans.append(step)
                else:
                    sent.append(step)
                    heard = self.answered(step)
                step = flow.send(heard)
        except StopIteration as end:
            report: Report = end.value
            return sent, report


class Turned(asyncio.SelectorEventLoop):
    """A loop whose time is a clock that is turned by hand: to wait in it is to turn the clock."""

    def __init__(self, now: list[float]) -> None:
        self._now, self._began = now, now[0]
        super().__init__(_Turning(now))

    def time(self) -> float:
        return self._now[0] - self._began


class _Turning(selectors.DefaultSelector):
    def __init__(self, now: list[float]) -> None:
        super().__init__()
        self._now = now

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        assert timeout is not None, "it waits for something that never comes"
        if timeout > 0:
            self._now[0] += max(timeout, 1e-6)  # a float of today's seconds tells no less apart
        return super().select(0)
