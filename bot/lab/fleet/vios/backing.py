"""`mkbdsp` and `rmbdsp`: backing devices are cut from a storage pool, handed to clients, and taken back."""

from __future__ import annotations

from dataclasses import replace

from bot.lab.fleet import stores
from bot.lab.fleet.events import PoolsChanged, TargetsRemoved
from bot.lab.fleet.pools import Pools, Volume, rounded
from bot.lab.fleet.shell import Call
from bot.lab.fleet.storage import Vhost
from bot.lab.fleet.vios.login import Login
from bot.lab.fleet.vios.lssp import pool_named
from bot.lab.fleet.vios.mkvdev import make, named, server
from bot.lab.fleet.vios.words import Options, Refused, megabytes, sorted_out

_MKBDSP = (
    "Usage: mkbdsp [-sp StoragePool] Size [-bd BackingDevice] -vadapter ServerVirtualSCSIAdapter [-tn TargetName]\n"
    "       mkbdsp [-sp StoragePool] -bd BackingDevice -vadapter ServerVirtualSCSIAdapter [-tn TargetName]\n"
    "       mkbdsp [-sp StoragePool] Size -bd BackingDevice\n"
)
_RMBDSP = "Usage: rmbdsp {[-sp StoragePool] -bd BackingDevice | -vtd VirtualTargetDevice} [-savebd] [-f]\n"
_NO_ROOM = (
    "0516-404 allocp: This system cannot fulfill the allocation request.\n"
    "\tThere are not enough free partitions or not enough physical volumes\n"
    "\tto keep strictness and satisfy allocation requests.  The command\n"
    "\tshould be retried with different allocation characteristics.\n"
    "0516-822 mklv: Unable to create logical volume.\n"
)


async def mkbdsp(login: Login, call: Call) -> int:
    """Everything is looked at before anything is made."""
    known = {"-sp": (1, 1), "-bd": (1, 1), "-vadapter": (1, 1), "-tn": (1, 1)}
    given, words = sorted_out(call.argv, known, _MKBDSP)
    if len(words) > 1 or not (words or "-bd" in given) or ("-vadapter" not in given and not (words and "-bd" in given)):
        raise Refused(_MKBDSP, 2)
    if "-tn" in given and "-vadapter" not in given:
        raise Refused(_MKBDSP, 2)
    io = login.vios.io
    pool = pool_named(io, given.get("-sp", (io.pools.default,))[0])
    vhost = server(login, given["-vadapter"][0]) if "-vadapter" in given else None
    volume = _cut(login, pool, words[0], given) if words else _cut_before(login, given)
    target = named(login, "vtscsi", given.get("-tn", ("",))[0])
    if target == volume.name:
        raise Refused(f'The name "{target}" is already in use.\n', 1)  # unverified
    if words:
        _change(login, replace(io.pools, volumes=(*io.pools.volumes, volume)))
        await call.out(f'Creating logical volume "{volume.name}" in storage pool "{volume.pool}".\n')  # unverified
    if vhost is not None:
        await _hand(login, call, vhost, volume, target)
    return 0


async def _hand(login: Login, call: Call, vhost: Vhost, volume: Volume, target: str) -> None:
    make(login, vhost, target, volume.name, "Logical Volume")
    await call.out(f'Assigning logical volume "{volume.name}" as a backing device.\n{target} Available\n')  # unverified


def _cut(login: Login, pool: str, size: str, given: Options) -> Volume:
    io, wanted = login.vios.io, megabytes(size)
    unit = io.pools.pool(pool)
    if wanted is None or unit is None:
        raise Refused(f'"{size}" is not a valid size.\n', 1)  # unverified
    name = named(login, "lv", given["-bd"][0]) if "-bd" in given else _next(login)
    if rounded(wanted, unit.alloc) > stores.free(io, pool):
        raise Refused(_NO_ROOM, 1)
    return Volume(name=name, pool=pool, size=rounded(wanted, unit.alloc))


def _next(login: Login) -> str:
    """As mklv names what is given no name."""
    taken = {each.name for each in login.vios.io.pools.volumes}
    return next(name for n in range(len(taken) + 1) if (name := f"lv{n:02}") not in taken)


def _cut_before(login: Login, given: Options) -> Volume:
    """A backing device that is there, and that no client has."""
    io = login.vios.io
    found = _volume(login, given)
    if io.uses(found.name) is not None:
        raise Refused(f'"{found.name}" is already being used as a backing device.\n', 1)  # without a -f: unverified
    return found


def _volume(login: Login, given: Options) -> Volume:
    pools, name = login.vios.io.pools, given["-bd"][0]
    found = pools.volume(name)
    if found is None or given.get("-sp", (found.pool,))[0] != found.pool:
        raise Refused(f'The backing device "{name}" does not exist.\n', 1)  # unverified
    return found


async def rmbdsp(login: Login, call: Call) -> int:
    """The targets on it go first, then, unless it is saved, the backing device."""
    known = {"-sp": (1, 1), "-bd": (1, 1), "-vtd": (1, 1), "-savebd": (0, 0), "-f": (0, 0)}
    given, words = sorted_out(call.argv, known, _RMBDSP)
    if words or ("-bd" in given) == ("-vtd" in given) or ("-vtd" in given and "-sp" in given):
        raise Refused(_RMBDSP, 2)
    io = login.vios.io
    if "-vtd" in given:
        target = io.target(given["-vtd"][0])
        if target is None:
            raise Refused(f'"{given["-vtd"][0]}" is not a virtual target device.\n', 1)  # unverified
        volume = io.pools.volume(target.backing)
        if volume is None:
            raise Refused(f'The backing device of "{target.name}" is in no storage pool.\n', 1)  # unverified
        gone = [target.name]
    else:
        volume = _volume(login, given)
        gone = [each.name for each in io.targets if each.backing == volume.name]
    still = [each for each in io.targets if each.backing == volume.name and each.name not in gone]
    if still and "-savebd" not in given:
        raise Refused(f'"{volume.name}" is the backing device of "{still[0].name}" too.\n', 1)  # unverified
    if gone:
        login.happen(TargetsRemoved(system=login.system_name, partition=login.name, targets=frozenset(gone)))
        await call.out("".join(f"{each} deleted\n" for each in gone))
    if "-savebd" not in given:
        _change(login, login.vios.io.pools.without_volume(volume.name))
        await call.out(f"rmlv: Logical volume {volume.name} is removed.\n")
    return 0


def _change(login: Login, pools: Pools) -> None:
    login.happen(PoolsChanged(system=login.system_name, partition=login.name, pools=pools))
