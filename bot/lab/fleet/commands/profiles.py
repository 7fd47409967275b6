"""Profiles as `lssyscfg -r prof` prints them and `chsyscfg` and `mksyscfg` take them."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from bot.lab.fleet.commands import virtualio
from bot.lab.fleet.commands.tables import Row
from bot.lab.fleet.ethernet import VirtualEthernet
from bot.lab.fleet.hardware import HeldSlot
from bot.lab.fleet.model import ManagedSystem, Partition, Profile

NOTHING = Decimal()


def all_of(partition: Partition) -> tuple[Profile, ...]:
    """Those that are written down, and the one that is only what runs."""
    if any(each.name == partition.profile for each in partition.profiles):
        return partition.profiles
    return (partition.as_profile(partition.profile), *partition.profiles)


def row(system: ManagedSystem, partition: Partition, profile: Profile) -> Row:
    bounds = profile.bounds
    found: dict[str, object] = {
        "name": profile.name,
        "lpar_name": partition.name,
        "lpar_id": partition.lpar_id,
        "lpar_env": partition.env,
        "all_resources": 0,
        "min_mem": bounds.min_mem,
        "desired_mem": profile.mem,
        "max_mem": bounds.max_mem,
        "mem_mode": "shared" if partition.shared_memory else "ded",
        "mem_expansion": "1.5" if partition.memory_expansion else "0.0",
        "hpt_ratio": "1:128",
        "ppt_ratio": "1:4096",
        **_processors(profile),
        "affinity_group_id": "none",
        "io_slots": slots_text(partition.config.slots if profile.slots is None else profile.slots),
        "lpar_io_pool_ids": "none",
        "max_virtual_slots": profile.max_virtual_slots,
        "virtual_serial_adapters": "0/server/1/any//any/1,1/server/1/any//any/1",
        "virtual_scsi_adapters": storage_text(system, partition, "scsi"),
        "virtual_eth_adapters": ethernet_text(partition.ethernet if profile.ethernet is None else profile.ethernet),
        "virtual_eth_vsi_profiles": "none",
        "virtual_fc_adapters": storage_text(system, partition, "fc"),
        "vnic_adapters": "none",
        "vtpm_adapters": "none",
        "boot_mode": profile.boot_mode,
        "conn_monitoring": 0,
        "auto_start": int(profile.auto_start),
        "power_ctrl_lpar_ids": "none",
        "work_group_id": "none",
        "redundant_err_path_reporting": 0,
        "virtual_vasi_adapters": "none",
        "lpar_proc_compat_mode": partition.compat_mode,
        "sriov_eth_logical_ports": "none",
        "sriov_roce_logical_ports": "none",
    }
    return found | dict(profile.settings)


def _processors(profile: Profile) -> dict[str, object]:
    bounds = profile.bounds
    counts: dict[str, object] = {
        "min_procs": bounds.min_procs,
        "desired_procs": profile.procs,
        "max_procs": bounds.max_procs,
    }
    if profile.dedicated:
        return {"proc_mode": "ded", **counts, "sharing_mode": profile.sharing_mode}
    return {
        "proc_mode": "shared",
        "min_proc_units": bounds.min_units,
        "desired_proc_units": profile.proc_units,
        "max_proc_units": bounds.max_units,
        **counts,
        "sharing_mode": profile.sharing_mode,
        "uncap_weight": profile.uncap_weight if profile.sharing_mode == "uncap" else 0,
        "shared_proc_pool_name": "DefaultPool",
    }


def slots_text(slots: Iterable[HeldSlot]) -> str:
    return ",".join(f"{each.drc_index}/none/{int(each.is_required)}" for each in slots) or "none"


def ethernet_text(adapters: Iterable[VirtualEthernet]) -> str:
    """Several tagged VLANs make an adapter's own commas: it is quoted then, within the pair's quotes."""
    found = []
    for each in sorted(adapters, key=lambda one: one.slot):
        tagged = ",".join(map(str, each.tagged))
        priority = "" if each.trunk_priority is None else each.trunk_priority
        text = (
            f"{each.slot}/{int(bool(each.tagged))}/{each.pvid}/{tagged}/{priority}/{int(each.is_required)}"
            f"/{each.vswitch}//all/none"
        )
        found.append(f'"{text}"' if "," in tagged else text)
    return ",".join(found) or "none"


def storage_text(system: ManagedSystem, partition: Partition, kind: str) -> str:
    """slot/client or server/other's id/other's name/other's slot(/WWPNs)/required"""
    found = []
    for each in virtualio.rows(kind, system, [partition]):
        wwpns = f"/{each['wwpns']}" if "wwpns" in each else "/" if kind == "fc" else ""
        text = (
            f"{each['slot_num']}/{each['adapter_type']}/{each['remote_lpar_id']}/{each['remote_lpar_name']}"
            f"/{each['remote_slot_num']}{wwpns}/{each['is_required']}"
        )
        found.append(f'"{text}"' if "," in text else text)
    return ",".join(found) or "none"


_SAMPLE = Profile(name="", mem=1, procs=1, proc_units=NOTHING)
_NOWHERE = ManagedSystem(name="", type_model="", serial="", mem=0, proc_units=NOTHING)
ATTRIBUTES = tuple(row(_NOWHERE, Partition(name="", lpar_id=0), _SAMPLE))
