"""Somebody at the shell of an AIX: which host it is, wherever a migration takes it, and who sits there."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.lab.fleet.aix.words import plain
from bot.lab.fleet.happening import Event
from bot.lab.fleet.model import Fleet, ManagedSystem, Partition
from bot.lab.fleet.world import Ran, World

BEFORE_STORY = 30 * 24 * 3600  # seconds that what was up when the story began has been up then


def place(fleet: Fleet, name: str, hint: str = "") -> str | None:
    """The frame that a partition of that name is on; `hint` is looked at first."""
    if hint in fleet.systems and fleet.systems[hint].partition(name) is not None:
        return hint
    return next((each.name for each in fleet.systems.values() if each.partition(name) is not None), None)


@dataclass
class Login:
    """Also the shell's dialect: what ksh says of a command that isn't there, and of `>`."""

    world: World
    name: str
    user: str = "root"
    shells: int = 0  # that were started from this one
    _hint: str = field(default="", repr=False)

    @property
    def home(self) -> str:
        return "/" if self.is_root else f"/home/{self.user}"

    @property
    def is_root(self) -> bool:
        return self.user == "root"

    @property
    def system(self) -> ManagedSystem:
        fleet = self.world.fleet
        found = place(fleet, self.name, self._hint)
        if found is None:
            raise ConnectionError(f"{self.name} is gone")
        self._hint = found
        return fleet.systems[found]

    @property
    def host(self) -> Partition:
        found = self.system.partition(self.name)
        assert found is not None
        return found

    @property
    def clock(self) -> float:
        """What its own clock shows."""
        return self.world.fleet.now + self.host.clock_offset

    @property
    def uptime(self) -> float:
        fleet, booted = self.world.fleet, self.host.booted
        return fleet.now - (fleet.began - BEFORE_STORY if booted is None else booted)

    def happen(self, event: Event) -> None:
        self.world.happen(event)

    def tell(self, argv: tuple[str, ...]) -> None:
        self.world.ran.append(Ran(self.world.clock(), self.name, self.user, argv))

    # ── the dialect ──────────────────────────────────────────────────────────────────────────────────────────────

    program = "ksh"

    def program_of(self, word: str) -> str | None:
        return plain(word)

    def unknown(self, name: str) -> str:
        return f"ksh: {name}:  not found.\n"

    def path(self, name: str) -> str:
        return self.unknown(name)

    def redirect(self, target: str) -> str:
        return f"ksh: {target}: 0403-005 Cannot create the specified file.\n"
