"""The HMC's commands, by name."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from bot.lab.fleet.commands import (
    chhwres,
    chsyscfg,
    chsysstate,
    lsaccfg,
    lshmc,
    lshmcusr,
    lshwres,
    lsled,
    lslic,
    lslparmigr,
    lsmemopt,
    lspartition,
    lsrefcode,
    lssvcevents,
    lssyscfg,
    lssysconn,
    migrlpar,
    mkauthkeys,
    mksyscfg,
    saved,
    viosvrcmd,
)
from bot.lab.fleet.commands.options import Refused
from bot.lab.fleet.messages import message
from bot.lab.fleet.shell import Call, Program
from bot.lab.fleet.world import Seat

_RUN = {
    "bkprofdata": saved.back_up,
    "chhwres": chhwres.run,
    "chled": lsled.change,
    "chsyscfg": chsyscfg.run,
    "chsysstate": chsysstate.run,
    "ls": saved.list_files,
    "lsaccfg": lsaccfg.run,
    "lshmc": lshmc.run,
    "lshmcusr": lshmcusr.run,
    "lshwres": lshwres.run,
    "lsled": lsled.list_leds,
    "lslic": lslic.run,
    "lslparmigr": lslparmigr.run,
    "lsmemopt": lsmemopt.run,
    "lspartition": lspartition.run,
    "lsrefcode": lsrefcode.run,
    "lssvcevents": lssvcevents.run,
    "lssyscfg": lssyscfg.run,
    "lssysconn": lssysconn.run,
    "lssysplan": saved.list_plans,
    "migrlpar": migrlpar.run,
    "mkauthkeys": mkauthkeys.run,
    "mksyscfg": mksyscfg.make,
    "mksysplan": saved.make_plan,
    "rmsyscfg": mksyscfg.remove,
    "viosvrcmd": viosvrcmd.run,
}
NAMES = tuple(_RUN)


def programs(seat: Seat) -> Mapping[str, Program]:
    return {name: partial(_guarded, name, seat) for name in _RUN}


async def _guarded(name: str, seat: Seat, call: Call) -> int:
    """Refusals go to standard output with status 1, as an HMC's do; a fault of the simulator is never shown."""
    try:
        return await _RUN[name](seat, call)
    except Refused as refusal:
        await call.out(refusal.text(seat.user.language))
    except ConnectionError:  # nobody listens any more
        raise
    except Exception as error:
        seat.world.errors.append(error)
        await call.out(message("internal", seat.user.language))
    return 1
