"""What is saved in a file of the HMC: `bkprofdata`, with `ls` to see it, `mksysplan` and `lssysplan`."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.lab.fleet.commands.options import Refused, Spec, of
from bot.lab.fleet.commands.places import managed, operating, system_of
from bot.lab.fleet.commands.rights import Duty, allowed
from bot.lab.fleet.commands.tables import listed
from bot.lab.fleet.events import ConsoleChanged, HardwareChanged
from bot.lab.fleet.model import ManagedSystem
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


async def list_files(seat: Seat, call: Call) -> int:
    """`ls` of one folder of backups, which is all of an HMC's files that is modelled; unverified."""
    if len(call.argv) != 2:
        raise Refused("invalid", flags="ls")
    found = next((each for each in managed(seat) if call.argv[1].rstrip("/") == _folder(each)), None)
    if found is None:
        await call.err(f"ls: cannot access '{call.argv[1]}': No such file or directory\n")
        return 2
    await call.out("".join(f"{name}\n" for name in sorted(found.hardware.backups)))
    return 0


def _folder(system: ManagedSystem) -> str:
    return f"/var/hsc/profiles/{system.type_model_serial}"


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
