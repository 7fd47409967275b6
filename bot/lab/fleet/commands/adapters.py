"""Virtual adapters: `lshwres -r virtualio`."""

from __future__ import annotations

from collections.abc import Callable

from bot.lab.fleet.commands.attributes import filters
from bot.lab.fleet.commands.levels import one_of
from bot.lab.fleet.commands.options import Options, unwanted
from bot.lab.fleet.commands.places import chosen
from bot.lab.fleet.commands.tables import Row, listed
from bot.lab.fleet.ethernet import VirtualEthernet
from bot.lab.fleet.model import ManagedSystem, Partition
from bot.lab.fleet.world import Seat


def listed_adapters(seat: Seat, system: ManagedSystem, options: Options) -> str:
    return _LISTS[one_of(options, "--rsubtype", *_LISTS)](seat, system, options)


def _ethernet(seat: Seat, system: ManagedSystem, options: Options) -> str:
    if one_of(options, "--level", "lpar", "sys") == "sys":
        unwanted(options, "--filter")
        return listed(seat, [{"mac_prefix": "76", "max_data_vlan_ids": 20}], options)
    wanted = filters(options.get("--filter", ""))
    rows = [
        _adapter(each, one)
        for each in chosen(system, options, "slots", "vlans", "vswitches")
        for one in sorted(each.ethernet, key=lambda adapter: adapter.slot)
        if _wanted(one, wanted)
    ]
    return listed(seat, rows, options, _ETHERNET_ATTRIBUTES)


def _wanted(adapter: VirtualEthernet, filters: dict[str, list[str]]) -> bool:
    return (
        str(adapter.slot) in filters.get("slots", [str(adapter.slot)])
        and adapter.vswitch in filters.get("vswitches", [adapter.vswitch])
        and bool({str(vlan) for vlan in adapter.vlans} & set(filters.get("vlans", [str(adapter.pvid)])))
    )


def _adapter(partition: Partition, adapter: VirtualEthernet) -> Row:
    row: dict[str, object] = {
        "lpar_name": partition.name,
        "lpar_id": partition.lpar_id,
        "slot_num": adapter.slot,
        "state": int(partition.is_on),
        "is_required": int(adapter.is_required),
        "is_trunk": int(adapter.is_trunk),
    }
    if adapter.is_trunk:
        row["trunk_priority"] = adapter.trunk_priority
    return {
        **row,
        "ieee_virtual_eth": int(bool(adapter.tagged)),
        "port_vlan_id": adapter.pvid,
        "vswitch": adapter.vswitch,
        "addl_vlan_ids": ",".join(map(str, adapter.tagged)),
        "mac_addr": adapter.mac,
        "allowed_os_mac_addrs": "all",
        "qos_priority": "none",
    }


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
    "vswitch": _switches,
    "slot": _slots,
}
_ETHERNET_ATTRIBUTES = (
    "lpar_name", "lpar_id", "slot_num", "state", "is_required", "is_trunk", "trunk_priority", "ieee_virtual_eth",
    "port_vlan_id", "vswitch", "addl_vlan_ids", "mac_addr", "allowed_os_mac_addrs", "qos_priority",
)  # fmt: skip
