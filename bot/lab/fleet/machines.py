"""The machines that answer by SSH: who may log in, how many at once, and the shell behind the login."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

from bot.lab.fleet import vios
from bot.lab.fleet.commands import programs
from bot.lab.fleet.model import Env, User
from bot.lab.fleet.shell import Shell
from bot.lab.fleet.vios.login import Login
from bot.lab.fleet.world import Ran, Seat, World


@dataclass(frozen=True)
class Machine(ABC):
    world: World
    name: str

    @property
    @abstractmethod
    def users(self) -> tuple[str, ...]:
        """Those who may log in, the usual one first."""

    @property
    @abstractmethod
    def sessions(self) -> int:
        """At once; beyond them it refuses."""

    @abstractmethod
    def is_up(self) -> bool: ...

    @abstractmethod
    def shell(self, user: str) -> Shell: ...


class HmcMachine(Machine):
    @property
    def users(self) -> tuple[str, ...]:
        return tuple(user.name for user in self.world.fleet.hmcs[self.name].users)

    @property
    def sessions(self) -> int:
        return self.world.fleet.hmcs[self.name].sessions

    def is_up(self) -> bool:
        return True

    def shell(self, user: str) -> Shell:
        world, host = self.world, self.name
        who = world.fleet.hmcs[host].user(user) or User(name=user)
        return Shell(
            programs(Seat(world, host, who)),
            tell=lambda argv: world.ran.append(Ran(world.clock(), host, user, argv)),
            variables={"HOME": f"/home/{user}", "USER": user, "LOGNAME": user, "PATH": "/usr/hmcrbin", "0": "bash"},
        )


class ViosMachine(Machine):
    """Reached directly, without an HMC; while it is down nobody gets in."""

    users = ("padmin",)
    sessions = 64

    def is_up(self) -> bool:
        system = home(self.world, self.name)
        found = self.world.fleet.systems[system].partition(self.name) if system else None
        return found is not None and found.is_up

    def shell(self, user: str) -> Shell:
        return vios.shell(Login(self.world, home(self.world, self.name) or "", self.name, user=user))


def home(world: World, name: str) -> str | None:
    """The frame that a VIOS is on."""
    for system in world.fleet.systems.values():
        if any(each.name == name and each.env is Env.VIOS for each in system.partitions):
            return system.name
    return None
