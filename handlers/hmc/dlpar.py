"""What changes a partition while it runs (dynamic LPAR): who must answer, and how it gets into the profile."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import ClassVar, Generic, Protocol, TypeVar

from pydantic import Field

from handlers.changing import Guard, Lasts
from handlers.hmc.places import PartitionChange
from handlers.hmc.standing import Standing
from handlers.operation import Name, Named, Operation

DEADLINE = 20 * 60.0  # seconds; what wait= asks for comes on top


class Running(Protocol):
    """How a partition stands that something is added to or taken from, and the profiles that it has."""

    @property
    def standing(self) -> Standing: ...

    @property
    def profiles(self) -> dict[str, dict[str, str]]: ...


S = TypeVar("S", bound=Running)


class Dlpar(PartitionChange[S], Generic[S]):
    """One `chhwres` on a partition that runs, and with save=yes what runs then becomes its profile."""

    deadline: ClassVar[float] = DEADLINE
    stop: ClassVar[str] = "it can't be called back once it is sent; what it has done by then stays"

    save: bool = Field(
        default=False, description="write all that runs then over its whole profile, for the next start: yes or no"
    )
    wait: int | None = Field(
        default=None, ge=0, le=60, description="minutes that the HMC waits for the operating system; its usual is 5"
    )

    @abstractmethod
    def changed(self, before: S) -> tuple[str, ...]:
        """The words of the `chhwres`, behind `-m` and the system."""

    @abstractmethod
    def unlike(self, before: S, after: S) -> list[str]:
        """What of the running configuration isn't as wanted."""

    @abstractmethod
    def unsaved(self, after: S, profile: dict[str, str]) -> list[str]:
        """What that profile has otherwise than what runs."""

    def doing(self, before: S) -> tuple[tuple[str, ...], ...]:
        waits = () if self.wait is None else ("-w", str(self.wait))
        system = before.standing.system
        kind, *rest = self.changed(before)
        change = ("chhwres", "-r", kind, "-m", system, *rest, *waits)
        profile = before.standing.profile
        return (change, saving(system, self.partition, profile)) if self.save and profile else (change,)

    def guards(self, before: S) -> tuple[Guard, ...]:
        found = (answering(before.standing),)
        if not self.save:
            return found
        profile = before.standing.profile
        known = profile is not None and profile in before.profiles
        seen = f"{profile}" if known else "none that it was started with"
        return (*found, Guard(name=f"{self.partition} has a profile to save to", holds=known, seen=seen))

    def missing(self, before: S, after: S) -> list[str]:
        left = self.unlike(before, after)
        profile = before.standing.profile
        if left or not self.save or profile is None:
            return left
        row = after.profiles.get(profile)
        unsaved = ["it is gone"] if row is None else self.unsaved(after, row)
        return [f"what runs is as wanted, but the profile {profile} isn't: {'; '.join(unsaved)}"] if unsaved else []

    def lasts(self) -> Lasts:
        return Lasts.SAVED if self.save else Lasts.RUNNING

    def affected(self, before: S) -> tuple[str, ...]:
        return (self.partition,)

    def to_save(self, before: S) -> str:
        """What approvers are told of the second command: it takes along more than this change."""
        if not self.save:
            return ""
        return (
            f"; then all that runs is written over the whole of its profile {before.standing.profile}:"
            " an undo brings back what is changed here, not what else the profile held"
        )


def saving(system: str, partition: str, profile: str) -> tuple[str, ...]:
    """The words that write what runs into a profile, in place of what it held."""
    return ("mksyscfg", "-r", "prof", "-m", system, "-o", "save", "-p", partition, "-n", profile, "--force")


def answering(standing: Standing) -> Guard:
    """What runs is changed by its operating system, which the HMC asks over RMC."""
    return Guard(
        name=f"{standing.name} runs, and the HMC reaches its operating system",
        holds=standing.answers,
        seen=f"{standing}" if standing.answers else f"{standing}; what is off is changed in its profile",
    )


class ToAnother(Operation):
    """What one partition gives away, another of the same frame gets."""

    to: Name

    @classmethod
    def clashes(cls, given: Mapping[str, object]) -> list[str]:
        told = super().clashes(given)
        if given.get("to") is not None and given.get("to") == given.get("partition"):
            told.append("to= is the partition that it is taken from")
        return told

    @property
    def taker(self) -> str:
        return self.to

    def targets(self) -> tuple[str, ...]:
        return (*super().targets(), self.to)

    def names(self) -> tuple[Named, ...]:
        return (*super().names(), Named(self.to, next(iter(self.systems()), None)))
