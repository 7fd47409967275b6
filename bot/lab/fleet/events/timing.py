"""Time: what is due happens at its moment, whoever looks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from bot.lab.fleet.events.changing import agreed, apply, change, with_due
from bot.lab.fleet.events.migrations import MigrationEnded
from bot.lab.fleet.happening import Due, Event
from bot.lab.fleet.model import Fleet


@dataclass(frozen=True, kw_only=True)
class Scheduled(Event):
    """`event` will happen that many seconds from now."""

    seconds: float
    event: Event


@change.register
def _(event: Scheduled, fleet: Fleet) -> Fleet:
    return with_due(fleet, event.seconds, event.event)


def begun(fleet: Fleet, now: float) -> Fleet:
    """The fleet at the start of its story. SEAs have agreed long ago: their logs don't tell of it any more."""
    if fleet.began:
        return fleet
    fleet = agreed(replace(fleet, now=now, began=now))
    quiet = {
        name: replace(system, partitions=tuple(replace(each, error_log=()) for each in system.partitions))
        for name, system in fleet.systems.items()
    }
    return replace(fleet, systems=quiet)


def settle(fleet: Fleet, now: float) -> Fleet:
    """The fleet with everything carried out that was due until then, each at its own time."""
    while (due := _next(fleet)) is not None and due.at <= now:
        agenda = tuple(each for each in fleet.agenda if each is not due)
        fleet = apply(due.event, replace(fleet, now=max(fleet.now, due.at), agenda=agenda))
    return fleet.at(now) if now > fleet.now else fleet


def replayed(origin: Fleet, history: Iterable[tuple[float, Event]], now: float) -> Fleet:
    """The fleet at that moment: what it began as, and what has happened to it when."""
    fleet = origin
    for at, event in history:
        if at > now:
            break
        fleet = apply(event, settle(fleet, at))
    return settle(fleet, now)


def _next(fleet: Fleet) -> Due | None:
    return min((*fleet.agenda[:1], *_ending(fleet)), key=lambda each: each.at, default=None)


def _ending(fleet: Fleet) -> Iterator[Due]:
    for each in fleet.migrations.values():
        if each.ends is not None:
            yield Due(at=each.ends, event=MigrationEnded(source=each.source, partition=each.partition))
