"""Virtual Ethernet adapters of a partition."""

from __future__ import annotations

from bot.lab.fleet import building
from bot.lab.fleet.commands.attributes import Settings, known, missing, settings
from bot.lab.fleet.commands.options import Options, Refused, needed, number, unwanted, whole
from bot.lab.fleet.ethernet import VirtualEthernet
from bot.lab.fleet.events import AdapterAdded, AdapterChanged, AdapterRemoved
from bot.lab.fleet.model import Env, ManagedSystem, Partition
from bot.lab.fleet.world import Seat

MOST_TAGGED = 20
LAST_VLAN = 4094
_ATTRIBUTES = (
    "ieee_virtual_eth", "port_vlan_id", "addl_vlan_ids", "is_trunk", "trunk_priority", "vswitch", "is_required",
)  # fmt: skip


def change(seat: Seat, system: ManagedSystem, partition: Partition, options: Options) -> None:
    unwanted(options, "-t", "--tid", "-l", "-q", "--procs", "--procunits")
    if partition.is_on and (partition.rmc_state != "active" or not partition.is_up):
        raise Refused("no-rmc", name=partition.name)
    {"a": _add, "r": _remove, "s": _set, "m": _cannot}[options["-o"]](seat, system, partition, options)


def _cannot(seat: Seat, system: ManagedSystem, partition: Partition, options: Options) -> None:
    raise Refused("invalid", flags="-o")


def _add(seat: Seat, system: ManagedSystem, partition: Partition, options: Options) -> None:
    needed(options, "-a")
    given = settings(options["-a"], "-a")
    slot = number(options, "-s") if "-s" in options else free_slot(partition)
    adapter = adapter_from(given, partition, name=free_name(partition), slot=slot)
    if slot in taken_slots(partition) or not 2 <= slot < partition.config.max_virtual_slots:
        raise Refused("slot-taken", slot=slot)
    trunks_differ(system, partition, adapter)
    seat.world.happen(AdapterAdded(system=system.name, partition=partition.name, adapter=adapter))


def adapter_from(given: Settings, partition: Partition, *, name: str, slot: int) -> VirtualEthernet:
    """Refused where there can't be such an adapter."""
    known(given, *_ATTRIBUTES)
    missing(given, "port_vlan_id")
    if any(each.operator for each in given.values()):
        raise Refused("invalid", flags="-a")
    flags = {name: _flag(given, name) for name in ("ieee_virtual_eth", "is_trunk", "is_required")}
    tagged = vlans_of(given["addl_vlan_ids"].value) if "addl_vlan_ids" in given else ()
    priority = whole(given["trunk_priority"].value, "-a") if "trunk_priority" in given else None
    if flags["is_trunk"] is not (priority is not None) or (tagged and not flags["ieee_virtual_eth"]):
        raise Refused("invalid", flags="-a")
    return made(
        partition, name, slot, whole(given["port_vlan_id"].value, "-a"), tagged,
        priority=priority, vswitch=given["vswitch"].value if "vswitch" in given else "ETHERNET0",
        is_required=flags["is_required"],
    )  # fmt: skip


def made(
    partition: Partition, name: str, slot: int, pvid: int, tagged: tuple[int, ...], *, priority: int | None,
    vswitch: str, is_required: bool,
) -> VirtualEthernet:  # fmt: skip
    vlans = (pvid, *tagged)
    allowed = len(vlans) == len(set(vlans)) and all(1 <= vlan <= LAST_VLAN for vlan in vlans)
    if not allowed or len(tagged) > MOST_TAGGED or not vswitch.isalnum() or len(vswitch) > 31:
        raise Refused("invalid", flags="-a")
    if priority is not None and (partition.env is not Env.VIOS or not 1 <= priority <= 15):
        raise Refused("invalid", flags="-a")
    return VirtualEthernet(
        name=name, slot=slot, mac=building.mac(partition.name, slot & 0xFF), pvid=pvid, tagged=tagged, vswitch=vswitch,
        trunk_priority=priority, is_required=is_required,
    )  # fmt: skip


def _flag(given: Settings, name: str) -> bool:
    value = given[name].value if name in given else "0"
    if value not in {"0", "1"}:
        raise Refused("invalid", flags="-a")
    return value == "1"


def vlans_of(text: str) -> tuple[int, ...]:
    return tuple(whole(each, "-a") for each in text.split(",")) if text not in {"", "none"} else ()


def trunks_differ(system: ManagedSystem, partition: Partition, adapter: VirtualEthernet) -> None:
    """The hypervisor takes no two trunks of one priority for one VLAN of one switch."""
    if not adapter.is_trunk:
        return
    for other in system.partitions:
        for each in other.ethernet:
            same = each.vswitch == adapter.vswitch and each.trunk_priority == adapter.trunk_priority
            mine = other.name == partition.name and each.name == adapter.name
            if same and not mine and set(each.vlans) & set(adapter.vlans):
                raise Refused("trunk-conflict", priority=adapter.trunk_priority)


def _found(partition: Partition, options: Options) -> VirtualEthernet:
    needed(options, "-s")
    slot = number(options, "-s")
    found = next((each for each in partition.ethernet if each.slot == slot), None)
    if found is None:
        raise Refused("invalid", flags="-s")
    return found


def _remove(seat: Seat, system: ManagedSystem, partition: Partition, options: Options) -> None:
    unwanted(options, "-a")
    adapter = _found(partition, options)
    if _is_used(partition, adapter) or (adapter.is_required and partition.is_on):
        raise Refused("adapter-busy", name=adapter.name)
    seat.world.happen(AdapterRemoved(system=system.name, partition=partition.name, adapter=adapter.name))


def _is_used(partition: Partition, adapter: VirtualEthernet) -> bool:
    return any(adapter.name in (*sea.trunks, sea.control_channel) for sea in partition.io.seas)


def _set(seat: Seat, system: ManagedSystem, partition: Partition, options: Options) -> None:
    """Tagged VLANs of an adapter, while it runs."""
    needed(options, "-a")
    adapter, given = _found(partition, options), settings(options["-a"], "-a")
    known(given, "addl_vlan_ids")
    missing(given, "addl_vlan_ids")
    asked = given["addl_vlan_ids"]
    tagged = changed(adapter.tagged, asked.operator, vlans_of(asked.value))
    after = made(
        partition, adapter.name, adapter.slot, adapter.pvid, tagged, priority=adapter.trunk_priority,
        vswitch=adapter.vswitch, is_required=adapter.is_required,
    )  # fmt: skip
    trunks_differ(system, partition, after)
    _one_each(partition, after)
    seat.world.happen(AdapterChanged(system=system.name, partition=partition.name, adapter=adapter.name, tagged=tagged))


def _one_each(partition: Partition, adapter: VirtualEthernet) -> None:
    """No two trunks of one SEA carry one VLAN."""
    for sea in partition.io.seas:
        others = [each for each in partition.ethernet if each.name in sea.trunks and each.name != adapter.name]
        if adapter.name in sea.trunks and any(set(each.vlans) & set(adapter.vlans) for each in others):
            raise Refused("adapter-busy", name=adapter.name)


def changed(before: tuple[int, ...], operator: str, vlans: tuple[int, ...]) -> tuple[int, ...]:
    if operator == "+":
        return (*before, *vlans)
    if operator == "-":
        return tuple(each for each in before if each not in vlans)
    return vlans


def taken_slots(partition: Partition) -> set[int]:
    return set(partition.slots)


def free_slot(partition: Partition) -> int:
    taken = taken_slots(partition)
    return next(n for n in range(building.FIRST_SLOT, len(taken) + building.FIRST_SLOT + 1) if n not in taken)


def free_name(partition: Partition) -> str:
    """The device that the operating system will make of it."""
    io = partition.io
    taken = {*(each.name for each in partition.ethernet), *(each.name for each in io.ports)}
    taken |= {each.name for each in io.seas}
    return next(made for n in range(len(taken) + 1) if (made := f"ent{n}") not in taken)
