"""`lsmap -npiv`: server Fibre Channel adapters, the ports that they are mapped to, and who is logged in."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from bot.lab.fleet import mappings
from bot.lab.fleet.storage import VfcHost
from bot.lab.fleet.vios.devices import location
from bot.lab.fleet.vios.login import Login
from bot.lab.fleet.vios.mapped import Kind, Mapped

_FIELDS = (
    "name", "physloc", "clntid", "clntname", "clntos", "status", "fc", "fcphysloc", "ports", "flags", "vfcclient",
    "vfcclientdrc",
)  # fmt: skip
_FLAGS = {"a": "LOGGED_IN,STRIP_MERGE", "4": "NOT_LOGGED", "1": "NOT_MAPPED,NOT_CONNECTED"}
_TITLES = "Name        Physloc                           ClntID  ClntName     ClntOS"
_RULES = "----------- --------------------------------- ------- ------------ ------"


def _mapped(login: Login) -> list[Mapped]:
    rows = [_row(login, each) for each in login.vios.io.vfchosts]
    return [Mapped(name=row["name"], line=partial(_line, row), block=partial(_block, row)) for row in rows]


def _row(login: Login, server: VfcHost) -> dict[str, str]:
    """A client tells its name only while it is logged in."""
    vios, system = login.vios, login.system
    port, client = vios.io.fc_port(server.port), mappings.client_of(system, server)
    ports = mappings.logged_in(system, vios, server)
    row = {
        "name": server.name,
        "physloc": location(system, vios, server.slot),
        "clntid": "" if server.client_id is None else str(server.client_id),
        "clntname": "",
        "clntos": "",
        "status": "LOGGED_IN" if ports or server.left_behind else "NOT_LOGGED_IN",
        "fc": port.name if port else "",
        "fcphysloc": port.location if port else "",
        "ports": str(ports),
        "flags": "a" if ports else "4" if port else "1",
        "vfcclient": "",
        "vfcclientdrc": "",
    }
    if not ports or client is None:
        return row
    partition, adapter = client
    told = {"clntname": partition.name, "clntos": partition.os_version.split()[0]}
    return {**row, **told, "vfcclient": adapter.name, "vfcclientdrc": adapter.drc}


def _line(row: dict[str, str], fields: Sequence[str], delimiter: str) -> str:
    return delimiter.join(row[field] for field in fields)


def _block(row: dict[str, str], fields: Sequence[str]) -> str:
    """As captured, whatever is asked for: the fields of this list can't be chosen but with a delimiter."""
    who = f"{row['name']:<11} {row['physloc']:<33} {row['clntid']:^7} {row['clntname']:^12} {row['clntos']:^7}".rstrip()
    port, client = f"FC name:{row['fc']}", f"VFC client name:{row['vfcclient']}"
    drc = f":{row['vfcclientdrc']}" if row["vfcclientdrc"] else ""
    return (
        f"{_TITLES}\n{_RULES}\n{who}\n\nStatus:{row['status']}\n{port:<31}FC  loc code:{row['fcphysloc']}\n"
        f"Ports logged in:{row['ports']}\nFlags:{row['flags']}<{_FLAGS[row['flags']]}>\n"
        f"{client:<32}VFC client DRC{drc}\n"
    )


NPIV = Kind(
    fields=_FIELDS,
    what="Server Virtual FC Adapter (SVFCA)",
    none=63,  # E_NOTSVFCA_S: not a server virtual Fibre Channel adapter, or there is none
    between="\n\n\n",
    mapped=_mapped,
)
