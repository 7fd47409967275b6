"""`lsdev`: the devices of a VIOS, and the attributes of one."""

from __future__ import annotations

from collections.abc import Sequence

from bot.lab.fleet.shell import Call
from bot.lab.fleet.vios.devices import Attribute, Device, attributes, devices
from bot.lab.fleet.vios.login import Login
from bot.lab.fleet.vios.words import Options, Refused, columns, no_attribute, no_device, options

_USAGE = (
    "Usage: lsdev [-type DeviceType ...] [-virtual] [-field FieldName ...]\n"
    "             [-fmt Delimiter] [-state State]\n"
    "       lsdev {-dev DeviceName} [-attr [Attribute]] [-field FieldName ...] [-fmt Delimiter]\n"
)
_OPTIONS = {"-type": (1, 9), "-virtual": (0, 0), "-field": (1, 3), "-fmt": (1, 1), "-dev": (1, 1), "-attr": (0, 1)}
_FIELDS = ("name", "status", "description")
_WIDTHS = {"name": 16, "status": 11}


async def run(login: Login, call: Call) -> int:
    given = options(call.argv, _OPTIONS, _USAGE)
    if "-attr" in given:
        if "-dev" not in given:
            raise Refused(_USAGE, 2)
        found = attributes(login.vios, given["-dev"][0])
        if found is None:
            raise no_device(given["-dev"][0])
        await call.out(_value(found, given["-attr"][0]) if given["-attr"] else _table(found))
        return 0
    fields = given.get("-field", _FIELDS)
    if set(fields) - set(_FIELDS):
        raise Refused(_USAGE, 2)
    await call.out(_listed(_chosen(login, given), fields, given.get("-fmt", ("",))[0]))
    return 0


async def run_as_root(login: Login, call: Call) -> int:
    """`lsdev -C`, `lsdev -Cc adapter`, `lsdev -Cl ent4`: as AIX lists them."""
    flags, _, wanted = " ".join(call.argv[1:]).partition(" ")
    found = devices(login.vios)
    if flags in {"-Cc", "-C -c"}:
        found = [each for each in found if each.kind == wanted]
    elif flags == "-Cl":
        found = [each for each in found if each.name == wanted]
    elif flags != "-C" or wanted:
        raise Refused("Usage: lsdev -C [-c Class] [-l Name]\n", 2)
    await call.out("".join(f"{each.name:<7} {each.status:<9} {each.description}\n" for each in found))
    return 0


def _chosen(login: Login, given: Options) -> list[Device]:
    found = devices(login.vios)
    if "-dev" in given:
        one = [each for each in found if each.name == given["-dev"][0]]
        if not one:
            raise no_device(given["-dev"][0])
        return one
    if "-type" in given:
        found = [each for each in found if each.kind in given["-type"]]
    if "-virtual" in given:
        found = sorted((each for each in found if each.is_virtual), key=lambda each: each.rank)
    return found


def _listed(found: Sequence[Device], fields: Sequence[str], delimiter: str) -> str:
    rows = [[getattr(each, field) for field in fields] for each in found]
    if delimiter:
        return "".join(f"{delimiter.join(row)}\n" for row in rows)
    return columns([fields, *rows], [_WIDTHS.get(field, 0) for field in fields[:-1]])


def _table(found: Sequence[Attribute]) -> str:
    heading = ("attribute", "value", "description", "user_settable")
    rows = [each.row for each in found]
    widths = [max(len(row[n]) for row in (heading, *rows)) for n in range(3)]
    first, _, rest = columns([heading, *rows], widths).partition("\n")
    return f"{first}\n\n{rest}"


def _value(found: Sequence[Attribute], name: str) -> str:
    value = next((each.value for each in found if each.name == name), None)
    if value is None:
        raise no_attribute(name)
    return f"value\n\n{value}\n"
