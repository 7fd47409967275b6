"""How a VIOS pair and its clients are cabled: the devices, slots and addresses that every frame here has alike."""

from __future__ import annotations

import zlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from bot.lab.fleet.ethernet import HaMode, PhysicalEthernet, Sea, VirtualEthernet
from bot.lab.fleet.frame import ManagedSystem
from bot.lab.fleet.hardware import HeldSlot, Slot
from bot.lab.fleet.partition import Env, Partition, Vios
from bot.lab.fleet.storage import Disk, FcPort, Target, VfcHost, Vhost, VirtualFc, VirtualScsi

FABRICS = (  # the storage ports of each
    frozenset({"50050768014016AA", "50050768014016AB"}),
    frozenset({"50050768014026AA", "50050768014026AB"}),
)
_SCSI_SLOT, _FC_SLOT = 10, 20  # of a client, and after them one for each VIOS
_VHOST_SLOT, _VFCHOST_SLOT = 10, 50  # of a VIOS, and after them one for each client
_ROOT_DISK = 65536  # MB
FIRST_SLOT = 2
CONTROL_VLAN = 99

Vlans = Sequence[int]  # the PVID, then the tagged ones


def mac(owner: str, slot: int, base: str = "") -> str:
    """An address as the HMC writes it; `base` is all but its last byte."""
    return f"{base or f'76{zlib.crc32(owner.encode()):08X}'}{slot:02X}"


def trunks(owner: str, vlans: Sequence[Vlans], *, priority: int, base: str = "") -> tuple[VirtualEthernet, ...]:
    """One trunk adapter for each group of VLANs, from ent1 on, and after them the control channel's adapter."""
    groups = [*vlans, (CONTROL_VLAN,)]
    return tuple(
        VirtualEthernet(
            name=f"ent{number}",
            slot=FIRST_SLOT + number - 1,
            mac=mac(owner, FIRST_SLOT + number - 1, base),
            pvid=group[0],
            tagged=tuple(group[1:]),
            trunk_priority=priority if number < len(groups) else None,
        )
        for number, group in enumerate(groups, 1)
    )


def bridging(adapters: Sequence[VirtualEthernet], serial: str, number: int, ha_mode: HaMode) -> Vios:
    """A VIOS that bridges those adapters to its one port; `number` says which VIOS of the pair it is."""
    location = f"U78D9.001.{serial}-P1-C{number}-T1"
    port = PhysicalEthernet(name="ent0", location=location, mac=mac(location, 0))
    sea = Sea(
        name=f"ent{len(adapters) + 1}",
        real_adapter=port.name,
        trunks=tuple(each.name for each in adapters if each.is_trunk),
        pvid_adapter=adapters[0].name,
        pvid=adapters[0].pvid,
        control_channel=next(each.name for each in adapters if not each.is_trunk),
        ha_mode=ha_mode,
    )
    return Vios(ports=(port,), seas=(sea,))


def client(owner: str, vlan: int) -> tuple[VirtualEthernet, ...]:
    return (VirtualEthernet(name="ent0", slot=FIRST_SLOT, mac=mac(owner, FIRST_SLOT), pvid=vlan),)


def with_slots(system: ManagedSystem, vios: str, *, free: str, held: str) -> ManagedSystem:
    """Two adapters to spare, by their slots' DRC indexes: one that nobody holds, and one that a VIOS does, unused."""
    at = f"U78D9.001.{system.serial}-P1-C"
    slots = (Slot(drc_index=free, location=f"{at}10"), Slot(drc_index=held, location=f"{at}11"))
    partition = system.partition(vios)
    if partition is None:
        raise ValueError(f"{system.name} has no {vios}")
    config = replace(partition.config, slots=(HeldSlot(drc_index=held),))
    frame = replace(system, hardware=replace(system.hardware, slots=slots))
    return frame.with_partition(replace(partition, config=config))


# ── storage ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def lun(owner: str) -> str:
    """The name of a partition's only LUN, wherever it is seen."""
    return f"600507680181{zlib.crc32(owner.encode()):08X}000000000000"


def with_storage(
    system: ManagedSystem, *, npiv: Collection[str] = (), visible: Mapping[str, Sequence[str]] | None = None
) -> ManagedSystem:
    """The frame with a boot disk for each client, by both VIOS: its own by NPIV for those named, else a whole disk.

    `visible` names, for each VIOS, the partitions elsewhere whose LUNs it sees too.
    """
    clients = [each for each in system.partitions if each.env is not Env.VIOS]
    scsi = [each for each in clients if each.name not in npiv]
    made = []
    for each in system.partitions:
        if each.vios is not None:
            names = [each.name, *(one.name for one in scsi), *(visible or {}).get(each.name, ())]
            by_npiv = [one for one in clients if one.name in npiv]
            made.append(replace(each, vios=_serving(each, system.serial, names, scsi, by_npiv)))
        else:
            made.append(_served(system, each, by_npiv=each.name in npiv))
    return replace(system, partitions=tuple(made))


def zoned(system: ManagedSystem, target: str, *, client: str = "", vios: Collection[str]) -> ManagedSystem:
    """With one storage port more in the zones of those VIOS, and of the client that needs it."""
    made = []
    for each in system.partitions:
        if each.name == client:
            each = replace(each, fc=tuple(replace(one, targets=one.targets | {target}) for one in each.fc))
        elif each.name in vios:
            ports = tuple(replace(one, targets=one.targets | {target}) for one in each.io.fc_ports)
            each = replace(each, vios=replace(each.io, fc_ports=ports))
        made.append(each)
    return replace(system, partitions=tuple(made))


def with_spares(system: ManagedSystem, *, disks: int, ports: int) -> ManagedSystem:
    """The frame with that many disks and ports more on each VIOS, which nobody uses or sees from elsewhere."""
    made = [_spared(each, disks, ports) if each.vios is not None else each for each in system.partitions]
    return replace(system, partitions=tuple(made))


def _spared(vios: Partition, disks: int, ports: int) -> Partition:
    io, count = vios.io, len(vios.io.disks)
    names = [
        *(each.name for each in io.ports),
        *(each.name for each in io.seas),
        *(each.name for each in vios.ethernet),
    ]
    first = 1 + max(int(each.removeprefix("ent")) for each in names)
    card = io.ports[0].location.rpartition("-T")[0]
    more = tuple(
        PhysicalEthernet(name=f"ent{first + n}", location=f"{card}-T{n + 2}", mac=mac(f"{card}-T{n + 2}", 0))
        for n in range(ports)
    )
    spare = tuple(_disk(f"{vios.name}-spare{n}", count + n) for n in range(disks))
    return replace(vios, vios=replace(io, ports=(*io.ports, *more), disks=(*io.disks, *spare)))


def _serving(
    vios: Partition, serial: str, names: Sequence[str], scsi: Sequence[Partition], npiv: Sequence[Partition]
) -> Vios:
    number = vios.lpar_id
    disks = tuple(_disk(each, n) for n, each in enumerate(names))
    by_lun = {each.lun: each.name for each in disks}
    return replace(
        vios.io,
        disks=(replace(disks[0], group="rootvg"), *disks[1:]),
        fc_ports=tuple(_fc_port(serial, number, fabric) for fabric in (0, 1)),
        vhosts=tuple(
            Vhost(
                name=f"vhost{n}",
                slot=_VHOST_SLOT + each.lpar_id,
                client_id=each.lpar_id,
                client_slot=_SCSI_SLOT + number,
                targets=(Target(name=f"{each.name[-11:]}_rvg", lun=1, backing=by_lun[lun(each.name)]),),
            )
            for n, each in enumerate(scsi)
        ),
        vfchosts=tuple(
            VfcHost(
                name=f"vfchost{n}",
                slot=_VFCHOST_SLOT + each.lpar_id,
                client_id=each.lpar_id,
                client_slot=_FC_SLOT + number,
                port=f"fcs{number - 1}",
            )
            for n, each in enumerate(npiv)
        ),
    )


def _disk(owner: str, number: int) -> Disk:
    return Disk(
        name=f"hdisk{number}",
        lun=lun(owner),
        number=number,
        size=_ROOT_DISK,
        pvid=f"00f6{zlib.crc32(owner.encode()):08x}0000",
    )


def _fc_port(serial: str, vios: int, fabric: int) -> FcPort:
    location = f"U78D9.001.{serial}-P1-C{4 + vios}-T{fabric + 1}"
    return FcPort(
        name=f"fcs{fabric}",
        location=location,
        wwpn=f"10000090{zlib.crc32(location.encode()):08X}",
        targets=FABRICS[fabric],
    )


def _served(system: ManagedSystem, client: Partition, *, by_npiv: bool) -> Partition:
    servers = [each for each in system.partitions if each.env is Env.VIOS]
    if not by_npiv:
        scsi = tuple(
            VirtualScsi(
                name=f"vscsi{n}",
                slot=_SCSI_SLOT + vios.lpar_id,
                server_id=vios.lpar_id,
                server_slot=_VHOST_SLOT + client.lpar_id,
            )
            for n, vios in enumerate(servers)
        )
        return replace(client, scsi=scsi)
    fc = tuple(_virtual_fc(system, client, vios, n) for n, vios in enumerate(servers))
    return replace(client, fc=fc)


def _virtual_fc(system: ManagedSystem, client: Partition, vios: Partition, number: int) -> VirtualFc:
    slot = _FC_SLOT + vios.lpar_id
    wwpn = 0xC050760000000000 + zlib.crc32(client.name.encode()) * 16 + number * 2
    return VirtualFc(
        name=f"fcs{number}",
        slot=slot,
        drc=f"{system.location}-V{client.lpar_id}-C{slot}-T1",
        wwpns=(f"{wwpn:016X}", f"{wwpn + 1:016X}"),
        targets=FABRICS[number % len(FABRICS)],
        server_id=vios.lpar_id,
        server_slot=_VFCHOST_SLOT + client.lpar_id,
    )
