"""`lspath`: the paths to a VIOS's disks, one for each storage port that a Fibre Channel port is zoned to."""

from __future__ import annotations

from bot.lab.fleet.shell import Call
from bot.lab.fleet.vios.devices import number
from bot.lab.fleet.vios.login import Login
from bot.lab.fleet.vios.words import columns, no_device, options

_USAGE = "Usage: lspath [-dev DeviceName] [-fmt Delimiter]\n"
_HEADING = ("status", "name", "parent", "connection")


async def run(login: Login, call: Call) -> int:
    given = options(call.argv, {"-dev": (1, 1), "-fmt": (1, 1)}, _USAGE)
    io = login.vios.io
    if "-dev" in given and io.disk(given["-dev"][0]) is None:
        raise no_device(given["-dev"][0])
    rows = [
        ("Enabled", disk.name, f"fscsi{number(port.name)}", f"{target.lower()},{disk.number:x}000000000000")
        for disk in io.disks
        if given.get("-dev", (disk.name,))[0] == disk.name
        for port in io.fc_ports
        for target in sorted(port.targets)
    ]
    if "-fmt" in given:
        await call.out("".join(f"{given['-fmt'][0].join(row)}\n" for row in rows))
        return 0
    widths = [max(len(row[n]) for row in (_HEADING, *rows)) for n in range(3)]
    first, _, rest = columns([_HEADING, *rows], widths).partition("\n")
    await call.out(f"{first}\n\n{rest}" if rows else "")
    return 0
