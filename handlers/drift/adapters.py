"""Virtual adapters and physical slots of a partition: what it runs with, and what its profile gives it when it is
activated, each as one text, so that both can be held against each other.

In a profile an adapter is a text with slashes; which fields come last differs by level, and what a profile doesn't
tell is taken to be as it runs.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping

from handlers import hmcout
from handlers.drift.value import LONGEST_KEY
from handlers.hmcout import Unreadable

Row = Mapping[str, str]
Texts = dict[int, str]  # by slot
PROFILED = {
    "ethernet": "virtual_eth_adapters", "scsi": "virtual_scsi_adapters", "fc": "virtual_fc_adapters",
    "slots": "io_slots",
}  # fmt: skip

# slot/IEEE/VLAN/tagged/trunk priority/required[/switch/MAC/MACs of its system/priority of its packets]
_ETHERNET = re.compile(
    r"(\d+)/([01])/(\d+)/([\d,]*)/(\d*)/([01])"
    r"(?:/([^/\n]*)(?:/([0-9A-Fa-f:]*)(?:/(all|none|[0-9A-Fa-f:,]*)(?:/(none|[0-7]?))?)?)?)?"
)
# slot/end/id and name of the other, whose name may hold a slash/its slot/[WWPNs/]required
_SCSI = re.compile(r"(\d+)/(client|server)/([^/]*)/(.*)/([^/]*)/([01])")
_FC = re.compile(r"(\d+)/(client|server)/([^/]*)/(.*)/([^/]*)/([0-9A-Fa-f,]*|none)/([01])")
_SLOT = re.compile(r"([0-9A-Fa-f]{1,16})/([^/]*)/([01])")
_UNTOLD = frozenset({"", "none", "null", "unavailable", "any"})


def ethernet_profiled(text: str | None, running: Mapping[int, Row]) -> Texts:
    """Of a profile's `virtual_eth_adapters`, or Unreadable; `running`: the rows of what the partition runs with."""
    found: Texts = {}
    for item in _items(text):
        told = _matched(_ETHERNET, item)
        slot = int(told[1])
        row = dict(running.get(slot, {}))
        row |= {"ieee_virtual_eth": told[2], "port_vlan_id": told[3], "addl_vlan_ids": told[4], "is_required": told[6]}
        # Old levels give who is no trunk the priority 0.
        row |= {"is_trunk": str(int(told[5] not in ("", "0"))), "trunk_priority": told[5]}
        later = {"vswitch": told[7], "allowed_os_mac_addrs": told[9], "qos_priority": told[10]}
        row |= {name: value for name, value in later.items() if value}
        if slot in found:
            raise Unreadable(f"its profile has the slot {slot} twice")
        found[slot] = ethernet_text(row)
    return found


def ethernet_text(row: Row) -> str:
    """Of a row of `lshwres --rsubtype eth`; but for its address, which an HMC makes where the profile has none."""
    try:
        vlan = f"VLAN {int(row['port_vlan_id'])}"
    except (KeyError, ValueError):
        raise Unreadable("it has a virtual Ethernet adapter without a VLAN") from None
    tagged = ", ".join(map(str, sorted(map(_whole, filter(None, _told(row, "addl_vlan_ids").split(","))))))
    trunk = f"trunk with priority {_whole(_told(row, 'trunk_priority'))}" if row.get("is_trunk") == "1" else ""
    os_macs, qos = _told(row, "allowed_os_mac_addrs"), _told(row, "qos_priority")
    parts = (
        vlan, f"tagged {tagged}" if tagged else "", "802.1Q" if row.get("ieee_virtual_eth") == "1" else "", trunk,
        f"on {row['vswitch']}" if _told(row, "vswitch") else "",
        f"MACs {os_macs}" if os_macs not in ("", "all") else "", f"QoS {qos}" if qos else "", _required(row),
    )  # fmt: skip
    return ", ".join(filter(None, parts))


def addresses(rows: Iterable[Row]) -> dict[int, str]:
    """The MAC address of each of a partition's virtual Ethernet adapters by slot, or Unreadable."""
    return {slot: mac for slot, row in by_slot(rows).items() if (mac := _told(row, "mac_addr").upper())}


def storage_profiled(kind: str, text: str | None) -> dict[int, Row]:
    """Of a profile's `virtual_scsi_adapters` or `virtual_fc_adapters`, or Unreadable: rows as `lshwres` has them."""
    found: list[Row] = []
    for item in _items(text):
        told = _matched(_FC if kind == "fc" else _SCSI, item)
        names = ("slot_num", "adapter_type", "remote_lpar_id", "remote_lpar_name", "remote_slot_num")
        rest = ("wwpns", "is_required") if kind == "fc" else ("is_required",)
        found.append(dict(zip((*names, *rest), told.groups(), strict=True)))
    return by_slot(found)


def storage_text(row: Row) -> str:
    """Of a row of `lshwres --rsubtype scsi|fc`. What a VIOS maps to it is that VIOS's to tell."""
    end = row.get("adapter_type")
    if end not in ("client", "server"):
        raise Unreadable(f"it has an adapter of a type that I don't know: {str(end)[:60]!r}")
    name, id, slot = (_told(row, each) for each in ("remote_lpar_name", "remote_lpar_id", "remote_slot_num"))
    other = (name or f"id {id}") if name or id else "any partition"
    wwpns = _told(row, "wwpns").lower()
    parts = (
        f"{end} to {f'slot {slot}' if slot else 'any slot'} of {other}",
        f"WWPNs {wwpns.replace(',', ' ')}" if wwpns else "",
        _required(row),
    )
    return ", ".join(filter(None, parts))


def slots_profiled(text: str | None) -> dict[str, str]:
    """Of a profile's `io_slots`, or Unreadable: the index of each, and whether it is required."""
    found: dict[str, str] = {}
    for item in _items(text):
        told = _matched(_SLOT, item)
        if told[1] in found:
            raise Unreadable(f"its profile has the slot {told[1]} twice")
        found[told[1]] = told[3]
    return found


def by_slot(rows: Iterable[Row]) -> dict[int, Row]:
    """Of one partition, or Unreadable."""
    found: dict[int, Row] = {}
    for row in rows:
        slot = _whole(row.get("slot_num", ""))
        if slot in found:
            raise Unreadable(f"it has the slot {slot} twice")
        found[slot] = row
    return found


def other_end(row: Row) -> str | None:
    """The partition at the other end; None: any."""
    return _told(row, "remote_lpar_name") or None


# ── parts ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _items(text: str | None) -> Iterable[str]:
    """One that holds a comma is quoted within the list."""
    told = hmcout.given(text)
    if told is None:
        return ()
    try:
        rows = list(csv.reader(io.StringIO(told, newline=""), strict=True))
    except csv.Error as fault:
        raise Unreadable(f"its profile has a list that I can't read: {fault}") from fault
    if len(rows) != 1:
        raise Unreadable("its profile has a list that goes over lines")
    return rows[0]


def _matched(form: re.Pattern[str], item: str) -> re.Match[str]:
    told = form.fullmatch(item) if len(item) <= 2 * LONGEST_KEY + 100 else None
    if told is None:
        raise Unreadable(f"its profile has an adapter that I don't know: {item[:120]!r}")
    return told


def _told(row: Row, name: str) -> str:
    value = row.get(name, "")
    return "" if value.strip().lower() in _UNTOLD else value.strip()


def _whole(text: str) -> int:
    found = hmcout.number(text)
    if found is None:
        raise Unreadable(f"not a number: {text[:60]!r}")
    return found


def _required(row: Row) -> str:
    return "required" if row.get("is_required") == "1" else ""
