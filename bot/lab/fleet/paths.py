"""A client's disks and the paths to them, as they follow from what the VIOS of its frame map to it."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from bot.lab.fleet import mappings
from bot.lab.fleet.frame import ManagedSystem
from bot.lab.fleet.partition import Partition
from bot.lab.fleet.storage import Target, VfcHost, Vhost, VirtualFc, VirtualScsi

ENABLED, FAILED, MISSING = "Enabled", "Failed", "Missing"
BY_FC = 2  # disks that the storage shows to a client's WWPNs: to boot from, and for data


@dataclass(frozen=True, slots=True)
class ClientDisk:
    """`key`: what it is, whichever way it is seen: a LUN, or what stands on one VIOS alone."""

    name: str
    key: str
    by_fc: bool = False

    @property
    def pvid(self) -> str:
        return f"00f6{zlib.crc32(self.key.encode()):08x}{zlib.crc32(self.name.encode()) & 0xFFFF:04x}"


@dataclass(frozen=True, slots=True)
class Path:
    disk: str
    parent: str
    connection: str
    status: str

    @property
    def key(self) -> tuple[str, str, str]:
        return self.disk, self.parent, self.connection


def disks(system: ManagedSystem, client: Partition) -> tuple[ClientDisk, ...]:
    """In the order in which its adapters show them; where they are written down, those, by each of its adapters."""
    if client.aix.disks is not None:
        return tuple(ClientDisk(name, f"{client.name} {name}", bool(client.fc)) for name in client.aix.disks)
    keys = dict.fromkeys(key for adapter in client.scsi for key, _ in _shown(system, client, adapter))
    found = [(key, False) for key in keys]
    if client.fc:
        found += [(f"{min(each.wwpns[0] for each in client.fc)} {number}", True) for number in range(BY_FC)]
    return tuple(ClientDisk(f"hdisk{number}", key, by_fc) for number, (key, by_fc) in enumerate(found))


def paths(system: ManagedSystem, client: Partition) -> list[Path]:
    """By disk and adapter."""
    return [path for disk in disks(system, client) for path in _to(system, client, disk)]


def _to(system: ManagedSystem, client: Partition, disk: ClientDisk) -> Iterator[Path]:
    for adapter in client.scsi if not disk.by_fc else ():
        written = client.aix.disks is not None
        for key, target in _shown(system, client, adapter):
            if written or key == disk.key:
                status = ENABLED if _serves(system, client, adapter, target) else FAILED
                yield Path(disk.name, adapter.name, f"{0x80 + target.lun:x}0000000000", status)
        if adapter.server_id is None:
            yield Path(disk.name, adapter.name, "810000000000", MISSING)
    for virtual in client.fc if disk.by_fc else ():
        yield from _by_fc(system, client, virtual, disk)


def _shown(system: ManagedSystem, client: Partition, adapter: VirtualScsi) -> Iterator[tuple[str, Target]]:
    """What stands behind a virtual SCSI adapter, whether its VIOS runs or not; optical drives are no disks."""
    found = mappings.server_of(system, client, adapter)
    vios, server = found if found is not None else (client, None)
    for target in server.targets if isinstance(server, Vhost) else ():
        if "Optical" not in target.kind:
            disk = vios.io.disk(target.backing)
            yield disk.lun if disk is not None else f"{vios.name} {target.backing}", target


def _serves(system: ManagedSystem, client: Partition, adapter: VirtualScsi, target: Target) -> bool:
    """Its VIOS runs, offers it, and reaches its own storage."""
    found = mappings.server_of(system, client, adapter)
    if found is None or not found[0].is_up or not target.is_available:
        return False
    ports = found[0].io.fc_ports
    return found[0].io.disk(target.backing) is None or not ports or any(each.targets for each in ports)


def _by_fc(system: ManagedSystem, client: Partition, adapter: VirtualFc, disk: ClientDisk) -> Iterator[Path]:
    """One for each storage port that the client's WWPNs are zoned to."""
    found = mappings.server_of(system, client, adapter)
    number = int(disk.key.rpartition(" ")[2]) if client.aix.disks is None else client.aix.disks.index(disk.name)
    port = found[0].io.fc_port(found[1].port) if found is not None and isinstance(found[1], VfcHost) else None
    for target in sorted(adapter.targets):
        up = found is not None and found[0].is_up and port is not None and port.is_npiv and target in port.targets
        status = MISSING if adapter.server_id is None else ENABLED if up else FAILED
        connection = f"{target.lower()},{number:x}{'0' * 12 if number else ''}"
        yield Path(disk.name, f"fscsi{adapter.name.removeprefix('fcs')}", connection, status)
