"""`lshmc -V` and `lshmc -v`."""

from __future__ import annotations

from bot.lab.fleet.commands.options import Refused, Spec, of
from bot.lab.fleet.model import Hmc
from bot.lab.fleet.shell import Call
from bot.lab.fleet.world import Seat

_SPEC = Spec(valued=frozenset(), bare=frozenset({"-V", "-v"}))


async def run(seat: Seat, call: Call) -> int:
    options = of(seat, call.argv, _SPEC)
    if len(options) != 1:
        raise Refused("invalid", flags="-V,-v")
    await call.out(_level(seat.hmc) if "-V" in options else _product(seat.hmc))
    return 0


def _level(hmc: Hmc) -> str:
    base = f"V{hmc.version}R{hmc.release}"
    return (
        f'"version= Version: {hmc.version}\n'
        f" Release: {hmc.release}\n"
        f" Service Pack: {hmc.service_pack}\n"
        f"HMC Build level 2408210051\n"
        f'","base_version={base}\n'
        f'"\n'
    )


def _product(hmc: Hmc) -> str:
    """The vital product data; the form follows public listings, the values are the lab's own."""
    return (
        '"vpd=*FC ????????\n*VC 20.0\n*N2 Mon Nov 23 00:00:00 UTC 2026\n*FC ????????\n'
        "*DS Hardware Management Console\n*TM 7063-CR2\n*SE 0000000\n*MN IBM\n"
        "*PN Unknown\n*OS Embedded Operating Systems\n"
        f"*NA {hmc.name}\n*FC ????????\n*DS Platform Firmware\n*RM V{hmc.version}R{hmc.release}.{hmc.service_pack}\n"
        '"\n'
    )
