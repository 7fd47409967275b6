"""The HMC's commands, by name."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from bot.lab.fleet.commands import (
    chhwres,
    chsysstate,
    lshmc,
    lshmcusr,
    lshwres,
    lslparmigr,
    lssyscfg,
    migrlpar,
    viosvrcmd,
)
from bot.lab.fleet.commands.options import Refused
from bot.lab.fleet.messages import message
from bot.lab.fleet.shell import Call, Program
from bot.lab.fleet.world import Seat

_RUN = {
    "chhwres": chhwres.run,
    "chsysstate": chsysstate.run,
    "lshmc": lshmc.run,
    "lshmcusr": lshmcusr.run,
    "lshwres": lshwres.run,
    "lslparmigr": lslparmigr.run,
    "lssyscfg": lssyscfg.run,
    "migrlpar": migrlpar.run,
    "viosvrcmd": viosvrcmd.run,
}


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
        await call.out(message("internal"))
    return 1
