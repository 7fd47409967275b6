"""`entstat -all` of a Shared Ethernet Adapter: its own block, then a whole block for each adapter that belongs to it.

The same label stands in several blocks (`Priority:` in the SEA's and in each trunk's), so each is read by itself. What
a driver counts differs by adapter: counters are known by their form, and what is concluded from is known by its name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from handlers.hmcout import Unreadable
from policies.words import Frozen

LONGEST = 240  # characters of a line
UP = "up"


class Virtual(Frozen):
    """A virtual Ethernet adapter of the SEA: a trunk, or the one of its control channel."""

    name: str
    pvid: int
    tagged: tuple[int, ...]
    switch: str
    active: bool | None  # a trunk bridges or doesn't; another has no such thing
    operational: bool


class Failover(Frozen):
    """The SEA's own part in its pair."""

    state: str
    bridge_mode: str
    mode: str  # `Auto`, `Standby`, `Sharing`, `Disabled`
    priority: int
    control_pvid: int | None
    became_primary: int
    became_backup: int
    shared: tuple[int, ...] = ()  # the VLANs that it bridges while it shares


class Sea(Frozen):
    """`link_up` None: the driver of its port tells of none. `failover` None: it has none."""

    name: str
    real: str
    link_up: bool | None
    trunks: tuple[Virtual, ...]
    control: Virtual | None
    failover: Failover | None


@dataclass
class _Block:
    """One adapter's lines. `kind`: SEA, Real, Virtual or Control."""

    kind: str
    name: str
    lines: list[str] = field(default_factory=list)


def sea(text: str, name: str) -> Sea:
    """The SEA of that name, or Unreadable: also where the end is missing, or a line isn't known."""
    if not text.endswith("\n"):
        raise Unreadable("it doesn't end with a line: cut off?")
    own, *members = _blocks(text.splitlines(), name)
    listed = _own(own)
    by_kind = {kind: [each for each in members if each.kind == kind] for kind in ("Real", "Virtual", "Control")}
    if len(by_kind["Real"]) != 1 or len(by_kind["Control"]) > 1:
        raise Unreadable(f"it shows {len(by_kind['Real'])} real adapters where one belongs to {name}")
    if [each.name for each in by_kind["Virtual"]] != listed:
        raise Unreadable(f"it doesn't show the adapters that it lists, {' '.join(listed) or 'none'}: cut off?")
    (real,) = by_kind["Real"]
    return Sea(
        name=name,
        real=real.name,
        link_up=_link(real),
        trunks=tuple(map(_virtual, by_kind["Virtual"])),
        control=next(map(_virtual, by_kind["Control"]), None),
        failover=_failover(own),
    )


_ELAPSED = r"Elapsed Time: (\d{1,6}) days (\d{1,2}) hours (\d{1,2}) minutes (\d{1,2}) seconds"


def elapsed(text: str, name: str) -> int:
    """For how many seconds the SEA has counted since its statistics were last reset, or Unreadable."""
    own = _blocks(text.splitlines(), name)[0]
    days, hours, minutes, seconds = map(int, _one(own.lines, _ELAPSED).groups())
    return ((days * 24 + hours) * 60 + minutes) * 60 + seconds


def _blocks(lines: Sequence[str], name: str) -> list[_Block]:
    """The lines by the adapter that they tell of."""
    blocks = [_Block("SEA", name)]
    for before, line in zip(["", *lines], lines, strict=False):
        if len(line) > LONGEST:
            raise Unreadable(f"a line is too long: {line[:60]!r}…")
        found = _MEMBER.fullmatch(line.rstrip())
        if found and _RULE.fullmatch(before):
            blocks[-1].lines.pop()
            blocks.append(_Block(found["kind"], found["name"]))
        else:
            blocks[-1].lines.append(line)
    for each in blocks:
        if not (head := next(filter(str.strip, each.lines), "")).startswith(f"ETHERNET STATISTICS ({each.name}) :"):
            raise Unreadable(f"where {each.name} should begin it says {head[:120]!r}")
    return blocks


# ── forms of lines ────────────────────────────────────────────────────────────────────────────────────────────────

_LABEL = r"[A-Za-z][\w/+().-]*(?: [\w/+().-]+)*"
_MEMBER = re.compile(r"(?P<kind>Real|Virtual|Control) Adapter: (?P<name>ent\d{1,4})", re.ASCII)
_RULE = re.compile(r"-{4,}(?: +-{4,})?")
_COUNTERS = rf"\s*{_LABEL} ?: *\d+(?: {{2,}}{_LABEL} ?: *\d+){{0,3}}\s*"
_VLANS = r" +(?P<adapter>ent\d{1,4}):(?P<vlans>(?: \d{1,4})*)\s*"
_COMMON = (
    r"\s*",
    _RULE.pattern,
    r"ETHERNET STATISTICS \(ent\d{1,4}\) :",
    r"(?:Device Type|Hardware Address|Elapsed Time|Driver Flags|SEA Flags): .*",
    r"Transmit Statistics: +Receive Statistics:",
    r"General Statistics:",
    r"\t[A-Za-z0-9 ]+",  # driver flags go on
    _COUNTERS,
)
_OF_SEA = (
    r"Statistics for adapters in the Shared Ethernet Adapter ent\d{1,4}",
    r"VLAN Ids :",
    r"(?:Real Side|Virtual Side|Other) Statistics:",
    r" +< [A-Z_0-9]+ >\s*",
    r"\tThread \.+ #\d+",
    r" +SEA Default Queue #\d+\s*",
    _VLANS,
)
# Tables of memory and buffers: headings, and names with their numbers.
_TABLE = (
    r" *(?:Hypervisor|Transmit|Receive|I/O Memory) Information *",
    r" +(?:(?:Virtual|I/O) Memory|(?:Transmit|Receive) Buffers|History) *",
    r" +Buffer Type(?: +(?:Tiny|Small|Medium|Large|Huge))+ *",
    r" +[A-Z][A-Za-z]*(?: [A-Za-z()]+)*(?: +\d+)+ *",
)
_OF_VIRTUAL = (
    r"Virtual I/O Ethernet Adapter \(l-lan\) Specific Statistics:",
    r"(?:Trunk Adapter|Filter MCast Mode): (?:True|False)",
    r"  Priority: \d+  Active: (?:True|False)",
    r"LAN State: [A-Za-z ]+",
    r"ILLAN Attributes: [0-9a-fA-F]+ \[[0-9a-fA-F]+\]",
    r"VLAN Tag IDs: +(?:None|\d[\d ]*)",
    r" +\d[\d ]*",  # VLAN tags go on
    r"Switch ID: [\w.+-]+",
    *_TABLE,
)
# Each driver of a physical adapter has words of its own: names with values, tables, headings.
_OF_REAL = (rf"\s*{_LABEL} ?:(?: .*)?", r".{1,100} Specific Statistics:", *_TABLE, r"\t.*")


def _known(lines: Sequence[str], *forms: str) -> None:
    form = re.compile("|".join(f"(?:{each})" for each in forms), re.ASCII)
    for line in lines:
        if not form.fullmatch(line):
            raise Unreadable(f"it has a line that I don't know: {line.strip()[:120]!r}")


def _one(lines: Sequence[str], form: str) -> re.Match[str]:
    """The one line of that form."""
    found = [match for line in lines if (match := re.fullmatch(form, line.rstrip(), re.ASCII))]
    if len(found) != 1:
        raise Unreadable(f"it has {len(found)} lines like {form!r} in one block")
    return found[0]


# ── what each block tells ─────────────────────────────────────────────────────────────────────────────────────────

_HA = "High Availability Statistics:"
_RECEIVED = "Type of Packets Received:"
_NUMBERS = (
    "Control Channel PVID", "Control Packets in", "Control Packets out", "Keep-Alive Packets", "Recovery Packets",
    "Notify Packets", "Limbo Packets", "Number of Times Server became Backup",
    "Number of Times Server became Primary", "Priority",
)  # fmt: skip
_FAILOVER = re.compile(
    rf" +(?:(?P<number>{'|'.join(_NUMBERS)}): (?P<count>\d+)"
    r"|(?P<word>State|Bridge Mode|High Availability Mode): (?P<value>[A-Za-z_]+)"
    r"|(?P<vlans>VID shared):(?P<shared>(?: \d{1,4})*))\s*",
    re.ASCII,
)


def _own(block: _Block) -> list[str]:
    """The trunks that the SEA itself lists."""
    lines = block.lines[: block.lines.index(_HA)] if _HA in block.lines else block.lines
    _known(lines, *_COMMON, *_OF_SEA)
    _one(lines, rf"Statistics for adapters in the Shared Ethernet Adapter {block.name}")
    return [found["adapter"] for line in lines if (found := re.fullmatch(_VLANS, line, re.ASCII))]


def _failover(block: _Block) -> Failover | None:
    if _HA not in block.lines:
        return None
    told = dict(_pairs(block.lines[block.lines.index(_HA) + 1 :]))
    try:
        return Failover(
            state=told["State"],
            bridge_mode=told["Bridge Mode"],
            mode=told["High Availability Mode"],
            priority=int(told["Priority"]),
            control_pvid=int(told["Control Channel PVID"]) if "Control Channel PVID" in told else None,
            became_primary=int(told["Number of Times Server became Primary"]),
            became_backup=int(told["Number of Times Server became Backup"]),
            shared=tuple(map(int, told.get("VID shared", "").split())),
        )
    except KeyError as missing:
        raise Unreadable(f"{block.name} doesn't tell its {missing.args[0]}: cut off?") from missing


def _pairs(lines: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Each label of the failover's part once."""
    seen: set[str] = set()
    for line in lines:
        if not line.strip() or line.rstrip() == _RECEIVED:
            continue
        found = _FAILOVER.fullmatch(line)
        label = found and (found["number"] or found["word"] or found["vlans"])
        if found is None or not label or label in seen:
            raise Unreadable(f"it has a line that I don't know: {line.strip()[:120]!r}")
        seen.add(label)
        yield label, found["count"] or found["value"] or found["shared"] or ""


def _virtual(block: _Block) -> Virtual:
    _known(block.lines, *_COMMON, *_OF_VIRTUAL)
    tags = _one(block.lines, r"VLAN Tag IDs: +(None|\d[\d ]*)")[1]
    more = [line for line in block.lines if re.fullmatch(r" +\d[\d ]*", line, re.ASCII)]
    is_trunk = _one(block.lines, r"Trunk Adapter: (True|False)")[1] == "True"
    return Virtual(
        name=block.name,
        pvid=int(_one(block.lines, r"Port VLAN ID: *(\d{1,4})")[1]),
        tagged=() if tags == "None" else tuple(map(int, " ".join((tags, *more)).split())),
        # The last line that is concluded from: a block that is cut off lacks it.
        switch=_one(block.lines, r"Switch ID: ([\w.+-]+)")[1],
        active=_one(block.lines, r"  Priority: \d+  Active: (True|False)")[1] == "True" if is_trunk else None,
        operational=_one(block.lines, r"LAN State: ([A-Za-z ]+)")[1] == "Operational",
    )


_LINK = re.compile(r"\s*(?:(?:Physical|Logical) Port )?Link (?:Status|State) ?: *(?P<link>\w+)\s*", re.ASCII)


def _link(block: _Block) -> bool | None:
    """Of an aggregation one port is enough; each port of it has a block within the block."""
    _known(block.lines, *_COMMON, *_OF_REAL)
    ports: list[list[bool]] = []
    for line in block.lines:
        if line.startswith("ETHERNET STATISTICS ("):
            ports.append([])
        elif found := _LINK.fullmatch(line):
            ports[-1].append(found["link"].lower() == UP)
    told = [all(links) for links in ports if links]
    return any(told) if told else None
