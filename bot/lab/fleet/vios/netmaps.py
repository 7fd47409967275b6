"""`lsmap -net`: virtual Ethernet adapters, and the SEAs that bridge them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from bot.lab.fleet.ethernet import VirtualEthernet
from bot.lab.fleet.vios.devices import location
from bot.lab.fleet.vios.login import Login
from bot.lab.fleet.vios.mapped import Kind, Mapped

_FIELDS = ("svea", "physloc", "sea", "backing", "status", "bdphysloc")
_NO_SEA = "NO SHARED ETHERNET ADAPTER FOUND"
_LABELS = {"sea": "SEA", "backing": "Backing device", "status": "Status", "bdphysloc": "Physloc"}
_TITLES = {"svea": ("SVEA  ", 6), "physloc": ("Physloc", 44)}


def _mapped(login: Login) -> list[Mapped]:
    rows = [_row(login, each) for each in login.vios.ethernet]
    return [Mapped(name=row["svea"], line=partial(_line, row), block=partial(_block, row)) for row in rows]


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


def _line(row: dict[str, str], fields: Sequence[str], delimiter: str) -> str:
    return delimiter.join(row[field] for field in fields if field in row)


def _block(row: dict[str, str], fields: Sequence[str]) -> str:
    """A heading with the adapter, then what it is mapped to; what isn't asked for is left out."""
    head = [field for field in _TITLES if field in fields]
    lines = [
        " ".join(_TITLES[field][0] for field in head).rstrip(),
        " ".join("-" * _TITLES[field][1] for field in head),
        " ".join(f"{row[field]:<6}" for field in head).rstrip(),
        "",
    ]
    width = 19 if row["sea"] == _NO_SEA else 21
    found = [f"{label:<{width}} {row[field]}" for field, label in _LABELS.items() if field in fields and field in row]
    return "".join(f"{each}\n" for each in [*(lines if head else []), *found])


NET = Kind(
    fields=_FIELDS,
    what="Server Virtual Ethernet Adapter (SVEA)",
    none=16,  # E_NOTSVEA_S: not a server virtual Ethernet adapter, or there is none
    between="\n",
    mapped=_mapped,
)
