"""A setting as it was read: normalised once, so that comparing is equality of strings."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeAlias

from handlers.hmcout import Unreadable


class Value(NamedTuple):
    """`default`, `boot`: what it is out of the box, and what it becomes at the next start; None: the source tells none.

    `type`: the letter by which AIX says when a change takes hold, or what else of a kind tells how to set it and makes
    no difference by itself, such as the adapter of a mapping. `text`: the whole of what `now` is a digest of.
    """

    now: str
    default: str | None = None
    boot: str | None = None
    type: str | None = None
    text: str | None = None

    @property
    def waits(self) -> bool:
        """It will be something else after the next start, with nobody touching it."""
        return self.boot is not None and self.boot != self.now


Reading: TypeAlias = Mapping[str, Value]  # by key; a key has no slash in it
LONGEST_KEY = 200
Seal: TypeAlias = Callable[[str], str]  # of a text that may not be kept, what tells it from others and nothing else


def unmarked(text: str) -> str:
    """Where nobody gave a seal: what may not be kept has nothing that tells it from anything else."""
    return "not kept"


def normal(text: str) -> str:
    """`"1"` and ` 1` are 1; a whole number has no zeros in front and no plus. Anything else is as it was printed."""
    told = text.strip()
    if len(told) > 1 and told[0] == told[-1] == '"':
        told = told[1:-1].strip()
    sign, digits = ("-", told[1:]) if told.startswith("-") else ("", told.removeprefix("+"))
    if digits.isascii() and digits.isdigit():
        return sign * (digits.strip("0") != "") + (digits.lstrip("0") or "0")
    return told


def printed_lines(printed: str) -> list[str]:
    """The lines of a list that is whole; one whose last line has no end was cut."""
    if not printed.endswith("\n"):
        raise Unreadable("it is cut off" if printed else "the answer is empty")
    return printed.splitlines()


def keyed(found: dict[str, Value], key: str, value: Value) -> None:
    """One more of a reading, or Unreadable: a key that is no key, or that stands there already."""
    if not key or len(key) > LONGEST_KEY or "/" in key or not key.isprintable():
        raise Unreadable(f"that is no name of a setting: {key[:120]!r}")
    if key in found:
        raise Unreadable(f"it tells {key[:120]} twice")
    found[key] = value


def packed(reading: Reading) -> str:
    """As it is kept: the same values are the same text, in whatever order they were printed."""
    rows = {key: _short(value) for key, value in reading.items()}
    return json.dumps(rows, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def unpacked(text: str) -> dict[str, Value]:
    return {key: Value(*row) for key, row in json.loads(text).items()}


def digest(text: str) -> str:
    """The name of a packed reading: the same on every host that is set the same."""
    return hashlib.sha256(text.encode()).hexdigest()


def _short(value: Value) -> list[str | None]:
    row = list(value)
    while row[-1] is None:
        row.pop()
    return row
