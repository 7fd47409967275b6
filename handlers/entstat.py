"""`entstat -all` of a Shared Ethernet Adapter: its own block, then a whole block for each adapter that belongs to it.

The same label stands in several blocks (`Priority:` in the SEA's and in each trunk's), so each is read by itself. What
a driver counts differs by adapter: counters are known by their form, and what is concluded from is known by its name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from handlers.entlines import COUNTED, Part, Tag, tagged
from handlers.hmcout import Unreadable
from policies.words import Frozen

UP = "up"


class Virtual(Frozen):
    """A virtual Ethernet adapter of the SEA: a trunk, or the one of its control channel."""

    name: str
    pvid: int
    tagged: tuple[int, ...]
    switch: str
    active: bool | None  # a trunk bridges or doesn't; another has no such thing
    operational: bool
    priority: int | None = None  # a trunk's


class Packets(Frozen):
    """What the failover has sent and heard since the SEA began."""

    control_in: int
    control_out: int
    keep_alive: int
    recovery: int
    notify: int
    limbo: int


class Failover(Frozen):
    """The SEA's own part in its pair."""

    state: str
    bridge_mode: str
    mode: str  # `Auto`, `Standby`, `Sharing`, `Disabled`
    priority: int
    control_pvid: int | None
    became_primary: int
    became_backup: int
    packets: Packets
    shared: tuple[int, ...] = ()  # the VLANs that it bridges while it shares


class Count(Frozen):
    """A counter of trouble that isn't zero."""

    adapter: str
    label: str
    count: int


class Sea(Frozen):
    """`link_up` None: the driver of its port tells of none. `failover` None: it has none."""

    name: str
    real: str
    link_up: bool | None
    trunks: tuple[Virtual, ...]
    control: Virtual | None
    failover: Failover | None
    flags: tuple[str, ...] = ()
    counts: tuple[Count, ...] = ()


_ELAPSED = re.compile(r"Elapsed Time: (\d{1,6}) days (\d{1,2}) hours (\d{1,2}) minutes (\d{1,2}) seconds", re.ASCII)


@dataclass
class _Block:
    """What one adapter's lines are good for, in order. `kind`: SEA, Real, Virtual or Control."""

    kind: Part
    name: str
    told: list[tuple[Tag, str]] = field(default_factory=list)
    pairs: dict[str, str] = field(default_factory=dict)  # of the failover

    def all(self, tag: Tag) -> list[str]:
        return [line for each, line in self.told if each is tag]

    def one(self, tag: Tag, form: re.Pattern[str]) -> re.Match[str]:
        """The one line of that kind."""
        found = self.all(tag)
        match = form.fullmatch(found[0]) if len(found) == 1 else None
        if match is None:
            raise Unreadable(f"{self.name} has {len(found)} lines that tell its {tag} where one should")
        return match


def sea(text: str, name: str) -> Sea:
    """The SEA of that name, or Unreadable: also where the end is missing, or a line isn't known."""
    if not text.endswith("\n"):
        raise Unreadable("it doesn't end with a line: cut off?")
    own, *members = _blocks(text, name)
    if own.one(Tag.TITLE, _TITLE)["name"] != name:
        raise Unreadable(f"it lists the adapters of another than {name}")
    listed = _listed(own)
    by_kind = {
        kind: [each for each in members if each.kind is kind] for kind in (Part.REAL, Part.VIRTUAL, Part.CONTROL)
    }
    if len(by_kind[Part.REAL]) != 1 or len(by_kind[Part.CONTROL]) > 1:
        raise Unreadable(f"it shows {len(by_kind[Part.REAL])} real adapters where one belongs to {name}")
    if [each.name for each in by_kind[Part.VIRTUAL]] != list(listed):
        raise Unreadable(f"it doesn't show the adapters that it lists, {' '.join(listed) or 'none'}: cut off?")
    (real,) = by_kind[Part.REAL]
    return Sea(
        name=name,
        real=real.name,
        link_up=_link(real),
        trunks=tuple(_trunk(each, listed[each.name]) for each in by_kind[Part.VIRTUAL]),
        control=next(map(_virtual, by_kind[Part.CONTROL]), None),
        failover=_failover(own),
        flags=tuple(line.strip("< >") for line in own.all(Tag.FLAG)),
        counts=tuple(count for each in (own, *members) for count in _counts(each)),
    )


def elapsed(text: str, name: str) -> int:
    """For how many seconds the SEA has counted since its statistics were last reset, or Unreadable."""
    own = _blocks(text, name)[0]
    days, hours, minutes, seconds = map(int, own.one(Tag.ELAPSED, _ELAPSED).groups())
    return ((days * 24 + hours) * 60 + minutes) * 60 + seconds


def _blocks(text: str, name: str) -> list[_Block]:
    """What each adapter's lines tell, the SEA's own first."""
    lines = text.split("\n")
    blocks = [_begun(Part.SEA, name, lines, 0)]
    for part, tag, number, line in tagged(text):
        if tag is Tag.MEMBER:
            found = _MEMBER.fullmatch(line)
            if found is None or not number or not _RULE.fullmatch(lines[number - 1]):
                raise Unreadable(f"it has a line that I don't know: {line.strip()[:120]!r}")
            blocks.append(_begun(part, found["name"], lines, number + 1))
        elif tag is Tag.PAIR:
            _add_pair(blocks[-1].pairs, line)
        else:
            blocks[-1].told.append((tag, line))
    for each in blocks:
        if each.kind is not Part.REAL and len(each.all(Tag.HEADING)) != 1:
            raise Unreadable(f"{each.name} begins more than once: two answers in one?")
    return blocks


def _begun(kind: Part, name: str, lines: Sequence[str], at: int) -> _Block:
    head = next((line for line in lines[at:] if line.strip()), "")
    if head != f"ETHERNET STATISTICS ({name}) :":
        raise Unreadable(f"where {name} should begin it says {head[:120]!r}")
    return _Block(kind, name)


# ── what each block tells ─────────────────────────────────────────────────────────────────────────────────────────

_TITLE = re.compile(r"Statistics for adapters in the Shared Ethernet Adapter (?P<name>ent\d{1,4})\s*", re.ASCII)
_MEMBER = re.compile(r"(?:Real|Virtual|Control) Adapter: (?P<name>ent\d{1,4})\s*", re.ASCII)
_RULE = re.compile(r"-{4,}(?: +-{4,})?")
_HEADING = re.compile(r"ETHERNET STATISTICS \((ent\d{1,4})\) :", re.ASCII)
_VLANS = re.compile(r" +(?P<adapter>ent\d{1,4}):(?P<vlans>(?: \d{1,4})*)\s*", re.ASCII)
_PVID = re.compile(r"Port VLAN ID: *(\d{1,4})\s*", re.ASCII)
_TAGS = re.compile(r"VLAN Tag IDs: +(None|\d{1,4}(?: +\d{1,4})*)\s*", re.ASCII)
_MORE_TAGS = re.compile(r" +\d{1,4}(?: +\d{1,4})*\s*", re.ASCII)
_TRUNK = re.compile(r"Trunk Adapter: (True|False)")
_PRIORITY = re.compile(r"  Priority: (\d{1,3})  Active: (True|False)", re.ASCII)
_SWITCH = re.compile(r"Switch ID: ([\w.+-]+)\s*", re.ASCII)
_LAN = re.compile(r"LAN State: ([A-Za-z ]+)")
_LINK = re.compile(r"\s*(?:(?:Physical|Logical) Port )?Link (?:Status|State) ?: *(\w+)\s*", re.ASCII)
_PAIR = re.compile(r" +(?P<label>[A-Za-z -]+):(?P<value> [A-Za-z_]+| \d{1,19}|(?: \d{1,4})*)\s*", re.ASCII)
_COUNT = re.compile(r"([A-Za-z][^:\n]*?) ?: *(\d{1,19})(?= |$)|^ +([A-Z][A-Za-z ]*?) +(\d{1,19})\s*$", re.ASCII)


def _add_pair(pairs: dict[str, str], line: str) -> None:
    """Each label of the failover's part once."""
    found = _PAIR.fullmatch(line)
    if found is None or found["label"] in pairs:
        raise Unreadable(f"it has a line that I don't know: {line.strip()[:120]!r}")
    pairs[found["label"]] = found["value"].strip()


def _listed(own: _Block) -> dict[str, frozenset[int]]:
    """The trunks that the SEA itself lists, each with its VLANs."""
    found = [_VLANS.fullmatch(line) for line in own.all(Tag.LISTED)]
    listed = {each["adapter"]: frozenset(map(int, each["vlans"].split())) for each in found if each is not None}
    if len(listed) != len(found):
        raise Unreadable("it lists an adapter twice, or not by its VLANs")
    return listed


def _failover(own: _Block) -> Failover | None:
    told = own.pairs
    if not (headings := own.all(Tag.FAILOVER)):
        return None
    if len(headings) > 1:
        raise Unreadable(f"it has {len(headings)} lines like {headings[0]!r} in one block")
    try:
        return Failover(
            state=told["State"],
            bridge_mode=told["Bridge Mode"],
            mode=told["High Availability Mode"],
            priority=int(told["Priority"]),
            control_pvid=int(told["Control Channel PVID"]) if "Control Channel PVID" in told else None,
            became_primary=int(told["Number of Times Server became Primary"]),
            became_backup=int(told["Number of Times Server became Backup"]),
            packets=Packets(
                control_in=int(told["Control Packets in"]),
                control_out=int(told["Control Packets out"]),
                keep_alive=int(told["Keep-Alive Packets"]),
                recovery=int(told["Recovery Packets"]),
                notify=int(told["Notify Packets"]),
                limbo=int(told["Limbo Packets"]),
            ),
            shared=tuple(map(int, told.get("VID shared", "").split())),
        )
    except KeyError as missing:
        raise Unreadable(f"{own.name} doesn't tell its {missing.args[0]}: cut off?") from missing


def _trunk(block: _Block, listed: frozenset[int]) -> Virtual:
    """One that shares no VLAN with what the SEA lists for it stands in another's place."""
    found = _virtual(block)
    if listed and listed.isdisjoint((found.pvid, *found.tagged)):
        raise Unreadable(f"{found.name} has none of the VLANs that the SEA lists for it: two answers in one?")
    return found


def _virtual(block: _Block) -> Virtual:
    tags = block.one(Tag.TAGS, _TAGS)[1]
    more = block.all(Tag.MORE_TAGS)
    if (more and tags == "None") or not all(map(_MORE_TAGS.fullmatch, more)):
        raise Unreadable(f"{block.name} has a line of VLANs that I don't know: {more[0].strip()[:120]!r}")
    is_trunk = block.one(Tag.TRUNK, _TRUNK)[1] == "True"
    bridging = block.one(Tag.PRIORITY, _PRIORITY) if is_trunk else None
    return Virtual(
        name=block.name,
        pvid=int(block.one(Tag.PVID, _PVID)[1]),
        tagged=() if tags == "None" else tuple(map(int, " ".join((tags, *more)).split())),
        # The last line that is concluded from: a block that is cut off lacks it.
        switch=block.one(Tag.SWITCH, _SWITCH)[1],
        active=bridging[2] == "True" if bridging else None,
        operational=block.one(Tag.LAN, _LAN)[1] == "Operational",
        priority=int(bridging[1]) if bridging else None,
    )


def _link(block: _Block) -> bool | None:
    """Of an aggregation one port is enough; each port of it has a block within the block."""
    ports: list[list[bool]] = []
    for tag, line in block.told:
        if tag is Tag.HEADING:
            ports.append([])
        elif tag is Tag.LINK and (found := _LINK.fullmatch(line)):
            ports[-1].append(found[1].lower() == UP)
    told = [all(links) for links in ports if links]
    return any(told) if told else None


def _counts(block: _Block) -> Iterator[Count]:
    """What isn't zero; threads that count the same thing are added up."""
    found: dict[tuple[str, str], int] = {}
    adapter = block.name
    for tag, line in block.told:
        if tag is Tag.HEADING and (heading := _HEADING.fullmatch(line)):
            adapter = heading[1]
        elif tag is Tag.COUNTS:
            for label, count, name, number in _COUNT.findall(line):
                if (label or name) in COUNTED[block.kind]:
                    key = (adapter, label or name)
                    found[key] = found.get(key, 0) + int(count or number)
    return (Count(adapter=name, label=label, count=count) for (name, label), count in found.items() if count)
