"""`viosvrcmd`: passes a command to a VIOS, over RMC."""

from __future__ import annotations

from bot.lab.fleet import vios
from bot.lab.fleet.commands.options import Refused, Spec, of
from bot.lab.fleet.commands.places import operating, partition_of, system_of
from bot.lab.fleet.commands.rights import Duty, allowed
from bot.lab.fleet.messages import message
from bot.lab.fleet.model import Env
from bot.lab.fleet.shell import Call
from bot.lab.fleet.vios.login import Login
from bot.lab.fleet.world import Seat

_SPEC = Spec(valued=frozenset({"-m", "-p", "--id", "-c"}), required=("-m", "-c"))


async def run(seat: Seat, call: Call) -> int:
    options = of(seat, call.argv, _SPEC)
    allowed(seat, Duty.DAILY)
    system = operating(system_of(seat, options["-m"]))
    partition = partition_of(system, options, by_name="-p", by_id="--id")
    if partition.env is not Env.VIOS:
        raise Refused("invalid", flags="-p" if "-p" in options else "--id")
    if not partition.is_up:
        raise Refused("wrong-state")
    if partition.rmc_state != "active":
        raise Refused("no-rmc", name=partition.name)
    printed: list[str] = []

    async def keep(text: str) -> None:
        printed.append(text)

    status = await vios.shell(Login(seat.world, system.name, partition.name)).run(options["-c"], keep, keep)
    if status:
        await call.out(message("vios-failed", seat.user.language, text="".join(printed).rstrip("\n"), status=status))
        return 1
    await call.out("".join(printed))
    return 0
