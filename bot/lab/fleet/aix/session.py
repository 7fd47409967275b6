"""What tells of a host and of a session on it: `date`, `uptime`, `who`, `last`, `env`, `ulimit`, `oslevel` and such."""

from __future__ import annotations

import re
import time

from bot.lab.fleet.aix.files import text_of
from bot.lab.fleet.aix.login import Login
from bot.lab.fleet.aix.words import Refused, getopt
from bot.lab.fleet.shell import Call

_LEVEL = re.compile(r"(\d{2})(\d{2})-(\d{2})-(\d{2})-(\d{4})")
_VIOS_AIX = "7300-02-02-2420"  # what a VIOS is, to its root
FROM = "127.0.0.1"
_LIMITS = (
    ("time(seconds)", "cpu", "t", 1),
    ("file(blocks)", "fsize", "f", 1),
    ("data(kbytes)", "data", "d", 2),
    ("stack(kbytes)", "stack", "s", 2),
    ("memory(kbytes)", "rss", "m", 2),
    ("coredump(blocks)", "core", "c", 1),
    ("nofiles(descriptors)", "nofiles", "n", 1),
    ("threads(per process)", "threads", "r", 1),
    ("processes(per user)", "nproc", "u", 1),
)


async def date(login: Login, call: Call) -> int:
    """Its own clock's; formats as strftime(3) has them."""
    words = call.argv[1:]
    if len(words) > 1 or (words and not words[0].startswith("+")):
        if not login.is_root or not words[0].isdigit():
            raise Refused("Usage: date [-u] [+Field Descriptors]\n", 1)
        raise Refused("date: 0551-402 Cannot set the date: it is not simulated.\n", 1)
    form = words[0][1:] if words else "%a %b %e %H:%M:%S UTC %Y"
    await call.out(time.strftime(form.replace("\0", ""), time.gmtime(login.clock)) + "\n" if form else "\n")
    return 0


async def uptime(login: Login, call: Call) -> int:
    minutes = int(login.uptime) // 60
    days, left = divmod(minutes, 24 * 60)
    up = f"{days} day{'s' if days != 1 else ''},  {left // 60}:{left % 60:02}"
    now = time.strftime("%I:%M%p", time.gmtime(login.clock))
    await call.out(f"  {now}   up {up},  1 user,  load average: 1.02, 1.08, 1.11\n")
    return 0


async def who(login: Login, call: Call) -> int:
    stamp = time.strftime("%b %d %H:%M", time.gmtime(login.clock))
    await call.out(f"{login.user:<11} pts/0       {stamp}     ({FROM})\n")
    return 0


async def last(login: Login, call: Call) -> int:
    """The session, and when the host started."""
    now, up = login.clock, login.clock - login.uptime
    shown = [f"{login.user:<9} pts/0        {FROM:<22} {_moment(now)}   still logged in.\n"]
    shown.append(f"{'reboot':<9} ~            {'':<22} {_moment(up)}\n")
    await call.out("".join(shown) + f"\nwtmp begins     {_moment(up)}\n")
    return 0


def _moment(stamp: float) -> str:
    return time.strftime("%b %d %H:%M", time.gmtime(stamp))


async def env(login: Login, call: Call) -> int:
    await call.out("".join(f"{name}={text}\n" for name, text in _environment(login).items()))
    return 0


async def printenv(login: Login, call: Call) -> int:
    """All, or one; of one that isn't set nothing, with status 1."""
    names = call.argv[1:]
    if not names:
        return await env(login, call)
    found = _environment(login)
    if names[0] not in found:
        return 1
    await call.out(f"{found[names[0]]}\n")
    return 0


def _environment(login: Login) -> dict[str, str]:
    """What the session has by itself, and what /etc/environment gives to all."""
    home = login.home
    found = {
        "_": "/usr/bin/env",
        "LOGNAME": login.user,
        "LOGIN": login.user,
        "USER": login.user,
        "HOME": home,
        "SHELL": "/usr/bin/ksh",
        "PWD": home,
        "MAIL": f"/usr/spool/mail/{login.user}",
        "SSH_CLIENT": f"{FROM} {40000 + int(login.clock) % 20000} 22",
        "SSH_CONNECTION": f"{FROM} {40000 + int(login.clock) % 20000} {login.host.rmc_ipaddr or FROM} 22",
    }
    for line in text_of(login.host, "/etc/environment", login.world.fleet.now).splitlines():
        name, equals, text = line.partition("=")
        if equals and not line.startswith("#"):
            found[name] = text
    return found


async def ulimit(login: Login, call: Call) -> int:
    """The soft limits, as /etc/security/limits gives them to everybody."""
    flags, rest = getopt(call.argv, "HSatfdsmcnru", "Usage: ulimit [-HS] [-acdfmnrstu] [Limit]\n", status=2)
    if rest:
        raise Refused("ulimit: The specified value is outside the user's allowable range.\n", 1)  # unverified
    limits = _limits(text_of(login.host, "/etc/security/limits", login.world.fleet.now))
    if "a" in flags:
        await call.out("".join(f"{label:<20} {_limit(limits, name, unit)}\n" for label, name, _, unit in _LIMITS))
        return 0
    asked = [(name, unit) for _, name, letter, unit in _LIMITS if letter in flags] or [("fsize", 1)]
    await call.out("".join(f"{_limit(limits, name, unit)}\n" for name, unit in asked))
    return 0


def _limits(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    stanza = ""
    for line in text.splitlines():
        if line.endswith(":") and not line.startswith(("*", " ", "\t")):
            stanza = line[:-1]
        elif stanza == "default" and "=" in line:
            name, _, value = line.partition("=")
            found[name.strip()] = value.strip()
    return found


def _limit(limits: dict[str, str], name: str, unit: int) -> str:
    """The file counts in blocks of 512 bytes."""
    text = limits.get(name, "-1")
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        return "unlimited"
    return str(int(text) // unit)


async def oslevel(login: Login, call: Call) -> int:
    flags, rest = getopt(call.argv, "rs", "Usage: oslevel [-l Level] [-r | -s] [-q] [-f]\n")
    if rest or len(flags) > 1:
        raise Refused("Usage: oslevel [-l Level] [-r | -s] [-q] [-f]\n", 1)
    whole = level(login)
    short = f"{whole[0]}.{whole[1]}.0.0"
    await call.out({"s": whole, "r": whole[:7]}.get(next(iter(flags), ""), short) + "\n")
    return 0


def level(login: Login) -> str:
    """Such as 7300-02-01-2346."""
    found = _LEVEL.search(login.host.os_version)
    return found[0] if found else _VIOS_AIX


async def hostname(login: Login, call: Call) -> int:
    await call.out(f"{login.name}\n")
    return 0


async def identity(login: Login, call: Call) -> int:
    who = "uid=0(root) gid=0(system)" if login.is_root else f"uid=204({login.user}) gid=1(staff)"
    await call.out(f"{who}\n")
    return 0


async def uname(login: Login, call: Call) -> int:
    flags, rest = getopt(call.argv, "anrvsmL", "Usage: uname [-anrvsmL]\n", status=2)
    if rest:
        raise Refused("Usage: uname [-anrvsmL]\n", 2)
    whole = level(login)
    serial = f"00{login.system.serial[-6:]:0>6}4C00"
    facts = {"s": "AIX", "n": login.name, "r": whole[1], "v": whole[0], "m": serial}
    if "L" in flags:
        await call.out(f"{login.host.lpar_id} {login.name}\n")
        return 0
    chosen = list(facts) if "a" in flags else [flag for flag in facts if flag in flags] or ["s"]
    await call.out(" ".join(facts[flag] for flag in chosen) + "\n")
    return 0
