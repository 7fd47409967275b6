"""Memory and processors of a partition, more and less."""

from __future__ import annotations

import time
from dataclasses import replace
from decimal import Decimal

from bot.lab.fleet.commands.attributes import known, settings
from bot.lab.fleet.commands.options import Options, Refused, needed, number, units, unwanted, whole
from bot.lab.fleet.events import ConfigurationChanged, ResourcesChanged
from bot.lab.fleet.model import ManagedSystem, Partition, Snag
from bot.lab.fleet.profile import LEAST_UNITS
from bot.lab.fleet.world import Seat

SHARED_MODES = frozenset({"cap", "uncap"})
DEDICATED_MODES = frozenset(
    {"keep_idle_procs", "share_idle_procs", "share_idle_procs_active", "share_idle_procs_always"}
)


def reachable(partition: Partition) -> None:
    """What runs is changed by its operating system, which is asked over RMC."""
    if partition.is_on and (partition.rmc_state != "active" or not partition.is_up):
        raise Refused("no-rmc-dlpar")


def stamp(seat: Seat, partition: Partition) -> str:
    """The time that the partition's own clock shows."""
    return time.strftime("%b %d %H:%M:%S", time.gmtime(seat.fleet.now + partition.clock_offset))


def memory(seat: Seat, system: ManagedSystem, partition: Partition, options: Options, target: Partition | None) -> None:
    needed(options, "-q")
    unwanted(options, "--procs", "--procunits", "-a")
    amount = number(options, "-q")
    if amount == 0 or amount % system.hardware.region_size or options["-o"] == "s":
        raise Refused("invalid", flags="-o" if options["-o"] == "s" else "-q")
    gains, loses = _sides(partition, options, target)
    if loses is not None:
        _gives_memory(seat, loses, amount)
    if gains is not None:
        _takes_memory(seat, system, gains, amount, freed=amount if loses is not None and loses.is_on else 0)
    for each, change in ((loses, -amount), (gains, amount)):
        if each is not None:
            seat.world.happen(ResourcesChanged(system=system.name, partition=each.name, mem=each.mem + change))


def _sides(
    partition: Partition, options: Options, target: Partition | None
) -> tuple[Partition | None, Partition | None]:
    """Who gains, and who loses."""
    return (partition, None) if options["-o"] == "a" else (target, partition)


def _gives_memory(seat: Seat, partition: Partition, amount: int) -> None:
    reachable(partition)
    if partition.mem - amount < partition.limits.min_mem:
        raise Refused("limits")
    if partition.is_on and Snag.MEMORY_HELD in partition.snags:
        raise Refused("memory-held", amount=amount, stamp=stamp(seat, partition))


def _takes_memory(seat: Seat, system: ManagedSystem, partition: Partition, amount: int, *, freed: int) -> None:
    reachable(partition)
    if partition.mem + amount > partition.limits.max_mem:
        raise Refused("limits")
    free = seat.fleet.mem_free(system.name) + freed
    if partition.is_on and free < amount:
        raise Refused("no-memory", free=free)


# ── processors ───────────────────────────────────────────────────────────────────────────────────────────────────


def processors(
    seat: Seat, system: ManagedSystem, partition: Partition, options: Options, target: Partition | None
) -> None:
    unwanted(options, "-q")
    if options["-o"] == "s":
        _set(seat, system, partition, options)
        return
    unwanted(options, "-a")
    gains, loses = _sides(partition, options, target)
    free = seat.fleet.proc_units_free(system.name)
    after = []
    for each, sign in ((loses, -1), (gains, 1)):
        if each is not None:
            procs, amount = _asked(each, options)
            free -= sign * amount if each.is_on else 0
            after.append(_holding(each, system, sign * procs, sign * amount))
    if free < 0:
        raise Refused("no-processors")
    for event in after:
        seat.world.happen(event)


def _asked(partition: Partition, options: Options) -> tuple[int, Decimal]:
    """Whole processors are all that a partition with dedicated ones can be given."""
    if partition.config.dedicated:
        needed(options, "--procs")
        unwanted(options, "--procunits")
        procs = number(options, "--procs")
        return procs, Decimal(procs)
    if "--procs" not in options and "--procunits" not in options:
        raise Refused("invalid", flags="--procs,--procunits")
    procs = number(options, "--procs") if "--procs" in options else 0
    return procs, units(options["--procunits"], "--procunits") if "--procunits" in options else Decimal()


def _holding(partition: Partition, system: ManagedSystem, procs: int, amount: Decimal) -> ResourcesChanged:
    reachable(partition)
    if procs == 0 and amount == 0:
        raise Refused("invalid", flags="--procs")
    count, share = partition.procs + procs, partition.proc_units + amount
    if not partition.limits.hold(partition.mem, count, share) and not _outside_already(partition):
        raise Refused("limits")
    if not LEAST_UNITS * count <= share <= count:
        raise Refused("units-per-processor")
    return ResourcesChanged(system=system.name, partition=partition.name, procs=count, proc_units=share)


def _outside_already(partition: Partition) -> bool:
    return not partition.limits.hold(partition.mem, partition.procs, partition.proc_units)


def _set(seat: Seat, system: ManagedSystem, partition: Partition, options: Options) -> None:
    needed(options, "-a")
    unwanted(options, "--procs", "--procunits")
    given = settings(options["-a"], "-a")
    known(given, "sharing_mode", "uncap_weight")
    reachable(partition)
    config = partition.config
    if "sharing_mode" in given:
        mode = given["sharing_mode"].value
        if mode not in (DEDICATED_MODES if config.dedicated else SHARED_MODES):
            raise Refused("invalid", flags="-a")
        config = replace(config, sharing_mode=mode)
    if "uncap_weight" in given:
        weight = whole(given["uncap_weight"].value, "-a")
        if weight > 255 or config.sharing_mode != "uncap":
            raise Refused("invalid", flags="-a")
        config = replace(config, uncap_weight=weight)
    seat.world.happen(ConfigurationChanged(system=system.name, partition=partition.name, config=config))
