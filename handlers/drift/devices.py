"""Devices and their attributes: which there are (`lsdev`), how each is set (`lsattr -HEl`), and how to set it back."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from handlers import attrlist
from handlers.drift.source import Back
from handlers.drift.value import Reading, Value, keyed, printed_lines
from handlers.hmcout import Unreadable

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,60}", re.ASCII)
_STATES = frozenset({"Available", "Defined", "Stopped", "Diagnose"})
# Those that every AIX has attributes of; one that has none prints nothing, which can't be told from a lost answer.
_WATCHED = re.compile(r"(?:sys|inet|ent|et|en|fcs|fscsi|vscsi|hdisk|hdiskpower)\d{1,5}", re.ASCII)
_HELD = re.compile(r"(?:ent|fcs|fscsi|vscsi|hdisk|hdiskpower)\d{1,5}", re.ASCII)  # in use for as long as it runs
_SAFE = re.compile(r"[A-Za-z0-9_.:/+@-][A-Za-z0-9_.:/+@,-]{0,200}", re.ASCII)
# Of a SEA, whose port and trunks are called alike; what one of those is in use for, its device refuses by itself.
_SEAS = frozenset(
    ("largesend", "large_receive", "jumbo_frames", "netaddr", "gvrp", "thread", "accounting", "adapter_reset")
)
SET, FIXED = "settable", "fixed"


def present(text: str) -> Reading:
    """Every device and its state, of `lsdev -C -F 'name status'`; or Unreadable."""
    found: dict[str, Value] = {}
    for line in printed_lines(text):
        cells = line.split()
        if len(cells) != 2 or not _NAME.fullmatch(cells[0]) or cells[1] not in _STATES:
            raise Unreadable(f"it has a line that I don't know: {line.strip()[:120]!r}")
        keyed(found, cells[0], Value(cells[1]))
    if not found:
        raise Unreadable("it lists no device")
    return found


def attributes(text: str) -> Reading:
    """Of one device; or Unreadable."""
    found: dict[str, Value] = {}
    for name, told in attrlist.listed(text).items():
        keyed(found, name, Value(told.value, type=SET if told.settable else FIXED))
    if not found:
        raise Unreadable("it lists no attribute")
    return found


def watched(devices: Reading) -> Iterator[str]:
    """The devices whose attributes are asked for, in order."""
    for name in sorted(devices):
        if devices[name].now == "Available" and is_watched(name):
            yield name


def is_watched(name: str) -> bool:
    return _WATCHED.fullmatch(name) is not None


def back(about: str, key: str, wanted: Value | None, now: Value | None) -> Back:
    """By root's `chdev`. What is in use takes it for the next start alone."""
    waits = _HELD.fullmatch(about) is not None
    return _back(lambda pair: ("chdev", "-l", about, "-a", pair, *(("-P",) if waits else ())), key, wanted, now, waits)


def padmin_back(about: str, key: str, wanted: Value | None, now: Value | None) -> Back:
    """By padmin's `chdev`. A SEA takes its own while it bridges; what clients lean on waits for the next start."""
    waits = _HELD.fullmatch(about) is not None and not (about.startswith("ent") and key in _SEAS)
    words: Iterable[str] = ("-perm",) if waits else ()
    return _back(lambda pair: ("chdev", "-dev", about, "-attr", pair, *words), key, wanted, now, waits)


def _back(
    made: Callable[[str], tuple[str, ...]], key: str, wanted: Value | None, now: Value | None, waits: bool
) -> Back:
    if wanted is None or now is None:
        return Back(why_not="which attributes a device has is its driver's to say")
    if FIXED in (now.type, wanted.type):
        return Back(why_not="nobody can set it: it tells what the device is")
    if not _SAFE.fullmatch(wanted.now):
        return Back(why_not="I don't send that value to a shell: it has to be set by hand")
    told = "the device takes it at the next start: it is in use until then" if waits else ""
    return Back(argv=(made(f"{key}={wanted.now}"),), takes_hold=told)
