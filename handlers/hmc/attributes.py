"""Rows of `attr=value` answers: which attribute stands under which column.

An HMC prints those that its level and the kind of thing have, so one that is missing is a cell without a value;
but for those by which the thing is known.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from handlers import hmcout
from handlers.hmcout import Unreadable
from handlers.reading import Read
from handlers.table import Cell, Column, Kind, Row


class Attributed(Read):
    """A read answered so. `attributes`: what stands under each of its columns; `known_by`: what no row lacks."""

    attributes: ClassVar[tuple[str, ...]]
    known_by: ClassVar[tuple[str, ...]]

    def parse(self, text: str) -> Iterable[Row]:
        return rows(text, self.columns, self.attributes, known_by=self.known_by)


def rows(text: str, columns: Sequence[Column], attributes: Sequence[str], *, known_by: Sequence[str]) -> list[Row]:
    """Each object with a cell for each attribute, or Unreadable."""
    return [row(found, columns, attributes, known_by=known_by) for found in hmcout.pairs(text)]


def row(found: dict[str, str], columns: Sequence[Column], attributes: Sequence[str], *, known_by: Sequence[str]) -> Row:
    for name in known_by:
        if name not in found:
            raise Unreadable(f"it has a line without {name}: {','.join(found)[:120]!r}")
    return tuple(cell(found.get(name), column) for name, column in zip(attributes, columns, strict=True))


def cell(value: str | None, column: Column) -> Cell:
    """A number where the column is one, or Unreadable."""
    text = hmcout.given(value)
    if text is None or not column.is_number:
        return text
    whole = hmcout.number(text)
    if whole is not None:
        return whole
    number, point, rest = text.partition(".")
    if column.kind is Kind.NUMBER and point and number.isascii() and number.isdigit() and rest.isdigit():
        return float(text)
    raise Unreadable(f"{column.name} is no number: {text[:60]!r}")


def size(name: str) -> Column:
    return Column(name=name, kind=Kind.SIZE, unit="MB")


def number(name: str) -> Column:
    return Column(name=name, kind=Kind.NUMBER)


def state(name: str) -> Column:
    return Column(name=name, kind=Kind.STATE)


def texts(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name=name) for name in names)
