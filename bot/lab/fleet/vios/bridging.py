"""`mkvdev -sea`, `mkvdev -lnagg` and `cfglnagg`: adapters that stand on other adapters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.lab.fleet.ethernet import Aggregate, HaMode, Sea
from bot.lab.fleet.events import AggregatesChanged, SeaMade
from bot.lab.fleet.shell import Call
from bot.lab.fleet.vios.attributes import AGGREGATE_SETTINGS, SEA_ATTRIBUTES
from bot.lab.fleet.vios.devices import device, devices, number
from bot.lab.fleet.vios.login import Login
from bot.lab.fleet.vios.words import Options, Refused, method_error, sorted_out

_CFGLNAGG = (
    "Usage: cfglnagg {-add | -rm} [-backup] [-f] LinkAggregation Adapter\n       cfglnagg -failover LinkAggregation\n"
)
_SEA_METHOD, _AGGREGATE_METHOD = "/usr/lib/methods/cfgsea", "/usr/lib/methods/cfgech"
NOT_ALLOWED = "0514-040 Error initializing a device into the kernel."
_WRONG = "0514-018 The values specified for the following attributes \n\t         are not valid:"
_UNKNOWN = "0514-017 The following attributes are not valid for the\n\t         specified device:"


async def shared(login: Login, call: Call, given: Options) -> int:
    """The adapter comes with its two interfaces."""
    attributes = _pairs(given, known=SEA_ATTRIBUTES, method="/usr/lib/methods/mksea")
    real, default = given["-sea"][0], given["-default"][0]
    trunks = tuple(each for words in given["-vadapter"] for each in words.split(",") if each)
    _there(login, (real, *trunks, default))
    pvid = given["-defaultid"][0]
    if default not in trunks:
        raise _wrong("pvid_adapter", "Default virtual adapter to use for non-VLAN-tagged packets")
    if not (pvid.isascii() and pvid.isdigit() and 1 <= int(pvid[:6]) <= 4094):
        raise _wrong("pvid", "PVID to use for the SEA device")
    mode = attributes.pop("ha_mode", HaMode.DISABLED.value)
    if mode not in set(HaMode):
        raise _wrong("ha_mode", "High Availability Mode")
    channel = attributes.pop("ctl_chan", "") or None
    sea = Sea(
        name=_next(login),
        real_adapter=real,
        trunks=trunks,
        pvid_adapter=default,
        pvid=int(pvid),
        control_channel=channel,
        ha_mode=HaMode(mode),
        settings=tuple(attributes.items()),
    )
    try:
        login.happen(SeaMade(system=login.system_name, partition=login.name, sea=sea))
    except ValueError as fault:
        # Which words the method has for what is wrong with the adapters is unverified.
        raise method_error(f"Method error ({_SEA_METHOD}):\n\t{NOT_ALLOWED}\n\t{fault}") from None
    await call.out(f"{sea.name} Available\n{_interfaces(sea.name)}")
    return 0


async def aggregated(login: Login, call: Call, given: Options) -> int:
    known = {each.name: each for each in AGGREGATE_SETTINGS}
    attributes = _pairs(given, known={*known, "backup_adapter"}, method="/usr/lib/methods/mkech")
    ports = tuple(each for words in given["-lnagg"] for each in words.split(",") if each)
    backup = attributes.pop("backup_adapter", "") or None
    _there(login, ports if backup is None else (*ports, backup))
    wrong = [name for name, value in attributes.items() if not known[name].takes(value)]
    if wrong or not ports:
        listed = "".join(f"     {each:<15}{known[each].description}\n" for each in wrong)
        raise method_error(f"Method error (/usr/lib/methods/mkech):\n\t{_WRONG}\n{listed}")
    made = Aggregate(name=_next(login), ports=ports, backup=backup, settings=tuple(attributes.items()))
    _aggregates(login, (*login.vios.io.aggregates, made))
    await call.out(f"{made.name} Available\n{_interfaces(made.name)}")
    return 0


async def cfglnagg(login: Login, call: Call) -> int:
    known = {"-add": (0, 0), "-rm": (0, 0), "-backup": (0, 0), "-f": (0, 0), "-failover": (0, 0)}
    given, words = sorted_out(call.argv, known, _CFGLNAGG)
    if len({"-add", "-rm", "-failover"} & set(given)) != 1 or len(words) != (1 if "-failover" in given else 2):
        raise Refused(_CFGLNAGG, 2)
    found = login.vios.io.aggregate(words[0])
    if found is None or device(login.vios, words[0]) is None:
        raise Refused(f'"{words[0]}" is not a link aggregation adapter.\n', 1)  # unverified
    if "-failover" in given and found.backup is None:
        raise Refused(f'"{words[0]}" has no backup adapter.\n', 1)  # unverified
    after = found if "-failover" in given else _after(found, words[1], given)
    _there(login, after.members)
    _aggregates(login, tuple(after if each is found else each for each in login.vios.io.aggregates))
    return 0


def _after(found: Aggregate, adapter: str, given: Options) -> Aggregate:
    if "-add" in given:
        return replace(found, backup=adapter) if "-backup" in given else replace(found, ports=(*found.ports, adapter))
    if adapter not in found.members:
        raise Refused(f'"{adapter}" is not part of "{found.name}".\n', 1)  # unverified
    if adapter == found.backup:
        return replace(found, backup=None)
    return replace(found, ports=tuple(each for each in found.ports if each != adapter))


def _aggregates(login: Login, aggregates: tuple[Aggregate, ...]) -> None:
    try:
        login.happen(AggregatesChanged(system=login.system_name, partition=login.name, aggregates=aggregates))
    except ValueError as fault:
        raise method_error(f"Method error ({_AGGREGATE_METHOD}):\n\t{NOT_ALLOWED}\n\t{fault}") from None  # unverified


def _pairs(given: Options, *, known: frozenset[str] | set[str], method: str) -> dict[str, str]:
    pairs = [pair.partition("=") for pair in given.get("-attr", ())]
    unknown = [name for name, equals, _ in pairs if name not in known or not equals]
    if unknown:
        raise method_error(f"Method error ({method}):\n\t{_UNKNOWN}\n" + "".join(f"     {each}\n" for each in unknown))
    return {name: value for name, _, value in pairs}


def _wrong(name: str, description: str) -> Refused:
    return method_error(f"Method error (/usr/lib/methods/mksea):\n\t{_WRONG}\n     {name:<15}{description}\n")


def _there(login: Login, names: Sequence[str]) -> None:
    for name in names:
        if not name.startswith("ent") or device(login.vios, name) is None:
            raise Refused(f'"{name}" is not a valid device.\n', 1)  # unverified


def _next(login: Login) -> str:
    """The first number that no adapter has, known or not."""
    io = login.vios.io
    taken = {number(each.name) for each in devices(login.vios) if each.name.startswith("ent")}
    taken |= {number(each) for each in io.upkeep.deleted if each.startswith("ent")}
    return f"ent{next(n for n in range(len(taken) + 1) if n not in taken)}"


def _interfaces(name: str) -> str:
    return f"en{number(name)}\net{number(name)}\n"
