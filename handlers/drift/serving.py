"""What a VIOS is and what it hands out, as padmin's commands tell: devices, mappings, tunables, firewall, routes."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from handlers.drift.source import Back
from handlers.drift.value import Reading, Value, keyed, normal
from handlers.hmcout import Unreadable
from handlers.padmin import devices, mappings
from handlers.padmin.levels import Level
from handlers.padmin.network import NetworkTunables
from handlers.padmin.routes import Routes
from handlers.padmin.security import Firewall

# What each prints is read in one place alone; whose VIOS it is of says nothing about how.
_LEVEL, _TUNABLES = Level(vios="any"), NetworkTunables(vios="any")
_FIREWALL, _ROUTES = Firewall(vios="any"), Routes(vios="any")
_MEDIA = "/var/vio/VMLibrary/"
_CLONED = "W"  # among a route's flags
_FOUND = re.compile(r"(?:sys|ent|en|fcs|fscsi|hdisk|hdiskpower)\d{1,5}", re.ASCII)  # each has attributes


def level(text: str) -> Reading:
    ((told,),) = _LEVEL.parse(text)
    return {"level": Value(str(told))}


# ── devices ───────────────────────────────────────────────────────────────────────────────────────────────────────


def present(text: str) -> Reading:
    """Every device and its state, of `lsdev`; a virtual target device by itself as `target NAME`. Or Unreadable."""
    if not (listed := devices.devices(text)):
        raise Unreadable("it lists no device")
    found: dict[str, Value] = {}
    for each in listed:
        is_target = each.description.startswith("Virtual Target Device")
        keyed(found, f"target {each.name}" if is_target else each.name, Value(each.status))
    return found


def watched(there: Reading) -> Iterator[str]:
    return (name for name in sorted(there) if there[name].now == "Available" and is_watched(name))


def is_watched(name: str) -> bool:
    return _FOUND.fullmatch(name) is not None


# ── mappings ──────────────────────────────────────────────────────────────────────────────────────────────────────


def scsi_maps(text: str) -> Reading:
    """What each virtual target device hands out through which slot, of `lsmap -all`, and by which adapter as its type;
    or Unreadable. `NAME medium` is what lies in a drive, `NAME client` whose partition is connected."""
    found: dict[str, Value] = {}
    for host in mappings.scsi_hosts(text):
        for each in host.targets:
            medium = each.backing is None or each.backing.startswith(_MEDIA)
            what = "a drive" if medium else str(each.backing)
            more = "" if each.status == "Available" else f", {each.status}"
            said = f"{what} by slot {_slot(host.location)}, LUN {each.lun}{more}"
            keyed(found, each.name, Value(said, type=host.name))
            keyed(found, f"{each.name} client", Value(str(host.client or "")))
            if medium:
                keyed(found, f"{each.name} medium", Value(each.backing or ""))
    return found


def fibre_maps(text: str) -> Reading:
    """Which port each server Fibre Channel adapter is mapped to, by its slot, of `lsmap -all -npiv`; as the type its
    name, and its client's where that is logged in. Or Unreadable. What else such a client tells stands beside it."""
    found: dict[str, Value] = {}
    for each in mappings.fibre_hosts(text):
        slot = _slot(each.location)
        client = (each.client, each.client_name, each.client_os, each.client_adapter, each.client_location)
        keyed(found, slot, Value(each.port or "no port", type=" ".join(filter(None, (each.name, each.client_name)))))
        keyed(found, f"{slot} status", Value(each.status))
        keyed(found, f"{slot} flags", Value(each.flags))
        keyed(found, f"{slot} logged in", Value(str(each.logged_in)))
        keyed(found, f"{slot} client", Value(" ".join(str(told) for told in client if told is not None)))
    return found


def client_of(mapping: Value | None) -> str:
    """For whom a mapping of virtual Fibre Channel is; empty: nobody tells."""
    return ((mapping.type if mapping is not None else None) or "").partition(" ")[2]


def bridges(text: str) -> Reading:
    """Which SEA and port bridge each virtual Ethernet adapter, of `lsmap -all -net`; or Unreadable."""
    found: dict[str, Value] = {}
    for each in mappings.bridged(text):
        more = "" if each.status in (None, "Available") else f", {each.status}"
        by = f"{each.sea} over {each.backing or 'nothing'}{more}" if each.sea is not None else "not bridged"
        keyed(found, each.name, Value(by))
    return found


def _slot(location: str) -> str:
    """`C14` of `U9105.42A.78A0072-V1-C14`: it stays, while adapters are numbered as they are found."""
    return next((part for part in reversed(location.split("-")) if part.startswith("C")), location).replace("/", "|")


# ── settings of the whole ─────────────────────────────────────────────────────────────────────────────────────────


def tunables(text: str) -> Reading:
    """Of `optimizenet -list`, or Unreadable."""
    found: dict[str, Value] = {}
    for row in _TUNABLES.parse(text):
        name, now, default, boot = (None if cell is None else normal(str(cell)) for cell in row[:4])
        keyed(found, name or "", Value(now or "", _given(default), _given(boot), str(row[7])))
    return found


def _given(cell: str | None) -> str | None:
    return None if cell in (None, "n/a") else cell


def firewall(text: str) -> Reading:
    """Whether it is on, and each rule, of `viosecure -firewall view`; or Unreadable. `… seconds` is until it ends."""
    found: dict[str, Value] = {}
    for state, interface, local, remote, service, address, seconds in _FIREWALL.parse(text):
        found["firewall"] = Value(str(state))
        if interface is not None:
            rule = f"{interface} {local} {remote} {service} {address}".replace("/", "|")
            keyed(found, rule, Value("for a while" if seconds else "open"))
            keyed(found, f"{rule} seconds", Value(str(seconds)))
    return found


def routes(text: str) -> Reading:
    """The ways to each destination, of `netstat -routinfo`; or Unreadable. `… cloned`: made of another by itself."""
    ways: defaultdict[str, set[str]] = defaultdict(set)
    for destination, gateway, interface, flags, *_ in _ROUTES.parse(text):
        cloned = " cloned" if _CLONED in str(flags) else ""
        ways[f"{destination} {interface}{cloned}".replace("/", "|")].add(str(gateway))
    found: dict[str, Value] = {}
    for name, gateways in ways.items():
        keyed(found, name, Value(", ".join(sorted(gateways))))
    if not found:
        raise Unreadable("it lists no route")
    return found


# ── the way back ──────────────────────────────────────────────────────────────────────────────────────────────────

_GUARDED = "what clients lean on is mapped with checks of its own"
_BY_SEA: Mapping[str, str] = {
    "ha_mode": "`/sea mode` sets it on both of a pair, in the right order",
    **dict.fromkeys(
        ("virt_adapters", "pvid_adapter", "pvid", "real_adapter", "ctl_chan"),
        "it decides what the SEA bridges and who hears it: `/sea check` and `/sea show` first, then `/sea add-trunks`, "
        "or it is built anew by `/sea remove` and `/sea create`",
    ),
}


def by_sea(key: str) -> Back | None:
    """Where operations on SEAs, which look at both of a pair, go before any one command."""
    return Back(why_not=_BY_SEA[key]) if key in _BY_SEA else None


def scsi_back(about: str, key: str, wanted: Value | None, now: Value | None) -> Back:
    """No one command, as nobody could say whether a disk may be handed out that is another's: the operation looks."""
    out = f"`/vios unmap` takes {key} away" if now is not None else ""
    what, adapter = (wanted.now.split(" ")[0], wanted.type or "") if wanted is not None else ("", "")
    verb = "map-disk" if re.fullmatch(r"hdisk\d+", what) else "map-backing-device"
    again = f"`/vios {verb}` with {what}, {adapter} and name={key} hands it out again" if wanted is not None else ""
    return _by_hand(out, again)


def fibre_back(about: str, key: str, wanted: Value | None, now: Value | None) -> Back:
    if wanted is None or now is None:
        return Back(why_not="the adapter itself came or went: its slot is in the profile of the VIOS")
    if wanted.now == "no port":
        return _by_hand(f"`/vios unmap-npiv` with {_adapter(now)} takes its port away")
    return _by_hand(f"`/vios map-npiv` with {_adapter(now)} and {wanted.now} maps it again")


def _adapter(mapping: Value) -> str:
    return (mapping.type or "").partition(" ")[0]


def bridge_back(about: str, key: str, wanted: Value | None, now: Value | None) -> Back:
    return _by_hand("`/sea show` tells how the SEA stands; `/sea add-trunks` has it bridge an adapter more")


def _by_hand(*steps: str) -> Back:
    return Back(why_not=f"{_GUARDED}: {', then '.join(_some(steps))}")


def _some(steps: Iterable[str]) -> Iterator[str]:
    return filter(None, steps)
