"""Processors: `lshwres -r proc` and `-r procpool`."""

from __future__ import annotations

from decimal import Decimal

from bot.lab.fleet.commands.levels import level
from bot.lab.fleet.commands.options import Options, unwanted
from bot.lab.fleet.commands.places import chosen
from bot.lab.fleet.commands.tables import Row, listed
from bot.lab.fleet.hardware import DEFAULT_POOL
from bot.lab.fleet.model import Fleet, ManagedSystem, Partition
from bot.lab.fleet.world import Seat


def listed_proc(seat: Seat, system: ManagedSystem, options: Options) -> str:
    which = level(options, "sys", "lpar", "pool")
    if which == "lpar":
        return listed(seat, [_of_partition(each) for each in chosen(system, options)], options, _PARTITION_ATTRIBUTES)
    unwanted(options, "--filter")
    row = _of_system(seat.fleet, system) if which == "sys" else _of_pool(seat.fleet, system)
    return listed(seat, [row], options)


def listed_pools(seat: Seat, system: ManagedSystem, options: Options) -> str:
    unwanted(options, "--level", "--rsubtype", "--filter")
    names = {DEFAULT_POOL: (0, "null"), **{each.name: (each.id, each.most_units) for each in system.hardware.pools}}
    rows = [_pool(system, name, number, most) for name, (number, most) in names.items()]
    return listed(seat, rows, options)


def hundredths(units: Decimal) -> str:
    """One decimal at least, two where they say something."""
    return f"{units:.2f}".removesuffix("0")


def _of_system(fleet: Fleet, system: ManagedSystem) -> Row:
    free = hundredths(fleet.proc_units_free(system.name))
    return {
        "configurable_sys_proc_units": f"{system.proc_units:.1f}",
        "curr_avail_sys_proc_units": free,
        "pend_avail_sys_proc_units": free,
        "installed_sys_proc_units": f"{system.proc_units:.1f}",
        "deconfig_sys_proc_units": "0.0",
        "min_proc_units_per_virtual_proc": "0.05",
        "max_shared_proc_pools": 64,
    }


def _of_pool(fleet: Fleet, system: ManagedSystem) -> Row:
    dedicated = sum((each.proc_units for each in system.partitions if each.is_on and each.config.dedicated), Decimal())
    return {
        "configurable_pool_proc_units": hundredths(system.proc_units - dedicated),
        "curr_avail_pool_proc_units": hundredths(fleet.proc_units_free(system.name)),
        "pend_avail_pool_proc_units": hundredths(fleet.proc_units_free(system.name)),
    }


def _pool(system: ManagedSystem, name: str, number: int, most: object) -> Row:
    members = [each for each in system.partitions if not each.config.dedicated and each.config.pool == name]
    return {
        "name": name,
        "shared_proc_pool_id": number,
        "max_pool_proc_units": most,
        "curr_reserved_pool_proc_units": "null" if number == 0 else "0.0",
        "pend_reserved_pool_proc_units": "null" if number == 0 else "0.0",
        "lpar_names": ",".join(each.name for each in members) or "none",
        "lpar_ids": ",".join(str(each.lpar_id) for each in members) or "none",
    }


def _of_partition(partition: Partition) -> Row:
    limits, config = partition.limits, partition.config
    row: dict[str, object] = {
        "lpar_name": partition.name,
        "lpar_id": partition.lpar_id,
        "curr_shared_proc_pool_name": "null" if config.dedicated else config.pool,
        "curr_proc_mode": "ded" if config.dedicated else "shared",
    }
    if not config.dedicated:
        row |= {
            "curr_min_proc_units": limits.min_units,
            "curr_proc_units": partition.proc_units,
            "curr_max_proc_units": limits.max_units,
        }
    row |= {
        "curr_min_procs": limits.min_procs,
        "curr_procs": partition.procs,
        "curr_max_procs": limits.max_procs,
        "curr_sharing_mode": config.sharing_mode,
    }
    if not config.dedicated:
        row |= {
            "curr_uncap_weight": config.uncap_weight,
            "pend_proc_units": partition.proc_units,
            "run_proc_units": partition.proc_units if partition.is_on else "0.0",
        }
    return {**row, "pend_procs": partition.procs, "run_procs": partition.procs if partition.is_on else 0}


_PARTITION_ATTRIBUTES = tuple(_of_partition(Partition(name="", lpar_id=0)))
