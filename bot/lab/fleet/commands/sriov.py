"""SR-IOV: `lshwres -r sriov`, and the logical ports that `chhwres` lends and takes back."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

from bot.lab.fleet.commands.attributes import Settings, known, missing
from bot.lab.fleet.commands.levels import one_of
from bot.lab.fleet.commands.options import Options, Refused, units, unwanted, whole
from bot.lab.fleet.commands.places import chosen
from bot.lab.fleet.commands.processors import hundredths
from bot.lab.fleet.commands.tables import Row, listed
from bot.lab.fleet.events import HardwareChanged
from bot.lab.fleet.hardware import LogicalPort, SriovAdapter
from bot.lab.fleet.holdings import WHOLE_PORT
from bot.lab.fleet.model import ManagedSystem, Partition
from bot.lab.fleet.world import Seat

LEAST_CAPACITY = Decimal("1.0")
FIRST_ID = 0x27000000
_ID = re.compile(r"[0-9a-fA-F]{8}")
_ADAPTER_ATTRIBUTES = (
    "adapter_id", "slot_id", "config_state", "functional_state", "phys_loc", "phys_ports", "logical_ports",
    "adapter_max_logical_ports", "sriov_status",
)  # fmt: skip
_PORT_ATTRIBUTES = ("adapter_id", "logical_port_id", "phys_port_id", "lpar_name", "lpar_id", "capacity")


def listed_ports(seat: Seat, system: ManagedSystem, options: Options) -> str:
    if one_of(options, "--rsubtype", "adapter", "logport") == "adapter":
        unwanted(options, "--level", "--filter")
        return listed(seat, [_adapter(each) for each in system.hardware.sriov], options, _ADAPTER_ATTRIBUTES)
    unwanted(options, "--level")
    names = {each.lpar_id: each.name for each in chosen(system, options)}
    rows = [
        _port(adapter, port, names[port.lpar_id])
        for adapter in system.hardware.sriov
        for port in adapter.logical_ports
        if port.lpar_id in names
    ]
    return listed(seat, rows, options, _PORT_ATTRIBUTES)


def _adapter(adapter: SriovAdapter) -> Row:
    return {
        "adapter_id": adapter.adapter_id,
        "slot_id": adapter.drc_index,
        "config_state": "sriov",
        "functional_state": 1,
        "phys_loc": adapter.location,
        "phys_ports": adapter.phys_ports,
        "logical_ports": adapter.most_logical_ports,
        "adapter_max_logical_ports": adapter.most_logical_ports,
        "sriov_status": "running",
    }


def _port(adapter: SriovAdapter, port: LogicalPort, name: str) -> Row:
    return {
        "adapter_id": adapter.adapter_id,
        "logical_port_id": port.id,
        "phys_port_id": port.phys_port,
        "lpar_name": name,
        "lpar_id": port.lpar_id,
        "capacity": port.capacity,
    }


# ── changes ──────────────────────────────────────────────────────────────────────────────────────────────────────


def lend(seat: Seat, system: ManagedSystem, partition: Partition, given: Settings) -> None:
    known(given, "adapter_id", "phys_port_id", "logical_port_id", "capacity", "logical_port_type")
    missing(given, "adapter_id", "phys_port_id")
    adapter = _found(system, given)
    phys_port = whole(given["phys_port_id"].value, "-a")
    capacity = units(given["capacity"].value, "-a") if "capacity" in given else Decimal("2.0")
    if phys_port >= adapter.phys_ports or len(adapter.logical_ports) >= adapter.most_logical_ports:
        raise Refused("invalid", flags="-a")
    port = LogicalPort(id=_id(adapter, given), phys_port=phys_port, lpar_id=partition.lpar_id, capacity=capacity)
    _fits(adapter, port)
    _put(seat, system, replace(adapter, logical_ports=(*adapter.logical_ports, port)))


def take_back(seat: Seat, system: ManagedSystem, partition: Partition, given: Settings) -> None:
    known(given, "adapter_id", "logical_port_id")
    missing(given, "adapter_id", "logical_port_id")
    adapter, wanted = _found(system, given), given["logical_port_id"].value.lower()
    left = tuple(each for each in adapter.logical_ports if (each.id, each.lpar_id) != (wanted, partition.lpar_id))
    if len(left) == len(adapter.logical_ports):
        raise Refused("invalid", flags="-a")
    _put(seat, system, replace(adapter, logical_ports=left))


def _found(system: ManagedSystem, given: Settings) -> SriovAdapter:
    number = whole(given["adapter_id"].value, "-a")
    found = next((each for each in system.hardware.sriov if each.adapter_id == number), None)
    if found is None:
        raise Refused("invalid", flags="-a")
    return found


def _id(adapter: SriovAdapter, given: Settings) -> str:
    taken = {each.id for each in adapter.logical_ports}
    if "logical_port_id" not in given:
        first = FIRST_ID + (adapter.adapter_id << 12)
        return next(made for n in range(1, len(taken) + 2) if (made := f"{first + n:08x}") not in taken)
    wanted = given["logical_port_id"].value.lower()
    if not _ID.fullmatch(wanted):
        raise Refused("invalid", flags="-a")
    if wanted in taken:
        raise Refused("port-assigned", port=wanted)
    return wanted


def _fits(adapter: SriovAdapter, port: LogicalPort) -> None:
    used = adapter.used(port.phys_port)
    if not LEAST_CAPACITY <= port.capacity <= WHOLE_PORT:
        raise Refused("capacity-range", capacity=port.capacity)
    if used + port.capacity > WHOLE_PORT:
        raise Refused("capacity-total", used=hundredths(used))


def _put(seat: Seat, system: ManagedSystem, adapter: SriovAdapter) -> None:
    others = tuple(adapter if each.adapter_id == adapter.adapter_id else each for each in system.hardware.sriov)
    seat.world.happen(HardwareChanged(system=system.name, hardware=replace(system.hardware, sriov=others)))
