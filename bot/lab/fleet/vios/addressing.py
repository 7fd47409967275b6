"""`mktcpip` and `chtcpip`: a VIOS gets its address and its route."""

from __future__ import annotations

import re

from bot.lab.fleet.aix.network import interfaces, octets
from bot.lab.fleet.events import AttributesSet
from bot.lab.fleet.operating import DeviceAttribute
from bot.lab.fleet.shell import Call
from bot.lab.fleet.vios.login import Login
from bot.lab.fleet.vios.tcpip import gateway, known_interface
from bot.lab.fleet.vios.words import Refused, method_error, options

_MKTCPIP = (
    "Usage: mktcpip -hostname HostName -inetaddr Address -interface Interface [-start] [-netmask SubnetMask]\n"
    "               [-cabletype CableType] [-gateway Gateway] [-nsrvaddr NameServerAddress -nsrvdomain Domain]\n"
)
_CHTCPIP = (
    "Usage: chtcpip [-f] -interface Interface [-inetaddr Address] [-netmask SubnetMask] [-state {up | down | detach}]\n"
    "       chtcpip [-f] [-interface Interface] -gateway -add NewGateway [-remove OldGateway]\n"
)
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,62}[A-Za-z0-9])?")


async def mktcpip(login: Login, call: Call) -> int:
    """Says nothing where it is done (unverified)."""
    known = dict.fromkeys(
        ("-hostname", "-inetaddr", "-interface", "-netmask", "-gateway", "-nsrvaddr", "-nsrvdomain", "-cabletype"),
        (1, 1),
    )
    given = options(call.argv, {**known, "-start": (0, 0)}, _MKTCPIP)
    if not {"-hostname", "-inetaddr", "-interface"} <= set(given) or ("-nsrvaddr" in given) != ("-nsrvdomain" in given):
        raise Refused(_MKTCPIP, 2)
    one = {name: values[0] for name, values in given.items() if values}
    if not _HOST.fullmatch(one["-hostname"]):
        raise Refused(f'"{one["-hostname"][:64]}" is not a valid host name.\n', 1)  # unverified
    _valid(login, one)
    if any(each.name == one["-interface"] and each.address for each in interfaces(login.as_aix)):
        raise Refused(f'The interface "{one["-interface"]}" is configured already: use chtcpip.\n', 1)  # unverified
    internet = {"hostname": one["-hostname"], "gateway": one.get("-gateway", "")}
    internet |= {"nameserver": one["-nsrvaddr"]} if "-nsrvaddr" in one else {}
    up = {"state": "up"} if "-start" in given else {}
    address = {"netaddr": one["-inetaddr"], "netmask": one.get("-netmask", "255.255.255.0"), **up}
    _set(login, {one["-interface"]: address, "inet0": {name: value for name, value in internet.items() if value}})
    return 0


async def chtcpip(login: Login, call: Call) -> int:
    known = dict.fromkeys(("-interface", "-inetaddr", "-netmask", "-state", "-add", "-remove"), (1, 1))
    given = options(call.argv, {**known, "-f": (0, 0), "-gateway": (0, 0)}, _CHTCPIP)
    one = {name: values[0] for name, values in given.items() if values}
    of_route = {"-add", "-remove"} & set(given)
    of_interface = {"-inetaddr", "-netmask", "-state"} & set(given)
    if ("-gateway" in given) != bool(of_route) or bool(of_route) == bool(of_interface):
        raise Refused(_CHTCPIP, 2)
    if of_interface and ("-interface" not in given or one.get("-state", "up") not in {"up", "down", "detach"}):
        raise Refused(_CHTCPIP, 2)
    _valid(login, one)
    if of_route:
        _route(login, one)
    else:
        names = {"-inetaddr": "netaddr", "-netmask": "netmask", "-state": "state"}
        _set(login, {one["-interface"]: {names[each]: one[each] for each in of_interface}})
    return 0


def _route(login: Login, one: dict[str, str]) -> None:
    """A route that isn't there can't be removed: the words are those of AIX's `route`."""
    if "-remove" in one and one["-remove"] != gateway(login):
        raise Refused(
            f"0821-279 writing to routing socket: The process does not exist.\n{one['-remove']}: not in table\n", 1
        )
    _set(login, {"inet0": {"gateway": one.get("-add", "")}})


def _valid(login: Login, one: dict[str, str]) -> None:
    """The wordings are unverified."""
    for name in ("-inetaddr", "-netmask", "-gateway", "-nsrvaddr", "-add", "-remove"):
        if name in one and not _is_address(one[name]):
            raise Refused(f'"{one[name][:40]}" is not a valid Internet address.\n', 1)
    if "-interface" in one and not known_interface(login, one["-interface"]):
        raise method_error(
            f"Method error (/usr/lib/methods/chgif):\n\t0514-068 Cannot configure {one['-interface'][:15]}."
        )


def _is_address(text: str) -> bool:
    parts = text.split(".")
    return octets(text) is not None and all(int(each) < 256 for each in parts)


def _set(login: Login, wanted: dict[str, dict[str, str]]) -> None:
    attributes = tuple(
        DeviceAttribute(device=device, name=name, current=value, stored=value)
        for device, values in wanted.items()
        for name, value in values.items()
    )
    login.happen(AttributesSet(system=login.system_name, partition=login.name, attributes=attributes))
