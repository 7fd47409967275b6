"""Virtual SCSI and Fibre Channel adapters of a partition, at either end.

A client's end can be added only where the server's is there already: what becomes of one without is not modelled.
"""

from __future__ import annotations

import zlib

from bot.lab.fleet import mappings
from bot.lab.fleet.commands.attributes import Settings, known, missing, settings
from bot.lab.fleet.commands.dlpar_ethernet import taken_slots
from bot.lab.fleet.commands.options import Options, Refused, needed, number, unwanted, whole
from bot.lab.fleet.commands.places import partition_named
from bot.lab.fleet.events import ClientAdded, ServerAdded, StorageAdapterRemoved
from bot.lab.fleet.model import Env, ManagedSystem, Partition
from bot.lab.fleet.storage import VfcHost, Vhost, VirtualFc, VirtualScsi
from bot.lab.fleet.world import Seat

_ATTRIBUTES = ("adapter_type", "remote_lpar_name", "remote_lpar_id", "remote_slot_num", "is_required")


def change(seat: Seat, system: ManagedSystem, partition: Partition, options: Options) -> None:
    unwanted(options, "-t", "--tid", "-l", "-q", "--procs", "--procunits")
    if partition.is_on and (partition.rmc_state != "active" or not partition.is_up):
        raise Refused("no-rmc", name=partition.name)
    if options["-o"] not in {"a", "r"}:
        raise Refused("invalid", flags="-o")
    (_add if options["-o"] == "a" else _remove)(seat, system, partition, options)


def _add(seat: Seat, system: ManagedSystem, partition: Partition, options: Options) -> None:
    needed(options, "-a")
    given = settings(options["-a"], "-a")
    known(given, *_ATTRIBUTES)
    missing(given, "adapter_type")
    slot = number(options, "-s") if "-s" in options else max((9, *partition.slots)) + 1
    if slot in taken_slots(partition) or not 2 <= slot < partition.config.max_virtual_slots:
        raise Refused("slot-taken", slot=slot)
    kind = given["adapter_type"].value
    if kind == "server" and partition.env is Env.VIOS:
        adapter = _server(system, partition, given, slot, fc=options["--rsubtype"] == "fc")
        seat.world.happen(ServerAdded(system=system.name, partition=partition.name, adapter=adapter))
    elif kind == "client" and partition.env is not Env.VIOS:
        end = _client(system, partition, given, slot, fc=options["--rsubtype"] == "fc")
        seat.world.happen(ClientAdded(system=system.name, partition=partition.name, adapter=end))
    else:
        raise Refused("invalid", flags="-a")


def _remote(system: ManagedSystem, given: Settings) -> tuple[Partition | None, int | None]:
    """The partition and the slot at the other end; none where any may be there."""
    other = None
    if "remote_lpar_name" in given and given["remote_lpar_name"].value != "any":
        other = partition_named(system, given["remote_lpar_name"].value)
    elif "remote_lpar_id" in given and given["remote_lpar_id"].value != "any":
        other = system.with_id(whole(given["remote_lpar_id"].value, "-a"))
        if other is None:
            raise Refused("no-partition-id", name=given["remote_lpar_id"].value)
    slot = given["remote_slot_num"].value if "remote_slot_num" in given else "any"
    return other, None if slot == "any" else whole(slot, "-a")


def _server(system: ManagedSystem, vios: Partition, given: Settings, slot: int, *, fc: bool) -> Vhost | VfcHost:
    other, place = _remote(system, given)
    client_id = other.lpar_id if other else None
    if (other is not None and other.env is Env.VIOS) or (fc and other is None):
        raise Refused("invalid", flags="-a")
    if fc:
        name = mappings.free_name(vios, "vfchost")
        return VfcHost(name=name, slot=slot, client_id=client_id, client_slot=place)
    return Vhost(name=mappings.free_name(vios, "vhost"), slot=slot, client_id=client_id, client_slot=place)


def _client(
    system: ManagedSystem, client: Partition, given: Settings, slot: int, *, fc: bool
) -> VirtualScsi | VirtualFc:
    vios, place = _remote(system, given)
    if vios is None or place is None:
        raise Refused("missing-attributes", names="remote_lpar_name,remote_slot_num")
    if not fc:
        made = VirtualScsi(
            name=_free(client, "vscsi"), slot=slot, server_id=vios.lpar_id, server_slot=place,
            is_required="is_required" in given and given["is_required"].value == "1",
        )  # fmt: skip
        return _met(system, client, made)
    wwpn = 0xC050760000000000 + zlib.crc32(f"{system.name} {client.name} {slot}".encode()) * 16
    return _met(
        system,
        client,
        VirtualFc(
            name=_free(client, "fcs"), slot=slot, drc=f"{system.location}-V{client.lpar_id}-C{slot}-T1",
            wwpns=(f"{wwpn:016X}", f"{wwpn + 1:016X}"), targets=frozenset(), server_id=vios.lpar_id, server_slot=place,
        ),
    )  # fmt: skip


def _met(system: ManagedSystem, client: Partition, end: VirtualScsi | VirtualFc) -> VirtualScsi | VirtualFc:
    if mappings.server_of(system, client, end) is None:
        raise Refused("invalid", flags="-a")
    return end


def _free(client: Partition, stem: str) -> str:
    taken = {*(each.name for each in client.scsi), *(each.name for each in client.fc)}
    return next(made for n in range(len(taken) + 1) if (made := f"{stem}{n}") not in taken)


def _remove(seat: Seat, system: ManagedSystem, partition: Partition, options: Options) -> None:
    """A server's that still backs something, and a client's that runs on it, is held by the operating system."""
    needed(options, "-s")
    unwanted(options, "-a")
    slot, io = number(options, "-s"), partition.io
    server = next((each for each in io.vhosts if each.slot == slot), None)
    own = partition.fc if options["--rsubtype"] == "fc" else partition.scsi
    others = io.vfchosts if options["--rsubtype"] == "fc" else io.vhosts
    if not any(each.slot == slot for each in own) and not any(each.slot == slot for each in others):
        raise Refused("invalid", flags="-s")
    last = len(partition.scsi) + len(partition.fc) == 1
    if partition.is_on and (
        (server is not None and server.targets) or (last and any(each.slot == slot for each in own))
    ):
        raise Refused("adapter-busy", name=server.name if server else own[0].name)
    seat.world.happen(StorageAdapterRemoved(system=system.name, partition=partition.name, slot=slot))
