"""What clients notice when their VIOS go, come back, or lose what they serve: their paths, and their error logs."""

from __future__ import annotations

from bot.lab.fleet.errorlog import Kind
from bot.lab.fleet.events.changing import notices, touched, with_system
from bot.lab.fleet.frame import ManagedSystem
from bot.lab.fleet.model import Env, Fleet, Partition
from bot.lab.fleet.paths import ENABLED, Path, paths

# The identifiers and descriptions are known; classes and types of the first two and of the last are unverified, and so
# is how many of each there are.
PATH_FAILED = Kind(identifier="DE3B8540", type="P", klass="H", description="PATH HAS FAILED")
PATH_RECOVERED = Kind(identifier="A6F5AE7C", type="I", klass="H", description="PATH HAS RECOVERED")
LINK_DEAD = Kind(identifier="D712FEAE", type="T", klass="S", description="LINK_DEAD events reported by the VIOS")
LINK_ERROR = Kind(identifier="4B436A3D", type="T", klass="H", description="LINK ERROR")
IO_ERROR = Kind(identifier="E86653C3", type="P", klass="H", description="I/O ERROR DETECTED BY LVM")


@notices
def _(fleet: Fleet, before: Fleet) -> Fleet:
    for system, old in touched(fleet, before):
        if _storage(system) != _storage(old):
            fleet = _told(fleet, system, old)
    return fleet


def _storage(system: ManagedSystem) -> list[tuple[object, ...]]:
    """What paths depend on, by VIOS; compared by identity, since these are large and mostly the same."""
    return [
        (each.name, each.is_up, id(each.io.vhosts), id(each.io.vfchosts), id(each.io.fc_ports), id(each.io.disks))
        for each in system.partitions
        if each.env is Env.VIOS
    ]


def _told(fleet: Fleet, system: ManagedSystem, old: ManagedSystem) -> Fleet:
    for client in system.partitions:
        was = old.partition(client.name)
        if was is None or not _notices(client) or not _notices(was):
            continue
        told = _logged(client, paths(system, client), paths(old, was), fleet.now)
        if told is not client:
            system = system.with_partition(told)
    return with_system(fleet, system)


def _notices(client: Partition) -> bool:
    return client.is_up and client.env is not Env.VIOS and client.os_version.startswith("AIX")


def _logged(client: Partition, now: list[Path], then: list[Path], at: float) -> Partition:
    """Links first, then each path, then the disks that have none left."""
    up, was_up = ({each.key for each in found if each.status == ENABLED} for found in (now, then))
    lost = [each for each in then if each.key in was_up - up]
    for parent in dict.fromkeys(each.parent for each in lost if each.parent.startswith("fscsi")):
        client = client.logs(LINK_DEAD, parent.replace("fscsi", "fcs"), at).logs(LINK_ERROR, parent, at)
    for path in lost:
        client = client.logs(PATH_FAILED, path.disk, at)
    left = {key[0] for key in up}
    for _ in dict.fromkeys(each.disk for each in lost if each.disk not in left):
        client = client.logs(IO_ERROR, "LVDD", at)
    known = {each.key for each in then}
    for path in now:
        if path.key in up - was_up and path.key in known:
            client = client.logs(PATH_RECOVERED, path.disk, at)
    return client
