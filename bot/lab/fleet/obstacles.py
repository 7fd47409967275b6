"""Preconditions of a migration that no capture shows failing: the checks are documented, the words are unverified."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TypeAlias

from bot.lab.fleet import holdings, mappings
from bot.lab.fleet.hardware import Power
from bot.lab.fleet.model import Fleet, ManagedSystem, Partition
from bot.lab.fleet.moves import Move
from bot.lab.fleet.partition import ERROR
from bot.lab.fleet.storage import VfcHost

Obstacle: TypeAlias = tuple[str, dict[str, object]]  # a message and its facts
LEAST_VIOS = (1, 5, 1, 1)
LEAST_AIX = "5300-07-01"
_AIX = re.compile(r"AIX \S+ (?P<build>\d{4}-\d{2}-\d{2})")


def found(fleet: Fleet, move: Move) -> Iterator[Obstacle]:
    yield from _of_frames(fleet, move)
    yield from _of_partition(move)
    yield from _of_paths(move)
    if move.partition.is_up:
        yield from _of_movers(move)
    if not move.vlans_if_possible and (missing := unbridged(move)):
        yield "not-bridged", {"vlans": ",".join(map(str, missing)), "name": move.destination.name}


def noted(move: Move) -> Iterator[Obstacle]:
    """What is only warned of."""
    if move.vlans_if_possible and (missing := unbridged(move)):
        yield "not-bridged", {"vlans": ",".join(map(str, missing)), "name": move.destination.name}


def _of_frames(fleet: Fleet, move: Move) -> Iterator[Obstacle]:
    for system in (move.source, move.destination):
        if not system.hardware.is_mobile:
            yield "not-mobile", {"name": system.name}
        under_way = [each for each in fleet.migrations.values() if system.name in {each.source, each.destination}]
        if len(under_way) >= system.hardware.most_migrations:
            yield "too-many", {"name": system.name, "most": system.hardware.most_migrations}
    source, destination = move.source.hardware, move.destination.hardware
    if destination.power is Power.BATTERY:
        yield "on-battery", {"name": move.destination.name}
    if source.region_size != destination.region_size:
        yield "region-size", {"source": source.region_size, "destination": destination.region_size}


def _of_partition(move: Move) -> Iterator[Obstacle]:
    partition = move.partition
    if partition.state == ERROR:
        yield "crashed", {"name": partition.name}
    elif partition.is_on and not partition.is_up:
        yield "not-running", {"name": partition.name, "state": partition.shown_state}
    if holdings.has_physical(move.source, partition):
        yield "physical", {"name": partition.name}
    level = _AIX.fullmatch(partition.os_version)
    if partition.is_up and level is not None and level["build"] < LEAST_AIX:
        yield "old-system", {"name": partition.name, "level": level["build"], "least": LEAST_AIX}


def _of_movers(move: Move) -> Iterator[Obstacle]:
    for system in (move.source, move.destination):
        usable = move.movers(system)
        if not usable:
            yield "no-mover", {"name": system.name}
        active = [each for each in usable if each.is_up and each.rmc_state == "active"]
        if move.redundant_movers and len(active) == 1:
            yield "one-mover", {"name": system.name}
        for each in active:
            if each.io.version < LEAST_VIOS:
                yield "old-mover", {"name": each.name, "level": each.io.level}


def _of_paths(move: Move) -> Iterator[Obstacle]:
    """Each Fibre Channel adapter of the client has a port of its own, and is logged in there."""
    taken: dict[tuple[int, str], str] = {}
    for adapter in move.partition.fc:
        pair = mappings.server_of(move.source, move.partition, adapter)
        if pair is None or not isinstance(pair[1], VfcHost) or pair[1].port is None:
            continue
        vios, server = pair[0], pair[1]
        place = (vios.lpar_id, str(server.port))
        if place in taken:
            facts = {"first": taken[place], "second": server.name, "port": server.port, "name": vios.name}
            yield "one-port", dict(facts)
        taken[place] = server.name
        if move.partition.is_up and vios.is_up and not mappings.logged_in(move.source, vios, server):
            yield "not-logged-in", {"adapter": server.name, "name": vios.name}


def unbridged(move: Move) -> list[int]:
    """VLANs that the partition is on by way of a SEA, and that none bridges on the other side."""
    mine = {(each.vswitch, vlan) for each in move.partition.ethernet for vlan in each.vlans}
    return sorted(vlan for _, vlan in (mine & _networks(move.source)) - _networks(move.destination))


def _networks(system: ManagedSystem) -> set[tuple[str, int]]:
    return {network for vios in system.partitions if vios.is_up for network in _bridged(vios)}


def _bridged(vios: Partition) -> Iterator[tuple[str, int]]:
    trunks = {name for sea in vios.io.seas for name in sea.trunks}
    return ((each.vswitch, vlan) for each in vios.ethernet if each.name in trunks for vlan in each.vlans)
