"""Whose settings are watched: hosts reached by themselves, VIOS and managed systems through their HMC; what each is
called, and the way to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Annotated, TypeAlias

from pydantic import StringConstraints

from handlers import within
from handlers.command import Command, Reader
from handlers.drift.source import Kind
from handlers.operation import Inventory, Named
from handlers.place import SHOWN, NoHostMatches, Place, UnknownHost
from policies.problems import AskProblem
from policies.words import Effect

# A host's name in the configuration, or what an HMC calls a VIOS or a managed system; with its frame where that isn't
# one thing's alone: `p72:vio1`.
SubjectName: TypeAlias = Annotated[
    str,
    StringConstraints(
        min_length=1, max_length=253, pattern=r"^[A-Za-z0-9_](?:[A-Za-z0-9_.@+:# -]*[A-Za-z0-9_.@+:#-])?$"
    ),
]

# By managed system: which of its VIOS, by the names that its HMC has, have SEAs that stand in for each other.
Bridging: TypeAlias = Mapping[str, Collection[tuple[str, ...]]]

ALL = "*"


class UnknownSubject(AskProblem):
    code = "unknown-subject"
    sentence = "I know nothing called {name} whose settings I could watch.{hint}"
    why = "There are hosts of `[aix.NAME]`, VIOS and managed systems: {known}."
    remedy = "Check the name; `/drift status` lists those that I have read."


def kind_of(place: Place) -> Kind:
    if place.host:
        return Kind.AIX
    return Kind.VIOS if place.name else Kind.SYSTEM


def everything(inventory: Inventory) -> dict[str, Place]:
    """All that can be watched, by what it is called. A name that is taken is told apart by the frame, never guessed."""
    found = {each.host: each for each in _hosts(inventory)}
    vioses = [each for each in inventory.partitions() if each.is_vios]
    twice = Counter((*found, *(each.name for each in vioses)))
    for each in vioses:
        found[each.name if twice[each.name] == 1 else f"{each.system}:{each.name}"] = each
    for system in inventory.managed():
        name = system if system not in found else f"frame:{system}"
        found[name] = Place(hmc=inventory.hmc_of(system), system=system)
    return found


def called(inventory: Inventory, name: str) -> Place:
    """What is called so, or a Problem. No HMC has to list anything for a host that is reached by itself."""
    try:
        return inventory.host(name)
    except UnknownHost:
        there = everything(inventory)
    if name in there:
        return there[name]
    for each in inventory.partitions():  # by its frame it is told apart, whether it has to be or not
        if each.is_vios and name == f"{each.system}:{each.name}":
            return each
    close = get_close_matches(name, there, n=1)
    more = f" and {len(there) - SHOWN} more" if len(there) > SHOWN else ""
    raise UnknownSubject(
        name=name,
        hint=f" Did you mean '{close[0]}'?" if close else "",
        known=(", ".join(sorted(there)[:SHOWN]) or "none") + more,
    )


@dataclass(frozen=True)
class Called(Named):
    """One of them, as somebody named it, or all."""

    def meant(self, inventory: Inventory) -> tuple[str, ...]:
        """What it is called by itself."""
        return (self.name,)

    def places(self, inventory: Inventory) -> tuple[Place, ...]:
        if self.name == ALL:
            return tuple(everything(inventory).values())
        return tuple(called(inventory, each) for each in self.meant(inventory))


@dataclass(frozen=True)
class CalledAlike(Called):
    """One of them, or all that should be alike under that name: what rules say of each of those holds."""

    def meant(self, inventory: Inventory) -> tuple[str, ...]:
        return inventory.alike().get(self.name, (self.name,))


def pairs(inventory: Inventory, bridging: Bridging) -> dict[str, tuple[str, ...]]:
    """Of each managed system with two VIOS, those: they serve the same clients, either in place of the other. Of one
    with more, each two that bridge for each other, as `bridging` has them."""
    by_system: dict[str, dict[str, str]] = {}
    for name, place in everything(inventory).items():
        if kind_of(place) is Kind.VIOS:
            by_system.setdefault(place.system, {})[place.name] = name
    both = (
        sorted(own[each] for each in two)
        for system, own in by_system.items()
        for two in ([tuple(own)] if len(own) == 2 else bridging.get(system, ()))
        if len(two) == 2 and own.keys() >= set(two)
    )
    return {pair_name(names): tuple(names) for names in both}


def pair_name(names: Iterable[str]) -> str:
    return "+".join(sorted(names))


def sent(
    place: Place,
    argv: tuple[str, ...],
    *,
    effect: Effect = Effect.READS,
    deadline: float = 60.0,
    reader: Reader | None = None,
    streamed: bool = False,
    confidential: bool = False,
) -> Command:
    """That command, on the way to it. What an HMC is asked ends in the managed system that it is asked about."""
    kind = kind_of(place)
    if kind is Kind.VIOS:
        command = within.on_vios(place, argv, effect=effect, deadline=deadline, reader=reader, streamed=streamed)
        return replace(command, confidential=confidential)
    if kind is Kind.AIX:
        command = within.on_host(place, argv, effect=effect, deadline=deadline, reader=reader, streamed=streamed)
        return replace(command, confidential=confidential)
    return Command(
        host=place.hmc,
        argv=(*argv, "-m", place.system),
        effect=effect,
        deadline=deadline,
        reader=reader,
        streamed=streamed,
        confidential=confidential,
    )


def _hosts(inventory: Inventory) -> tuple[Place, ...]:
    try:
        return inventory.hosts("*")
    except NoHostMatches:
        return ()
