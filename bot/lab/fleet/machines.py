"""The machines that answer by SSH: who may log in, how many at once, and the shell behind the login."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from enum import StrEnum

from bot.lab.fleet import aix, vios
from bot.lab.fleet.commands import programs
from bot.lab.fleet.model import Env, User
from bot.lab.fleet.shell import Shell
from bot.lab.fleet.vios.login import Login
from bot.lab.fleet.world import Ran, Seat, World


class Way(StrEnum):
    """What a user shows to get in."""

    KEY = "key"
    PASSWORD = "password"  # noqa: S105


@dataclass(frozen=True)
class Machine(ABC):
    world: World
    name: str

    @property
    def old_ssh(self) -> bool:
        """It offers nothing that came after SHA-1 and CBC."""
        return False

    def ways(self, user: str) -> frozenset[Way]:
        return frozenset(Way)

    @property
    @abstractmethod
    def users(self) -> tuple[str, ...]:
        """Those who may log in, the usual one first."""

    @property
    @abstractmethod
    def sessions(self) -> int:
        """At once; beyond them it refuses."""

    @abstractmethod
    def life(self) -> object:
        """What is the same for as long as it runs without a break; None while it doesn't run."""

    def is_up(self) -> bool:
        return self.life() is not None

    @abstractmethod
    def shell(self, user: str) -> Shell: ...


class HmcMachine(Machine):
    @property
    def old_ssh(self) -> bool:
        return self.world.fleet.hmcs[self.name].old_ssh

    @property
    def users(self) -> tuple[str, ...]:
        return tuple(user.name for user in self.world.fleet.hmcs[self.name].users)

    @property
    def sessions(self) -> int:
        return self.world.fleet.hmcs[self.name].sessions

    def life(self) -> object:
        hmc = self.world.fleet.hmcs[self.name]
        return ("since", hmc.booted) if hmc.is_up else None

    def shell(self, user: str) -> Shell:
        world, host = self.world, self.name
        who = world.fleet.hmcs[host].user(user) or User(name=user)
        return Shell(
            programs(Seat(world, host, who)),
            tell=lambda argv: world.ran.append(Ran(world.clock(), host, user, argv)),
            variables={"HOME": f"/home/{user}", "USER": user, "LOGNAME": user, "PATH": "/usr/hmcrbin", "0": "bash"},
        )


class PartitionMachine(Machine):
    """Reached directly, without an HMC; while it is down nobody gets in."""

    sessions = 64

    def life(self) -> object:
        """Wherever a migration takes it, which no connection notices."""
        fleet = self.world.fleet
        system = aix.place(fleet, self.name)
        found = fleet.systems[system].partition(self.name) if system else None
        return ("since", found.booted) if found is not None and found.is_up else None


class ViosMachine(PartitionMachine):
    users = ("padmin",)

    def shell(self, user: str) -> Shell:
        return vios.shell(Login(self.world, aix.place(self.world.fleet, self.name) or "", self.name, user=user))


class AixMachine(PartitionMachine):
    """`monitor` may look and change nothing; root gets in by its key alone."""

    users = ("root", "monitor")

    def ways(self, user: str) -> frozenset[Way]:
        return frozenset({Way.KEY}) if user == "root" else frozenset(Way)

    def shell(self, user: str) -> Shell:
        return aix.shell(aix.Login(self.world, self.name, user))


def machine_of(world: World, name: str) -> Machine:
    """A partition that can be logged in to. KeyError where there is none."""
    fleet = world.fleet
    system = aix.place(fleet, name)
    found = fleet.systems[system].partition(name) if system else None
    if found is None or not (found.env is Env.VIOS or found.os_version.startswith("AIX")):
        raise KeyError(name)
    return ViosMachine(world, name) if found.env is Env.VIOS else AixMachine(world, name)
