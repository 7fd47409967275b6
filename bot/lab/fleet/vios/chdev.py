"""`chdev -dev DEVICE -attr NAME=VALUE …`: changes what the model holds, at once or at the next start."""

from __future__ import annotations

from collections.abc import Mapping

from bot.lab.fleet.events import UpkeepChanged, apply
from bot.lab.fleet.events.stored import setting
from bot.lab.fleet.model import check
from bot.lab.fleet.shell import Call
from bot.lab.fleet.vios.attributes import Attribute, attributes
from bot.lab.fleet.vios.login import Login
from bot.lab.fleet.vios.words import BUSY, Refused, method_error, no_device, options

_USAGE = "Usage: chdev -dev Name -attr Attribute=Value ... [-perm]\n"
_OPTIONS = {"-dev": (1, 1), "-attr": (1, 99), "-perm": (0, 0)}


async def run(login: Login, call: Call) -> int:
    given = options(call.argv, _OPTIONS, _USAGE)
    if not {"-dev", "-attr"} <= set(given) or not all("=" in pair for pair in given["-attr"]):
        raise Refused(_USAGE, 2)
    name = given["-dev"][0]
    known = attributes(login.vios, name)
    if known is None:
        raise no_device(name)
    wanted = dict(pair.split("=", 1) for pair in given["-attr"])
    _change(login, name, {each.name: each for each in known}, wanted, later="-perm" in given)
    await call.out(f"{name} changed\n")
    return 0


def _change(login: Login, name: str, known: Mapping[str, Attribute], wanted: Mapping[str, str], *, later: bool) -> None:
    """All of it, or nothing where an attribute or a value is wrong."""
    method = _method(login, name)
    if unknown := [each for each in wanted if each not in known]:
        complaint = "0514-017 The following attributes are not valid for the\n\t         specified device:"
        raise _not_valid(method, complaint, unknown)
    wrong = [each for each, value in wanted.items() if not known[each].takes(value)]
    if not wrong and not later and _is_busy(login, name, known, wanted):
        raise method_error(f"Method error ({method}):\n\t{BUSY}")
    try:
        if not wrong:
            _set(login, name, wanted, later=later)
    except ValueError:  # the SEA can't have these adapters
        wrong = list(wanted)
    if wrong:
        complaint = "0514-018 The values specified for the following attributes \n\t         are not valid:"
        raise _not_valid(method, complaint, [f"{each:<15}{known[each].description}" for each in wrong])


def _set(login: Login, name: str, wanted: Mapping[str, str], *, later: bool) -> None:
    """What is for the next start is tried on the fleet as it is, and stored."""
    events = setting(login.system_name, login.vios, name, wanted)
    if not later:
        for event in events:
            login.happen(event)
        return
    before = after = login.world.fleet
    for event in events:
        after = apply(event, after)
    check(after, before)
    upkeep = login.vios.io.upkeep.storing(name, tuple(wanted.items()))
    login.happen(UpkeepChanged(system=login.system_name, partition=login.name, upkeep=upkeep))


def _is_busy(login: Login, name: str, known: Mapping[str, Attribute], wanted: Mapping[str, str]) -> bool:
    """A port under a SEA, or a disk that somebody uses: what isn't live can be set for the next start only."""
    io = login.vios.io
    disk, port = io.disk(name), io.port(name) or login.vios.adapter(name)
    under = {each for sea in io.seas for each in (sea.real_adapter, *sea.trunks, sea.control_channel)}
    under |= {each for aggregate in io.aggregates for each in aggregate.members}
    held = disk is not None and (disk.group is not None or io.uses(name) is not None)
    in_use = held or (port is not None and name in under)
    return in_use and any(not known[each].live and known[each].value != value for each, value in wanted.items())


def _method(login: Login, name: str) -> str:
    io = login.vios.io
    which = (
        "chgsea" if io.sea(name) else "chgdisk" if io.disk(name) else "chgent" if name.startswith("ent") else "chggen"
    )
    return f"/usr/lib/methods/{which}"


def _not_valid(method: str, complaint: str, names: list[str]) -> Refused:
    listed = "".join(f"     {each}\n" for each in names)
    return method_error(f"Method error ({method}):\n\t{complaint}\n{listed}")
