"""AIX's tunables, as `no`, `vmo`, `schedo` and `ioo` list them for programs: `-F -x`."""

from __future__ import annotations

import re
from collections.abc import Callable

from handlers.drift.source import Back
from handlers.drift.value import Reading, Value, keyed, normal, printed_lines
from handlers.hmcout import Unreadable

RESTRICTED = "##Restricted tunables"
_CELL = r'(\{[^{}]*\}|"[^"]*"|[^,{}"]*)'
# name, current, default, reboot, least, most, unit, type, and what it depends on: that may be missing.
_LINE = re.compile(
    rf"([A-Za-z][A-Za-z0-9_]{{0,60}}%?),{_CELL},{_CELL},{_CELL},{_CELL},{_CELL},([^,]*),([A-Za-z])(,.*)?"
)
_LONGEST = 1_000
_NONE = frozenset({"", "n/a", "NONE"})

AT_ONCE, AT_START, NEVER = "DIMC", "RB", "S"
NOW, BOOT, BOTH = "now", "boot", "both"
_SENDABLE = re.compile(r"[A-Za-z0-9_.:,-]+", re.ASCII)


def tunables(text: str) -> Reading:
    """Every one, restricted or not, or Unreadable. The type of a restricted one ends in `!`."""
    found: dict[str, Value] = {}
    restricted = False
    for line in printed_lines(text):
        if line.strip() == RESTRICTED:
            restricted = True
            continue
        told = _LINE.fullmatch(line.strip()) if len(line) <= _LONGEST else None
        if told is None:
            raise Unreadable(f"it has a line that I don't know: {line.strip()[:120]!r}")
        current, default, boot = (_given(told[at]) for at in (2, 3, 4))
        value = Value(current or "", default, boot, told[8] + "!" * restricted)
        keyed(found, told[1], value)
    if not found:
        raise Unreadable("it lists no tunable")
    return found


def _given(cell: str) -> str | None:
    told = normal(cell)
    return None if told in _NONE else told


def back(command: str, key: str, wanted: Value | None, now: Value | None) -> Back:
    """For now and for the next start, each as it was. `-p` sets both, right only where both were alike."""
    words = {NOW: (), BOOT: ("-r",), BOTH: ("-p",)}
    return _back(lambda when, value: (command, *words[when], "-o", f"{key}={value}"), "AIX", wanted, now)


def padmin_back(about: str, key: str, wanted: Value | None, now: Value | None) -> Back:
    """The same by padmin's `optimizenet`."""
    words = {NOW: (), BOOT: ("-reboot",), BOTH: ("-perm",)}
    if wanted is not None and not _SENDABLE.fullmatch(f"{wanted.now}{wanted.boot or ''}"):
        return Back(why_not="I don't send that value to a shell: it has to be set by hand")
    return _back(lambda when, value: ("optimizenet", "-set", f"{key}={value}", *words[when]), "VIOS", wanted, now)


def _back(made: Callable[[str, str], tuple[str, ...]], what: str, wanted: Value | None, now: Value | None) -> Back:
    if wanted is None or now is None:
        return Back(why_not=f"the level of {what} decides which tunables there are")
    kind = (now.type or "")[:1]
    if kind in NEVER:
        return Back(why_not="it is static: nobody can set it")
    restricted = (now.type or "").endswith("!")
    if restricted:
        return Back(why_not="it is restricted: IBM's support says when to set it, and the command asks before it does")
    boot = wanted.boot if wanted.boot is not None else wanted.now
    if kind in AT_START:
        if now.boot == boot:
            return Back(why_not="it is set back already, and holds from the next start on")
        told = "it holds from the next start on" + (", after a bosboot" if kind == "B" else "")
        return Back(argv=(made(BOOT, boot),), takes_hold=told)
    if wanted.now == boot:
        return Back(argv=(made(BOTH, boot),))
    steps: list[tuple[str, ...]] = [made(BOOT, boot)] if now.boot != boot else []
    steps += [made(NOW, wanted.now)] if now.now != wanted.now else []
    return Back(argv=tuple(steps))
