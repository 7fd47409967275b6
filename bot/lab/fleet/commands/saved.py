"""What is saved in a file of the HMC: `bkprofdata`, `mksysplan` and `lssysplan`."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.lab.fleet.commands.options import Refused, Spec, of
from bot.lab.fleet.commands.places import operating, system_of
from bot.lab.fleet.commands.rights import Duty, allowed
from bot.lab.fleet.commands.tables import listed
from bot.lab.fleet.events import ConsoleChanged, HardwareChanged
from bot.lab.fleet.shell import Call
from bot.lab.fleet.world import Seat

_BACKUP = Spec(valued=frozenset({"-m", "-f"}), bare=frozenset({"--force"}), required=("-m", "-f"))
_PLAN = Spec(
    valued=frozenset({"-m", "-f", "-d"}),
    bare=frozenset({"--force", "--noprobe", "--nohwdisc", "-v"}),
    required=("-m", "-f"),
)
_PLANS = Spec(valued=frozenset({"-F"}), bare=frozenset({"--header"}))
_NAME = re.compile(r"[A-Za-z0-9_.+-]{1,128}")
MOST_FILES = 200


async def back_up(seat: Seat, call: Call) -> int:
    options = of(seat, call.argv, _BACKUP)
    allowed(seat, Duty.SERVICE)
    system = system_of(seat, options["-m"])
    files = system.hardware.backups
    if not _NAME.fullmatch(options["-f"]) or len(files) >= MOST_FILES:
        raise Refused("invalid", flags="-f")
    if options["-f"] in files and "--force" not in options:
        raise Refused("file-exists", name=options["-f"])
    hardware = replace(system.hardware, backups=files | {options["-f"]})
    seat.world.happen(HardwareChanged(system=system.name, hardware=hardware))
    return 0


async def make_plan(seat: Seat, call: Call) -> int:
    options = of(seat, call.argv, _PLAN)
    allowed(seat, Duty.SERVICE)
    operating(system_of(seat, options["-m"]))
    name, console = options["-f"], seat.hmc.console
    if not _NAME.fullmatch(name) or not name.endswith(".sysplan") or len(console.plans) >= MOST_FILES:
        raise Refused("invalid", flags="-f")
    if name in console.plans and "--force" not in options:
        raise Refused("file-exists", name=name)
    plans = (*(each for each in console.plans if each != name), name)
    seat.world.happen(ConsoleChanged(hmc=seat.host, console=replace(console, plans=plans)))
    return 0


async def list_plans(seat: Seat, call: Call) -> int:
    options = of(seat, call.argv, _PLANS)
    rows = [{"name": name} for name in seat.hmc.console.plans]
    await call.out(listed(seat, rows, options, ("name",)))
    return 0
