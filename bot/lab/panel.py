"""The page's side panel, filled: the demo's fleet as it is now, and what can be made to go wrong with it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from bot.lab.fleet.events import RmcChanged
from bot.lab.fleet.model import Partition
from bot.lab.fleet.running import RunningFleet
from bot.lab.workspace.page import Fault, Fleet, Machine, System

LOOK_EVERY = 1.0  # seconds
TRIED = ("p72", "db01")  # the partition of the demo's first command


class Panel:
    """HMCs that can be switched off, and the first partition's RMC connection that can be lost."""

    def __init__(self, fleet: RunningFleet) -> None:
        self._fleet = fleet
        self._down: set[str] = set()

    def shown(self) -> Fleet:
        now = self._fleet.fleet
        moving = {name: f"{system} → {each.destination}" for (system, name), each in now.migrations.items()}
        systems = [
            System(
                name=system.name,
                state=system.state,
                partitions=[Machine(name=each.name, state=_state(each, moving)) for each in system.partitions],
            )
            for system in now.systems.values()
        ]
        return Fleet(systems=systems, faults=self._faults())

    async def switch(self, fault: str, on: bool) -> None:
        if fault == "rmc":
            system, name = self._tried()
            state = "inactive" if on else "active"
            self._fleet.happen(RmcChanged(system=system, partition=name, rmc_state=state))
            return
        host = fault.removeprefix("down:")
        if host not in self._fleet.hosts:
            raise KeyError(fault)
        await (self._fleet.refuse(host) if on else self._fleet.accept(host))
        (self._down.add if on else self._down.discard)(host)

    async def watch(self, changed: Callable[[], object]) -> None:
        """Say so whenever something is different: a migration moves along, a partition arrives."""
        last = self.shown()
        while True:
            await asyncio.sleep(LOOK_EVERY)
            if (now := self.shown()) != last:
                last = now
                changed()

    def _faults(self) -> list[Fault]:
        system, name = self._tried()
        rmc = next(each.rmc_state for each in self._fleet.fleet.systems[system].partitions if each.name == name)
        hosts = [Fault(id=f"down:{host}", label=f"{host} is down", on=host in self._down) for host in self._fleet.hosts]
        return [*hosts, Fault(id="rmc", label=f"{name} loses its RMC connection", on=rmc != "active")]

    def _tried(self) -> tuple[str, str]:
        """Where the partition of the first command is now."""
        _, name = TRIED
        systems = self._fleet.fleet.systems.values()
        here = next((each.name for each in systems for one in each.partitions if one.name == name), TRIED[0])
        return here, name


def _state(partition: Partition, moving: dict[str, str]) -> str:
    return f"Migrating {moving[partition.name]}" if partition.name in moving else partition.state
