"""Where something is: an HMC, a managed system, or a partition with the way to it; and names made into places.

A name that means one partition alone needs no managed system beside it; one that means two is never guessed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from fnmatch import fnmatchcase

from policies.problems import AskProblem

VIOS = "vioserver"  # the HMC's word for a VIOS, in lpar_env
SHOWN = 12  # names in a sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What the inventory knows of one HMC (`system` empty), managed system (`name` empty) or partition.

    `env` and `state` are the HMC's words as of the inventory's age: they show and hint, and decide nothing.
    """

    hmc: str
    system: str = ""
    name: str = ""
    id: int = 0
    env: str = ""
    state: str = ""

    @property
    def is_vios(self) -> bool:
        return self.env == VIOS

    @property
    def called(self) -> str:
        return self.name or self.system or self.hmc

    def __str__(self) -> str:
        return f"{self.name} on {self.system}" if self.name else self.called


class UnknownPartition(AskProblem):
    code = "unknown-partition"
    sentence = "I know no {kind} called {name}{where}.{hint}"
    why = "My HMCs listed: {known}. Listed {age}."
    remedy = "Check the name; `/hmc partitions SYSTEM` lists them as they are now."


class NameOnTwoFrames(AskProblem):
    code = "name-on-two-frames"
    sentence = "{name} is on {systems}: which do you mean?"
    why = "A name that means more than one is never guessed. Nothing was sent."
    remedy = "Say it with its managed system: {choices}."


class NothingMatches(AskProblem):
    code = "nothing-matches"
    sentence = "No {kind} of mine matches {pattern}{where}."
    why = "My HMCs listed: {known}. Listed {age}."
    remedy = "`*` stands for any characters and `?` for one; `*` alone means all."


def is_pattern(name: str) -> bool:
    return "*" in name or "?" in name


def the_one(named: Iterable[Place], name: str, system: str | None, *, kind: str, age: str) -> Place:
    """The partition of that name, on that managed system where one is given; or a Problem.

    `named`: all that are of the kind. One frame behind two HMCs is one place.
    """
    listed = tuple(named)
    found = {
        (each.system, each.name): each
        for each in reversed(listed)
        if each.name == name and system in (None, each.system)
    }
    if len(found) == 1:
        return next(iter(found.values()))
    if found:
        systems = sorted({each.system for each in found.values()})
        choices = " or ".join(f"`{name} system={each}`" for each in systems)
        raise NameOnTwoFrames(name=name, systems=_said(systems, " and "), choices=choices)
    names = sorted({each.name for each in listed if system in (None, each.system)})
    close = get_close_matches(name, names, n=1)
    raise UnknownPartition(
        kind=kind,
        name=name,
        where=f" on {system}" if system is not None else "",
        hint=f" Did you mean '{close[0]}'?" if close else "",
        known=_said(names) or "none",
        age=age,
    )


def all_that_match(
    named: Iterable[Place], pattern: str, system: str | None, *, kind: str, age: str
) -> tuple[Place, ...]:
    """Those whose name matches, in order of frame and name; or a Problem where none does. A name without `*` and `?` is
    the one of that name."""
    listed = tuple(named)
    if not is_pattern(pattern):
        return (the_one(listed, pattern, system, kind=kind, age=age),)
    found = {
        (each.system, each.name): each
        for each in reversed(listed)
        if system in (None, each.system) and fnmatchcase(each.called, pattern.replace("[", "[[]"))
    }
    if not found:
        where = f" on {system}" if system is not None else ""
        names = _said(sorted({each.called for each in listed})) or "none"
        raise NothingMatches(kind=kind, pattern=pattern, where=where, known=names, age=age)
    return tuple(found[key] for key in sorted(found))


def _said(names: list[str], joined: str = ", ") -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return joined.join(names[:SHOWN]) + more
