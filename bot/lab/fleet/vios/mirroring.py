"""`mirrorios`, `unmirrorios` and `lsvg`: rootvg, its logical volumes, and how many copies of each there are."""

from __future__ import annotations

from bot.lab.fleet import stores
from bot.lab.fleet.events import PartitionStopping, PoolsChanged
from bot.lab.fleet.partition import Vios
from bot.lab.fleet.pools import LIBRARY, ROOT, SYSTEM, Pools
from bot.lab.fleet.shell import Call
from bot.lab.fleet.vios.login import Login
from bot.lab.fleet.vios.words import Refused, confirmed, sorted_out

_MIRROR = "Usage: mirrorios [-f | -defer] [PhysicalVolume ...]\n"
_UNMIRROR = "Usage: unmirrorios [PhysicalVolume ...]\n"
_LSVG = "Usage: lsvg [-lv | -pv] [VolumeGroup ...]\n"
_LV = f"{'LV NAME':<19} {'TYPE':<10} {'LPs':<7} {'PPs':<7} {'PVs':<4} {'LV STATE':<13} MOUNT POINT\n"
_PV = f"{'PV_NAME':<17} {'PV STATE':<17} {'TOTAL PPs':<11} {'FREE PPs':<11} FREE DISTRIBUTION\n"
_FIFTHS = 5  # the regions of a disk


async def mirrorios(login: Login, call: Call) -> int:
    """Asks, mirrors rootvg, and restarts the VIOS; -f doesn't ask, -defer leaves the restart for later."""
    given, words = sorted_out(call.argv, {"-f": (0, 0), "-defer": (0, 0)}, _MIRROR)
    if len(given) > 1:
        raise Refused(_MIRROR, 2)
    disks = _members(login, words, "mirrorvg")
    io = login.vios.io
    mirrors = words or tuple(disks[1:])
    after = io.pools.mirrored_on(mirrors)
    if len(disks) < 2 or io.pools.mirrored or not stores.has_room(io, mirrors):
        raise Refused("0516-404 allocp: This system cannot fulfill the allocation request.\n"
                      "0516-1200 mirrorvg: Failed to mirror the volume group.\n", 1)  # fmt: skip
    if "-f" not in given and "-defer" not in given:
        asked = "This command causes a reboot. Continue [y|n]?\n"  # unverified
        if not await confirmed(call, asked):
            return 1
    _become(login, after)
    await call.out(
        "0516-1804 chvg: The quorum change takes effect immediately.\n"
        "0516-1126 mirrorvg: rootvg successfully mirrored, user should perform\n"
        "\tbosboot of system to initialize boot records.  Then, user must modify\n"
        f"\tbootlist to include:  {' '.join(disks)}.\n"
    )
    if "-defer" not in given:
        login.happen(PartitionStopping(system=login.system_name, partition=login.name, restart=True))
    return 0


async def unmirrorios(login: Login, call: Call) -> int:
    """The wordings are unverified."""
    _, words = sorted_out(call.argv, {}, _UNMIRROR)
    disks = _members(login, words, "unmirrorvg")
    if not login.vios.io.pools.mirrored:
        raise Refused("0516-1144 unmirrorvg: rootvg is not mirrored.\n", 1)
    _become(login, login.vios.io.pools.unmirrored(words))
    await call.out(
        "0516-1246 rmlvcopy: If hd5 is the boot logical volume, please run\n"
        "\t'chpv -c <diskname>' as root user to clear the boot record and avoid a\n"
        "\tpotential boot off an old boot image that may reside on the disk from\n"
        "\twhich this logical volume is moved/removed.\n"
        "0516-1804 chvg: The quorum change takes effect immediately.\n"
        "0516-1144 unmirrorvg: rootvg successfully unmirrored, user should perform\n"
        "\tbosboot of system to reinitialize boot records.  Then, user must modify\n"
        f"\tbootlist to just include:  {' '.join(each for each in disks if each not in words)}.\n"
    )
    return 0


def _members(login: Login, named: tuple[str, ...], method: str) -> list[str]:
    """Rootvg's disks, once those that were named are known to be some."""
    disks = [each.name for each in login.vios.io.in_pool(ROOT)]
    if strange := [each for each in named if each not in disks]:
        said = f"{strange[0][:32]} does not belong to volume group rootvg."  # unverified
        raise Refused(f"0516-1123 {method}: {said}\n", 1)
    return disks


def _become(login: Login, pools: Pools) -> None:
    login.happen(PoolsChanged(system=login.system_name, partition=login.name, pools=pools))


async def lsvg(login: Login, call: Call) -> int:
    """The groups, or what one holds, or what it stands on. What is told of one group as a whole isn't simulated."""
    given, words = sorted_out(call.argv, {"-lv": (0, 0), "-pv": (0, 0)}, _LSVG)
    io = login.vios.io
    if len(given) > 1 or bool(given) is not bool(words) or len(words) > 1:
        raise Refused(_LSVG, 2)
    if not words:
        await call.out("".join(f"{each}\n" for each in stores.names(io)))
        return 0
    if words[0] not in stores.names(io):
        raise Refused(f"0516-306 : Unable to find volume group {words[0][:32]} in the Device\n\t"
                      "Configuration Database.\n", 1)  # fmt: skip
    await call.out(f"{words[0]}:\n" + (_volumes(io, words[0]) if "-lv" in given else _disks(io, words[0])))
    return 0


def _volumes(io: Vios, group: str) -> str:
    unit, rows = _unit(io, group), list[str]()
    for own in SYSTEM if group == ROOT else ():
        is_open = own.name not in ("hd5", "hd11admin")
        rows.append(_volume(own.name, own.kind, own.parts, io.pools.copies(own), is_open, own.mount))
    shelf = io.pools.repository
    if shelf is not None and shelf.pool == group:
        rows.append(_volume("VMLibrary", "jfs2", shelf.size // unit, shelf.copies, True, LIBRARY))
    for each in io.pools.volumes:
        if each.pool == group:
            rows.append(_volume(each.name, "jfs", each.size // unit, each.copies, io.uses(each.name) is not None, ""))
    return _LV + "".join(rows)


def _volume(name: str, kind: str, parts: int, copies: int, is_open: bool, mount: str) -> str:
    state = f"{'open' if is_open else 'closed'}/syncd"
    return f"{name:<19} {kind:<10} {parts:<7} {parts * copies:<7} {copies:<4} {state:<13} {mount or 'N/A'}\n"


def _disks(io: Vios, group: str) -> str:
    unit, left = _unit(io, group), stores.left(io, group)
    return _PV + "".join(
        f"{each.name:<17} {'active':<17} {each.size // unit:<11} {left[each.name]:<11} {_spread(left[each.name])}\n"
        for each in io.in_pool(group)
    )


def _spread(free: int) -> str:
    """Over the regions of the disk; where on it things lie isn't modelled."""
    each, rest = divmod(free, _FIFTHS)
    return "..".join(f"{each + (number < rest):02}" for number in range(_FIFTHS))


def _unit(io: Vios, group: str) -> int:
    pool = io.pools.pool(group)
    return pool.alloc if pool is not None else 1
