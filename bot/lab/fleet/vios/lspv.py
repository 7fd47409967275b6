"""`lspv`: the disks of a VIOS."""

from __future__ import annotations

from bot.lab.fleet.shell import Call
from bot.lab.fleet.storage import Disk
from bot.lab.fleet.vios.login import Login
from bot.lab.fleet.vios.words import Refused, columns, options

_USAGE = "Usage: lspv [-avail | -free | -size] [-fmt Delimiter]\n"
_HEADING = ("NAME", "PVID", "VG", "STATUS")
_SIZES = ("NAME", "PVID", "SIZE(megabytes)")
_WIDTHS = (16, 36, 16)


async def run(login: Login, call: Call) -> int:
    """`-avail` leaves those that belong to no volume group, `-free` those of them that nothing stands on."""
    given = options(call.argv, {"-avail": (0, 0), "-free": (0, 0), "-size": (0, 0), "-fmt": (1, 1)}, _USAGE)
    kinds = set(given) - {"-fmt"}
    if len(kinds) > 1:
        raise Refused(_USAGE, 2)
    found = [each for each in login.vios.io.disks if each.group is None or not kinds & {"-avail", "-free"}]
    if "-free" in kinds:
        found = [each for each in found if login.vios.io.uses(each.name) is None]
    rows = [_sized(each) if kinds else _grouped(each) for each in found]
    if "-fmt" in given:
        await call.out("".join(f"{given['-fmt'][0].join(row)}\n" for row in rows))
    elif rows:
        await call.out(columns([_SIZES if kinds else _HEADING, *rows], _WIDTHS))
    return 0


def _grouped(disk: Disk) -> tuple[str, ...]:
    return disk.name, disk.pvid or "none", disk.group or "None", "active" if disk.group else ""


def _sized(disk: Disk) -> tuple[str, ...]:
    return disk.name, disk.pvid or "none", str(disk.size)
