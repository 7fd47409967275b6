"""`chdev -dev DEVICE -attr NAME=VALUE …`: changes what the model holds."""

from __future__ import annotations

from collections.abc import Mapping

from bot.lab.fleet.ethernet import HaMode
from bot.lab.fleet.events import DeviceSet, DiskChanged, Event, SeaChanged
from bot.lab.fleet.shell import Call
from bot.lab.fleet.storage import ReservePolicy
from bot.lab.fleet.vios.devices import Attribute, attributes
from bot.lab.fleet.vios.login import Login
from bot.lab.fleet.vios.words import Refused, method_error, no_device, options

_USAGE = "Usage: chdev -dev Name -attr Attribute=Value ...\n"
_CHOICES = {
    "accounting": {"enabled", "disabled"},
    "gvrp": {"yes", "no"},
    "ha_mode": {each.value for each in HaMode},
    "jumbo_frames": {"yes", "no"},
    "large_receive": {"yes", "no"},
    "largesend": {"0", "1"},
    "reserve_policy": {each.value for each in ReservePolicy},
    "thread": {"0", "1"},
}
# Settable on a machine; here they are what the SEA was made with.
_MADE_WITH = frozenset({"ctl_chan", "pvid", "pvid_adapter", "real_adapter"})


async def run(login: Login, call: Call) -> int:
    given = options(call.argv, {"-dev": (1, 1), "-attr": (1, 99)}, _USAGE)
    if set(given) != {"-dev", "-attr"} or not all("=" in pair for pair in given["-attr"]):
        raise Refused(_USAGE, 2)
    name = given["-dev"][0]
    known = attributes(login.vios, name)
    if known is None:
        raise no_device(name)
    _change(login, name, {each.name: each for each in known}, dict(pair.split("=", 1) for pair in given["-attr"]))
    await call.out(f"{name} changed\n")
    return 0


def _change(login: Login, name: str, known: Mapping[str, Attribute], wanted: Mapping[str, str]) -> None:
    """All of it, or nothing where an attribute or a value is wrong."""
    method = _method(login, name)
    if unknown := [each for each in wanted if each not in known]:
        complaint = "0514-017 The following attributes are not valid for the\n\t         specified device:"
        raise _not_valid(method, complaint, unknown)
    wrong = [each for each, value in wanted.items() if not _takes(known[each], value)]
    try:
        for event in () if wrong else _events(login, name, wanted):
            login.happen(event)
    except ValueError:  # the SEA can't have these adapters
        wrong = list(wanted)
    if wrong:
        complaint = "0514-018 The values specified for the following attributes \n\t         are not valid:"
        raise _not_valid(method, complaint, [f"{each:<15}{known[each].description}" for each in wrong])


def _takes(attribute: Attribute, value: str) -> bool:
    if not attribute.settable or attribute.name in _MADE_WITH:
        return value == attribute.value
    return value in _CHOICES.get(attribute.name, {value})


def _events(login: Login, name: str, wanted: Mapping[str, str]) -> list[Event]:
    system, partition = login.system_name, login.name
    modelled = {"ha_mode", "virt_adapters", "reserve_policy", *_MADE_WITH}
    settings = tuple((each, value) for each, value in wanted.items() if each not in modelled)
    if login.vios.io.sea(name) is not None:
        mode, trunks = wanted.get("ha_mode"), wanted.get("virt_adapters")
        return [
            SeaChanged(
                system=system,
                partition=partition,
                sea=name,
                ha_mode=HaMode(mode) if mode else None,
                trunks=tuple(trunks.split(",")) if trunks is not None else None,
                settings=settings,
            )
        ]
    events: list[Event] = []
    if settings:
        events.append(DeviceSet(system=system, partition=partition, device=name, settings=settings))
    if "reserve_policy" in wanted:
        policy = ReservePolicy(wanted["reserve_policy"])
        events.append(DiskChanged(system=system, partition=partition, disk=name, reserve_policy=policy))
    return events


def _method(login: Login, name: str) -> str:
    io = login.vios.io
    which = (
        "chgsea" if io.sea(name) else "chgdisk" if io.disk(name) else "chgent" if name.startswith("ent") else "chggen"
    )
    return f"/usr/lib/methods/{which}"


def _not_valid(method: str, complaint: str, names: list[str]) -> Refused:
    listed = "".join(f"     {each}\n" for each in names)
    return method_error(f"Method error ({method}):\n\t{complaint}\n{listed}")
