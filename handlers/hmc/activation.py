"""A client partition's way up and down. A VIOS has its own, behind the interlock: that of `/vios`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar, Literal

from pydantic import Field

from handlers import power
from handlers.changing import Guard, Lasts
from handlers.frames import OFF, RUNNING
from handlers.heard import Reads, Unread
from handlers.hmc.places import PartitionChange
from handlers.hmc.standing import Standing, profiles, standing
from handlers.operation import Ending, Flow, Inventory, Name, Operation, Report
from handlers.place import Place
from policies.words import Effect

UP_WITHIN, DOWN_WITHIN = 15 * 60.0, 20 * 60.0  # seconds


@dataclass(frozen=True, kw_only=True)
class Way:
    """How a partition stands; `profiles`: the names of those that it has; `left`: it was seen on its way."""

    standing: Standing
    profiles: tuple[str, ...] = ()
    left: bool = False


class _Switching(PartitionChange[Way]):
    """`within`: seconds until it must be as wanted."""

    deadline: ClassVar[float] = 10 * 60.0
    wanted: ClassVar[power.Wanted]
    within: ClassVar[float]

    def look_at(self, place: Place) -> Reads[Way]:
        found = yield from standing(place)
        return Way(standing=found, profiles=tuple(sorted((yield from profiles(place)))))

    def settled(self, place: Place, before: Way) -> Reads[Way]:
        """Watched until it is there, in Error, or its time is over. That it is read once more tells its state anew."""
        wanted, within = self.watch()
        seen = yield from power.watched(
            place.hmc, place.system, before.standing.lpar, wanted, seconds=within
        )  # fmt: skip
        return replace(before, standing=(yield from standing(place)), left=seen.left)

    def look(self, inventory: Inventory) -> Flow:
        """Reads until it has come to rest, then tells where it stands."""
        place = self.place(inventory)
        try:
            found = yield from standing(place)
        except Unread as fault:
            return Report(ending=Ending.UNKNOWN, headline=f"I couldn't see how it stands: {fault}")
        wanted, within = self.watch()
        seen = yield from power.at_rest(place.hmc, place.system, found.lpar, wanted, seconds=within)
        return Report(ending=Ending.UNKNOWN, headline=str(seen))

    def watch(self) -> tuple[power.Wanted, float]:
        """What to wait for, and for how many seconds at most."""
        return type(self).wanted, self.within

    def guards(self, before: Way) -> tuple[Guard, ...]:
        instead = f"/vios {'start' if self.verb == 'start' else 'shutdown'} {self.partition} {before.standing.system}"
        seen = f"it is one: ask for {instead}" if before.standing.is_vios else before.standing.env
        return (Guard(name=f"{self.partition} is no VIOS", holds=not before.standing.is_vios, seen=seen),)

    def told(self, after: Way) -> str:
        return f"{self.partition} is {after.standing}"

    def affected(self, before: Way) -> tuple[str, ...]:
        return (self.partition,)

    def lasts(self) -> Lasts:
        return Lasts.ONCE


class Start(_Switching):
    """Start a partition that is off, and wait until its operating system answers. Its first start needs a profile."""

    verb: ClassVar[str] = "start"
    example: ClassVar[str] = "start off01 profile=default_profile"
    wanted: ClassVar[power.Wanted] = power.is_up
    within: ClassVar[float] = UP_WITHIN

    profile: Name | None = Field(
        default=None,
        description="the profile to start it with; without it starts as it last ran",
        json_schema_extra={"example": "default_profile"},
    )

    def guards(self, before: Way) -> tuple[Guard, ...]:
        found = (*super().guards(before), _is_off(before.standing))
        if self.profile is None:
            return found
        known = self.profile in before.profiles
        seen = self.profile if known else f"it has {', '.join(before.profiles) or 'none'}"
        return (*found, Guard(name=f"{self.partition} has the profile {self.profile}", holds=known, seen=seen))

    def doing(self, before: Way) -> tuple[tuple[str, ...], ...]:
        profile = () if self.profile is None else ("-f", self.profile)
        return (("chsysstate", "-m", before.standing.system, "-r", "lpar", "-o", "on", "-n", self.partition, *profile),)

    def missing(self, before: Way, after: Way) -> list[str]:
        if after.standing.answers or (after.standing.state == RUNNING and not _had_rmc(before)):
            return []
        return [f"{self.partition} is {after.standing}"]

    def moves(self, before: Way) -> str:
        how = f"with its profile {self.profile}" if self.profile is not None else "as it last ran"
        return f"{self.partition} on {before.standing.system} starts {how}"

    def undo(self, before: Way) -> Operation:
        return Shutdown(partition=self.partition, system=self.system)


def _had_rmc(before: Way) -> bool:
    """A client with an operating system of which the HMC has ever heard; who never answers isn't waited for in vain."""
    return before.standing.rmc != "none"


def _is_off(found: Standing) -> Guard:
    return Guard(name=f"{found.name} is off", holds=found.state == OFF, seen=str(found))


class Shutdown(_Switching):
    """Shut a partition down, by its operating system or at once; with restart=yes it comes up again."""

    verb: ClassVar[str] = "shutdown"
    effect: ClassVar[Effect] = Effect.DISRUPTS
    example: ClassVar[str] = "shutdown db01"
    wanted: ClassVar[power.Wanted] = power.is_off
    within: ClassVar[float] = DOWN_WITHIN

    how: Literal["os", "immediate"] = Field(
        default="os", description="os: its operating system shuts down, by RMC; immediate: it is switched off"
    )
    restart: bool = Field(default=False, description="start it again once it is down: yes or no")

    def watch(self) -> tuple[power.Wanted, float]:
        return (power.is_back, DOWN_WITHIN + UP_WITHIN) if self.restart else (power.is_off, DOWN_WITHIN)

    def guards(self, before: Way) -> tuple[Guard, ...]:
        found = before.standing
        on = Guard(name=f"{found.name} is on", holds=found.state != OFF, seen=str(found))
        if self.how == "immediate":
            return (*super().guards(before), on)
        seen = str(found) if found.answers else f"{found}; without RMC there is how=immediate alone"
        answers = Guard(name="its operating system can be asked over RMC", holds=found.answers, seen=seen)
        return (*super().guards(before), on, answers)

    def doing(self, before: Way) -> tuple[tuple[str, ...], ...]:
        how = (
            ("osshutdown", "-n", self.partition) if self.how == "os" else ("shutdown", "-n", self.partition, "--immed")
        )
        again = ("--restart",) if self.restart else ()
        return (("chsysstate", "-m", before.standing.system, "-r", "lpar", "-o", *how, *again),)

    def missing(self, before: Way, after: Way) -> list[str]:
        found = after.standing
        if self.restart:
            there = after.left and (found.answers or (found.state == RUNNING and not before.standing.answers))
        else:
            there = found.state == OFF
        been = "" if after.left or not self.restart else ", and wasn't seen to go down"
        return [] if there else [f"{self.partition} is {found}{been}"]

    def moves(self, before: Way) -> str:
        does = "restarts" if self.restart else "goes down and stays down"
        by_force = "" if self.how == "os" else ", switched off without asking its operating system"
        return f"{self.partition} on {before.standing.system} {does}{by_force}"

    def undo(self, before: Way) -> Operation | None:
        return None if self.restart else Start(partition=self.partition, system=self.system)
