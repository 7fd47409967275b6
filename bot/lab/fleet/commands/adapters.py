"""`lshwres -r virtualio`: virtual adapters, switches and slots."""

from __future__ import annotations

from collections.abc import Callable

from bot.lab.fleet.commands import virtualio
from bot.lab.fleet.commands.attributes import filters
from bot.lab.fleet.commands.levels import one_of
from bot.lab.fleet.commands.options import Options, unwanted
from bot.lab.fleet.commands.places import chosen
from bot.lab.fleet.commands.tables import Row, listed
from bot.lab.fleet.model import ManagedSystem
from bot.lab.fleet.world import Seat


def listed_adapters(seat: Seat, system: ManagedSystem, options: Options) -> str:
    return _LISTS[one_of(options, "--rsubtype", *_LISTS)](seat, system, options)


def _ethernet(seat: Seat, system: ManagedSystem, options: Options) -> str:
    if one_of(options, "--level", "lpar", "sys") == "sys":
        unwanted(options, "--filter")
        return listed(seat, [{"mac_prefix": "76", "max_data_vlan_ids": 20}], options)
    wanted = filters(options.get("--filter", ""))
    rows = virtualio.rows("eth", system, chosen(system, options, "slots", "vlans", "vswitches"))
    return listed(seat, [row for row in rows if _wanted(row, wanted)], options, virtualio.ATTRIBUTES["eth"])


def _wanted(row: Row, filters: dict[str, list[str]]) -> bool:
    vlans = {str(row["port_vlan_id"]), *str(row["addl_vlan_ids"]).split(",")}
    return (
        str(row["slot_num"]) in filters.get("slots", [str(row["slot_num"])])
        and str(row["vswitch"]) in filters.get("vswitches", [str(row["vswitch"])])
        and bool(vlans & set(filters.get("vlans", vlans)))
    )


def _by_partition(seat: Seat, system: ManagedSystem, options: Options) -> str:
    one_of(options, "--level", "lpar")
    kind = options["--rsubtype"]
    wanted = filters(options.get("--filter", "")).get("slots")
    rows = virtualio.rows(kind, system, chosen(system, options, "slots"))
    left = [row for row in rows if wanted is None or str(row["slot_num"]) in wanted]
    return listed(seat, left, options, virtualio.ATTRIBUTES[kind])


def _switches(seat: Seat, system: ManagedSystem, options: Options) -> str:
    unwanted(options, "--level", "--filter")
    names = {"ETHERNET0", *(one.vswitch for each in system.partitions for one in each.ethernet)}
    return listed(seat, [_switch(system, each) for each in sorted(names)], options)


def _switch(system: ManagedSystem, name: str) -> Row:
    vlans = {vlan for each in system.partitions for one in each.ethernet if one.vswitch == name for vlan in one.vlans}
    return {
        "vswitch": name,
        "switch_mode": "VEB",
        "allowed_vlan_ids": "all",
        "vlan_ids": ",".join(map(str, sorted(vlans))) or "none",
    }


def _slots(seat: Seat, system: ManagedSystem, options: Options) -> str:
    one_of(options, "--level", "lpar")
    rows = [
        {
            "lpar_name": each.name,
            "lpar_id": each.lpar_id,
            "curr_max_virtual_slots": each.config.max_virtual_slots,
            "pend_max_virtual_slots": each.config.max_virtual_slots,
        }
        for each in chosen(system, options)
    ]
    return listed(seat, rows, options, ("lpar_name", "lpar_id", "curr_max_virtual_slots", "pend_max_virtual_slots"))


_LISTS: dict[str, Callable[[Seat, ManagedSystem, Options], str]] = {
    "eth": _ethernet,
    "scsi": _by_partition,
    "fc": _by_partition,
    "serial": _by_partition,
    "vnic": _by_partition,
    "vswitch": _switches,
    "slot": _slots,
}
