"""`lssyscfg -r sys|lpar|prof|sysprof|frame`."""

from __future__ import annotations

from bot.lab.fleet.commands import profiles
from bot.lab.fleet.commands.attributes import filters
from bot.lab.fleet.commands.options import Options, Refused, Spec, needed, of
from bot.lab.fleet.commands.places import chosen, managed, operating, system_of
from bot.lab.fleet.commands.tables import Row, listed
from bot.lab.fleet.messages import message
from bot.lab.fleet.model import Env, ManagedSystem, Partition
from bot.lab.fleet.shell import Call
from bot.lab.fleet.world import Seat

_SPEC = Spec(
    valued=frozenset({"-r", "-m", "-F", "--filter"}),
    bare=frozenset({"--header"}),
    required=("-r",),
    choices={"-r": frozenset({"sys", "lpar", "prof", "sysprof", "frame"})},
)
LAST_WITH_FRAMES = 9  # later levels know no power frames any more


async def run(seat: Seat, call: Call) -> int:
    options = of(seat, call.argv, _SPEC)
    await call.out(_LISTS[options["-r"]](seat, options))
    return 0


def _systems(seat: Seat, options: Options) -> str:
    systems = [system_of(seat, options["-m"])] if "-m" in options else managed(seat)
    return listed(seat, [_system(each) for each in systems], options, _SYSTEM_ATTRIBUTES)


def _partitions(seat: Seat, options: Options) -> str:
    needed(options, "-m")
    system = operating(system_of(seat, options["-m"]))
    return listed(seat, [_partition(system, each) for each in chosen(system, options)], options, _PARTITION_ATTRIBUTES)


def _profiles(seat: Seat, options: Options) -> str:
    needed(options, "-m")
    system = operating(system_of(seat, options["-m"]))
    names = filters(options.get("--filter", "")).get("profile_names")
    rows = [
        profiles.row(system, partition, profile)
        for partition in chosen(system, options, "profile_names")
        for profile in profiles.all_of(partition)
        if names is None or profile.name in names
    ]
    return listed(seat, rows, options, profiles.ATTRIBUTES)


def _frames(seat: Seat, options: Options) -> str:
    if seat.hmc.version > LAST_WITH_FRAMES:
        raise Refused("invalid", flags="-r")  # that V10 refuses it is known, the words are not
    return message("no-results", seat.user.language)


def _system_profiles(seat: Seat, options: Options) -> str:
    """There are none here."""
    needed(options, "-m")
    operating(system_of(seat, options["-m"]))
    return listed(seat, [], options, ("name", "lpar_names", "profile_names"))


_LISTS = {"sysprof": _system_profiles, "sys": _systems, "lpar": _partitions, "prof": _profiles, "frame": _frames}


def _system(system: ManagedSystem) -> Row:
    hardware = system.hardware
    return {
        "name": system.name,
        "type_model": system.type_model,
        "serial_num": system.serial,
        "ipaddr": system.ipaddr,
        "state": system.state,
        "sys_time": "unavailable",
        "power_off_policy": 0,
        "active_lpar_mobility_capable": int(hardware.is_mobile),
        "inactive_lpar_mobility_capable": int(hardware.is_mobile),
        "active_mem_expansion_capable": int("AME_capability" in system.capabilities),
        "active_mem_sharing_capable": int(hardware.memory_sharing),
        "active_lpar_share_idle_procs_capable": 1,
        "micro_lpar_capable": 1,
        "sriov_capable": int(bool(hardware.sriov)),
        "vnic_capable": 1,
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
        "state": partition.shown_state,
        "resource_config": int(partition.is_on),
        "os_version": partition.os_version if partition.is_on else "Unknown",
        "logical_serial_num": f"{system.serial}{partition.lpar_id:X}",
        "default_profile": partition.profile,
        "curr_profile": partition.profile if partition.is_on else "",
        "work_group_id": "none",
        "boot_mode": partition.config.boot_mode if partition.is_on else "null",
        "msp": int(partition.msp) if partition.env is Env.VIOS else "null",
        "rmc_state": partition.rmc_state,
        "rmc_ipaddr": partition.rmc_ipaddr,
        "rmc_osshutdown_capable": reachable,
        "dlpar_mem_capable": reachable,
        "dlpar_proc_capable": reachable,
        "dlpar_io_capable": reachable,
        "desired_lpar_proc_compat_mode": partition.compat_mode,
        "curr_lpar_proc_compat_mode": partition.compat_mode if partition.is_on else "null",
        "lpar_avail_priority": 191 if partition.env is Env.VIOS else 127,
        "auto_start": int(partition.starts_itself),
        "sync_curr_profile": int(partition.config.keeps_profile),
        "allow_perf_collection": 0,
        "power_ctrl_lpar_ids": "none",
        "affinity_group_id": "none",
        "migration_disabled": 0,
        "secure_boot": 0,
        "keystore_kbytes": 0,
    }


_SYSTEM_ATTRIBUTES = tuple(
    _system(ManagedSystem(name="", type_model="", serial="", mem=0, proc_units=profiles.NOTHING))
)
_PARTITION_ATTRIBUTES = tuple(
    _partition(
        ManagedSystem(name="", type_model="", serial="", mem=0, proc_units=profiles.NOTHING),
        Partition(name="", lpar_id=0),
    )
)
