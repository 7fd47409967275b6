"""`lsmap`: which virtual adapter is mapped to what."""

from __future__ import annotations

from bot.lab.fleet.shell import Call
from bot.lab.fleet.vios.login import Login
from bot.lab.fleet.vios.mapped import Kind, Mapped
from bot.lab.fleet.vios.netmaps import NET
from bot.lab.fleet.vios.npivmaps import NPIV
from bot.lab.fleet.vios.scsimaps import SCSI, TYPES, of_types
from bot.lab.fleet.vios.words import Options, Refused, options

_USAGE = (
    "Usage: lsmap {-vadapter ServerVirtualAdapter | -all} [-net | -npiv]\n"
    "             [-type BackingDeviceType ...] [-field FieldName ...] [-fmt Delimiter]\n"
)
_OPTIONS = {
    "-all": (0, 0),
    "-net": (0, 0),
    "-npiv": (0, 0),
    "-vadapter": (1, 1),
    "-fmt": (1, 1),
    "-field": (1, 12),
    "-type": (1, 6),
}


async def run(login: Login, call: Call) -> int:
    given = options(call.argv, _OPTIONS, _USAGE)
    if ("-all" in given) == ("-vadapter" in given) or {"-net", "-npiv"} <= set(given):
        raise Refused(_USAGE, 2)
    kind = NET if "-net" in given else NPIV if "-npiv" in given else SCSI
    fields = given.get("-field", kind.fields)
    types = given.get("-type", ())
    if set(fields) - set(kind.fields) or set(types) - set(TYPES) or (types and kind is not SCSI):
        raise Refused(_USAGE, 2)
    gone = login.vios.io.upkeep.deleted
    known = [each for each in kind.mapped(login) if each.name not in gone]
    found = _chosen(kind, of_types(known, types) if types else known, given)
    if "-fmt" in given:
        text = "".join(f"{each.line(fields, given['-fmt'][0])}\n" for each in found)
    else:
        text = kind.between.join(each.block(fields) for each in found)
    await call.out(text)
    return 0


def _chosen(kind: Kind, found: list[Mapped], given: Options) -> list[Mapped]:
    if "-vadapter" in given:
        found = [each for each in found if each.name == given["-vadapter"][0]]
    if not found:
        name = given.get("-vadapter", ("",))[0]
        raise Refused(f'"{name}" is not a {kind.what}.\n', kind.none)  # the wording is unverified
    return found
