"""`lsdev`: the devices of a VIOS, what hangs on which, where they are, and the attributes of one."""

from __future__ import annotations

from collections.abc import Sequence

from bot.lab.fleet.aix import devices as aix
from bot.lab.fleet.shell import Call
from bot.lab.fleet.vios import vpd
from bot.lab.fleet.vios.attributes import Attribute, attributes
from bot.lab.fleet.vios.devices import Device, device, devices
from bot.lab.fleet.vios.login import Login
from bot.lab.fleet.vios.words import Options, Refused, columns, no_attribute, no_device, options

_USAGE = (
    "Usage: lsdev [-type DeviceType ...] [-virtual] [-field FieldName ...]\n"
    "             [-fmt Delimiter] [-state State]\n"
    "       lsdev {-dev DeviceName | -plc PhysicalLocationCode} [-child] [-field FieldName ...] [-fmt Delimiter]\n"
    "       lsdev {-dev DeviceName | -plc PhysicalLocationCode} [-attr [Attribute] | -range Attribute | -slot |\n"
    "             -vpd | -parent]\n"
    "       lsdev -vpd\n"
    "       lsdev -slots\n"
)
_OPTIONS = {
    "-type": (1, 9), "-virtual": (0, 0), "-field": (1, 5), "-fmt": (1, 1), "-dev": (1, 1), "-attr": (0, 1),
    "-state": (1, 1), "-plc": (1, 1), "-child": (0, 0), "-parent": (0, 0), "-range": (1, 1), "-slot": (0, 0),
    "-vpd": (0, 0), "-slots": (0, 0),
}  # fmt: skip
_OF_ONE = {"-attr", "-range", "-parent", "-child", "-slot"}
_FIELDS = ("name", "status", "description")
_KNOWN = {*_FIELDS, "physloc", "parent"}
_WIDTHS = {"name": 16, "status": 11, "parent": 16, "physloc": 40}
_KINDS = {"sea": "Shared Ethernet Adapter", "ent4sea": "l-lan", "ent4ip": "Ethernet"}  # by their description


async def run(login: Login, call: Call) -> int:
    given = options(call.argv, _OPTIONS, _USAGE)
    one = {"-dev", "-plc"} & set(given)
    asked = set(given) & {*_OF_ONE, "-vpd", "-slots"}
    if len(one) > 1 or len(asked) > 1 or (_OF_ONE & asked and not one) or ("-slots" in given and len(given) > 1):
        raise Refused(_USAGE, 2)
    if set(given.get("-field", ())) - _KNOWN or (one and {"-type", "-virtual", "-state"} & set(given)):
        raise Refused(_USAGE, 2)
    await call.out(_about(login, _one(login, given), given) if one else _all(login, given))
    return 0


def _all(login: Login, given: Options) -> str:
    if "-slots" in given:
        return vpd.slots(login)
    if "-vpd" in given:
        return vpd.everything(login)
    return _listed(login, _chosen(login, given), given)


def _one(login: Login, given: Options) -> Device:
    if "-dev" in given:
        found = device(login.vios, given["-dev"][0])
    else:
        place = given["-plc"][0]
        found = next((each for each in devices(login.vios) if each.location(login.system, login.vios) == place), None)
    if found is None:
        raise no_device(given.get("-dev", given.get("-plc", ("",)))[0])
    return found


def _about(login: Login, found: Device, given: Options) -> str:
    if "-attr" in given or "-range" in given:
        known = _interface(login, found.name) if found.kind == "if" else attributes(login.vios, found.name) or []
        if "-range" in given:
            return _range(known, given["-range"][0])
        return _value(known, given["-attr"][0]) if given["-attr"] else _table(known)
    if "-parent" in given:
        return f"parent\n\n{found.parent}\n"
    if "-child" in given:
        return _listed(login, [each for each in devices(login.vios) if each.parent == found.name], given)
    if "-vpd" in given:
        return vpd.of(login, found)
    if "-slot" in given:
        return vpd.slots(login, found.name)
    return _listed(login, [found], given)


def _interface(login: Login, name: str) -> list[Attribute]:
    """An interface is the AIX's below; those of IEEE 802.3 that nobody uses have none here."""
    found = aix.attributes(login.system, login.vios, name) or () if name.startswith("en") else ()
    return [Attribute(each.name, each.value, each.description, each.settable) for each in found]


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
    if "-type" in given:
        found = [each for each in found if any(_is_a(each, kind) for kind in given["-type"])]
    if "-state" in given:
        found = [each for each in found if each.status.lower() == given["-state"][0].lower()]
    if "-virtual" in given:
        found = sorted((each for each in found if each.is_virtual), key=lambda each: each.rank)
    return found


def _is_a(found: Device, kind: str) -> bool:
    return found.kind == kind or (kind in _KINDS and found.name.startswith("ent") and _KINDS[kind] in found.description)


def _listed(login: Login, found: Sequence[Device], given: Options) -> str:
    fields, delimiter = given.get("-field", _FIELDS), given.get("-fmt", ("",))[0]
    rows = [[_field(login, each, field) for field in fields] for each in found]
    if delimiter:
        return "".join(f"{delimiter.join(row)}\n" for row in rows)
    return columns([fields, *rows], [_WIDTHS.get(field, 0) for field in fields[:-1]])


def _field(login: Login, found: Device, field: str) -> str:
    return found.location(login.system, login.vios) if field == "physloc" else str(getattr(found, field))


def _table(found: Sequence[Attribute]) -> str:
    heading = ("attribute", "value", "description", "user_settable")
    rows = [each.row for each in found]
    widths = [max(len(row[n]) for row in (heading, *rows)) for n in range(3)]
    first, _, rest = columns([heading, *rows], widths).partition("\n")
    return f"{first}\n\n{rest}"


def _named(found: Sequence[Attribute], name: str) -> Attribute:
    attribute = next((each for each in found if each.name == name), None)
    if attribute is None:
        raise no_attribute(name)
    return attribute


def _value(found: Sequence[Attribute], name: str) -> str:
    return f"value\n\n{_named(found, name).value}\n"


def _range(found: Sequence[Attribute], name: str) -> str:
    """A line for each value; of a number its bounds. One that takes any text has none, and the words are AIX's."""
    choices = _named(found, name).choices
    if not choices:
        raise Refused(f'lsattr: 0514-521 Cannot find information in the predefined device\n\tconfiguration database '
                      f'for the "{name}" attribute.\n', 1)  # unverified  # fmt: skip
    return "".join(f"{each}\n" for each in choices)
