"""`lshmc`: the HMC itself, its level, product data, network and remote access."""

from __future__ import annotations

from bot.lab.fleet.commands.options import Refused, Spec, of
from bot.lab.fleet.commands.tables import Row, listed
from bot.lab.fleet.model import Hmc
from bot.lab.fleet.shell import Call
from bot.lab.fleet.world import Seat

_SPEC = Spec(valued=frozenset({"-F"}), bare=frozenset({"-V", "-v", "-n", "-r", "--header"}))


async def run(seat: Seat, call: Call) -> int:
    options = of(seat, call.argv, _SPEC)
    asked = [flag for flag in ("-V", "-v", "-n", "-r") if flag in options]
    if len(asked) != 1:
        raise Refused("invalid", flags="-V,-v,-n,-r")
    if asked[0] in {"-V", "-v"}:
        if len(options) != 1:
            raise Refused("invalid", flags="-F" if "-F" in options else "--header")
        await call.out(_level(seat.hmc) if "-V" in options else _product(seat.hmc))
        return 0
    await call.out(listed(seat, [_network(seat.hmc) if "-n" in options else _access(seat.hmc)], options))
    return 0


def _level(hmc: Hmc) -> str:
    """A quoted value that goes over several lines, with a line for each fix."""
    fixes = "".join(f"{each}\n" for each in hmc.console.fixes)
    return (
        f'"version= Version: {hmc.version}\n'
        f" Release: {hmc.release}\n"
        f" Service Pack: {hmc.service_pack}\n"
        f"HMC Build level {hmc.console.build}\n"
        f"{fixes}"
        f'","base_version=V{hmc.version}R{hmc.release}\n'
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


def _network(hmc: Hmc) -> Row:
    return {
        "hostname": hmc.name,
        "domain": "",
        "gateway": "10.0.0.1",
        "nameserver": "",
        "domainsuffix": "",
        "slipipaddr": "",
        "ipaddr": hmc.console.ipaddr,
        "networkmask": "255.255.255.0",
    }


def _access(hmc: Hmc) -> Row:
    return {"ssh": "enable", "sshprotocol": 2, "remotewebui": "enable", "xntp": "disable", "syslogserver": ""}
