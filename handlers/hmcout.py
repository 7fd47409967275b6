"""HMC list output: `attr=value,attr=value` a line, or the bare values of `-F`.

A pair or value that holds a comma is quoted as a whole, its inner quotes are doubled, and a quoted one may span lines:
that is CSV, so the csv module reads it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

NO_RESULTS = "No results were found."
_NOTHING = frozenset({"", "none", "null", "unavailable"})


class Unreadable(ValueError):
    """The answer is not in the form of a list; `args[0]` says where."""


def pairs(text: str) -> list[dict[str, str]]:
    """The objects of an answer in `attr=value` form, or Unreadable; an empty list where the HMC found nothing."""
    if _found_nothing(text):
        return []
    return [dict(_split(pair, row) for pair in row) for row in _rows(text)]


def values(text: str, fields: Iterable[str]) -> list[dict[str, str]]:
    """The objects of a `-F` answer, by the fields that were asked for, or Unreadable."""
    if _found_nothing(text):
        return []
    names = tuple(fields)
    found = []
    for row in _rows(text):
        if len(row) != len(names):
            raise Unreadable(f"{len(row)} values where {len(names)} were asked for: {','.join(row)[:120]}")
        found.append(dict(zip(names, row, strict=True)))
    return found


def given(value: str | None) -> str | None:
    """A value, or None for each of the words by which an HMC says that there is none."""
    return None if value is None or value.strip().lower() in _NOTHING else value


def number(value: str | None) -> int | None:
    """A whole number, or None."""
    text = given(value)
    return int(text) if text is not None and text.isascii() and text.isdigit() else None


def _found_nothing(text: str) -> bool:
    """An HMC that found nothing says so; one that says nothing at all has told nothing."""
    if not text.strip():
        raise Unreadable("the answer is empty")
    return text.strip() == NO_RESULTS


def _rows(text: str) -> list[list[str]]:
    try:
        return [row for row in csv.reader(io.StringIO(text, newline=""), strict=True) if row]
    except csv.Error as fault:
        raise Unreadable(f"not a list: {fault}") from fault


def _split(pair: str, row: list[str]) -> tuple[str, str]:
    name, equals, value = pair.partition("=")
    if not equals or not name.replace("_", "").isalnum():
        raise Unreadable(f"not attr=value: {pair[:120]!r} in {','.join(row)[:120]!r}")
    return name, value
