"""Shells of a fleet's hosts at which a test types, without SSH between, and whose clock it turns."""

from __future__ import annotations

import asyncio
import calendar
from dataclasses import dataclass, field

from bot.lab.fleet import aix, demo_fleet, vios
from bot.lab.fleet.events import Event
from bot.lab.fleet.model import Fleet, Partition, check
from bot.lab.fleet.shell import Shell
from bot.lab.fleet.vios.login import Login
from bot.lab.fleet.world import World


@dataclass
class Keyboard:
    fleet: Fleet = field(default_factory=demo_fleet)
    now: float = float(calendar.timegm((2016, 4, 14, 8, 33, 0)))

    def __post_init__(self) -> None:
        self.world = World(state=self.fleet, clock=lambda: self.now, migration_seconds=40, line_delay=0)

    def happen(self, event: Event) -> None:
        self.world.happen(event)

    def host(self, name: str) -> Partition:
        fleet = self.world.fleet
        found = fleet.systems[aix.place(fleet, name) or ""].partition(name)
        assert found is not None
        return found

    def typed(self, line: str, *, on: str = "db01", user: str = "root") -> tuple[str, str, int]:
        """Both outputs and the status; whatever was typed, the fleet adds up and the simulator is well."""
        out: list[str] = []
        err: list[str] = []

        async def to_out(text: str) -> None:
            out.append(text)

        async def to_err(text: str) -> None:
            err.append(text)

        status = asyncio.run(self._shell(on, user).run(line, to_out, to_err))
        assert self.world.errors == []
        check(self.world.fleet)
        return "".join(out), "".join(err), status

    def says(self, line: str, *, on: str = "db01", user: str = "root") -> str:
        out, err, status = self.typed(line, on=on, user=user)
        assert (err, status) == ("", 0), (out, err, status)
        return out

    def refused(self, line: str, *, on: str = "db01", user: str = "root") -> str:
        out, err, status = self.typed(line, on=on, user=user)
        assert (out, status) != ("", 0)
        assert status != 0
        return err

    def _shell(self, name: str, user: str) -> Shell:
        if user == "padmin":
            system = aix.place(self.world.fleet, name)
            assert system is not None
            return vios.shell(Login(self.world, system, name))
        return aix.shell(aix.Login(self.world, name, user))
