"""Somebody at a VIOS's shell: which VIOS it is, and whether the shell is padmin's or root's."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.lab.fleet.aix.login import Login as AixLogin
from bot.lab.fleet.aix.words import plain
from bot.lab.fleet.happening import Event
from bot.lab.fleet.model import ManagedSystem, Partition
from bot.lab.fleet.world import Ran, World


@dataclass
class Login:
    """Also the shell's dialect: what it says of a command that isn't there, of a path and of `>`."""

    world: World
    system_name: str
    name: str
    user: str = "padmin"
    is_root: bool = False

    @property
    def system(self) -> ManagedSystem:
        return self.world.fleet.systems[self.system_name]

    @property
    def vios(self) -> Partition:
        found = self.system.partition(self.name)
        if found is None:
            raise ConnectionError(f"{self.name} is gone")
        return found

    @property
    def now(self) -> float:
        return self.world.fleet.now

    @property
    def uptime(self) -> float:
        """Seconds since it started; what ran before the story began has run for a month."""
        fleet, booted = self.world.fleet, self.vios.booted
        return fleet.now - (fleet.began - 30 * 24 * 3600 if booted is None else booted)

    @property
    def clock(self) -> float:
        """What its own clock shows."""
        return self.now + self.vios.clock_offset

    @property
    def as_aix(self) -> AixLogin:
        """The AIX below, as root: what padmin's commands call."""
        return AixLogin(self.world, self.name)

    def counted(self, adapter: str) -> float:
        """Seconds that an adapter's statistics have counted: since it started, or since they were reset."""
        return min(self.uptime, self.now - self.vios.io.upkeep.counted_since(adapter))

    def happen(self, event: Event) -> None:
        self.world.happen(event)

    def as_root(self) -> Login:
        return replace(self, is_root=True)

    def tell(self, argv: tuple[str, ...]) -> None:
        self.world.ran.append(Ran(self.world.clock(), self.name, "root" if self.is_root else self.user, argv))

    # ── the dialect ──────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def program(self) -> str:
        return "ksh" if self.is_root else "rksh"

    def program_of(self, word: str) -> str | None:
        if self.is_root:
            return plain(word)
        return None if "/" in word else word

    def unknown(self, name: str) -> str:
        return f"{self.program}: {name}:  not found.\n"

    def path(self, name: str) -> str:
        return self.unknown(name) if self.is_root else f"rksh: {name}: restricted\n"  # unverified

    def redirect(self, target: str) -> str:
        """Root may redirect, but files are not simulated."""
        if self.is_root:
            return f"ksh: {target}: 0403-005 Cannot create the specified file.\n"
        return f"rksh: {target}: restricted\n"  # unverified
