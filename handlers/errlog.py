"""The error log in brief, as padmin's `errlog` and root's `errpt` print it: newest first, whole minutes, local clock.

It can wrap, be cleared or be off, and drops what repeats: that nothing stands in it is no sign of health.
"""

from __future__ import annotations

import re
from datetime import datetime

from handlers.hmcout import Unreadable
from policies.words import Frozen

BECOME_PRIMARY, BECOME_BACKUP = "E136EAFA", "40D97644"
LOGGING_ON, LOGGING_OFF = "9DBCFDEE", "192AC071"

_HEADING = re.compile(r"IDENTIFIER +TIMESTAMP +T +C +RESOURCE_NAME +DESCRIPTION\s*")
_LINE = re.compile(
    r"(?P<identifier>[0-9A-F]{8}) +(?P<stamp>\d{10}) (?P<type>[PTIU]) (?P<klass>[HSOU]) (?P<resource>\S{1,32})"
    r"(?: +(?P<description>\S.{0,60}))?\s*",
    re.ASCII,
)


class Entry(Frozen):
    """`stamp` is local to the host, in whole minutes; `type`: P permanent, T temporary, I information, U unknown."""

    identifier: str
    stamp: datetime
    type: str
    klass: str  # H hardware, S software, O operator, U undetermined
    resource: str
    description: str
    line: str  # as printed


def entries(text: str) -> tuple[Entry, ...]:
    """Newest first, or Unreadable. A log that holds nothing prints nothing at all, also no heading."""
    if not text.strip():
        return ()
    heading, *lines = text.split("\n")
    if not _HEADING.fullmatch(heading) or not text.endswith("\n"):
        raise Unreadable(f"it isn't an error log, or it is cut off: {heading[:120]!r}")
    return tuple(map(_entry, filter(str.strip, lines)))


def _entry(line: str) -> Entry:
    found = _LINE.fullmatch(line)
    if found is None:
        raise Unreadable(f"it has a line that I don't know: {line.strip()[:120]!r}")
    try:
        stamp = datetime.strptime(found["stamp"], "%m%d%H%M%y")  # noqa: DTZ007 - its timezone isn't told
    except ValueError as fault:
        raise Unreadable(f"it has a date that is none: {found['stamp']}") from fault
    return Entry(
        identifier=found["identifier"],
        stamp=stamp,
        type=found["type"],
        klass=found["klass"],
        resource=found["resource"],
        description=(found["description"] or "").strip(),
        line=line.rstrip(),
    )
