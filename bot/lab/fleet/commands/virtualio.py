"""`lshwres -r virtualio --rsubtype eth|scsi|fc --level lpar`: the virtual adapters of partitions.

Only the Ethernet ones are captured; the others' attributes are named as the command's documentation names them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from bot.lab.fleet.commands.tables import Row
from bot.lab.fleet.ethernet import VirtualEthernet
from bot.lab.fleet.frame import ManagedSystem
from bot.lab.fleet.partition import Partition
from bot.lab.fleet.storage import VfcHost, Vhost, VirtualFc, VirtualScsi


def rows(kind: str, system: ManagedSystem, partitions: Sequence[Partition]) -> list[Row]:
    """A row for each adapter, by partition and slot."""
    made = _OF[kind]
    return [row for each in partitions for row in sorted(made(system, each), key=_slot)]


def _slot(row: Row) -> int:
    return int(str(row["slot_num"]))


def _ethernet(system: ManagedSystem, partition: Partition) -> Iterator[Row]:
    for adapter in partition.ethernet:
        yield _of_ethernet(partition, adapter)


def _of_ethernet(partition: Partition, adapter: VirtualEthernet) -> Row:
    row = {**_head(partition, adapter.slot, is_required=adapter.is_required), "is_trunk": int(adapter.is_trunk)}
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


def _scsi(system: ManagedSystem, partition: Partition) -> Iterator[Row]:
    for client in partition.scsi:
        head = _head(partition, client.slot, is_required=client.is_required)
        yield {**head, "adapter_type": "client", **_server(system, client)}
    for server in partition.io.vhosts:
        backing = ",".join(each.backing for each in server.targets) or "none"
        row = {**_head(partition, server.slot), "adapter_type": "server", **_client(system, server)}
        yield {**row, "backing_devices": backing}


def _fc(system: ManagedSystem, partition: Partition) -> Iterator[Row]:
    for client in partition.fc:
        row = {**_head(partition, client.slot), "adapter_type": "client", **_server(system, client)}
        yield {**row, "wwpns": ",".join(client.wwpns).lower()}
    for server in partition.io.vfchosts:
        yield {**_head(partition, server.slot), "adapter_type": "server", **_client(system, server)}


def _head(partition: Partition, slot: int, *, is_required: bool = False) -> dict[str, object]:
    return {
        "lpar_name": partition.name,
        "lpar_id": partition.lpar_id,
        "slot_num": slot,
        "state": int(partition.is_on),
        "is_required": int(is_required),
    }


def _server(system: ManagedSystem, adapter: VirtualScsi | VirtualFc) -> Row:
    return _remote(system, adapter.server_id, adapter.server_slot, nobody="none")


def _client(system: ManagedSystem, adapter: Vhost | VfcHost) -> Row:
    """A server adapter without a client serves any."""
    return _remote(system, adapter.client_id, adapter.client_slot, nobody="any")


def _remote(system: ManagedSystem, lpar_id: int | None, slot: int | None, *, nobody: str) -> Row:
    partition = system.with_id(lpar_id) if lpar_id is not None else None
    return {
        "remote_lpar_id": nobody if lpar_id is None else lpar_id,
        "remote_lpar_name": partition.name if partition else "",
        "remote_slot_num": nobody if slot is None else slot,
    }


_OF: Mapping[str, Callable[[ManagedSystem, Partition], Iterator[Row]]] = {"eth": _ethernet, "scsi": _scsi, "fc": _fc}
_HEAD = ("lpar_name", "lpar_id", "slot_num", "state", "is_required")
_ENDS = ("adapter_type", "remote_lpar_id", "remote_lpar_name", "remote_slot_num")
ATTRIBUTES: Mapping[str, Sequence[str]] = {
    "eth": (
        *_HEAD, "is_trunk", "trunk_priority", "ieee_virtual_eth", "port_vlan_id", "vswitch", "addl_vlan_ids",
        "mac_addr", "allowed_os_mac_addrs", "qos_priority",
    ),
    "scsi": (*_HEAD, *_ENDS, "backing_devices"),
    "fc": (*_HEAD, *_ENDS, "wwpns"),
}  # fmt: skip
