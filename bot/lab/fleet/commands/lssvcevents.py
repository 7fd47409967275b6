"""`lssvcevents`: serviceable events of the frames, and what was done at the HMC.

No capture of either is known: the attributes are those of the documentation, the console's words are unverified.
"""

from __future__ import annotations

import re

from bot.lab.fleet.commands.attributes import filters
from bot.lab.fleet.commands.lsrefcode import stamped
from bot.lab.fleet.commands.options import Options, Refused, Spec, number, of
from bot.lab.fleet.commands.places import managed, system_of
from bot.lab.fleet.commands.tables import Row, listed
from bot.lab.fleet.model import ManagedSystem
from bot.lab.fleet.partition import ERROR
from bot.lab.fleet.shell import Call
from bot.lab.fleet.world import Seat

_SPEC = Spec(
    valued=frozenset({"-t", "-m", "-d", "-i", "-F", "--filter"}),
    bare=frozenset({"--header"}),
    required=("-t",),
    choices={"-t": frozenset({"hardware", "console"})},
)
_HARDWARE = (
    "problem_num", "pmh_num", "refcode", "status", "first_time", "last_time", "sys_name", "reporting_mtms", "text",
)  # fmt: skip
_CONSOLE = ("time", "userid", "text")
_SEVERE = re.compile(r"B[0-9A-F]{7}")
_DAYS = 7
MOST_SHOWN = 500


async def run(seat: Seat, call: Call) -> int:
    options = of(seat, call.argv, _SPEC)
    since = seat.fleet.now - 86400 * (number(options, "-d") if "-d" in options else _DAYS)
    text = (_hardware if options["-t"] == "hardware" else _console)(seat, options, since)
    await call.out(text)
    return 0


def _hardware(seat: Seat, options: Options, since: float) -> str:
    wanted = filters(options.get("--filter", ""))
    if set(wanted) - {"status", "refcodes"}:
        raise Refused("invalid", flags="--filter")
    systems = [system_of(seat, options["-m"])] if "-m" in options else managed(seat)
    found = [event for each in systems for event in _events(each, since)]
    found.sort(key=lambda event: event[0])
    rows = [{"problem_num": count, **row} for count, (_, row) in enumerate(found, 1)]
    left = [row for row in rows if _is_wanted(row, wanted)]
    return listed(seat, left, options, _HARDWARE)


def _is_wanted(row: Row, wanted: dict[str, list[str]]) -> bool:
    status, refcode = str(row["status"]), str(row["refcode"])
    asked = {each.lower() for each in wanted.get("status", [status])}
    return status.lower() in asked and refcode in wanted.get("refcodes", [refcode])


def _events(system: ManagedSystem, since: float) -> list[tuple[float, Row]]:
    """Each severe code that a partition showed; it stays open for as long as the partition is in error."""
    return [
        (
            shown.at,
            {
                "pmh_num": "null",
                "refcode": shown.code.split()[0],
                "status": "Open" if partition.state == ERROR and shown is partition.config.refcodes[-1] else "Closed",
                "first_time": stamped(shown.at),
                "last_time": stamped(shown.at),
                "sys_name": system.name,
                "reporting_mtms": system.type_model_serial,
                "text": "Platform Firmware Partition Firmware",
            },
        )
        for partition in system.partitions
        for shown in partition.config.refcodes
        if shown.at >= since and _SEVERE.match(shown.code)
    ]


def _console(seat: Seat, options: Options, since: float) -> str:
    if "-m" in options or "--filter" in options:
        raise Refused("invalid", flags="-m" if "-m" in options else "--filter")
    ran = [each for each in seat.world.ran if each.host == seat.host and each.time >= since][:-1]
    rows = [
        {
            "time": stamped(each.time),
            "userid": each.user,
            "text": f"HSCE2175 User name {each.user}: the command {' '.join(each.argv)!r} was run",
        }
        for each in ran[-MOST_SHOWN:][::-1]
    ]
    return listed(seat, rows, options, _CONSOLE)
