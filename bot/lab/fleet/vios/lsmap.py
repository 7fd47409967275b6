"""`lsmap`: which virtual adapter is mapped to what."""

from __future__ import annotations

from bot.lab.fleet.ethernet import VirtualEthernet
from bot.lab.fleet.shell import Call
from bot.lab.fleet.vios.devices import location
from bot.lab.fleet.vios.login import Login
from bot.lab.fleet.vios.words import Options, Refused, options

_USAGE = (
    "Usage: lsmap {-vadapter ServerVirtualAdapter | -plc PhysicalLocationCode | -all}\n"
    "             [-type BackingDeviceType ...] [-net] [-field FieldName ...] [-fmt Delimiter]\n"
)
_OPTIONS = {"-all": (0, 0), "-net": (0, 0), "-vadapter": (1, 1), "-fmt": (1, 1), "-field": (1, 6)}
_FIELDS = ("svea", "physloc", "sea", "backing", "status", "bdphysloc")
_NO_SEA = "NO SHARED ETHERNET ADAPTER FOUND"
_NONE = 16  # E_NOTSVEA_S: not a server virtual Ethernet adapter, or there is none


async def run(login: Login, call: Call) -> int:
    given = options(call.argv, _OPTIONS, _USAGE)
    if ("-all" in given) == ("-vadapter" in given) or "-net" not in given:
        raise Refused(_USAGE, 2)
    if set(given.get("-field", ())) - set(_FIELDS):
        raise Refused(_USAGE, 2)
    rows = [_row(login, each) for each in _chosen(login, given)]
    delimiter = given.get("-fmt", ("",))[0]
    fields = given.get("-field", _FIELDS)
    if delimiter:
        text = "".join(delimiter.join(row[field] for field in fields if field in row) + "\n" for row in rows)
    else:
        text = "\n".join(_block(row, fields) for row in rows)
    await call.out(text)
    return 0


def _chosen(login: Login, given: Options) -> list[VirtualEthernet]:
    found = list(login.vios.ethernet)
    if "-vadapter" in given:
        found = [each for each in found if each.name == given["-vadapter"][0]]
    if not found:
        name = given.get("-vadapter", ("",))[0]
        raise Refused(f'"{name}" is not a Server Virtual Ethernet Adapter (SVEA).\n', _NONE)  # unverified
    return found


def _row(login: Login, adapter: VirtualEthernet) -> dict[str, str]:
    vios = login.vios
    row = {"svea": adapter.name, "physloc": f"{location(login.system, vios, adapter.slot)}-T1"}
    sea = next((each for each in vios.io.seas if adapter.name in each.trunks), None)
    if sea is None:
        return {**row, "sea": _NO_SEA}
    port = vios.io.port(sea.real_adapter)
    return {
        **row,
        "sea": sea.name,
        "backing": sea.real_adapter,
        "status": "Available",
        "bdphysloc": port.location if port else "",
    }


_LABELS = {"sea": "SEA", "backing": "Backing device", "status": "Status", "bdphysloc": "Physloc"}


def _block(row: dict[str, str], fields: tuple[str, ...]) -> str:
    """A heading with the adapter, then what it is mapped to; what isn't asked for is left out."""
    head = [field for field in ("svea", "physloc") if field in fields]
    titles = {"svea": ("SVEA  ", 6), "physloc": ("Physloc", 44)}
    lines = [
        " ".join(titles[field][0] for field in head).rstrip(),
        " ".join("-" * titles[field][1] for field in head),
        " ".join(f"{row[field]:<6}" for field in head).rstrip(),
        "",
    ] if head else []  # fmt: skip
    width = 19 if row["sea"] == _NO_SEA else 21
    lines += [f"{label:<{width}} {row[field]}" for field, label in _LABELS.items() if field in fields and field in row]
    return "".join(f"{line}\n" for line in lines)
