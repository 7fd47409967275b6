"""`chdev -dev DEVICE -attr NAME=VALUE …`: changes what the model holds."""

from __future__ import annotations

from bot.lab.fleet.ethernet import HaMode, Sea
from bot.lab.fleet.events import SeaChanged
from bot.lab.fleet.shell import Call
from bot.lab.fleet.vios.devices import Attribute, attributes
from bot.lab.fleet.vios.login import Login
from bot.lab.fleet.vios.words import Refused, method_error, no_device, options

_USAGE = "Usage: chdev -dev Name -attr Attribute=Value ... [-perm]\n"
_METHOD = "/usr/lib/methods/chgsea"
_CHOICES = {
    "accounting": {"enabled", "disabled"},
    "gvrp": {"yes", "no"},
    "jumbo_frames": {"yes", "no"},
    "large_receive": {"yes", "no"},
    "largesend": {"0", "1"},
    "thread": {"0", "1"},
    "ha_mode": {each.value for each in HaMode},
}


async def run(login: Login, call: Call) -> int:
    given = options(call.argv, {"-dev": (1, 1), "-attr": (1, 99)}, _USAGE)
    if set(given) != {"-dev", "-attr"} or not all("=" in pair for pair in given["-attr"]):
        raise Refused(_USAGE, 2)
    name = given["-dev"][0]
    known = attributes(login.vios, name)
    if known is None:
        raise no_device(name)
    sea = login.vios.io.sea(name)
    wanted = dict(pair.split("=", 1) for pair in given["-attr"])
    _are_known(known, wanted)
    if sea is None:
        raise _invalid(known, list(wanted))
    _change(login, sea, known, wanted)
    await call.out(f"{name} changed\n")
    return 0


def _are_known(known: list[Attribute], wanted: dict[str, str]) -> None:
    names = {each.name for each in known}
    if unknown := [name for name in wanted if name not in names]:
        raise method_error(
            f"Method error ({_METHOD}):\n\t0514-017 The following attributes are not valid for the\n"
            "\t         specified device:\n" + "".join(f"\t\t {name}\n" for name in unknown)
        )


def _invalid(known: list[Attribute], names: list[str]) -> Refused:
    described = {each.name: each.description for each in known}
    return method_error(
        f"Method error ({_METHOD}):\n\t0514-018 The values specified for the following attributes \n"
        "\t         are not valid:\n" + "".join(f"     {name:<15}{described[name]}\n" for name in names)
    )


def _change(login: Login, sea: Sea, known: list[Attribute], wanted: dict[str, str]) -> None:
    """One event for all, or none where a value is wrong."""
    fixed = {"ctl_chan", "pvid", "pvid_adapter", "real_adapter"}
    current = {each.name: each.value for each in known}
    wrong = [name for name, value in wanted.items() if value not in _CHOICES.get(name, {value})]
    wrong += [name for name in wanted if name in fixed and wanted[name] != current[name]]
    if wrong:
        raise _invalid(known, wrong)
    event = SeaChanged(
        system=login.system_name,
        partition=login.name,
        sea=sea.name,
        ha_mode=HaMode(wanted["ha_mode"]) if "ha_mode" in wanted else None,
        trunks=tuple(wanted["virt_adapters"].split(",")) if "virt_adapters" in wanted else None,
        settings=tuple(
            (name, value) for name, value in wanted.items() if name not in {"ha_mode", "virt_adapters", *fixed}
        ),
    )
    try:
        login.happen(event)
    except ValueError:
        raise _invalid(known, ["virt_adapters"]) from None
