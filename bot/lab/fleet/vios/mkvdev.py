"""`mkvdev`: a virtual target device for a disk, a backing device or optical media; a SEA; a link aggregation."""

from __future__ import annotations

from bot.lab.fleet.events import TargetMade
from bot.lab.fleet.mappings import free_name
from bot.lab.fleet.pools import LIBRARY
from bot.lab.fleet.shell import Call
from bot.lab.fleet.storage import Target, Vhost
from bot.lab.fleet.vios import bridging
from bot.lab.fleet.vios.devices import device, devices
from bot.lab.fleet.vios.login import Login
from bot.lab.fleet.vios.words import Options, Refused, device_name, sorted_out

_USAGE = (
    "Usage: mkvdev [-f] {-vdev TargetDevice | -dplc TDLogicalUnitName} -vadapter VServerAdapter [-dev DeviceName]\n"
    "       mkvdev -fbo -vadapter VServerAdapter [-dev DeviceName]\n"
    "       mkvdev -sea TargetDevice -vadapter VEthernetAdapter[,...] -default DefaultVEthernetAdapter\n"
    "              -defaultid SEADefaultPVID [-attr Attributes=Value ...]\n"
    "       mkvdev -lnagg TargetAdapter[,...] [-attr Attributes=Value ...]\n"
)
_OPTIONS = {
    "-f": (0, 0), "-vdev": (1, 1), "-fbo": (0, 0), "-vadapter": (1, 99), "-dev": (1, 1), "-sea": (1, 1),
    "-default": (1, 1), "-defaultid": (1, 1), "-attr": (1, 99), "-lnagg": (1, 99),
}  # fmt: skip
_TAKES = {
    "-vdev": {"-f", "-vadapter", "-dev"},
    "-fbo": {"-vadapter", "-dev"},
    "-sea": {"-vadapter", "-default", "-defaultid", "-attr"},
    "-lnagg": {"-attr"},
}
_NEEDS = {
    "-vdev": {"-vadapter"},
    "-fbo": {"-vadapter"},
    "-sea": {"-vadapter", "-default", "-defaultid"},
    "-lnagg": set(),
}
_MOST = 255  # targets on one adapter


async def run(login: Login, call: Call) -> int:
    given, rest = sorted_out(call.argv, _OPTIONS, _USAGE)
    kinds = [each for each in _TAKES if each in given]
    if rest or len(kinds) != 1 or not _NEEDS[kinds[0]] <= set(given) - {kinds[0]} <= _TAKES[kinds[0]]:
        raise Refused(_USAGE, 2)
    if kinds[0] == "-sea":
        return await bridging.shared(login, call, given)
    if kinds[0] == "-lnagg":
        return await bridging.aggregated(login, call, given)
    if len(given["-vadapter"]) != 1:
        raise Refused(_USAGE, 2)
    made = made_optical(login, given) if kinds[0] == "-fbo" else _made(login, given)
    await call.out(f"{made} Available\n")
    return 0


def _made(login: Login, given: Options) -> str:
    backing, vhost = given["-vdev"][0], server(login, given["-vadapter"][0])
    kind = _kind(login, backing, forced="-f" in given)
    stem = "vtopt" if kind == "Optical Media" else "vtscsi"
    name = named(login, stem, given.get("-dev", ("",))[0])
    make(login, vhost, name, backing, kind)
    return name


def made_optical(login: Login, given: Options) -> str:
    vhost = server(login, given["-vadapter"][0])
    name = named(login, "vtopt", given.get("-dev", ("",))[0])
    make(login, vhost, name, "", "File-backed Optical")
    return name


def make(login: Login, vhost: Vhost, name: str, backing: str, kind: str) -> None:
    taken = {each.lun for each in vhost.targets}
    lun = next((n for n in range(1, _MOST + 1) if n not in taken), None)
    if lun is None:
        raise Refused(f'"{vhost.name}" has no logical unit number left.\n', 1)  # unverified
    target = Target(name=name, lun=lun, backing=backing, kind=kind)
    login.happen(TargetMade(system=login.system_name, partition=login.name, vhost=vhost.name, target=target))


def server(login: Login, name: str) -> Vhost:
    """The wording is unverified."""
    found = login.vios.io.vhost(name)
    if found is None or device(login.vios, name) is None:
        raise Refused(f'"{name}" is not a Server Virtual SCSI Adapter (SVSA).\n', 1)
    return found


def named(login: Login, stem: str, wanted: str) -> str:
    taken = [*(each.name for each in devices(login.vios)), *login.vios.io.upkeep.deleted]
    taken += [each.name for each in login.vios.io.upkeep.unseen]
    if wanted:
        return device_name(wanted, taken)
    return free_name(login.vios, stem) if stem != "vtscsi" else _next(taken, stem)


def _next(taken: list[str], stem: str) -> str:
    return next(name for n in range(len(taken) + 1) if (name := f"{stem}{n}") not in taken)


def _kind(login: Login, backing: str, *, forced: bool) -> str:
    """What such a target is called; what is in use is given to another only where that is forced."""
    io = login.vios.io
    disk = io.disk(backing)
    if disk is None and io.pools.volume(backing) is None and backing != "cd0":
        if backing.startswith(LIBRARY):
            raise Refused(f'"{backing}" is virtual media: use loadopt.\n', 1)  # unverified
        raise Refused(f'"{backing}" is not a valid device.\n', 1)  # unverified
    if disk is not None and disk.group is not None:
        # Whether -f would force that as well is unverified; it would lose the pool.
        raise Refused(f'"{backing}" belongs to the storage pool {disk.group}.\n', 1)
    if io.uses(backing) is not None and not forced:
        text = f'"{backing}" is already being used as a backing device.  Specify the -f flag\n'
        raise Refused(text + "to force this device to be used anyway.\n", 1)
    return "Disk" if disk is not None else "Optical Media" if backing == "cd0" else "Logical Volume"
