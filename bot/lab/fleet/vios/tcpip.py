"""`lstcpip`, `netstat` and `optimizenet`: interfaces, routes and sockets. Where AIX has such a table, it is AIX's."""

from __future__ import annotations

from collections.abc import Iterator

from bot.lab.fleet.aix import tuning
from bot.lab.fleet.aix.devices import attributes
from bot.lab.fleet.aix.network import HEAD, Interface, interface_line, interface_rows, interfaces, network, octets
from bot.lab.fleet.shell import Call
from bot.lab.fleet.traffic import Traffic
from bot.lab.fleet.vios import entstat
from bot.lab.fleet.vios.attributes import attributes as attributes_of
from bot.lab.fleet.vios.devices import devices
from bot.lab.fleet.vios.login import Login
from bot.lab.fleet.vios.words import Refused, columns, options, sorted_out

_LSTCPIP = (
    "Usage: lstcpip [-num] [-routtable] [-routinfo] [-state [-field FieldName ...]] [-arp]\n"
    "       lstcpip -stored\n       lstcpip -adapters\n       lstcpip -sockets [-family {inet | inet6 | unix}]\n"
    "       lstcpip -namesrv\n       lstcpip -interfaces [-fmt Delimiter]\n       lstcpip -hostname\n"
)
_NETSTAT = "Usage: netstat [-num] {-state [Interval] | -routtable | -routinfo | -cdlistats | -sockets | -arp}\n"
_OPTIMIZENET = "Usage: optimizenet {-list | -set Tunable=Value ... [-reboot | -perm]}\n"
_LISTENING = (("22", "ssh"), ("657", "rmc"), ("111", "sunrpc"), ("2049", "shilp"))
_NAME_SERVER = "nameserver"


def gateway(login: Login) -> str:
    """As set; else the first address of the network that the VIOS is in."""
    found = {each.name: each.value for each in attributes(login.system, login.vios, "inet0") or ()}
    if found.get("gateway") or not login.vios.rmc_ipaddr:
        return found.get("gateway", "")
    return f"{login.vios.rmc_ipaddr.rpartition('.')[0]}.1"


async def lstcpip(login: Login, call: Call) -> int:
    flags = dict.fromkeys(
        ("-num", "-routtable", "-routinfo", "-state", "-arp", "-stored", "-adapters", "-sockets", "-namesrv",
         "-interfaces", "-hostname"), (0, 0),
    )  # fmt: skip
    given = options(call.argv, {**flags, "-family": (1, 1), "-fmt": (1, 1)}, _LSTCPIP)
    kinds = set(given) - {"-num", "-family", "-fmt"}
    if (
        len(kinds) != 1
        or ("-family" in given and kinds != {"-sockets"})
        or ("-fmt" in given and kinds != {"-interfaces"})
    ):
        raise Refused(_LSTCPIP, 2)
    await call.out(
        _told(login, kinds.pop(), given.get("-family", ("",))[0], given.get("-fmt", ("",))[0], "-num" in given)
    )
    return 0


def _told(login: Login, kind: str, family: str, delimiter: str, numeric: bool) -> str:
    if kind == "-interfaces":
        return _interfaces(login, delimiter)
    if kind == "-sockets":
        if family not in {"", "inet", "inet6", "unix"}:
            raise Refused(_LSTCPIP, 2)
        return _sockets(login, numeric=numeric) if family != "unix" else ""
    if kind == "-state":
        return "".join(interface_line(row) for row in (HEAD, *interface_rows(login.as_aix, numeric=numeric)))
    if kind == "-hostname":
        found = {each.name: each.value for each in attributes(login.system, login.vios, "inet0") or ()}
        return f"{found.get('hostname') or login.name}\n"
    tables = {
        "-adapters": _adapters, "-stored": _stored, "-routtable": _routes, "-routinfo": _costs,
        "-namesrv": _name_servers, "-arp": _arp,
    }  # fmt: skip
    return tables[kind](login)


def _adapters(login: Login) -> str:
    """Physical and virtual ones under a heading each (the form is unverified)."""
    found = [each for each in devices(login.vios) if each.name.startswith("ent")]
    text = ""
    for title, virtual in (("Ethernet adapters:", False), ("Virtual Ethernet adapters:", True)):
        rows = [(each.name, each.description) for each in found if each.is_virtual is virtual]
        text += f"{title}\n{columns(rows, (8,))}" if rows else ""
    return text


def _interfaces(login: Login, delimiter: str) -> str:
    """The form is unverified."""
    heading = ("Name", "Address", "Netmask", "State", "MAC")
    rows = [
        (each.name, each.address or "-", each.mask if each.address else "-", "up" if each.is_up else "down", _mac(each))
        for each in interfaces(login.as_aix)
    ]
    if delimiter:
        return "".join(f"{delimiter.join(row)}\n" for row in rows)
    return columns([heading, *rows], (8, 16, 16, 6))


def _mac(one: Interface) -> str:
    return ":".join(one.mac[n : n + 2] for n in range(0, len(one.mac), 2)).lower()


def _stored(login: Login) -> str:
    """What the device database has for the next start (the form is unverified)."""
    text = f"Hostname: {login.name}\nGateway: {gateway(login) or 'none'}\n\n"
    for one in interfaces(login.as_aix):
        state = "up" if one.is_up else "down"
        mask = one.mask if one.address else ""
        text += f"Network Interface: {one.name}\n  Address: {one.address}\n  Netmask: {mask}\n  State: {state}\n\n"
    return text


def _name_servers(login: Login) -> str:
    found = attributes(login.system, login.vios, "inet0") or ()
    return "".join(f"{_NAME_SERVER} {each.value}\n" for each in found if each.name == _NAME_SERVER and each.value)


def _arp(login: Login) -> str:
    return f"  ? ({gateway(login)}) at 0:0:5e:0:1:1 [ethernet]\n\n" if gateway(login) else ""


# ── routes and sockets ───────────────────────────────────────────────────────────────────────────────────────────


def _paths(login: Login) -> Iterator[tuple[str, str, str, int, str]]:
    """Destination, gateway, flags, uses and interface."""
    up = [each for each in interfaces(login.as_aix) if each.address and each.is_up]
    uses = int(login.uptime)
    if gateway(login) and up:
        yield "default", gateway(login), "UG", uses, up[0].name
    for one in up:
        yield f"{network(one)}/{_bits(one.mask)}", one.address, "U", uses // 2, one.name
    yield "127/8", "127.0.0.1", "U", uses, "lo0"


def _bits(mask: str) -> int:
    return sum(bin(each).count("1") for each in octets(mask) or [255])


def _routes(login: Login) -> str:
    rows = "".join(
        f"{where:<19}{by:<18}{flags:<6}{1:>3}{uses:>10} {interface:<8} -      -\n"
        for where, by, flags, uses, interface in _paths(login)
    )
    return (
        "Routing tables\nDestination        Gateway           Flags   Refs     Use  If   Exp  Groups\n\n"
        f"Route Tree for Protocol Family 2 (Internet):\n{rows}\n"
        "Route Tree for Protocol Family 24 (Internet v6):\n"
        f"{'::1%1':<19}{'::1%1':<18}{'UH':<6}{1:>3}{0:>10} lo0      -      -\n"
    )


def _costs(login: Login) -> str:
    rows = "".join(
        f"{where:<19}{by:<18}{flags:<6}{'-':>4}   {interface:<8}{0:>6}{0:>12}\n"
        for where, by, flags, _, interface in _paths(login)
    )
    return (
        "Routing tables\nDestination        Gateway           Flags   Wt  Policy  If   Cost Config_Cost\n\n"
        f"Route tree for Protocol Family 2 (Internet):\n{rows}"
    )


def _sockets(login: Login, *, numeric: bool) -> str:
    head = (
        "Active Internet connections (including servers)\n"
        "Proto Recv-Q Send-Q  Local Address          Foreign Address        (state)\n"
    )
    rows = [("tcp4", f"*.{number if numeric else name}", "*.*", "LISTEN") for number, name in _LISTENING]
    if login.vios.rmc_ipaddr and login.vios.rmc_state == "active":
        rows.append(("udp4", f"*.{'657' if numeric else 'rmc'}", "*.*", ""))
    return head + "".join(
        f"{kind:<5} {0:>6} {0:>6}  {local:<22} {remote:<22} {state}".rstrip() + "\n"
        for kind, local, remote, state in rows
    )


async def netstat(login: Login, call: Call) -> int:
    """With an interval it would go on for ever: here it ends after its first lines, as if somebody had ended it."""
    flags = dict.fromkeys(("-num", "-state", "-routtable", "-routinfo", "-cdlistats", "-sockets", "-arp"), (0, 0))
    given, words = sorted_out(call.argv, flags, _NETSTAT)
    kinds = set(given) - {"-num"}
    if len(kinds) > 1 or len(words) > 1 or (words and kinds != {"-state"}) or not all(map(_interval, words)):
        raise Refused(_NETSTAT, 2)
    kind = kinds.pop() if kinds else "-sockets"
    if kind == "-cdlistats":
        await call.out(entstat.every(login))
    elif words:
        await call.out(_rates(login))
    else:
        await call.out(_told(login, kind, "", "", "-num" in given))
    return 0


def _interval(word: str) -> bool:
    return word.isascii() and word.isdigit() and len(word) < 6 and int(word) > 0


def _rates(login: Login) -> str:
    """What has gone over the first interface, and over all."""
    found = list(interfaces(login.as_aix))
    counts = [Traffic.of(each.mac, login.uptime).packets for each in found] or [0]
    first, whole = counts[0], sum(counts)
    name = found[0].name if found else "lo0"
    line = f"{first:>9} {0:>5} {first * 3 // 4:>9} {0:>5} {0:>5} {whole:>9} {0:>5} {whole * 3 // 4:>9} {0:>5} {0:>5}\n"
    return (
        f"    input    ({name})     output           input   (Total)    output\n"
        f"  packets  errs   packets  errs colls   packets  errs   packets  errs colls\n{line}"
    )


async def optimizenet(login: Login, call: Call) -> int:
    """AIX's `no`: -reboot stores for the next start, -perm does both."""
    given = options(call.argv, {"-list": (0, 1), "-set": (1, 20), "-reboot": (0, 0), "-perm": (0, 0)}, _OPTIMIZENET)
    if ("-list" in given) == ("-set" in given) or ("-list" in given and len(given) > 1) or len(given) > 2:
        raise Refused(_OPTIMIZENET, 2)
    if "-list" in given:
        words = ("no", "-L", *given["-list"])
    else:
        if not all("=" in pair for pair in given["-set"]):
            raise Refused(_OPTIMIZENET, 2)
        when = ("-r",) if "-reboot" in given else ("-p",) if "-perm" in given else ()
        words = ("no", *when, *(word for pair in given["-set"] for word in ("-o", pair)))
    return await tuning.run("no", login.as_aix, Call(words, call.given, call.out, call.err))


def known_interface(login: Login, name: str) -> bool:
    """There is such an interface, and no SEA or link aggregation has its adapter."""
    io, adapter = login.vios.io, name.replace("en", "ent", 1)
    under = {each for sea in io.seas for each in (sea.real_adapter, *sea.trunks, sea.control_channel)}
    under |= {each for aggregate in io.aggregates for each in aggregate.members}
    there = any(each.name == name and each.kind == "if" and name.startswith("en") for each in devices(login.vios))
    return there and adapter not in under and attributes_of(login.vios, adapter) is not None
