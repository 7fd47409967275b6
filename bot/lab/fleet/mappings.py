"""How virtual adapters of clients and of VIOS belong together, and what becomes of that when a client moves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from bot.lab.fleet.frame import ManagedSystem
from bot.lab.fleet.partition import Partition, Vios
from bot.lab.fleet.storage import FcPort, ReservePolicy, Target, VfcHost, Vhost, VirtualFc, VirtualScsi

FIRST_SERVER_SLOT = 100  # of adapters that a migration makes


def check(system: ManagedSystem) -> None:
    """Raises ValueError where the two ends of a mapping don't meet."""
    for client in system.partitions:
        adapters: tuple[VirtualScsi | VirtualFc, ...] = (*client.scsi, *client.fc)
        for adapter in adapters:
            if adapter.server_id is not None and server_of(system, client, adapter) is None:
                raise ValueError(f"{adapter.name} of {client.name} has a server adapter that isn't there")
    for vios in system.partitions:
        _backed(vios)


def _backed(vios: Partition) -> None:
    for vhost in vios.io.vhosts:
        numbers = [each.lun for each in vhost.targets]
        if len(numbers) != len(set(numbers)):
            raise ValueError(f"{vhost.name} of {vios.name} has one LUN twice")
    for vfchost in vios.io.vfchosts:
        if vfchost.port is not None and vios.io.fc_port(vfchost.port) is None:
            raise ValueError(f"{vfchost.name} of {vios.name} is mapped to a port that isn't there")


def server_of(
    system: ManagedSystem, client: Partition, adapter: VirtualScsi | VirtualFc
) -> tuple[Partition, Vhost | VfcHost] | None:
    """The VIOS and its adapter at the other end."""
    vios = system.with_id(adapter.server_id) if adapter.server_id is not None else None
    if vios is None:
        return None
    servers = vios.io.vfchosts if isinstance(adapter, VirtualFc) else vios.io.vhosts
    found = next((each for each in servers if each.slot == adapter.server_slot), None)
    return (vios, found) if found is not None and found.client_id in {None, client.lpar_id} else None


def client_of(system: ManagedSystem, server: VfcHost) -> tuple[Partition, VirtualFc] | None:
    """The client's end of a virtual Fibre Channel mapping."""
    client = system.with_id(server.client_id) if server.client_id is not None else None
    adapter = next((each for each in client.fc if each.slot == server.client_slot), None) if client else None
    return (client, adapter) if client is not None and adapter is not None else None


def logged_in(system: ManagedSystem, vios: Partition, server: VfcHost) -> int:
    """How many ports are logged in through it: the client's own and the storage's; none where it can't log in."""
    found, port = client_of(system, server), vios.io.fc_port(server.port)
    if found is None or port is None or not found[0].is_up or not reaches(port, found[1]):
        return 0
    return 1 + len(found[1].targets)


def reaches(port: FcPort, adapter: VirtualFc) -> bool:
    """The port is on the client's fabric, and zoned to the same storage ports."""
    return port.is_npiv and bool(adapter.targets) and adapter.targets <= port.targets


def luns(vios: Partition, vhost: Vhost) -> tuple[str, ...] | None:
    """The LUNs behind an adapter; None where something stands on no whole disk, so that it can't move."""
    disks = [vios.io.disk(each.backing) for each in vhost.targets]
    return None if None in disks else tuple(each.lun for each in disks if each is not None)


def can_back(vios: Partition, wanted: tuple[str, ...]) -> bool:
    """The VIOS has all of these LUNs in reach, unreserved and unused."""
    free = {
        each.lun
        for each in vios.io.disks
        if each.reserve_policy is ReservePolicy.NO_RESERVE
        and not (each.reserved or each.group or vios.io.uses(each.name))
    }
    return set(wanted) <= free


@dataclass(frozen=True)
class Prospect:
    """What would become of a client's adapters of one kind on another frame."""

    missing: tuple[str, ...]  # those that no VIOS there can serve
    keeps_paths: bool  # as many different VIOS as now


def prospect(source: ManagedSystem, destination: ManagedSystem, client: Partition, *, fc: bool) -> Prospect:
    adapters: tuple[VirtualScsi | VirtualFc, ...] = client.fc if fc else client.scsi
    mapped = [each for each in adapters if each.server_id is not None]
    able = {each.name: able_vios(source, destination, client, each) for each in mapped}
    now = {each.server_id for each in mapped}
    then = {vios.name for found in able.values() for vios in found}
    missing = tuple(name for name, found in able.items() if not found)
    return Prospect(missing, bool(missing) or len(then) >= len(now))


def able_vios(
    source: ManagedSystem, destination: ManagedSystem, client: Partition, adapter: VirtualScsi | VirtualFc
) -> list[Partition]:
    """The running VIOS of the destination that can serve the adapter."""
    running = [each for each in destination.partitions if each.vios is not None and each.is_up]
    if isinstance(adapter, VirtualFc):
        return [each for each in running if any(reaches(port, adapter) for port in each.io.fc_ports)]
    found = server_of(source, client, adapter)
    wanted = luns(found[0], found[1]) if found is not None and isinstance(found[1], Vhost) else None
    return [] if wanted is None else [each for each in running if can_back(each, wanted)]


# ── a move ───────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass
class Move:
    """A client on its way; both frames and the client itself change as its adapters are taken along."""

    source: ManagedSystem
    destination: ManagedSystem
    client: Partition
    new_id: int

    def done(self) -> None:
        """Each adapter gets a server on a VIOS there that can serve it, the ones in turn; where none can, none."""
        scsi = tuple(self._scsi(each, turn) for turn, each in enumerate(self.client.scsi))
        fc = tuple(self._fc(each, turn) for turn, each in enumerate(self.client.fc))
        self._forget()
        self.client = replace(self.client, lpar_id=self.new_id, scsi=scsi, fc=fc)

    def _scsi(self, adapter: VirtualScsi, turn: int) -> VirtualScsi:
        found = server_of(self.source, self.client, adapter)
        vios = self._next(adapter, turn)
        wanted = luns(found[0], found[1]) if found is not None and isinstance(found[1], Vhost) else None
        if vios is None or wanted is None:
            return replace(adapter, server_id=None, server_slot=None)
        slot = free_slot(vios)
        made = Vhost(
            name=free_name(vios, "vhost"),
            slot=slot,
            client_id=self.new_id,
            client_slot=adapter.slot,
            targets=_targets(vios, wanted),
        )
        self._put(vios, replace(vios.io, vhosts=(*vios.io.vhosts, made)))
        return replace(adapter, server_id=vios.lpar_id, server_slot=slot)

    def _fc(self, adapter: VirtualFc, turn: int) -> VirtualFc:
        vios = self._next(adapter, turn) if adapter.server_id is not None else None
        if vios is None:
            return replace(adapter, server_id=None, server_slot=None)
        slot = free_slot(vios)
        made = VfcHost(
            name=free_name(vios, "vfchost"),
            slot=slot,
            client_id=self.new_id,
            client_slot=adapter.slot,
            port=next(each.name for each in vios.io.fc_ports if reaches(each, adapter)),
        )
        self._put(vios, replace(vios.io, vfchosts=(*vios.io.vfchosts, made)))
        return replace(adapter, server_id=vios.lpar_id, server_slot=slot)

    def _next(self, adapter: VirtualScsi | VirtualFc, turn: int) -> Partition | None:
        """Of the VIOS that can, the ones in turn, so that the adapters of a client are spread over them."""
        found = able_vios(self.source, self.destination, self.client, adapter)
        return found[turn % len(found)] if found else None

    def _put(self, vios: Partition, io: Vios) -> None:
        self.destination = self.destination.with_partition(replace(vios, vios=io))

    def _forget(self) -> None:
        """The server adapters that it leaves are taken away."""
        gone = self.client.lpar_id
        for vios in self.source.partitions:
            if vios.vios is not None and any(gone == each.client_id for each in _servers(vios)):
                kept = replace(
                    vios.vios,
                    vhosts=tuple(each for each in vios.vios.vhosts if each.client_id != gone),
                    vfchosts=tuple(each for each in vios.vios.vfchosts if each.client_id != gone),
                )
                self.source = self.source.with_partition(replace(vios, vios=kept))


def _servers(vios: Partition) -> Iterator[Vhost | VfcHost]:
    yield from vios.io.vhosts
    yield from vios.io.vfchosts


def _targets(vios: Partition, wanted: tuple[str, ...]) -> tuple[Target, ...]:
    by_lun = {each.lun: each.name for each in vios.io.disks}
    first = int(free_name(vios, "vtscsi").removeprefix("vtscsi"))
    return tuple(
        Target(name=f"vtscsi{first + number}", lun=number + 1, backing=by_lun[lun]) for number, lun in enumerate(wanted)
    )


def free_slot(partition: Partition) -> int:
    return max((FIRST_SERVER_SLOT - 1, *partition.slots)) + 1


def free_name(vios: Partition, stem: str) -> str:
    """The first number that is free, and, for targets, with all after it free as well."""
    taken = [each.name for each in _servers(vios)]
    taken += [each.name for each in vios.io.targets]
    numbers = {int(name[len(stem) :]) for name in taken if name.startswith(stem) and name[len(stem) :].isdigit()}
    if stem == "vtscsi":
        return f"{stem}{max(numbers, default=-1) + 1}"
    return f"{stem}{next(n for n in range(len(numbers) + 1) if n not in numbers)}"
