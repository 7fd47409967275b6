"""Shared Ethernet Adapters and link aggregations come and go."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.lab.fleet.ethernet import Aggregate, Sea, SeaStatus
from bot.lab.fleet.events.changing import change, frame_of, partition_of, with_partition
from bot.lab.fleet.happening import OfPartition
from bot.lab.fleet.model import Fleet


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
    left = tuple(each for each in vios.io.seas if each.name != event.sea)
    return with_partition(
        fleet, event.system, event.partition, lambda each: replace(each, vios=replace(each.io, seas=left))
    )


@change.register
def _(event: AggregatesChanged, fleet: Fleet) -> Fleet:
    return with_partition(
        fleet,
        event.system,
        event.partition,
        lambda each: replace(each, vios=replace(each.io, aggregates=event.aggregates)),
    )
