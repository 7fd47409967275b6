"""`lssyscfg -r sys|lpar`."""

from __future__ import annotations

from bot.lab.fleet.commands.options import Refused, Spec, chosen, managed, operating, parse, system_of
from bot.lab.fleet.commands.tables import Row, table
from bot.lab.fleet.model import Env, ManagedSystem, Partition
from bot.lab.fleet.shell import Call
from bot.lab.fleet.world import Seat

_SPEC = Spec(
    valued=frozenset({"-r", "-m", "-F", "--filter"}),
    bare=frozenset({"--header"}),
    required=("-r",),
    choices={"-r": frozenset({"sys", "lpar"})},
)


async def run(seat: Seat, call: Call) -> int:
    options = parse(call.argv[1:], _SPEC)
    attributes: tuple[str, ...]
    if options["-r"] == "sys":
        systems = [system_of(seat, options["-m"])] if "-m" in options else managed(seat)
        rows, attributes = [_system(each) for each in systems], _SYSTEM_ATTRIBUTES
    else:
        if "-m" not in options:
            raise Refused("invalid", flags="-m")
        system = operating(system_of(seat, options["-m"]))
        rows, attributes = [_partition(system, each) for each in chosen(system, options)], _PARTITION_ATTRIBUTES
    await call.out(table(rows, options, attributes=attributes, language=seat.user.language))
    return 0


def _system(system: ManagedSystem) -> Row:
    return {
        "name": system.name,
        "type_model": system.type_model,
        "serial_num": system.serial,
        "ipaddr": system.ipaddr,
        "state": system.state,
        "sys_time": "unavailable",
        "power_off_policy": 0,
        "active_lpar_mobility_capable": 1,
        "inactive_lpar_mobility_capable": 1,
        "active_mem_expansion_capable": int("AME_capability" in system.capabilities),
        "active_lpar_share_idle_procs_capable": 1,
        "max_lpars": 1000,
        "lpar_proc_compat_modes": ",".join(system.compat_modes),
        "mfg_default_config": 0,
    }


def _partition(system: ManagedSystem, partition: Partition) -> Row:
    reachable = int(partition.rmc_state == "active")
    return {
        "name": partition.name,
        "lpar_id": partition.lpar_id,
        "lpar_env": partition.env,
        "state": partition.state,
        "resource_config": int(partition.is_on),
        "os_version": partition.os_version if partition.is_on else "Unknown",
        "logical_serial_num": f"{system.serial}{partition.lpar_id:X}",
        "default_profile": partition.profile,
        "curr_profile": partition.profile if partition.is_on else "",
        "work_group_id": "none",
        "boot_mode": "norm" if partition.is_on else "null",
        "msp": int(partition.msp) if partition.env is Env.VIOS else "null",
        "rmc_state": partition.rmc_state,
        "rmc_ipaddr": partition.rmc_ipaddr,
        "rmc_osshutdown_capable": reachable,
        "dlpar_mem_capable": reachable,
        "dlpar_proc_capable": reachable,
        "dlpar_io_capable": reachable,
        "desired_lpar_proc_compat_mode": partition.compat_mode,
        "curr_lpar_proc_compat_mode": partition.compat_mode if partition.is_on else "null",
    }


_SYSTEM_ATTRIBUTES = (
    "name", "type_model", "serial_num", "ipaddr", "state", "sys_time", "power_off_policy",
    "active_lpar_mobility_capable", "inactive_lpar_mobility_capable", "active_mem_expansion_capable",
    "active_lpar_share_idle_procs_capable", "max_lpars", "lpar_proc_compat_modes", "mfg_default_config",
)  # fmt: skip
_PARTITION_ATTRIBUTES = (
    "name", "lpar_id", "lpar_env", "state", "resource_config", "os_version", "logical_serial_num", "default_profile",
    "curr_profile", "work_group_id", "boot_mode", "msp", "rmc_state", "rmc_ipaddr", "rmc_osshutdown_capable",
    "dlpar_mem_capable", "dlpar_proc_capable", "dlpar_io_capable", "desired_lpar_proc_compat_mode",
    "curr_lpar_proc_compat_mode",
)  # fmt: skip
