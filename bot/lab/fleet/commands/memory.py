"""Memory: `lshwres -r mem` and `-r mempool`."""

from __future__ import annotations

from bot.lab.fleet.commands.levels import level
from bot.lab.fleet.commands.options import Options, Refused, unwanted
from bot.lab.fleet.commands.places import chosen
from bot.lab.fleet.commands.tables import Row, listed
from bot.lab.fleet.model import Fleet, ManagedSystem, Partition
from bot.lab.fleet.world import Seat


def listed_mem(seat: Seat, system: ManagedSystem, options: Options) -> str:
    if level(options, "sys", "lpar") == "sys":
        unwanted(options, "--filter")
        return listed(seat, [_of_system(seat.fleet, system)], options)
    return listed(seat, [_of_partition(each) for each in chosen(system, options)], options, _PARTITION_ATTRIBUTES)


def listed_pools(seat: Seat, system: ManagedSystem, options: Options) -> str:
    unwanted(options, "--level", "--rsubtype", "--filter")
    if not system.hardware.memory_sharing:
        raise Refused("no-ams")
    rows = [_pool(system)] if system.shared_memory_pool else []
    return listed(seat, rows, options, _POOL_ATTRIBUTES)


def _of_system(fleet: Fleet, system: ManagedSystem) -> Row:
    free = fleet.mem_free(system.name)
    return {
        "configurable_sys_mem": system.mem - system.deconfigured_mem,
        "curr_avail_sys_mem": free,
        "pend_avail_sys_mem": free,
        "installed_sys_mem": system.mem,
        "deconfig_sys_mem": system.deconfigured_mem,
        "sys_firmware_mem": system.hypervisor_mem,
        "mem_region_size": system.hardware.region_size,
    }


def _of_partition(partition: Partition) -> Row:
    limits = partition.limits
    return {
        "lpar_name": partition.name,
        "lpar_id": partition.lpar_id,
        "mem_mode": "shared" if partition.shared_memory else "ded",
        "curr_min_mem": limits.min_mem,
        "curr_mem": partition.mem,
        "curr_max_mem": limits.max_mem,
        "pend_min_mem": limits.min_mem,
        "pend_mem": partition.mem,
        "pend_max_mem": limits.max_mem,
        "run_min_mem": limits.min_mem if partition.is_on else 0,
        "run_mem": partition.mem if partition.is_on else 0,
        "mem_expansion": "1.5" if partition.memory_expansion else "0.0",
    }


def _pool(system: ManagedSystem) -> Row:
    sharing = [each for each in system.partitions if each.shared_memory and each.is_on]
    held = sum(each.mem for each in sharing)
    return {
        "curr_pool_mem": held,
        "curr_max_pool_mem": system.mem,
        "pend_pool_mem": held,
        "pend_max_pool_mem": system.mem,
        "sys_firmware_pool_mem": 256,
    }


_PARTITION_ATTRIBUTES = tuple(_of_partition(Partition(name="", lpar_id=0)))
_POOL_ATTRIBUTES = (
    "curr_pool_mem", "curr_max_pool_mem", "pend_pool_mem", "pend_max_pool_mem", "sys_firmware_pool_mem",
)  # fmt: skip
