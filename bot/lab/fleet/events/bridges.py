"""Shared Ethernet Adapters and link aggregations come and go."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.lab.fleet.ethernet import Aggregate, Sea, SeaStatus
from bot.lab.fleet.events.changing import change, frame_of, partition_of, with_partition
from bot.lab.fleet.happening import OfPartition
from bot.lab.fleet.model import Fleet
from bot.lab.fleet.partition import Vios


@dataclass(frozen=True, kw_only=True)
class SeaMade(OfPartition):
    """It begins to negotiate at once."""

    sea: Sea


@dataclass(frozen=True, kw_only=True)
class SeaRemoved(OfPartition):
    sea: str


@dataclass(frozen=True, kw_only=True)
class AggregatesChanged(OfPartition):
    aggregates: tuple[Aggregate, ...]


@change.register
def _(event: SeaMade, fleet: Fleet) -> Fleet:
    vios = partition_of(frame_of(fleet, event.system), event.partition)
    sea = replace(event.sea, status=SeaStatus() if vios.is_up else None)
    after = replace(vios, vios=replace(vios.io, seas=(*vios.io.seas, sea)))
    return with_partition(fleet, event.system, event.partition, lambda _: after)


@change.register
def _(event: SeaRemoved, fleet: Fleet) -> Fleet:
    vios = partition_of(frame_of(fleet, event.system), event.partition)
    if vios.io.sea(event.sea) is None:
        raise ValueError(f"there is no Shared Ethernet Adapter {event.sea} on {event.partition}")
    left = replace(vios.io, seas=tuple(each for each in vios.io.seas if each.name != event.sea))
    after = replace(vios, vios=_without(left, frozenset({event.sea})))
    return with_partition(fleet, event.system, event.partition, lambda _: after)


@change.register
def _(event: AggregatesChanged, fleet: Fleet) -> Fleet:
    vios = partition_of(frame_of(fleet, event.system), event.partition)
    gone = {each.name for each in vios.io.aggregates} - {each.name for each in event.aggregates}
    after = replace(vios, vios=_without(replace(vios.io, aggregates=event.aggregates), frozenset(gone)))
    return with_partition(fleet, event.system, event.partition, lambda _: after)


def _without(io: Vios, gone: frozenset[str]) -> Vios:
    """What was set on devices that are gone is gone too: another can get their names."""
    stored = tuple(each for each in io.upkeep.stored if each[0] not in gone)
    settings = {key: value for key, value in io.settings.items() if key[0] not in gone}
    return replace(io, settings=settings, upkeep=replace(io.upkeep, stored=stored))
