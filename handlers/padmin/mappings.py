"""What `lsmap` shows: the server adapters of a VIOS, and what each of them hands to which client."""

from __future__ import annotations

import re
from collections.abc import Iterator

from handlers.hmcout import Unreadable
from handlers.padmin.printed import matched, some, strange, told
from policies.words import Frozen

_SLOT = re.compile(r"-C(\d{1,5})(?:-T\d{1,3})?\Z", re.ASCII)


def slot_of(location: str) -> int:
    """The slot of a virtual adapter, as its location code tells it; 0: it tells none."""
    found = _SLOT.search(location)
    return int(found[1]) if found is not None else 0


NO_TARGET, NO_SEA = "NO VIRTUAL TARGET DEVICE FOUND", "NO SHARED ETHERNET ADAPTER FOUND"

# ── server SCSI adapters ──────────────────────────────────────────────────────────────────────────────────────────


class Target(Frozen):
    """A virtual target device; `location` None: its backing device has no place, such as a file."""

    name: str
    status: str
    lun: str
    backing: str | None  # None: an optical drive without a medium
    location: str | None
    mirrored: str


class ScsiHost(Frozen):
    """`client`: the partition's id; None: nobody's yet."""

    name: str
    location: str
    client: int | None
    targets: tuple[Target, ...] = ()


_RULE = re.compile(r"-{4,}(?: -{4,})*")
_SCSI_HEAD = re.compile(r"SVSA +Physloc +Client Partition ID")
_SCSI_HOST = re.compile(r"(?P<name>vhost\d{1,4}) +(?P<location>U\S+) +0x(?P<client>[0-9a-fA-F]{8})", re.ASCII)
_SCSI_FIELD = re.compile(r"(?P<label>VTD|Status|LUN|Backing device|Physloc|Mirrored)(?: +(?P<value>\S.*))?")
_STATUS = re.compile(r"Available|Defined|Unavailable")
_LUN = re.compile(r"0x[0-9a-fA-F]{16}")
_DEVICE = re.compile(r"[A-Za-z0-9_/][A-Za-z0-9_./:+-]{0,254}", re.ASCII)


def scsi_hosts(text: str) -> tuple[ScsiHost, ...]:
    """Of `lsmap -all` or `lsmap -vadapter`, or Unreadable."""
    return tuple(_scsi_host(*block) for block in _blocks(text, _SCSI_HEAD))


def _blocks(text: str, heading: re.Pattern[str]) -> Iterator[tuple[str, list[str]]]:
    """Each adapter: its line below a heading and a rule, and the lines that follow."""
    own, at = "", 0
    rest: list[str] = []
    found = some(text)
    while at < len(found):
        if heading.fullmatch(found[at]):
            if own:
                yield own, rest
            if at + 2 >= len(found):
                raise Unreadable("it ends within a heading: cut off?")
            matched(_RULE, found[at + 1])
            own, rest, at = found[at + 2], [], at + 3
            continue
        if not own:
            raise strange(found[at])
        rest.append(found[at])
        at += 1
    yield own, rest


def _scsi_host(own: str, rest: list[str]) -> ScsiHost:
    found = matched(_SCSI_HOST, own)
    targets: list[dict[str, str]] = []
    for line in rest:
        field = matched(_SCSI_FIELD, line)
        label, value = field["label"], field["value"] or ""
        if label == "VTD":
            targets.append({})
        if not targets or label in targets[-1]:
            raise strange(line)
        targets[-1][label] = value
    if not targets:
        raise Unreadable(f"it doesn't tell what is on {found['name']}: cut off?")
    nothing = targets == [{"VTD": NO_TARGET}]
    return ScsiHost(
        name=found["name"],
        location=found["location"],
        client=int(found["client"], 16) or None,
        targets=() if nothing else tuple(map(_target, targets)),
    )


def _target(fields: dict[str, str]) -> Target:
    try:
        target = Target(
            name=fields["VTD"],
            status=fields["Status"],
            lun=fields["LUN"],
            backing=told(fields["Backing device"]),
            location=told(fields["Physloc"]),
            mirrored=fields["Mirrored"],
        )
    except KeyError as missing:
        raise Unreadable(f"{fields['VTD'][:40]} doesn't tell its {missing.args[0]}: cut off?") from missing
    matched(_STATUS, target.status)
    matched(_LUN, target.lun)
    for name in (target.name, target.backing or target.name):
        matched(_DEVICE, name)
    return target


# ── server Ethernet adapters ──────────────────────────────────────────────────────────────────────────────────────


class Bridged(Frozen):
    """A virtual Ethernet adapter of the VIOS; `sea` None: none bridges it, and there is nothing behind it."""

    name: str
    location: str
    sea: str | None = None
    backing: str | None = None
    status: str | None = None
    backing_location: str | None = None


_NET_HEAD = re.compile(r"SVEA +Physloc")
_NET_HOST = re.compile(r"(?P<name>ent\d{1,4}) +(?P<location>U\S+)", re.ASCII)
_NET_FIELD = re.compile(r"(?P<label>SEA|Backing device|Status|Physloc)(?: +(?P<value>\S.*))?")


def bridged(text: str) -> tuple[Bridged, ...]:
    """Of `lsmap -all -net` or `lsmap -vadapter -net`, or Unreadable."""
    return tuple(_bridged(*block) for block in _blocks(text, _NET_HEAD))


def _bridged(own: str, rest: list[str]) -> Bridged:
    found = matched(_NET_HOST, own)
    fields: dict[str, str] = {}
    for line in rest:
        field = matched(_NET_FIELD, line)
        if field["label"] in fields:
            raise strange(line)
        fields[field["label"]] = field["value"] or ""
    if fields == {"SEA": NO_SEA}:
        return Bridged(name=found["name"], location=found["location"])
    if set(fields) != {"SEA", "Backing device", "Status", "Physloc"}:
        raise Unreadable(f"it doesn't tell all of what bridges {found['name']}: cut off?")
    matched(_DEVICE, fields["SEA"])
    matched(_STATUS, fields["Status"])
    return Bridged(
        name=found["name"],
        location=found["location"],
        sea=fields["SEA"],
        backing=told(fields["Backing device"]),
        status=fields["Status"],
        backing_location=told(fields["Physloc"]),
    )


# ── server Fibre Channel adapters ─────────────────────────────────────────────────────────────────────────────────


class FibreHost(Frozen):
    """`port` None: it is mapped to none. A client tells its name and adapter only while it is logged in."""

    name: str
    location: str
    client: int | None
    client_name: str | None
    client_os: str | None
    status: str
    port: str | None
    port_location: str | None
    logged_in: int  # ports
    flags: str
    client_adapter: str | None
    client_location: str | None


_NPIV_HEAD = re.compile(r"Name +Physloc +ClntID +ClntName +ClntOS")
_NPIV_HOST = re.compile(
    r"(?P<name>vfchost\d{1,4}) +(?P<location>U\S+)(?: +(?P<client>\d{1,5})(?: +(?P<called>\S+)(?: +(?P<os>\S+))?)?)?",
    re.ASCII,
)
_NPIV_LINES = (
    re.compile(r"Status:(?P<status>LOGGED_IN|NOT_LOGGED_IN|NOT_CONNECTED|[A-Z_]{3,30})"),
    re.compile(r"FC name:(?P<port>\S*) +FC +loc code:(?P<port_location>\S*)"),
    re.compile(r"Ports logged in:(?P<logged_in>\d{1,6})", re.ASCII),
    re.compile(r"Flags:(?P<flags>[0-9a-f]{1,8}<[A-Z_,]*>)"),
    re.compile(r"VFC client name:(?P<adapter>\S*) +VFC client DRC:?(?P<drc>\S*)"),
)


def fibre_hosts(text: str) -> tuple[FibreHost, ...]:
    """Of `lsmap -all -npiv`, or Unreadable."""
    return tuple(_fibre_host(*block) for block in _blocks(text, _NPIV_HEAD))


def _fibre_host(own: str, rest: list[str]) -> FibreHost:
    host = matched(_NPIV_HOST, own)
    if len(rest) != len(_NPIV_LINES):
        raise Unreadable(f"{host['name']} has {len(rest)} lines where {len(_NPIV_LINES)} tell of it")
    found: dict[str, str] = {}
    for form, line in zip(_NPIV_LINES, rest, strict=True):
        found |= matched(form, line).groupdict()
    return FibreHost(
        name=host["name"],
        location=host["location"],
        client=int(host["client"]) if host["client"] else None,
        client_name=host["called"],
        client_os=host["os"],
        status=found["status"],
        port=told(found["port"]),
        port_location=told(found["port_location"]),
        logged_in=int(found["logged_in"]),
        flags=found["flags"],
        client_adapter=told(found["adapter"]),
        client_location=told(found["drc"]),
    )
