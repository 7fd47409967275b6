"""Where something is: an HMC, a managed system, a partition with the way to it, or a host; and names made into places.

A name that means one partition alone needs no managed system beside it; one that means two is never guessed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from fnmatch import fnmatchcase

from policies.problems import AskProblem, HostProblem

VIOS = "vioserver"  # the HMC's word for a VIOS, in lpar_env
SHOWN = 12  # names in a sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What the inventory knows of one HMC (`system` empty), managed system (`name` empty), partition, or of one host
    that is reached by itself: `host` is its name in the configuration, `name` and `system` the partition that it is.

    `env` and `state` are the HMC's words as of the inventory's age: they show and hint, and decide nothing.
    """

    hmc: str = ""
    host: str = ""
    system: str = ""  # of a host empty where nobody has told yet
    name: str = ""
    id: int = 0
    env: str = ""
    state: str = ""

    @property
    def is_vios(self) -> bool:
        return self.env == VIOS

    @property
    def names(self) -> tuple[str, ...]:
        """By these rules find it."""
        return tuple(filter(None, (self.host, self.name, self.system)))

    @property
    def called(self) -> str:
        return self.host or self.name or self.system or self.hmc

    @property
    def locks(self) -> tuple[str, ...]:
        """What no two changes of it may work on at once. A migration locks a host's partition where it is now."""
        host = (f"host {self.host}",) if self.host else ()
        if self.name and self.system:
            return (*host, f"partition {self.name} on {self.system}")
        return host or (f"managed system {self.system}",)

    def __str__(self) -> str:
        return f"{self.name} on {self.system}" if self.name and not self.host else self.called


class UnknownSystem(AskProblem):
    code = "unknown-managed-system"
    sentence = "I know no managed system called {system}.{hint}"
    why = "My HMCs list: {known}."
    remedy = "Check the name; `lssyscfg -r sys -F name` on the HMC lists them."


class OnAnotherHmc(AskProblem):
    code = "on-another-hmc"
    sentence = "No HMC of mine manages both {first} and {second}."
    why = "{first} is managed by {first_hmc}, {second} by {second_hmc}."
    remedy = "Name the other HMC and a user on it: add `hmc={second_hmc} user=USER`."


class FleetUnread(HostProblem):
    code = "fleet-unread"
    sentence = "I can't tell who manages {system} now. {unread}"
    why = "An HMC that I couldn't ask may manage it. Nothing was sent."
    remedy = "Ask again when that HMC answers; `hscbot check` tells how it stands."


class PartitionUnread(HostProblem):
    code = "partition-unread"
    sentence = "I can't tell where {name} is now. {unread}"
    why = "It isn't on what could be listed, and may be on what couldn't. Nothing was sent."
    remedy = "Ask again when that answers; with `system=` it is looked for there alone."


class UnknownPartition(AskProblem):
    code = "unknown-partition"
    sentence = "I know no {kind} called {name}{where}.{hint}"
    why = "My HMCs listed: {known}. Listed {age}."
    remedy = "Check the name; `/hmc partitions SYSTEM` lists them as they are now."


class NameOnTwoFrames(AskProblem):
    """`frames`: the managed systems that have it."""

    code = "name-on-two-frames"
    sentence = "{name} is on {systems}: which do you mean?"
    why = "A name that means more than one is never guessed. Nothing was sent."
    remedy = "Say it with its managed system beside it, such as `{name} system={first}`."

    def __init__(self, *, frames: Iterable[str] = (), **facts: object) -> None:
        super().__init__(**facts)
        self.frames = tuple(frames)


class NothingMatches(AskProblem):
    code = "nothing-matches"
    sentence = "No {kind} of mine matches {pattern}{where}."
    why = "My HMCs listed: {known}. Listed {age}."
    remedy = "`*` stands for any characters and `?` for one; `*` alone means all."


class UnknownHost(AskProblem):
    code = "unknown-host"
    sentence = "I know no host called {name}.{hint}"
    why = "Those that I reach by themselves: {known}."
    remedy = "Check the name; a host that I am to log in to has its table `[aix.NAME]` in hscbot.toml."


class NoHostMatches(AskProblem):
    code = "no-host-matches"
    sentence = "No host of mine matches {pattern}."
    why = "Those that I reach by themselves: {known}."
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
        raise NameOnTwoFrames(name=name, systems=_said(systems, " and "), first=systems[0], frames=systems)
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
        if system in (None, each.system) and _matches(each, pattern)
    }
    if not found:
        where = f" on {system}" if system is not None else ""
        names = _said(sorted({each.called for each in listed})) or "none"
        raise NothingMatches(kind=kind, pattern=pattern, where=where, known=names, age=age)
    return tuple(found[key] for key in sorted(found))


def hosts_that_match(listed: Iterable[Place], pattern: str) -> tuple[Place, ...]:
    """Those whose name in the configuration matches, in order; or a Problem where none does."""
    hosts = sorted(listed, key=lambda each: each.host)
    found = tuple(each for each in hosts if (_matches(each, pattern) if is_pattern(pattern) else each.host == pattern))
    if found:
        return found
    names = [each.host for each in hosts]
    known = _said(names) or "none"
    if is_pattern(pattern):
        raise NoHostMatches(pattern=pattern, known=known)
    close = get_close_matches(pattern, names, n=1)
    raise UnknownHost(name=pattern, hint=f" Did you mean '{close[0]}'?" if close else "", known=known)


def _matches(place: Place, pattern: str) -> bool:
    return fnmatchcase(place.called, pattern.replace("[", "[[]"))


def _said(names: list[str], joined: str = ", ") -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return joined.join(names[:SHOWN]) + more
