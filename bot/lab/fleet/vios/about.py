"""What a VIOS tells of itself: its partition, firmware, software, boot devices, users, and what was run on it."""

from __future__ import annotations

import time
from dataclasses import replace

from bot.lab.fleet import stores
from bot.lab.fleet.aix import filesets
from bot.lab.fleet.aix.session import level
from bot.lab.fleet.events import UpkeepChanged
from bot.lab.fleet.shell import Call
from bot.lab.fleet.vios import vpd
from bot.lab.fleet.vios.login import Login
from bot.lab.fleet.vios.words import Refused, options, sorted_out

_LSFWARE = "Usage: lsfware [-all | -dev Name]\n"
_BOOTLIST = "Usage: bootlist -mode {normal | service | both} {-ls | Device ...}\n"
_LSUSER = "Usage: lsuser [ALL | UserName[,UserName]] [-attr Attribute ...]\n"
_MINUTE = 60.0


async def lslparinfo(login: Login, call: Call) -> int:
    options(call.argv, {}, "Usage: lslparinfo\n")
    await call.out(f"{login.vios.lpar_id} {login.name}\n")
    return 0


async def lsfware(login: Login, call: Call) -> int:
    """The forms are unverified."""
    given = options(call.argv, {"-all": (0, 0), "-dev": (1, 1)}, _LSFWARE)
    if len(given) > 1:
        raise Refused(_LSFWARE, 2)
    found = vpd.firmware(login)
    if "-dev" in given:
        found = [each for each in found if each[0] == given["-dev"][0]]
        if not found:
            raise Refused(f'"{given["-dev"][0]}" has no firmware level to show.\n', 1)  # unverified
    elif not given:
        await call.out(f"System Firmware level is {login.system.hardware.firmware.split()[0]}.\n")
        return 0
    await call.out("".join(f"{name}!{text}\n" for name, text in found))
    return 0


async def lssw(login: Login, call: Call) -> int:
    """As `lslpp -L`."""
    options(call.argv, {"-hist": (0, 0)}, "Usage: lssw [-hist]\n")
    return await filesets.run(login.as_aix, Call(("lslpp", "-L"), "", call.out, call.err))


async def oem_platform_level(login: Login, call: Call) -> int:
    options(call.argv, {}, "Usage: oem_platform_level\n")
    whole = level(login.as_aix)
    await call.out(f"AIX VERSION: \n{whole}\n")  # the form is unverified
    return 0


async def invscout(login: Login, call: Call) -> int:
    """Says where it has written its survey; the file itself is not simulated."""
    options(call.argv, {"-version": (0, 0)}, "Usage: invscout [-version]\n")
    head = "\n******  Command ---- V2.2.0.21\n******  Logic Database V2.2.0.2\n"
    if len(call.argv) > 1:
        await call.out(head)
        return 0
    count = len(vpd.firmware(login))
    await call.out(
        f"{head}\nInitializing ...\nIdentifying the system ...\nGetting system microcode level(s) ...\n\n"
        f"{count} devices found; {count} microcode levels read\n\nWriting Microcode Survey upload file ...\n\n"
        "Microcode Survey complete\n\nThe output files can be found at:\n"
        f"Upload file: /var/adm/invscout/{login.name}.mup\nReport file: /var/adm/invscout/invs.mrp\n"
    )  # what stands between the first lines and the last is unverified
    return 0


async def bootlist(login: Login, call: Call) -> int:
    given, words = sorted_out(call.argv, {"-mode": (1, 1), "-ls": (0, 0)}, _BOOTLIST)
    if given.get("-mode", ("",))[0] not in {"normal", "service", "both"} or bool(words) is ("-ls" in given):
        raise Refused(_BOOTLIST, 2)
    io = login.vios.io
    root = stores.boots(io)
    if not words:
        shown = io.upkeep.boot or root[:1]
        await call.out("".join(f"{each} blv=hd5 pathid=0\n" if each in root else f"{each}\n" for each in shown))
        return 0
    for each in words:
        if io.disk(each) is None and each != "cd0" and io.port(each) is None:
            raise Refused(f"0514-221 bootlist: Unable to make boot list with device {each[:32]}\n", 1)  # unverified
    upkeep = replace(io.upkeep, boot=words)
    login.happen(UpkeepChanged(system=login.system_name, partition=login.name, upkeep=upkeep))
    return 0


async def lsgcl(login: Login, call: Call) -> int:
    """The global command log, oldest first: what padmin ran here since the story began. Its form is unverified."""
    options(call.argv, {}, "Usage: lsgcl\n")
    offset = login.vios.clock_offset
    for ran in login.world.ran:
        if ran.host == login.name and ran.user != "root":
            stamp = time.strftime("%b %d %Y, %H:%M:%S", time.gmtime(ran.time + offset))
            await call.out(f"{stamp} {ran.user:<9} {' '.join(ran.argv)}\n")
    return 0


def _users(login: Login) -> dict[str, dict[str, str]]:
    """padmin alone: no other is made here. What the security level asks of passwords is in its attributes."""
    strict = login.vios.io.upkeep.security == "high"
    return {
        "padmin": {
            "roles": "PAdmin",
            "default_roles": "PAdmin",
            "account_locked": "false",
            "expires": "0",
            "histexpire": "13" if strict else "0",
            "histsize": "20" if strict else "0",
            "loginretries": "3" if strict else "0",
            "maxage": "13" if strict else "0",
            "maxexpired": "2" if strict else "-1",
            "maxrepeats": "2" if strict else "8",
            "minage": "1" if strict else "0",
            "minalpha": "2" if strict else "0",
            "mindiff": "4" if strict else "0",
            "minlen": "8" if strict else "0",
            "minother": "2" if strict else "0",
            "pwdwarntime": "5" if strict else "0",
            "registry": "files",
            "SYSTEM": "compat",
        }
    }


async def lsuser(login: Login, call: Call) -> int:
    given, words = sorted_out(call.argv, {"-attr": (1, 20)}, _LSUSER)
    if len(words) > 1:
        raise Refused(_LSUSER, 2)
    users = _users(login)
    names = list(users) if not words or words[0] == "ALL" else words[0].split(",")
    for name in names:
        if name not in users:
            raise Refused(f'3004-687 User "{name[:32]}" does not exist.\n', 2)
        wanted = given.get("-attr", tuple(users[name]))
        if unknown := [each for each in wanted if each not in users[name]]:
            raise Refused(
                f'3004-692 Error changing "{unknown[0][:32]}" to "" : Attribute is not valid.\n', 22
            )  # unverified
        await call.out(f"{name} {' '.join(f'{each}={users[name][each]}' for each in wanted)}\n")
    return 0


async def lsfailedlogin(login: Login, call: Call) -> int:
    """Nothing: whom the SSH server turns away isn't in the fleet's state."""
    options(call.argv, {}, "Usage: lsfailedlogin\n")
    await call.out("")
    return 0
