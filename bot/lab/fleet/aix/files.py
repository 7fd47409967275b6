"""The few files of an AIX that drift is told of, and what reads them: `cat`, `cksum`, `csum`."""

from __future__ import annotations

import hashlib

from bot.lab.fleet.aix.login import Login
from bot.lab.fleet.aix.tunables import catalogue, value
from bot.lab.fleet.aix.words import Refused, getopt
from bot.lab.fleet.partition import Partition
from bot.lab.fleet.shell import Call

MOTD, ENVIRONMENT = "/etc/motd", "/etc/environment"
NEXTBOOT = "/etc/tunables/nextboot"
_SECRET = {"/etc/security/passwd", "/etc/security/limits"}  # root's alone

_INSTALLED = {
    ENVIRONMENT: (
        "PATH=/usr/bin:/etc:/usr/sbin:/usr/ucb:/usr/bin/X11:/sbin:/usr/java8_64/jre/bin:/usr/java8_64/bin\n"
        "TZ=UTC\nLANG=en_US\nLOCPATH=/usr/lib/nls/loc\nNLSPATH=/usr/lib/nls/msg/%L/%N:/usr/lib/nls/msg/%L/%N.cat\n"
        "LC__FASTMSG=true\nODMDIR=/etc/objrepos\nEXTENDED_HISTORY=OFF\n"
    ),
    "/etc/security/limits": (
        "* Sizes are in multiples of 512 byte blocks\n\n"
        "default:\n\tfsize = 2097151\n\tcore = 2097151\n\tcpu = -1\n\tdata = 262144\n\trss = 65536\n\tstack = 65536\n"
        "\tnofiles = 2000\n\nroot:\n\ndaemon:\n"
    ),
    "/etc/resolv.conf": "nameserver 10.0.0.53\ndomain example.com\n",
    "/etc/ntp.conf": "server 10.0.0.123\ndriftfile /etc/ntp.drift\ntracefile /etc/ntp.trace\n",
    "/etc/inittab": (
        "init:2:initdefault:\nbrc::sysinit:/sbin/rc.boot 3 >/dev/console 2>&1 # Phase 3 of system boot\n"
        "rc:23456789:wait:/etc/rc 2>&1 | alog -tboot > /dev/console # Multi-User checks\n"
        "cron:23456789:respawn:/usr/sbin/cron\ncons:0123456789:respawn:/usr/sbin/getty /dev/console\n"
    ),
    MOTD: "*" * 79 + "\n*  Welcome to AIX!\n" + "*" * 79 + "\n",
}


def text_of(host: Partition, path: str, now: float) -> str:
    """KeyError where there is no such file."""
    changed = host.aix.file(path)
    if changed is not None:
        return changed
    if path == NEXTBOOT:
        return _nextboot(host, now)
    if path == "/etc/hosts":
        return f"127.0.0.1\tloopback localhost\n{host.rmc_ipaddr}\t{host.name}\n"
    if path == MOTD and host.vios is not None:
        return "*" * 79 + "\n*  Welcome to the Virtual I/O Server!\n" + "*" * 79 + "\n"
    return _INSTALLED[path]


def _nextboot(host: Partition, now: float) -> str:
    """The tunables whose value for the next start isn't their default."""
    text = "# IBM_PROLOG_BEGIN_TAG\n# IBM_PROLOG_END_TAG\n"
    for command, tunables in catalogue().items():
        found = {name: value(host, each, now) for name, each in tunables.items() if each.type != "S"}
        lines = [f'\t{name} = "{each.reboot}"\n' for name, each in found.items() if each.reboot != each.default]
        text += f"\n{command}:\n{''.join(lines)}" if lines else ""
    return text


def _read(login: Login, command: str, path: str) -> str:
    if path in _SECRET and not login.is_root:
        raise Refused(f"{command}: 0652-050 Cannot open {path}.\n", 2)
    try:
        return text_of(login.host, path, login.world.fleet.now)
    except KeyError:
        raise Refused(f"{command}: 0652-050 Cannot open {path}.\n", 2) from None


async def cat(login: Login, call: Call) -> int:
    paths = call.argv[1:]
    await call.out("".join(call.given if path == "-" else _read(login, "cat", path) for path in paths or ("-",)))
    return 0


async def cksum(login: Login, call: Call) -> int:
    for path in call.argv[1:] or ("",):
        data = (_read(login, "cksum", path) if path else call.given).encode()
        await call.out(f"{crc(data)} {len(data)}{' ' + path if path else ''}\n")
    return 0


async def csum(login: Login, call: Call) -> int:
    usage = "Usage: csum [-h Algorithm] [-o File] {-i File | File ...}\n"
    flags, paths = getopt(call.argv, "h:", usage)
    algorithm = flags.get("h", ("MD5",))[-1].lower()
    if algorithm not in {"md5", "sha1", "sha256", "sha512"} or not paths:
        raise Refused(usage, 1)
    for path in paths:
        data = _read(login, "csum", path).encode()
        await call.out(f"{hashlib.new(algorithm, data, usedforsecurity=False).hexdigest()}  {path}\n")
    return 0


def crc(data: bytes) -> int:
    """POSIX's checksum: the polynomial of Ethernet over the bytes and, after them, their number."""
    length = len(data)
    tail = bytearray()
    while length:
        tail.append(length & 0xFF)
        length >>= 8
    total = 0
    for byte in (*data, *tail):
        total ^= byte << 24
        for _ in range(8):
            total = (total << 1) ^ (0x104C11DB7 if total & 0x80000000 else 0)
    return ~total & 0xFFFFFFFF
