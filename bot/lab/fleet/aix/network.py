"""`ifconfig` and `netstat`: the interfaces of an AIX, and what has gone over them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.lab.fleet.aix.devices import attributes
from bot.lab.fleet.aix.login import Login
from bot.lab.fleet.aix.words import Refused, getopt
from bot.lab.fleet.interfaces import adapters
from bot.lab.fleet.shell import Call
from bot.lab.fleet.traffic import Traffic

_UP = "1e084863,480<UP,BROADCAST,NOTRAILERS,RUNNING,SIMPLEX,MULTICAST,GROUPRT,64BIT,CHECKSUM_OFFLOAD(ACTIVE)"
_LOOP = "e08084b,c0<UP,BROADCAST,LOOPBACK,RUNNING,SIMPLEX,MULTICAST,GROUPRT,64BIT,LARGESEND,CHAIN>"
HEAD = ("Name", "Mtu", "Network", "Address", "Ipkts", "Ierrs", "Opkts", "Oerrs", "Coll")
_NETSTAT = "Usage: netstat [-in] [-I Interface]\n"


@dataclass(frozen=True, kw_only=True)
class Interface:
    name: str
    address: str
    mask: str
    mtu: str
    mac: str
    is_up: bool
    largesend: bool


def interfaces(login: Login) -> Iterator[Interface]:
    """Those over an adapter that have an address or are up."""
    system, host = login.system, login.host
    for adapter in adapters(host):
        name = adapter.interface
        found = {each.name: each.value for each in attributes(system, host, name) or ()}
        if found.get("netaddr") or found.get("state") == "up":
            yield Interface(
                name=name, address=found["netaddr"], mask=found["netmask"] or "255.0.0.0", mtu=found["mtu"],
                mac=adapter.mac, is_up=found["state"] == "up", largesend=found["mtu_bypass"] == "on",
            )  # fmt: skip


async def ifconfig(login: Login, call: Call) -> int:
    words = call.argv[1:]
    if len(words) > 1:
        if not login.is_root:
            raise Refused("ifconfig: 0821-103 : You do not have permission.\n", 1)  # unverified
        raise Refused("ifconfig: 0821-555 The change is not simulated: use chdev.\n", 1)
    if not words or (words[0].startswith("-") and words[0] != "-a"):
        raise Refused("Usage: ifconfig interface [ up | down | detach ] | -a\n", 1)
    found = {each.name: _described(each) for each in interfaces(login)} | {"lo0": _loopback()}
    if words[0] != "-a":
        if words[0] not in found:
            raise Refused(f"ifconfig: 0821-556 Cannot get interface flags: No such device {words[0][:20]}\n", 1)
        found = {words[0]: found[words[0]]}
    await call.out("".join(found.values()))
    return 0


def _described(one: Interface) -> str:
    flags = _UP + (",LARGESEND,CHAIN>" if one.largesend else ",CHAIN>")
    if not one.is_up:
        flags = flags.replace("<UP,", "<")
    text = f"{one.name}: flags={flags}\n"
    if one.address:
        text += f"        inet {one.address} netmask {_hex(one.mask)} broadcast {_broadcast(one)}\n"
    return text + "         tcp_sendspace 262144 tcp_recvspace 262144 rfc1323 1\n"


def _loopback() -> str:
    return (
        f"lo0: flags={_LOOP}\n        inet 127.0.0.1 netmask 0xff000000 broadcast 127.255.255.255\n"
        "        inet6 ::1%1/0\n         tcp_sendspace 131072 tcp_recvspace 131072 rfc1323 1\n"
    )


def octets(dotted: str) -> list[int] | None:
    parts = dotted.split(".")
    if len(parts) == 4 and all(each.isascii() and each.isdigit() and len(each) < 4 for each in parts):
        return [int(each) & 0xFF for each in parts]
    return None


def _hex(mask: str) -> str:
    return "0x" + "".join(f"{each:02x}" for each in octets(mask) or [255, 0, 0, 0])


def _broadcast(one: Interface) -> str:
    address, mask = octets(one.address) or [0, 0, 0, 0], octets(one.mask) or [255, 0, 0, 0]
    return ".".join(str(own | (~kept & 0xFF)) for own, kept in zip(address, mask, strict=True))


async def netstat(login: Login, call: Call) -> int:
    flags, rest = getopt(call.argv, "inI:", _NETSTAT)
    if rest or not ({"i", "I"} & set(flags)):
        raise Refused(_NETSTAT, 1)
    rows = [row for row in interface_rows(login, numeric="n" in flags) if "I" not in flags or row[0] == flags["I"][-1]]
    await call.out("".join(interface_line(row) for row in (HEAD, *rows)))
    return 0


def interface_line(row: tuple[str, ...]) -> str:
    name, mtu, network, address, *counts = row
    told = " ".join(f"{each:>{width}}" for each, width in zip(counts, (9, 5, 9, 5, 5), strict=True))
    return f"{name:<5} {mtu:<6} {network:<11} {address:<17} {told}\n"


def interface_rows(login: Login, *, numeric: bool) -> Iterator[tuple[str, ...]]:
    for number, one in enumerate(interfaces(login), 2):
        flow = Traffic.of(one.mac, login.uptime)
        counts = (str(flow.packets), "0", str(flow.packets * 3 // 4), "0", "0")
        mac = ".".join(f"{int(one.mac[n : n + 2], 16):x}" for n in range(0, len(one.mac), 2))
        yield one.name, one.mtu, f"link#{number}", mac, *counts
        if one.address:
            yield one.name, one.mtu, network(one), one.address if numeric else login.name, *counts
    counts = (str(int(login.uptime)), "0", str(int(login.uptime)), "0", "0")
    yield "lo0", "16896", "link#1", "", *counts
    yield "lo0", "16896", "127" if numeric else "loopback", "127.0.0.1" if numeric else "localhost", *counts
    yield "lo0", "16896", "::1%1", "", *counts


def network(one: Interface) -> str:
    """The address of the network, without the zeros at its end."""
    address, mask = octets(one.address) or [0, 0, 0, 0], octets(one.mask) or [255, 0, 0, 0]
    kept = [own & each for own, each in zip(address, mask, strict=True)]
    while len(kept) > 1 and kept[-1] == 0:
        kept.pop()
    return ".".join(map(str, kept))
