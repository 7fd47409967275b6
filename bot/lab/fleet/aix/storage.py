"""`lspath`, `lspv`, `cfgmgr` and `alog`: disks, the ways to them, and what looked for them when."""

from __future__ import annotations

import time

from bot.lab.fleet.aix.devices import device
from bot.lab.fleet.aix.login import Login
from bot.lab.fleet.aix.words import Refused, fitting, getopt
from bot.lab.fleet.events import Configured
from bot.lab.fleet.paths import Path, disks, paths
from bot.lab.fleet.shell import Call

_LSPATH = "Usage: lspath [-F Format] [-H] [-l Name] [-p Parent] [-s Status] [-w Connection]\n"
_LSPV = "Usage: lspv [-u]\n"
_ALOG = "Usage: alog -f File [-o] | alog -t LogType [-o] | alog -L\n"
_FIELDS = ("status", "name", "parent", "connection")


async def lspath(login: Login, call: Call) -> int:
    flags, rest = getopt(call.argv, "HF:l:p:s:w:", _LSPATH)
    if rest:
        raise Refused(_LSPATH, 1)
    for flag in "lp":
        if flag in flags and device(login.system, login.host, flags[flag][-1]) is None:
            raise Refused(
                "lspath: 0514-519 The following device was not found in the customized\n"
                f"\tdevice configuration database:\n\t{flags[flag][-1]}\n",
                1,
            )
    asked = {field: flags[flag][-1].lower() for flag, field in zip("slpw", _FIELDS, strict=True) if flag in flags}
    rows = [_row(each) for each in paths(login.system, login.host)]
    found = [row for row in rows if all(row[field].lower() == value for field, value in asked.items())]
    if "F" in flags:
        await call.out(_formatted(found, flags["F"][-1]))
        return 0
    shown = list(dict.fromkeys(tuple(row[field] for field in _FIELDS[:3]) for row in found))
    await call.out(fitting([_FIELDS[:3], *shown] if "H" in flags and shown else shown))
    return 0


def _row(path: Path) -> dict[str, str]:
    return dict(zip(_FIELDS, (path.status, path.disk, path.parent, path.connection), strict=True))


def _formatted(rows: list[dict[str, str]], form: str) -> str:
    """Fields with what stands between them, such as `status:name:parent`."""
    delimiter = next((mark for mark in (":", ",", ";") if mark in form), " ")
    names = form.replace(delimiter, " ").split()
    if not names or set(names) - set(_FIELDS):
        raise Refused("lspath: 0514-526 The format specified is not valid.\n", 1)  # the code is unverified
    return "".join(delimiter.join(row[name] for name in names) + "\n" for row in rows)


async def lspv(login: Login, call: Call) -> int:
    """Name, identifier, volume group and state; the first disk is what the host was started from."""
    flags, rest = getopt(call.argv, "u", _LSPV)
    if rest:
        raise Refused(_LSPV, 1)
    found = disks(login.system, login.host)
    groups = ["rootvg", *("datavg" for _ in found[1:])]
    for disk, group in zip(found, groups, strict=False):
        unique = f" {disk.key}" if "u" in flags else ""
        await call.out(f"{disk.name:<15} {disk.pvid:<32} {group:<15} active{' ' * 10}{unique}".rstrip() + "\n")
    return 0


async def cfgmgr(login: Login, call: Call) -> int:
    """Whatever the VIOS map is there already: it leaves its trace in the configuration log."""
    usage = "Usage: cfgmgr [-f | -s | -p Phase] [-i Device] [-l Name] [-v]\n"
    flags, rest = getopt(call.argv, "fsp:i:l:v", usage)
    if rest:
        raise Refused(usage, 1)
    if not login.is_root:
        raise Refused("cfgmgr: 0514-600 Cannot access the Configuration Manager.\n", 1)  # unverified
    if "l" in flags and device(login.system, login.host, flags["l"][-1]) is None:
        raise Refused(
            "cfgmgr: 0514-606 Cannot find information about the following device\n"
            f"\tin the customized device configuration database:\n\t{flags['l'][-1]}\n",
            1,
        )
    login.happen(Configured(system=login.system.name, partition=login.name, command=" ".join(call.argv)))
    return 0


async def alog(login: Login, call: Call) -> int:
    """The configuration log alone has anything; the form of its lines is unverified."""
    flags, rest = getopt(call.argv, "Lf:ot:", _ALOG)
    if rest or ("L" in flags) == ("t" in flags or "f" in flags):
        raise Refused(_ALOG, 1)
    if "L" in flags:
        await call.out("boot\nbosinst\nnim\nconsole\ncfg\nlvmcfg\nlvmt\ndumpsymp\n")
        return 0
    wanted = flags.get("t", ("",))[-1] or flags.get("f", ("",))[-1].rpartition("/")[2].removesuffix("log")
    if wanted != "cfg":
        await call.err(f"alog: 0511-002 Cannot open the log file of type {wanted[:20]}.\n")  # the code is unverified
        return 1
    names = [each.name for each in disks(login.system, login.host)] or [each.name for each in login.host.io.disks]
    for at, command in login.host.aix.configured:
        stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(at))
        await call.out(f"CS {stamp} /usr/sbin/{command}\nC0 {stamp} cfgmgr is running in phase 2\n")
        for name in names:
            await call.out(f"M4 {stamp} {name} is configured\n")
        await call.out(f"C4 {stamp} Configuration time: 2 seconds\n")
    return 0
