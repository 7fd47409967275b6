"""`mksp`, `chsp`, `rmsp` and `extendvg`: which disks make up which storage pool."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.lab.fleet import stores
from bot.lab.fleet.events import PoolsChanged
from bot.lab.fleet.pools import ROOT, Pool, Pools, alloc_of
from bot.lab.fleet.shell import Call
from bot.lab.fleet.storage import Disk
from bot.lab.fleet.vios.login import Login
from bot.lab.fleet.vios.lssp import pool_named
from bot.lab.fleet.vios.words import Refused, sorted_out

_MKSP = "Usage: mksp [-f] StoragePool PhysicalVolume ...\n"
_CHSP = "Usage: chsp -default StoragePool\n       chsp {-add | -rm} [-f] [-sp StoragePool] PhysicalVolume ...\n"
_RMSP = "Usage: rmsp [-f] StoragePool\n"
_EXTENDVG = "Usage: extendvg [-f] VolumeGroup PhysicalVolume ...\n"
_FORCED = {"-f": (0, 0)}
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,15}")


async def mksp(login: Login, call: Call) -> int:
    _, words = sorted_out(call.argv, _FORCED, _MKSP)
    if len(words) < 2:
        raise Refused(_MKSP, 2)
    name, *disks = words
    pools, found = login.vios.io.pools, _free(login, disks)
    if not _NAME.fullmatch(name):
        raise Refused(f"0516-062 mkvg: The name {name[:32]} is not valid for a volume group.\n", 1)  # unverified
    if pools.pool(name) is not None:
        raise Refused("0516-360 mkvg: The device name is already used; choose a\n\tdifferent name.\n", 1)
    made = Pool(name=name, alloc=alloc_of(max(each.size for each in found)))
    _change(login, replace(pools, made=(*pools.made, made)), dict.fromkeys(disks, name))
    await call.out(f"{name}\n")
    return 0


async def chsp(login: Login, call: Call) -> int:
    """Says nothing where it is done (unverified)."""
    known = {"-default": (1, 1), "-add": (0, 0), "-rm": (0, 0), "-f": (0, 0), "-sp": (1, 1)}
    given, words = sorted_out(call.argv, known, _CHSP)
    io = login.vios.io
    if len({"-default", "-add", "-rm"} & set(given)) != 1 or bool(words) is ("-default" in given):
        raise Refused(_CHSP, 2)
    if "-default" in given:
        if {"-sp", "-f"} & set(given):
            raise Refused(_CHSP, 2)
        _change(login, replace(io.pools, default=pool_named(io, given["-default"][0])), {})
        return 0
    name = pool_named(io, given.get("-sp", (io.pools.default,))[0])
    if "-add" in given:
        _join(login, name, words, "extendvg")
    else:
        _leave(login, name, words)
    return 0


async def rmsp(login: Login, call: Call) -> int:
    """-f takes what is cut from it along, unless a client has it. The wordings are unverified."""
    given, words = sorted_out(call.argv, _FORCED, _RMSP)
    if len(words) != 1:
        raise Refused(_RMSP, 2)
    io, name = login.vios.io, pool_named(login.vios.io, words[0])
    volumes = [each for each in io.pools.volumes if each.pool == name]
    if name == ROOT:
        raise Refused("The storage pool rootvg can not be removed.\n", 1)
    if io.pools.repository is not None and io.pools.repository.pool == name:
        raise Refused(f'The storage pool "{name}" contains the virtual media repository.\n', 1)
    if volumes and ("-f" not in given or any(io.uses(each.name) for each in volumes)):
        raise Refused(f'The storage pool "{name}" contains backing devices.\n', 1)
    left = replace(io.pools, volumes=tuple(each for each in io.pools.volumes if each.pool != name))
    _change(login, _without(left, name), {each.name: None for each in io.in_pool(name)})
    return 0


async def extendvg(login: Login, call: Call) -> int:
    _, words = sorted_out(call.argv, _FORCED, _EXTENDVG)
    if len(words) < 2:
        raise Refused(_EXTENDVG, 2)
    if words[0] not in stores.names(login.vios.io):
        raise Refused(f"0516-306 extendvg: Unable to find volume group {words[0][:32]} in the Device\n\t"
                      "Configuration Database.\n", 1)  # fmt: skip
    _join(login, words[0], words[1:], "extendvg")
    return 0


def _free(login: Login, names: Sequence[str]) -> list[Disk]:
    """Disks that belong to nobody. The wordings are LVM's."""
    io, found = login.vios.io, []
    for name in names:
        disk = io.disk(name)
        if disk is None or names.count(name) > 1:
            raise Refused(f"0516-306 getlvodm: Unable to find physical volume {name[:32]} in the Device\n\t"
                          "Configuration Database.\n", 1)  # fmt: skip
        if disk.group is not None:
            raise Refused(f"0516-1397 mkvg: The physical volume {name}, will not be added to\nthe volume group.\n"
                          f"{name} belongs to {disk.group}.\n", 1)  # unverified  # fmt: skip
        if io.uses(name) is not None:
            raise Refused(f'"{name}" is already being used as a backing device.\n', 1)  # unverified
        if disk.reserved:
            raise Refused(f"0516-1254 mkvg: {name} is reserved by another host.\n", 1)  # unverified
        found.append(disk)
    return found


def _join(login: Login, pool: str, names: Sequence[str], method: str) -> None:
    unit = login.vios.io.pools.pool(pool)
    too_small = [each.name for each in _free(login, names) if unit is not None and each.size < unit.alloc]
    if too_small:
        raise Refused(f"0516-792 {method}: Unable to extend volume group.\n", 1)
    _change(login, login.vios.io.pools, dict.fromkeys(names, pool))


def _leave(login: Login, pool: str, names: Sequence[str]) -> None:
    """The last disk takes the pool with it; none goes while something needs it. Where on the disks is not modelled."""
    io, pools = login.vios.io, login.vios.io.pools
    members = {each.name: each for each in io.in_pool(pool)}
    if strange := [each for each in names if each not in members or names.count(each) > 1]:
        raise Refused(f"0516-306 reducevg: Unable to find physical volume {strange[0][:32]} in volume\n\t"
                      f"group {pool}.\n", 1)  # unverified  # fmt: skip
    left = [each for each in members.values() if each.name not in names]
    unit = pools.pool(pool)
    kept = sum(each.size // unit.alloc * unit.alloc for each in left) if unit else 0
    holding = {*pools.mirrors, *stores.boots(io)} if pool == ROOT else set()
    if kept < pools.taken(pool) or holding & set(names):
        raise Refused(
            "0516-016 ldeletepv: Cannot delete physical volume with allocated\n"
            "\tpartitions. Use either migratepv to move the partitions or\n"
            "\treducevg with the -d option to delete the partitions.\n"
            f"0516-884 reducevg: Unable to remove physical volume {names[0]}.\n",
            1,
        )
    if pool == ROOT:
        pools = replace(pools, first=tuple(each for each in pools.first if each not in names))
    _change(login, pools if left else _without(pools, pool), dict.fromkeys(names, None))


def _without(pools: Pools, name: str) -> Pools:
    """What becomes of the default where it was that one is unverified: rootvg, as at the beginning."""
    default = ROOT if pools.default == name else pools.default
    return replace(pools, made=tuple(each for each in pools.made if each.name != name), default=default)


def _change(login: Login, pools: Pools, groups: dict[str, str | None] | dict[str, str] | dict[str, None]) -> None:
    joining = tuple((name, group) for name, group in groups.items())
    login.happen(PoolsChanged(system=login.system_name, partition=login.name, pools=pools, groups=joining))
