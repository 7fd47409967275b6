"""The lines of `entstat -all`, each known by its form, block by block; a line of no known form is refused.

A line's shape is the line with every number, and the blanks around it, made one. Nearly all shapes of an answer, and
most of its lines to the letter, were seen before, and what they are never changes: each is judged once, then looked up.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum

from handlers.hmcout import Unreadable

LONGEST = 240  # characters of a line
_ROOM = 20_000  # shapes that are kept of each kind of block


class Part(StrEnum):
    """What a line belongs to: the SEA itself, its failover, or an adapter of it."""

    SEA = "SEA"
    FAILOVER = "Failover"
    REAL = "Real"
    VIRTUAL = "Virtual"
    CONTROL = "Control"


class Tag(StrEnum):
    """What a line is good for; NOTHING: it is known, and nothing is concluded from it."""

    NOTHING = ""
    HEADING = "heading"
    ELAPSED = "elapsed time"
    MEMBER = "member"
    FAILOVER = "failover"
    TITLE = "title"
    FLAG = "flag"
    LISTED = "listed"
    COUNTS = "counts"
    LINK = "link"
    TRUNK = "trunk"
    PRIORITY = "priority"
    PVID = "pvid"
    TAGS = "tags"
    MORE_TAGS = "more tags"
    SWITCH = "switch"
    LAN = "LAN state"
    PAIR = "pair"


# Counters that tell of trouble when they rise, by where they stand. Those of drops stay out: a SEA drops by design.
RESETS = "Adapter Reset Count"
_BUFFERS = ("No mbuf Errors", "No Resource Errors", "S/W Transmit Queue Overflow", "Transmit Errors")
_HYPERVISOR = ("Hypervisor Send Failures", "Hypervisor Receive Failures", "No Buffers")
COUNTED: dict[Part, frozenset[str]] = {
    Part.SEA: frozenset(
        {"Thread queue overflow packets", "Queue full dropped packets", "Device output failures",
         "Memory allocation failures"}
    ),
    Part.FAILOVER: frozenset(),
    Part.REAL: frozenset({*_BUFFERS, "Receive Errors", "CRC Errors", RESETS}),
    Part.VIRTUAL: frozenset({*_BUFFERS, *_HYPERVISOR}),
    Part.CONTROL: frozenset({*_BUFFERS, *_HYPERVISOR}),
}  # fmt: skip

NUMBERS = (
    "Control Channel PVID", "Control Packets in", "Control Packets out", "Keep-Alive Packets", "Recovery Packets",
    "Notify Packets", "Limbo Packets", "Number of Times Server became Backup",
    "Number of Times Server became Primary", "Priority",
)  # fmt: skip

# ── forms of shapes: a number is ` 0 ` ────────────────────────────────────────────────────────────────────────────

_DIGITS = re.compile(" *[0-9]+ *")
_LABEL = r"[A-Za-z][\w/+().-]*(?: +[\w/+().-]+)*"
_COUNTERS = rf"\s*{_LABEL} ?: 0 (?:{_LABEL} ?: 0 ){{0,3}}\s*"
# Tables of memory and buffers: headings, and names with their numbers.
_TABLE = (
    (Tag.NOTHING, r" *(?:Hypervisor|Transmit|Receive|I/O Memory) Information *"),
    (Tag.NOTHING, r" +(?:(?:Virtual|I/O) Memory|(?:Transmit|Receive) Buffers|History) *"),
    (Tag.NOTHING, r" +Buffer Type(?: +(?:Tiny|Small|Medium|Large|Huge))+ *"),
    (Tag.COUNTS, r" +[A-Z][A-Za-z]*(?: [A-Za-z()]+)*(?: 0 )+"),
)
_MEMBERS = (
    (Tag.NOTHING, r"\s*"),
    (Tag.NOTHING, r"-{4,}(?: +-{4,})?"),
    (Tag.MEMBER, r"(?:Real|Virtual|Control) Adapter: ent 0 "),
)
_COMMON = (
    *_MEMBERS,
    (Tag.HEADING, r"ETHERNET STATISTICS \(ent 0 \) :"),
    (Tag.ELAPSED, r"Elapsed Time: .*"),
    (Tag.NOTHING, r"(?:Device Type|Hardware Address|Driver Flags|SEA Flags): .*"),
    (Tag.NOTHING, r"Transmit Statistics: +Receive Statistics:"),
    (Tag.NOTHING, r"General Statistics:"),
    (Tag.NOTHING, r"\t[A-Za-z0-9 ]+"),  # driver flags go on
)
_OF_SEA = (
    *_COMMON,
    (Tag.FAILOVER, r"High Availability Statistics:"),
    (Tag.TITLE, r"Statistics for adapters in the Shared Ethernet Adapter ent 0 "),
    (Tag.NOTHING, r"VLAN Ids :"),
    (Tag.NOTHING, r"(?:Real Side|Virtual Side|Other) Statistics:"),
    (Tag.FLAG, r" +< [A-Z_0-9 ]+ >\s*"),
    (Tag.NOTHING, r"\tThread \.+ # 0 "),
    (Tag.NOTHING, r" +SEA Default Queue # 0 \s*"),
    (Tag.LISTED, r" +ent 0 :(?: 0 )*\s*"),
    (Tag.COUNTS, _COUNTERS),
)
_OF_FAILOVER = (
    *_MEMBERS,
    (Tag.NOTHING, r"Type of Packets Received:\s*"),
    (Tag.PAIR, rf" +(?:{'|'.join(NUMBERS)}): 0 \s*"),
    (Tag.PAIR, r" +(?:State|Bridge Mode|High Availability Mode): [A-Za-z_]+\s*"),
    (Tag.PAIR, r" +VID shared:(?: 0 )*\s*"),
)
_OF_VIRTUAL = (
    *_COMMON,
    (Tag.NOTHING, r"Virtual I/O Ethernet Adapter \(l-lan\) Specific Statistics:"),
    (Tag.TRUNK, r"Trunk Adapter: (?:True|False)"),
    (Tag.NOTHING, r"Filter MCast Mode: (?:True|False)"),
    (Tag.PRIORITY, r"  Priority: 0 Active: (?:True|False)"),
    (Tag.LAN, r"LAN State: [A-Za-z ]+"),
    (Tag.NOTHING, r"ILLAN Attributes:[0-9a-fA-F ]+\[[0-9a-fA-F ]+\]"),
    (Tag.PVID, r"Port VLAN ID: 0 "),
    (Tag.TAGS, r"VLAN Tag IDs:(?: +None|(?: 0 )+)"),
    (Tag.MORE_TAGS, r"(?: 0 )+"),
    (Tag.SWITCH, r"Switch ID: [\w.+ -]+"),
    (Tag.COUNTS, _COUNTERS),
    *_TABLE,
)
# Each driver of a physical adapter has words of its own: names with values, tables, headings.
_OF_REAL = (
    *_COMMON,
    (Tag.LINK, r"\s*(?:(?:Physical|Logical) Port )?Link (?:Status|State) ?: *\w+\s*"),
    (Tag.COUNTS, _COUNTERS),
    # A link's line that was garbled is none of those that tell nothing.
    (Tag.NOTHING, rf"(?!.*Link Stat(?:us|e) ?:|.*: *(?:[Uu]p|[Dd]own|UP|DOWN)\s*$)\s*{_LABEL} ?:(?: .*)?"),
    (Tag.NOTHING, r".{1,100} Specific Statistics:"),
    *_TABLE,
    (Tag.NOTHING, r"\t.*"),
)
_FORMS = {
    part: tuple((tag, re.compile(form, re.ASCII)) for tag, form in forms)
    for part, forms in (
        (Part.SEA, _OF_SEA), (Part.FAILOVER, _OF_FAILOVER), (Part.REAL, _OF_REAL), (Part.VIRTUAL, _OF_VIRTUAL),
        (Part.CONTROL, _OF_VIRTUAL),
    )
}  # fmt: skip
_LABELS = re.compile(r"([A-Za-z][^:]*?) ?: 0 |^ +([A-Z][A-Za-z ]*?)(?: 0 )+$")
_LINES: dict[Part, dict[str, Tag]] = {part: {} for part in Part}  # only such as can't be many: nothing but zeros
_SHAPES: dict[Part, dict[str, Tag]] = {part: {} for part in Part}
_COUNTING = frozenset("123456789")


def tagged(text: str) -> Iterator[tuple[Part, Tag, int, str]]:
    """Each line that is good for something, with the part that it stands in and its number, or Unreadable.

    A member's first line belongs to that member already.
    """
    lines = text.split("\n")
    if len(longest := max(lines, key=len)) > LONGEST:
        raise Unreadable(f"a line is too long: {longest[:60]!r}…")
    part = Part.SEA
    known = _LINES[part]
    for number, line in enumerate(lines):
        tag = known.get(line)
        if tag is None:
            tag = judged(part, line)
        if tag:
            if tag is Tag.MEMBER or tag is Tag.FAILOVER:
                part = Part.FAILOVER if tag is Tag.FAILOVER else Part(line.partition(" ")[0])
                known = _LINES[part]
            yield part, tag, number, line


def judged(part: Part, line: str) -> Tag:
    """What a line is good for within that part, or Unreadable."""
    shape, shapes = _DIGITS.sub(" 0 ", line), _SHAPES[part]
    tag = shapes.get(shape)
    if tag is None:
        tag = _form(part, shape, line)
        if not line.startswith("Hardware Address:"):  # no two are the same
            _keep(shapes, shape, tag)
    if not _COUNTING.isdisjoint(line):
        return tag
    tag = Tag.NOTHING if tag is Tag.COUNTS else tag  # counters at zero tell nothing
    _keep(_LINES[part], line, tag)
    return tag


def _keep(known: dict[str, Tag], line: str, tag: Tag) -> None:
    if len(known) >= _ROOM:
        known.clear()
    known[line] = tag


def _form(part: Part, shape: str, line: str) -> Tag:
    tag = next((tag for tag, form in _FORMS[part] if form.fullmatch(shape)), None)
    if tag is None:
        raise Unreadable(f"it has a line that I don't know: {line.strip()[:120]!r}")
    if tag is Tag.COUNTS and not any(label in COUNTED[part] for label in labels(shape)):
        return Tag.NOTHING
    return tag


def labels(shape: str) -> list[str]:
    """The names of the counters in a line."""
    return [one or other for one, other in _LABELS.findall(shape)]
