"""`vfcmap` and `lsnports`: which port a client's virtual Fibre Channel adapter leads to, and which ports there are."""

from __future__ import annotations

from bot.lab.fleet.events import PortMapped
from bot.lab.fleet.shell import Call
from bot.lab.fleet.vios.devices import device
from bot.lab.fleet.vios.login import Login
from bot.lab.fleet.vios.words import Refused, columns, options

_VFCMAP = "Usage: vfcmap -vadapter VirtualServerAdapter -fcp FCPName\n"
_LSNPORTS = "Usage: lsnports [-fmt Delimiter]\n"
_HEADING = ("name", "physloc", "fabric", "tports", "aports", "swwpns", "awwpns")
_WIDTHS = (16, 32, 6, 6, 6, 7)
_CARRIES, _WWPNS = 64, 2048  # virtual adapters on a port, and names that its switch takes


async def vfcmap(login: Login, call: Call) -> int:
    """Without a port after -fcp the adapter is unmapped. The refusals are unverified."""
    given = options(call.argv, {"-vadapter": (1, 1), "-fcp": (0, 1)}, _VFCMAP)
    if len(given) != 2:
        raise Refused(_VFCMAP, 2)
    name, port = given["-vadapter"][0], given["-fcp"][0] if given["-fcp"] else None
    io = login.vios.io
    if name not in {each.name for each in io.vfchosts} or device(login.vios, name) is None:
        raise Refused(f'"{name}" is not a Server Virtual FC Adapter (SVFCA).\n', 1)
    found = io.fc_port(port)
    if port is not None and (found is None or device(login.vios, port) is None):
        raise Refused(f'"{port}" is not a valid device.\n', 1)
    if found is not None and not found.is_npiv:
        raise Refused(f'"{port}" does not support N_Port ID Virtualization.\n', 1)
    login.happen(PortMapped(system=login.system_name, partition=login.name, vfchost=name, port=port))
    await call.out(f"{name} changed\n")
    return 0


async def lsnports(login: Login, call: Call) -> int:
    """The ports that can carry virtual ones; how many fit is fixed."""
    given = options(call.argv, {"-fmt": (1, 1)}, _LSNPORTS)
    io = login.vios.io
    rows = []
    for port in io.fc_ports:
        if port.is_npiv and device(login.vios, port.name) is not None:
            used = sum(each.port == port.name for each in io.vfchosts)
            room = (str(_CARRIES), str(_CARRIES - used), str(_WWPNS), str(_WWPNS - 2 * used))
            rows.append((port.name, port.location, str(int(bool(port.targets))), *room))
    if "-fmt" in given:
        await call.out("".join(f"{given['-fmt'][0].join(row)}\n" for row in rows))
    else:
        await call.out(columns([_HEADING, *rows], _WIDTHS))
    return 0
