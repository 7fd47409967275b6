"""A device's attributes as AIX lists them under a heading: `lsattr -HEl`, and padmin's `lsdev -dev X -attr`.

Without the heading nothing tells the columns, as a value can be empty.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from handlers.hmcout import Unreadable

_HEADING = re.compile(r"(attribute +)(value +)(description +)user_settable\s*")
_LONGEST = 2_000
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,60}", re.ASCII)
_END = re.compile(r" (True|False)\+?\s*$")


class Listed(NamedTuple):
    value: str
    description: str
    settable: bool


def listed(text: str) -> dict[str, Listed]:
    """By name, or Unreadable. A device without any attribute prints nothing, and has to be told from a lost answer."""
    first, *lines = text.split("\n")
    heading = _HEADING.fullmatch(first)
    if heading is None or not text.endswith("\n"):
        raise Unreadable(f"it isn't a list of attributes: {first[:120]!r}")
    value, description = heading.end(1), heading.end(2)
    told: dict[str, Listed] = {}
    for line in filter(str.strip, lines):
        name, end = line[:value].strip(), _END.search(line)
        columns = (
            len(line) <= _LONGEST and line[value - 1 : value] == " " and line[description - 1 : description] == " "
        )
        if not columns or not _NAME.fullmatch(name) or name in told or end is None:
            raise Unreadable(f"it has a line that I don't know: {line.strip()[:120]!r}")
        told[name] = Listed(line[value:description].strip(), line[description : end.start()].strip(), end[1] == "True")
    return told
