"""`lslpp`: the filesets that are installed, at levels that go with the host's own."""

from __future__ import annotations

import fnmatch

from bot.lab.fleet.aix.login import Login
from bot.lab.fleet.aix.session import level
from bot.lab.fleet.aix.words import Refused, getopt
from bot.lab.fleet.shell import Call

_USAGE = "Usage: lslpp {-L | -l} [-c] [-q] [FilesetName ... | all]\n"
_NAMES = {
    "bos.64bit": "Base Operating System 64 bit Runtime",
    "bos.acct": "Accounting Services",
    "bos.adt.base": "Base Application Development Toolkit",
    "bos.diag.rte": "Hardware Diagnostics",
    "bos.mp64": "Base Operating System 64-bit Multiprocessor Runtime",
    "bos.net.nfs.client": "Network File System Client",
    "bos.net.tcp.client_core": "TCP/IP Client Core Support",
    "bos.net.tcp.ntpd": "NTP Time Service",
    "bos.perf.tools": "Base Performance Tools",
    "bos.perf.tune": "Performance Tuning Support",
    "bos.rte": "Base Operating System Runtime",
    "bos.rte.ILS": "International Language Support",
    "bos.rte.SRC": "System Resource Controller",
    "bos.rte.libc": "libc Library",
    "bos.rte.lvm": "Logical Volume Manager",
    "bos.rte.security": "Base Security Function",
    "bos.sysmgt.serv_aid": "Software Error Logging and Dump Service Aids",
    "devices.common.IBM.mpio.rte": "MPIO Disk Path Control Module",
    "devices.vdevice.IBM.l-lan.rte": "Virtual I/O Ethernet Software",
    "devices.vdevice.IBM.v-scsi.rte": "Virtual SCSI Client Support",
    "openssh.base.server": "Open Secure Shell Server",
    "openssl.base": "Open Secure Socket Layer",
    "rsct.core.rmc": "RSCT Resource Monitoring and Control",
}
_OTHER_LEVELS = {"openssh.": "9.2.2600.1000", "openssl.": "3.0.10.1001", "rsct.": "3.3.1.0"}
_LEGEND = """

State codes:
 A -- Applied.
 B -- Broken.
 C -- Committed.
 E -- EFIX Locked.
 O -- Obsolete.  (partially migrated to newer version)
 ? -- Inconsistent State...Run lppchk -v.

Type codes:
 F -- Installp Fileset
 P -- Product
 C -- Component
 T -- Feature
 R -- RPM Package
 E -- Interim Fix
"""


async def run(login: Login, call: Call) -> int:
    flags, names = getopt(call.argv, "Llcq", _USAGE)
    if ("L" in flags) == ("l" in flags):
        raise Refused(_USAGE, 1)
    found = {
        name: text
        for name, text in _NAMES.items()
        if not names or any(each == "all" or fnmatch.fnmatchcase(name, each) for each in names)
    }
    if "c" in flags:
        text = "".join(
            f"{name.split('.')[0]}:{name}:{_level(login, name)}: : :C: :{what}: : : : : : :0:0:/:\n"
            for name, what in found.items()
        )
    else:
        text = _table(login, found, whole="q" not in flags)
    if found:
        await call.out(text)
    missing = [each for each in names if each != "all" and not fnmatch.filter(found, each)]
    for each in missing:
        await call.err(f"lslpp: Fileset {each} not installed.\n\n")  # its code is unverified
    return int(bool(missing))


def _level(login: Login, name: str) -> str:
    other = next((found for start, found in _OTHER_LEVELS.items() if name.startswith(start)), None)
    whole = level(login)
    return other or f"{whole[0]}.{whole[1]}.{int(whole[5:7])}.{int(whole[8:10])}"


def _table(login: Login, found: dict[str, str], *, whole: bool) -> str:
    rows = "".join(
        f"  {name:<25} {_level(login, name):>10}    C     F    {what[:38]}\n" for name, what in found.items()
    )
    head = f"  {'Fileset':<25} {'Level':>10}  State  Type  Description (Uninstaller)\n  {'-' * 76}\n"
    return head + rows + _LEGEND if whole else rows
