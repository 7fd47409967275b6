"""What padmin sets on a VIOS itself: the licence, the message of the day, the clock, and that it goes down."""

from __future__ import annotations

import calendar
import re
import time
from dataclasses import replace

from bot.lab.fleet.aix.files import ENVIRONMENT, MOTD, text_of
from bot.lab.fleet.events import ClockSkewed, FileWritten, PartitionStopping, UpkeepChanged
from bot.lab.fleet.shell import Call
from bot.lab.fleet.vios.login import Login
from bot.lab.fleet.vios.words import Options, Refused, confirmed, options, sorted_out

_LICENSE = "Usage: license [-view | -accept | -swma | -ls] [-lang Name]\n"
_MOTD = 'Usage: motd [-overwrite | -append] ["Text"]\n'
_CHDATE = (
    "Usage: chdate [-year YYYY] [-month mm] [-day dd] [-hour HH] [-minute MM] [-timezone TZ]\n       chdate -list\n"
)
_SHUTDOWN = "Usage: shutdown [-force] [-restart]\n"
_PARTS = {"-year": (1970, 2037), "-month": (1, 12), "-day": (1, 31), "-hour": (0, 23), "-minute": (0, 59)}
_ZONE = re.compile(r"[A-Za-z][A-Za-z0-9/_+:,.-]{0,63}")
_MOST_TEXT = 4096


async def license_of(login: Login, call: Call) -> int:
    """The wordings are unverified."""
    given = options(call.argv, {"-view": (0, 0), "-accept": (0, 0), "-swma": (0, 0), "-ls": (0, 0)}, _LICENSE)
    if len(given) > 1:
        raise Refused(_LICENSE, 2)
    if "-accept" in given:
        upkeep = replace(login.vios.io.upkeep, licensed=True)
        login.happen(UpkeepChanged(system=login.system_name, partition=login.name, upkeep=upkeep))
    if "-ls" in given:
        await call.out("en_US\n")
    else:
        await call.out(f"The license has {'' if login.vios.io.upkeep.licensed else 'not '}been accepted\n")
    return 0


async def motd(login: Login, call: Call) -> int:
    given, words = sorted_out(call.argv, {"-overwrite": (1, 1), "-append": (1, 1)}, _MOTD)
    if len(given) + len(words) > 1:
        raise Refused(_MOTD, 2)
    before = text_of(login.vios, MOTD, login.now)
    if not given and not words:
        await call.out(before)
        return 0
    text = (*words, *given.get("-overwrite", ()), *given.get("-append", ()))[0]
    whole = f"{before if '-append' in given else ''}{text}\n"
    if len(whole) > _MOST_TEXT:
        raise Refused("The message of the day is too long.\n", 1)  # unverified
    login.happen(FileWritten(system=login.system_name, partition=login.name, path=MOTD, text=whole))
    return 0


async def chdate(login: Login, call: Call) -> int:
    """Without a part it shows the date; parts that are left out are as they are. The zone holds from the next login."""
    known = {**dict.fromkeys(_PARTS, (1, 1)), "-timezone": (1, 1)}
    given = options(call.argv, known, _CHDATE)
    if "-timezone" in given:
        zone = given["-timezone"][0]
        if not _ZONE.fullmatch(zone):
            raise Refused(f'"{zone[:40]}" is not a valid time zone.\n', 1)  # unverified
        _in_zone(login, zone)
    if set(given) & set(_PARTS):
        wanted = _moment(login, given)
        offset = login.vios.clock_offset + wanted - login.clock
        login.happen(ClockSkewed(system=login.system_name, partition=login.name, seconds=offset))
    await call.out(time.strftime("%a %b %e %H:%M:%S UTC %Y\n", time.gmtime(login.clock)))
    return 0


def _moment(login: Login, given: Options) -> float:
    now = time.gmtime(login.clock)
    shown = dict(zip(_PARTS, (now.tm_year, now.tm_mon, now.tm_mday, now.tm_hour, now.tm_min), strict=True))
    for part, (text,) in ((part, given[part]) for part in _PARTS if part in given):
        least, most = _PARTS[part]
        if not (text.isascii() and text.isdigit() and len(text) < 5 and least <= int(text) <= most):
            raise Refused(f'"{text[:20]}" is not valid for {part}.\n', 1)  # unverified
        shown[part] = int(text)
    year, month, day, hour, minute = shown.values()
    if day > calendar.monthrange(year, month)[1]:
        raise Refused(f'"{day}" is not valid for -day.\n', 1)  # unverified
    return float(calendar.timegm((year, month, day, hour, minute, 0)))


def _in_zone(login: Login, zone: str) -> None:
    lines = text_of(login.vios, ENVIRONMENT, login.now).splitlines()
    kept = [f"TZ={zone}" if line.startswith("TZ=") else line for line in lines]
    text = "".join(f"{line}\n" for line in kept)
    login.happen(FileWritten(system=login.system_name, partition=login.name, path=ENVIRONMENT, text=text))


async def at_terminal(login: Login, call: Call) -> int:
    """Commands that draw on a terminal: none is simulated (the wording is unverified)."""
    raise Refused(f"{call.argv[0]}: This command needs a terminal.\n", 1)


async def shutdown(login: Login, call: Call) -> int:
    given = options(call.argv, {"-force": (0, 0), "-restart": (0, 0)}, _SHUTDOWN)
    if "-force" not in given:
        asked = "Shutting down the VIOS could affect Client Partitions. Continue [y|n]?\n"
        if not await confirmed(call, asked):
            return 1
    restart = "-restart" in given
    login.happen(PartitionStopping(system=login.system_name, partition=login.name, restart=restart))
    await call.out("SHUTDOWN PROGRAM\n")
    return 0
