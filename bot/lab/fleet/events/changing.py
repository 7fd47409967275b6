"""How an event changes the fleet: its own change, registered with `change`, what else comes of it, registered with
`aftermath`, what others notice of it, whatever it was, and then what the SEAs make of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import singledispatch
from typing import TypeAlias

from bot.lab.fleet.happening import Due, Event
from bot.lab.fleet.model import Fleet, ManagedSystem, Partition
from bot.lab.fleet.seas import negotiated


@singledispatch
def change(event: Event, fleet: Fleet) -> Fleet:
    raise TypeError(f"no such event: {event!r}")


@singledispatch
def aftermath(event: Event, fleet: Fleet, before: Fleet) -> Fleet:
    """What an event does besides its own change; most do nothing."""
    return fleet


Notice: TypeAlias = Callable[[Fleet, Fleet], Fleet]
_NOTICES: list[Notice] = []


def notices(function: Notice) -> Notice:
    """Called after every event with the fleet and what it was before; gives the fleet with what comes of that."""
    _NOTICES.append(function)
    return function


def apply(event: Event, fleet: Fleet) -> Fleet:
    """Raises ValueError where it can't happen."""
    after = aftermath(event, change(event, fleet), fleet)
    for each in _NOTICES:
        after = each(after, fleet)
    return agreed(after, before=fleet)


def touched(fleet: Fleet, before: Fleet) -> list[tuple[ManagedSystem, ManagedSystem]]:
    """The frames that aren't as they were, as they are and as they were."""
    return [
        (system, old)
        for name, system in fleet.systems.items()
        if (old := before.systems.get(name)) is not None and old is not system
    ]


def agreed(fleet: Fleet, *, before: Fleet | None = None) -> Fleet:
    """The fleet once the SEAs of every frame that isn't as `before` have agreed."""
    changed = {
        name: agreeing
        for name, system in fleet.systems.items()
        if (before is None or before.systems.get(name) is not system)
        and (agreeing := negotiated(system, fleet.now)) is not system
    }
    return replace(fleet, systems={**fleet.systems, **changed}) if changed else fleet


def with_system(fleet: Fleet, system: ManagedSystem) -> Fleet:
    return replace(fleet, systems={**fleet.systems, system.name: system})


def with_partition(fleet: Fleet, system: str, name: str, to: Callable[[Partition], Partition]) -> Fleet:
    frame = frame_of(fleet, system)
    return with_system(fleet, frame.with_partition(to(partition_of(frame, name))))


def frame_of(fleet: Fleet, name: str) -> ManagedSystem:
    if name not in fleet.systems:
        raise ValueError(f"there is no managed system {name}")
    return fleet.systems[name]


def partition_of(system: ManagedSystem, name: str) -> Partition:
    found = system.partition(name)
    if found is None:
        raise ValueError(f"there is no partition {name} on {system.name}")
    return found


def with_due(fleet: Fleet, seconds: float, event: Event) -> Fleet:
    """The event will happen that many seconds from now; what is due at one time happens in the order of asking."""
    due = Due(at=fleet.now + seconds, event=event)
    return replace(fleet, agenda=tuple(sorted((*fleet.agenda, due), key=lambda each: each.at)))
