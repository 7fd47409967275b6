"""`lsrefcode`: the reference codes of partitions and frames, newest first."""

from __future__ import annotations

import time

from bot.lab.fleet.commands.options import Options, Refused, Spec, number, of, unwanted
from bot.lab.fleet.commands.places import chosen, operating, system_of
from bot.lab.fleet.commands.tables import Row, listed
from bot.lab.fleet.configuration import RefCode
from bot.lab.fleet.model import ManagedSystem, Partition
from bot.lab.fleet.shell import Call
from bot.lab.fleet.world import Seat

_SPEC = Spec(
    valued=frozenset({"-r", "-m", "-n", "-F", "--filter", "-s"}),
    bare=frozenset({"--header"}),
    required=("-r", "-m"),
    choices={"-r": frozenset({"sys", "lpar"})},
)
_ATTRIBUTES = ("lpar_name", "lpar_id", "time_stamp", "refcode", "word2", "fru_call_out_loc_codes")
_OF_FRAME = ("time_stamp", "refcode", "word2", "fru_call_out_loc_codes")
_OPERATING = ""  # a frame that runs shows none


async def run(seat: Seat, call: Call) -> int:
    options = of(seat, call.argv, _SPEC)
    system = system_of(seat, options["-m"])
    count = number(options, "-n") if "-n" in options else 1
    if count == 0:
        raise Refused("invalid", flags="-n")
    if options["-r"] == "sys":
        await call.out(_of_frame(seat, system, options))
        return 0
    operating(system)
    rows = [row for each in chosen(system, options) for row in _rows(seat, each, count)]
    await call.out(listed(seat, rows, options, _ATTRIBUTES))
    return 0


def stamped(at: float) -> str:
    """As an HMC in UTC writes a moment."""
    return time.strftime("%m/%d/%Y %H:%M:%S", time.gmtime(at))


def _of_frame(seat: Seat, system: ManagedSystem, options: Options) -> str:
    unwanted(options, "--filter")
    code = _OPERATING if system.state == "Operating" else "null"
    row = {"time_stamp": stamped(seat.fleet.began), "refcode": code, "word2": "", "fru_call_out_loc_codes": ""}
    return listed(seat, [row], options, _OF_FRAME)


def _rows(seat: Seat, partition: Partition, count: int) -> list[Row]:
    """Before it showed one in this story it showed none, at its beginning."""
    shown = partition.config.refcodes[::-1][:count] or (RefCode(at=seat.fleet.began, code=""),)
    return [
        {
            "lpar_name": partition.name,
            "lpar_id": partition.lpar_id,
            "time_stamp": stamped(each.at),
            "refcode": each.code,
            "word2": "",
            "fru_call_out_loc_codes": "",
        }
        for each in shown
    ]
