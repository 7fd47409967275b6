"""`lslic`: the firmware of frames. The attributes are those of the documentation."""

from __future__ import annotations

import re

from bot.lab.fleet.commands.options import Spec, of
from bot.lab.fleet.commands.places import managed, system_of
from bot.lab.fleet.commands.tables import Row, listed
from bot.lab.fleet.model import ManagedSystem
from bot.lab.fleet.shell import Call
from bot.lab.fleet.world import Seat

_SPEC = Spec(
    valued=frozenset({"-m", "-t", "-F"}),
    bare=frozenset({"--header"}),
    choices={"-t": frozenset({"sys", "syspower"})},
)
_LEVEL = re.compile(r"FW(?P<release>[0-9]+)\.(?P<level>[0-9A-Z]+) \((?P<service>[0-9]+)\)")


async def run(seat: Seat, call: Call) -> int:
    options = of(seat, call.argv, _SPEC)
    systems = [system_of(seat, options["-m"])] if "-m" in options else managed(seat)
    await call.out(listed(seat, [_row(each) for each in systems], options, _ATTRIBUTES))
    return 0


def _row(system: ManagedSystem) -> Row:
    found = _LEVEL.fullmatch(system.hardware.firmware)
    service = found["service"] if found else "0"
    return {
        "lic_type": "Managed System",
        "management_status": "Enabled",
        "disabled_reason": "",
        "activated_level": service,
        "activated_spname": system.hardware.firmware.partition(" ")[0],
        "installed_level": service,
        "accepted_level": service,
        "ecnumber": f"01VM{found['release']}" if found else "unavailable",
        "mtms": system.type_model_serial,
    }


_ATTRIBUTES = (
    "lic_type", "management_status", "disabled_reason", "activated_level", "activated_spname", "installed_level",
    "accepted_level", "ecnumber", "mtms",
)  # fmt: skip
