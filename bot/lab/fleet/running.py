"""A fleet that runs: SSH servers on the loopback, one for each machine, all answering from one model."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping

from pydantic import SecretStr

from bot.console import Host
from bot.lab.fleet import faults
from bot.lab.fleet.events import Event
from bot.lab.fleet.machines import HmcMachine, machine_of
from bot.lab.fleet.mishaps import begun_by, ended_by
from bot.lab.fleet.model import Fleet
from bot.lab.fleet.server import Server
from bot.lab.fleet.world import Ran, World


class RunningFleet:
    """`hosts` is ready for the console; everything else looks into the fleet or lets something happen to it."""

    def __init__(self, world: World, servers: Mapping[str, Server]) -> None:
        self._world = world
        self._servers = dict(servers)
        self._attending = asyncio.create_task(world.attended())
        world.then = self._cut_what_went_down

    @property
    def hosts(self) -> dict[str, Host]:
        """Every HMC, with the key of its first user."""
        return {name: self.host(name) for name in self._world.state.hmcs}

    async def reach(self, partition: str, *, user: str | None = None, by_password: bool = False) -> Host:
        """A VIOS or an AIX, reached directly; its server starts when first asked for. KeyError where it is none."""
        if partition not in self._servers:
            self._servers[partition] = Server(self._world, machine_of(self._world, partition))
            await self._servers[partition].listen()
        return self.host(partition, user=user, by_password=by_password)

    def host(self, name: str, *, user: str | None = None, by_password: bool = False, at_once: int = 3) -> Host:
        server = self._servers[name]
        account = server.door.accounts[user or server.machine.users[0]]
        key = account.key.export_private_key().decode()
        return Host(
            name=name,
            address="127.0.0.1",
            port=server.port,
            user=account.name,
            host_key=server.key.export_public_key().decode(),
            password=SecretStr(account.password) if by_password else None,
            key_text=None if by_password else SecretStr(key),
            legacy=server.machine.old_ssh,
            at_once=at_once,
        )

    @property
    def fleet(self) -> Fleet:
        return self._world.fleet

    @property
    def ran(self) -> list[Ran]:
        """Every command that a shell ran, also inside substitutions, oldest first."""
        return self._world.ran

    @property
    def errors(self) -> list[BaseException]:
        """The simulator's own faults; there should be none."""
        return self._world.errors

    def happen(self, event: Event) -> Fleet:
        return self._world.happen(event)

    def befall(self, mishap: str, system: str, partition: str) -> Fleet:
        """Lets something go wrong by its name; see bot/lab/fleet/mishaps.py."""
        return self._all(begun_by(mishap, self.fleet, system, partition))

    def mend(self, mishap: str, system: str, partition: str) -> Fleet:
        return self._all(ended_by(mishap, self.fleet, system, partition))

    def _all(self, events: list[Event]) -> Fleet:
        for event in events:
            self._world.happen(event)
        return self.fleet

    def fault(
        self,
        host: str,
        *,
        matching: str = "",
        raw: str | bytes | None = None,
        exit_status: int = 0,
        cut_after: int | None = None,
        stall_after: int | None = None,
        pace: float | None = None,
    ) -> None:
        """Befalls the next command of `host` whose line holds `matching`; see bot/lab/fleet/faults.py."""
        made = faults.fault(
            matching=matching,
            raw=raw,
            exit_status=exit_status,
            cut_after=cut_after,
            stall_after=stall_after,
            pace=pace,
        )
        self._servers[host].faults.append(made)

    async def refuse(self, host: str) -> None:
        await self._servers[host].refuse()

    async def accept(self, host: str) -> None:
        await self._servers[host].listen()

    async def change_key(self, host: str) -> None:
        await self._servers[host].change_key()

    def cut(self, host: str) -> None:
        """Every connection to the host is lost at once."""
        self._servers[host].cut()

    def deafen(self, host: str) -> int:
        """Every connection to the host stays open, half: nothing is heard or said on it any more."""
        return self._servers[host].deafen()

    def _cut_what_went_down(self) -> None:
        for server in self._servers.values():
            server.cut_from_former_lives()

    def tries(self, host: str, user: str) -> int:
        """How often a credential of that user was shown."""
        return self._servers[host].door.accounts[user].tries

    def change_password(self, host: str, user: str, password: str) -> None:
        self._servers[host].door.accounts[user].password = password

    def sessions(self, host: str) -> int:
        return self._servers[host].sessions

    async def close(self) -> None:
        self._attending.cancel()
        await asyncio.gather(self._attending, return_exceptions=True)
        for server in self._servers.values():
            await server.close()


async def start_fleet(
    fleet: Fleet,
    *,
    clock: Callable[[], float] = time.time,
    migration_seconds: float = 30.0,
    line_delay: float = 0.0,
) -> RunningFleet:
    """Starts every HMC of the fleet. `line_delay` is the pause after each line of a validation's answer, in seconds."""
    world = World(state=fleet, clock=clock, migration_seconds=migration_seconds, line_delay=line_delay)
    servers = {name: Server(world, HmcMachine(world, name)) for name in fleet.hmcs}
    world.knows = lambda host, user, password: host in servers and servers[host].door.admits(user, password)
    running = RunningFleet(world, servers)
    try:
        for server in servers.values():
            await server.listen()
    except OSError:
        await running.close()
        raise
    return running
