"""Preconditions of a migration that no capture shows failing: the checks are documented, the words are unverified."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from bot.lab.fleet import holdings, mappings, requirements
from bot.lab.fleet.hardware import Power
from bot.lab.fleet.model import Fleet, ManagedSystem, Partition
from bot.lab.fleet.moves import Move
from bot.lab.fleet.partition import ERROR
from bot.lab.fleet.storage import VfcHost

Obstacle: TypeAlias = tuple[str, dict[str, object]]  # a message and its facts


def found(fleet: Fleet, move: Move) -> Iterator[Obstacle]:
    yield from _of_frames(fleet, move)
    yield from _of_levels(move)
    yield from _of_partition(move)
    yield from _of_slots(move)
    yield from _of_choices(move)
    yield from _of_paths(move)
    if move.partition.is_up:
        yield from _of_movers(move)
    now, then = hosts(move)
    if move.needs_redundant_vios and then < min(now, 2):
        yield "one-vios", {"name": move.destination.name, "count": then}
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
    now = move.partition.config.affinity_score
    if move.keeps_affinity and move.partition.is_on and destination.arriving_score < now:
        yield "lower-affinity", {"name": move.partition.name, "then": destination.arriving_score, "now": now}


def _of_levels(move: Move) -> Iterator[Obstacle]:
    """Of the HMCs, and of the firmware: each new enough, and the two frames' fit for one another."""
    sides = (move.source, move.destination)
    for console, system in zip(move.consoles, sides, strict=True):
        least = requirements.least_console(system)
        if (console.version, console.release) < least:
            facts = {"name": console.name, "level": f"V{console.version}R{console.release}"}
            yield "old-console", {**facts, "least": f"V{least[0]}R{least[1]}"}
    for system in sides:
        if requirements.is_old(system.hardware.release):
            facts = {"name": system.name, "level": system.hardware.release}
            yield "old-firmware", {**facts, "least": requirements.LEAST_FIRMWARE}
    here, there = (system.hardware for system in sides)
    for one, other in ((here, there), (there, here)):
        if one.exchanges_with is not None and other.release not in one.exchanges_with:
            yield "firmware-pair", {"source": here.firmware, "destination": there.firmware}
            return


def _of_partition(move: Move) -> Iterator[Obstacle]:
    partition = move.partition
    if partition.state == ERROR:
        yield "crashed", {"name": partition.name}
    elif partition.is_on and not partition.is_up:
        yield "not-running", {"name": partition.name, "state": partition.shown_state}
    if holdings.has_physical(move.source, partition):
        yield "physical", {"name": partition.name}
    build = requirements.build_of(partition)
    least = requirements.least_aix(build, move.destination)
    if partition.is_up and build and build < least:
        yield "old-system", {"name": partition.name, "level": build, "least": least}


def _of_slots(move: Move) -> Iterator[Obstacle]:
    """Another VIOS must be able to serve a client's slot, and the client be able to do without it."""
    for adapter in move.partition.scsi:
        facts: dict[str, object] = {"slot": adapter.slot, "name": move.partition.name}
        if adapter.is_tied:
            yield "tied-adapter", facts
        if adapter.is_required:
            yield "required-adapter", facts


def _of_choices(move: Move) -> Iterator[Obstacle]:
    """The VIOS that was chosen for an adapter can serve it, at that slot and by that port; one disk it can map once."""
    mapped: set[tuple[str, str]] = set()
    adapters = {each.slot: each for each in move.partition.storage}
    for choice in move.choices:
        adapter = adapters[choice.slot]
        able = mappings.able_vios(move.source, move.destination, move.partition, adapter)
        disks = {(choice.vios, lun) for lun in mappings.luns_behind(move.source, move.partition, adapter)}
        if disks & mapped or not any(each.name == choice.vios and choice.fits(each, adapter) for each in able):
            yield "not-there", {"vios": choice.vios, "slot": choice.slot, "name": move.partition.name}
        mapped |= disks


def _of_movers(move: Move) -> Iterator[Obstacle]:
    for system in (move.source, move.destination):
        usable = move.movers(system)
        if not usable:
            yield "no-mover", {"name": system.name}
        active = [each for each in usable if each.is_up and each.rmc_state == "active"]
        if move.redundant_movers and len(active) == 1:
            yield "one-mover", {"name": system.name}
        for each in active:
            if each.io.version < requirements.least_vios(system):
                yield "old-mover", {"name": each.name, "level": each.io.level}


def _of_paths(move: Move) -> Iterator[Obstacle]:
    """Each Fibre Channel adapter of the client has a port of its own, and is logged in there."""
    taken: dict[tuple[int, str], str] = {}
    for adapter in move.partition.fc:
        pair = mappings.server_of(move.source, move.partition, adapter)
        if pair is None or not isinstance(pair[1], VfcHost):
            continue
        vios, server = pair[0], pair[1]
        place = (vios.lpar_id, server.port or "")
        if server.port is not None and place in taken:
            facts = {"first": taken[place], "second": server.name, "port": server.port, "name": vios.name}
            yield "one-port", dict(facts)
        taken[place] = server.name
        if move.partition.is_up and vios.is_up and not mappings.logged_in(move.source, vios, server):
            yield "not-logged-in", {"adapter": server.name, "name": vios.name}


def hosts(move: Move) -> tuple[int, int]:
    """How many VIOS serve the partition's storage now, and how many would there."""
    adapters = [each for each in move.partition.storage if each.server_id is not None]
    chosen = {each.slot: each.vios for each in move.choices}
    then: set[str] = set()
    for adapter in adapters:
        able = mappings.able_vios(move.source, move.destination, move.partition, adapter)
        then |= {each.name for each in able if chosen.get(adapter.slot, each.name) == each.name}
    return len({each.server_id for each in adapters}), len(then)


def unbridged(move: Move) -> list[int]:
    """VLANs that the partition is on by way of a SEA, and that none bridges on the other side."""
    mine = {(each.vswitch, vlan) for each in move.partition.ethernet for vlan in each.vlans}
    return sorted(vlan for _, vlan in (mine & _networks(move.source)) - _networks(move.destination))


def _networks(system: ManagedSystem) -> set[tuple[str, int]]:
    return {network for vios in system.partitions if vios.is_up for network in _bridged(vios)}


def _bridged(vios: Partition) -> Iterator[tuple[str, int]]:
    trunks = {name for sea in vios.io.seas for name in sea.trunks}
    return ((each.vswitch, vlan) for each in vios.ethernet if each.name in trunks for vlan in each.vlans)
