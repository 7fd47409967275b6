"""`rmvdev`, `rmdev` and `cfgdev`: virtual devices go, the database forgets devices, and finds them again."""

from __future__ import annotations

from bot.lab.fleet.events import (
    AggregatesChanged,
    DevicesDeleted,
    DevicesFound,
    SeaRemoved,
    TargetChanged,
    TargetsRemoved,
)
from bot.lab.fleet.shell import Call
from bot.lab.fleet.vios.devices import Device, device, devices
from bot.lab.fleet.vios.login import Login
from bot.lab.fleet.vios.words import BUSY, Refused, method_error, options

_RMVDEV = "Usage: rmvdev [-f] {-vdev TargetDevice | -vtd VirtualTargetDevice} [-rmlv]\n"
_RMDEV = "Usage: rmdev {-dev | -pdev} DeviceName [-recursive] [-ucfg]\n"
_CFGDEV = "Usage: cfgdev [-dev DeviceName]\n"
_NEVER = frozenset({"sys0", "inet0", "vio0", "vsa0", "vasi0", "vbsd0"})


async def rmvdev(login: Login, call: Call) -> int:
    given = options(call.argv, {"-f": (0, 0), "-vdev": (1, 1), "-vtd": (1, 1), "-rmlv": (0, 0)}, _RMVDEV)
    if ("-vdev" in given) == ("-vtd" in given):
        raise Refused(_RMVDEV, 2)
    io = login.vios.io
    if "-vtd" in given:
        name = given["-vtd"][0]
        gone = [each for each in io.targets if each.name == name]
        complaint = f'"{name}" is not a virtual target device.\n'
    else:
        name = given["-vdev"][0]
        gone = [each for each in io.targets if each.backing == name]
        complaint = f'"{name}" is not a backing device.\n'
    if not gone:
        raise Refused(complaint, 1)  # unverified, as -rmlv is
    if "-rmlv" in given:
        raise Refused("rmvdev: -rmlv is not simulated: use rmbdsp.\n", 1)
    await _remove(login, call, [each.name for each in gone])
    return 0


async def _remove(login: Login, call: Call, targets: list[str]) -> None:
    login.happen(TargetsRemoved(system=login.system_name, partition=login.name, targets=frozenset(targets)))
    await call.out("".join(f"{each} deleted\n" for each in targets))


async def rmdev(login: Login, call: Call) -> int:
    known = {"-dev": (1, 1), "-pdev": (1, 1), "-recursive": (0, 0), "-ucfg": (0, 0)}
    given = options(call.argv, known, _RMDEV)
    if ("-dev" in given) == ("-pdev" in given):
        raise Refused(_RMDEV, 2)
    name = given.get("-dev", given.get("-pdev", ("",)))[0]
    found = device(login.vios, name)
    if found is None:
        raise method_error(f"rmdev: 0514-519 The following device was not found in the customized\n"
                           f"\tdevice configuration database:\n\t{name}")  # fmt: skip
    below = _below(login, name)
    if "-pdev" in given:
        for each in below:
            await _take(login, call, each, keep="-ucfg" in given)
        return 0
    if below and "-recursive" not in given:
        # Of a parent that is asked for alone the method complains; that it is these words is unverified.
        raise _busy(found, "0514-029 Cannot perform the requested function because a\n\tchild device of the specified "
                           "device is not in a correct state.")  # fmt: skip
    for each in [*below, found]:
        await _take(login, call, each, keep="-ucfg" in given)
    return 0


def _below(login: Login, name: str) -> list[Device]:
    """What hangs on a device, the lowest first."""
    found: list[Device] = []
    for each in devices(login.vios):
        if each.parent == name and each.kind != "lv":
            found += [*_below(login, each.name), each]
    return found


async def _take(login: Login, call: Call, found: Device, *, keep: bool) -> None:
    """One device, in use by nothing; `keep` leaves its definition."""
    io, where = login.vios.io, {"system": login.system_name, "partition": login.name}
    name = found.name
    if io.target(name) is not None and keep:
        login.happen(TargetChanged(**where, target=name, is_available=False))
    elif io.target(name) is not None:
        login.happen(TargetsRemoved(**where, targets=frozenset({name})))
    elif keep or name in _NEVER or _in_use(login, found):
        raise _busy(found, BUSY)  # that all else keeps its state with -ucfg is a limit of what is simulated
    elif io.sea(name) is not None:
        login.happen(SeaRemoved(**where, sea=name))
    elif io.aggregate(name) is not None:
        left = tuple(each for each in io.aggregates if each.name != name)
        login.happen(AggregatesChanged(**where, aggregates=left))
    else:
        login.happen(DevicesDeleted(**where, names=frozenset({name})))
    await call.out(f"{name} {'Defined' if keep else 'deleted'}\n")


def _in_use(login: Login, found: Device) -> bool:
    io = login.vios.io
    used = {each for sea in io.seas for each in (sea.real_adapter, *sea.trunks, sea.control_channel)}
    used |= {each for aggregate in io.aggregates for each in aggregate.members}
    used |= {each.port for each in io.vfchosts} | {each.name for each in io.vfchosts if each.port}
    disk = io.disk(found.name)
    held = disk is not None and (disk.group is not None or io.uses(disk.name) is not None)
    mounted = found.name == "cd0" and io.uses("cd0") is not None
    return found.name in used or held or mounted or found.kind in {"lv", "bus"} or _has_address(login, found.name)


def _has_address(login: Login, name: str) -> bool:
    """Of an adapter, its interface's; of an interface its own."""
    number = name.removeprefix("ent").removeprefix("en")
    return login.vios.aix.attribute(f"en{number}", "netaddr") is not None and number.isdigit()


def _busy(found: Device, complaint: str) -> Refused:
    method = "ucfgcommo" if found.name.startswith("ent") else "ucfgdevice"
    return method_error(f"Method error (/usr/lib/methods/{method}):\n\t{complaint}")


async def cfgdev(login: Login, call: Call) -> int:
    """Says nothing, whether it finds something or not."""
    given = options(call.argv, {"-dev": (1, 1)}, _CFGDEV)
    if "-dev" in given and not _is_there(login, given["-dev"][0]):
        raise method_error(
            "cfgmgr: 0514-621 The following device was not found in the customized\n"  # the number is unverified
            f"\tdevice configuration database:\n\t{given['-dev'][0]}"
        )
    login.happen(DevicesFound(system=login.system_name, partition=login.name))
    return 0


def _is_there(login: Login, name: str) -> bool:
    upkeep = login.vios.io.upkeep
    return device(login.vios, name) is not None or name in {*upkeep.deleted, *(each.name for each in upkeep.unseen)}
