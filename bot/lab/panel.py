"""The page's side panel, filled: the demo's fleet as it is now, and what can be made to go wrong with it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from bot.lab.fleet.archive import FAULTS, ArchiveServer
from bot.lab.fleet.breaker import Breaker
from bot.lab.fleet.model import Partition
from bot.lab.fleet.running import RunningFleet
from bot.lab.fleet.troubles import TROUBLES, Kind, Target, targets
from bot.lab.workspace.page import Fault, Fleet, Machine, System

LOOK_EVERY = 1.0  # seconds
ARCHIVE = "archive"


class Panel:
    """Every trouble by its name, with what it may befall: the fleet, or the archive beside it."""

    def __init__(self, fleet: RunningFleet, archive: ArchiveServer | None = None) -> None:
        self._fleet, self._archive = fleet, archive
        self._breaker = Breaker(fleet)

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

    async def switch(self, fault: str, target: str, on: bool) -> None:
        if self._archive is not None and fault in FAULTS:
            if target != ARCHIVE:
                raise ValueError(f"it befalls {ARCHIVE} alone")
            await (self._archive.let(fault) if on else self._archive.heal(fault))
        elif on:
            self._breaker.let(fault, target)
        else:
            self._breaker.heal(fault, target)

    async def watch(self, changed: Callable[[], object]) -> None:
        """Say so whenever something is different: a migration moves along, a partition arrives."""
        last = self.shown()
        while True:
            await asyncio.sleep(LOOK_EVERY)
            if (now := self.shown()) != last:
                last = now
                changed()

    def _faults(self) -> list[Fault]:
        named = {kind: [_named(each) for each in targets(self._fleet.fleet, kind)] for kind in Kind}
        of_fleet = [
            Fault(
                id=name,
                group=trouble.group,
                does=trouble.sentence,
                heals=trouble.heals,
                kind=trouble.kind,
                targets=named[trouble.kind],
                on=self._breaker.on(name),
            )
            for name, trouble in TROUBLES.items()
        ]
        return of_fleet if self._archive is None else [*of_fleet, *_of_archive(self._archive)]


def _of_archive(archive: ArchiveServer) -> list[Fault]:
    it, on = [ARCHIVE], archive.on
    return [
        Fault(
            id=name, group="Archive", does=does, heals=heals, kind=ARCHIVE, targets=it, on=it if name in on else []
        )
        for name, (does, heals) in FAULTS.items()
    ]  # fmt: skip


def _named(target: Target) -> str:
    return f"{target.system}/{target.name}" if target.system not in {"", target.name} else target.name


def _state(partition: Partition, moving: dict[str, str]) -> str:
    return f"Migrating {moving[partition.name]}" if partition.name in moving else partition.state
