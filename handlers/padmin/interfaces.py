"""The addresses and routes of a VIOS, and the address by which its HMC reaches it."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv4Interface

from handlers.command import Command
from handlers.heard import Reads, heard, understood
from handlers.hmcout import Unreadable, given
from handlers.padmin.printed import lines, some
from handlers.place import Place
from handlers.within import answered
from policies.words import Frozen

INTERFACES = ("lstcpip", "-interfaces", "-fmt", ",")  # its form is unverified
ROUTES = ("netstat", "-num", "-routtable")
HOSTNAME = ("lstcpip", "-hostname")
_NAME = re.compile(r"(?:en|et|lo)\d{1,4}", re.ASCII)
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?", re.ASCII)
_FAMILY = re.compile(r"Route [Tt]ree for Protocol Family (?P<number>\d+)(?: \(.*\))?:", re.ASCII)
_COLUMNS = ["Destination", "Gateway", "Flags"]
_FLAGS = re.compile(r"[A-Za-z0-9]{1,12}", re.ASCII)
_V4 = "2"


class Interface(Frozen):
    """`address` and `mask` are empty where it has none."""

    name: str
    address: str
    mask: str
    is_up: bool

    @property
    def adapter(self) -> str:
        return f"ent{self.name.lstrip('ent')}"

    def __str__(self) -> str:
        return f"{self.address or 'no address'}{f' {self.mask}' if self.mask else ''}, {'up' if self.is_up else 'down'}"


class Addresses(Frozen):
    """`gateways`: of its default routes; `reached`: by the HMC, empty where it isn't told."""

    interfaces: tuple[Interface, ...]
    gateways: tuple[str, ...]
    hostname: str
    reached: str

    def of(self, name: str) -> Interface:
        none = Interface(name=name, address="", mask="", is_up=False)
        return next((each for each in self.interfaces if each.name == name), none)


def interfaces(text: str) -> tuple[Interface, ...]:
    """Of `INTERFACES`, or Unreadable: a line for each that has an address, name, address, mask, state and MAC."""
    return tuple(_interface(line) for line in lines(text))


def _interface(line: str) -> Interface:
    words = [word.strip() for word in line.split(",")]
    if len(words) != 5 or not _NAME.fullmatch(words[0]) or words[3] not in ("up", "down"):
        raise Unreadable(f"it has a line that I don't know: {line[:120]!r}")
    address, mask = ("" if word == "-" else word for word in words[1:3])
    try:
        if address:
            IPv4Interface(f"{address}/{mask}")
    except ValueError as fault:
        raise Unreadable(f"no address and its mask: {line[:120]!r}") from fault
    return Interface(name=words[0], address=address, mask=mask, is_up=words[3] == "up")


def gateways(text: str) -> tuple[str, ...]:
    """Those of the default routes of IPv4, of `ROUTES`; or Unreadable."""
    first, *rest = some(text)
    if first.strip() != "Routing tables":
        raise Unreadable(f"not a table of routes: {first[:120]!r}")
    family, found = "", []
    for line in rest:
        words = line.split()
        head = _FAMILY.fullmatch(line.strip())
        if head is not None:
            family = head["number"]
        elif words[:3] == _COLUMNS:
            continue
        elif not family or len(words) < 6 or not _FLAGS.fullmatch(words[2]):
            raise Unreadable(f"it has a line that I don't know: {line.strip()[:120]!r}")
        elif words[0] == "default" and family == _V4:
            found.append(_address(words[1]))
    if not family:
        raise Unreadable("it ends before its first table: cut off?")
    return tuple(dict.fromkeys(found))


def addresses(place: Place) -> Reads[Addresses]:
    """Or Unread."""
    own = yield from answered(place, INTERFACES, interfaces)
    routes = yield from answered(place, ROUTES, gateways)
    hostname = yield from answered(place, HOSTNAME, _hostname)
    words = ("lssyscfg", "-r", "lpar", "-m", place.system, "--filter", f"lpar_names={place.name}", "-F", "rmc_ipaddr")
    result = heard((yield Command(host=place.hmc, argv=words)))
    reached = understood(result, f"the address by which the HMC reaches {place.name}", _reached)
    return Addresses(interfaces=own, gateways=routes, hostname=hostname, reached=reached)


def _hostname(text: str) -> str:
    if not _HOST.fullmatch(text.strip()):
        raise Unreadable(f"not a host name: {text.strip()[:120]!r}")
    return text.strip()


def _reached(text: str) -> str:
    found = given(text.strip().strip('"'))
    return _address(found) if found is not None else ""


def _address(word: str) -> str:
    try:
        return str(IPv4Address(word))
    except ValueError as fault:
        raise Unreadable(f"not an address: {word[:60]!r}") from fault
