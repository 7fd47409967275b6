"""How full the storage pools of a VIOS are, and what always holds of them."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence

from bot.lab.fleet.partition import Partition, Vios
from bot.lab.fleet.pools import ROOT, usable


def names(io: Vios) -> tuple[str, ...]:
    """Of its pools, rootvg first."""
    root = (ROOT,) if io.in_pool(ROOT) else ()
    return (*root, *(each.name for each in io.pools.made))


def size(io: Vios, name: str) -> int:
    pool = io.pools.pool(name)
    return 0 if pool is None else sum(usable(each.size, pool.alloc) for each in io.in_pool(name))


def free(io: Vios, name: str) -> int:
    return size(io, name) - io.pools.taken(name)


def left(io: Vios, name: str) -> dict[str, int]:
    """The units of each of its disks that are free: it is filled disk by disk, a mirror on its own."""
    pool, members = io.pools.pool(name), io.in_pool(name)
    room = {each.name: each.size // pool.alloc if pool is not None else 0 for each in members}
    if pool is None:
        return room
    mirrors = io.pools.mirrors if name == ROOT else ()
    second = (io.pools.taken(name) - io.pools.unmirrored(()).taken(name)) // pool.alloc if mirrors else 0
    own = list(dict.fromkeys((*(io.pools.first if name == ROOT else ()), *room)))
    _fill(
        room, [each for each in own if each not in mirrors] + list(mirrors), io.pools.taken(name) // pool.alloc - second
    )
    _fill(room, [*mirrors, *(each for each in own if each not in mirrors)], second)
    return room


def _fill(room: dict[str, int], names: Iterable[str], parts: int) -> None:
    for name in names:
        given = min(room.get(name, 0), parts)
        if given:
            room[name] -= given
            parts -= given


def has_room(io: Vios, mirrors: Sequence[str]) -> bool:
    """Whether a second copy of all that rootvg holds fits there."""
    root, free_units = io.pools.pool(ROOT), left(io, ROOT)
    more = io.pools.mirrored_on(tuple(mirrors)).taken(ROOT) - io.pools.taken(ROOT)
    return root is not None and more <= sum(free_units[each] for each in mirrors) * root.alloc


def boots(io: Vios) -> tuple[str, ...]:
    """The disks with a boot logical volume on them: the first, and its mirror's."""
    found = [
        each for each in (*io.pools.first, *(disk.name for disk in io.in_pool(ROOT))) if each not in io.pools.mirrors
    ]
    return (*found[:1], *io.pools.mirrors[:1])


def check(vios: Partition) -> None:
    """Raises ValueError where a pool gives out what it hasn't, or something stands on what isn't there."""
    io, pools = vios.io, vios.io.pools
    _differ(vios, "storage pools", (ROOT, *(each.name for each in pools.made)))
    _differ(vios, "backing devices", (each.name for each in pools.volumes))
    for disk in io.disks:
        if disk.group is not None and pools.pool(disk.group) is None:
            raise ValueError(f"{disk.name} of {vios.name} belongs to a storage pool that isn't there")
        if disk.group is not None and io.uses(disk.name) is not None:
            raise ValueError(f"{disk.name} of {vios.name} belongs to a storage pool and to a client")
    for pool in pools.made:
        if not io.in_pool(pool.name):
            raise ValueError(f"the storage pool {pool.name} of {vios.name} stands on no disk")
    repository = pools.repository
    holding = {each.pool for each in pools.volumes} | ({repository.pool} if repository else set())
    for name in holding:
        if pools.pool(name) is None or free(io, name) < 0:
            raise ValueError(f"the storage pool {name} of {vios.name} has given out more than it has")
    if pools.pool(pools.default) is None or any(each.size <= 0 for each in pools.volumes):
        raise ValueError(f"the storage pools of {vios.name} don't add up")
    if not {*pools.mirrors, *pools.first} <= {each.name for each in io.in_pool(ROOT)}:
        raise ValueError(f"rootvg of {vios.name} has a copy on a disk that isn't one of its own")
    if repository is not None:
        _differ(vios, "media", (each.name for each in repository.media))
        if repository.free < 0:
            raise ValueError(f"the repository of {vios.name} holds more than it can")
    _backed(vios)


def _differ(vios: Partition, what: str, values: Iterable[Hashable]) -> None:
    found = list(values)
    if len(found) != len(set(found)):
        raise ValueError(f"two {what} of {vios.name} have one name")


def _backed(vios: Partition) -> None:
    disks = {each.name for each in vios.io.disks}
    volumes = {each.name for each in vios.io.pools.volumes}
    repository = vios.io.pools.repository
    media = {each.path for each in repository.media} if repository else set()
    for target in vios.io.targets:
        there = {"Disk": disks, "Logical Volume": volumes, "File-backed Optical": {"", *media}}.get(target.kind)
        if there is not None and target.backing not in there:
            raise ValueError(f"{target.name} of {vios.name} stands on something that isn't there")
