"""The small language of `filter=`, `fields=` and `sort=`: which rows of a table are wanted, and in what order.

    filter=state=running              the whole value, capitals or not
    filter=name~db                    a part of it
    filter=mem>4096,state!=running    numbers with > >= < <=; commas mean "and"
    sort=-mem                         the largest first

A value can't have a comma in it: look for a part of it with `~`. What isn't told (`-`) is equal to nothing but `-`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from handlers.table import Cell, Column, Row, Table

LONGEST = 300  # characters of one filter
_TERM = re.compile(r"(?P<field>[^=!~<>]*)(?P<sign>!=|!~|>=|<=|=|~|>|<)(?P<value>.*)", re.DOTALL)
_NUMBER = re.compile(r"[+-]?\d{1,15}(?:\.\d{1,9})?", re.ASCII)
_COMPARED: dict[str, Callable[[float, float], bool]] = {
    ">": lambda cell, value: cell > value,
    "<": lambda cell, value: cell < value,
    ">=": lambda cell, value: cell >= value,
    "<=": lambda cell, value: cell <= value,
}


class Unfit(ValueError):
    """What was written is no filter, no list of fields, or no order of this table; `args[0]` says why."""


@dataclass(frozen=True)
class Term:
    """One thing that must hold of a row. `number`: of the value, where it is one."""

    column: Column
    sign: str
    value: str
    number: float | None

    def holds(self, cell: Cell) -> bool:
        if self.sign in _COMPARED:
            return isinstance(cell, int | float) and self.number is not None and self._compares(cell, self.number)
        wanted = self.sign[0] != "!"
        return (self._contains(cell) if self.sign.endswith("~") else self._equals(cell)) is wanted

    def _compares(self, cell: float, number: float) -> bool:
        return _COMPARED[self.sign](cell, number)

    def _equals(self, cell: Cell) -> bool:
        if isinstance(cell, int | float):
            return self.number is not None and cell == self.number
        return _folded(cell) == self.value.casefold()

    def _contains(self, cell: Cell) -> bool:
        return cell is not None and self.value.casefold() in _folded(cell)


def terms(typed: str, columns: Sequence[Column]) -> tuple[Term, ...]:
    """What a filter says, or Unfit."""
    if len(typed) > LONGEST:
        raise Unfit(f"it has {len(typed)} characters, and {LONGEST} are taken")
    if any(not ch.isprintable() or ch in '"“”„' for ch in typed):
        raise Unfit("it holds a quote or a character that can't be printed")
    return tuple(_term(part, columns) for part in typed.split(","))


def _term(part: str, columns: Sequence[Column]) -> Term:
    found = _TERM.fullmatch(part)
    if found is None:
        raise Unfit(f"'{part[:60]}' compares nothing: write field=value, field~part or field>number")
    column = _named(found["field"].strip(), columns)
    sign, value = found["sign"], found["value"].strip()
    number = float(value) if _NUMBER.fullmatch(value) else None
    if sign in _COMPARED and not column.is_number:
        raise Unfit(f"{column.name} is no number, so it isn't compared with {sign}: use = or ~")
    if sign in _COMPARED and number is None:
        raise Unfit(f"'{value[:60]}' is no number to compare {column.name} with")
    if column.is_number and sign in ("=", "!=") and number is None and value != "-":
        raise Unfit(f"{column.name} is a number, and '{value[:60]}' is none")
    return Term(column, sign, value, number)


def chosen(typed: str, columns: Sequence[Column]) -> tuple[Column, ...]:
    """The columns that `fields=` names, in its order, or Unfit."""
    names = [name.strip() for name in typed.split(",")]
    if len(set(names)) != len(names):
        raise Unfit("a field is named twice")
    return tuple(_named(name, columns) for name in names)


def order(typed: str, columns: Sequence[Column]) -> tuple[Column, bool]:
    """The column that `sort=` names, and whether the largest comes first; or Unfit."""
    return _named(typed.removeprefix("-"), columns), typed.startswith("-")


def arranged(table: Table, *, filter: str | None, fields: str | None, sort: str | None) -> Table:
    """The rows that are wanted, in the order that is wanted, of the columns that are wanted.

    What isn't told comes last, whichever way it is sorted.
    """
    rows: Sequence[Row] = table.rows
    if filter is not None:
        wanted = [(table.column(term.column.name), term) for term in terms(filter, table.columns)]
        rows = [row for row in rows if all(term.holds(row[at]) for at, term in wanted)]
    if sort is not None:
        column, largest_first = order(sort, table.columns)
        rows = _sorted(rows, table.column(column.name), largest_first)
    if fields is None:
        return table.model_copy(update={"rows": tuple(rows)})
    columns = chosen(fields, table.columns)
    places = [table.column(column.name) for column in columns]
    found = tuple(tuple(row[at] for at in places) for row in rows)
    return table.model_copy(update={"columns": columns, "rows": found})


def _sorted(rows: Iterable[Row], at: int, largest_first: bool) -> list[Row]:
    told = [row for row in rows if row[at] is not None]
    untold = [row for row in rows if row[at] is None]
    return sorted(told, key=lambda row: _key(row[at]), reverse=largest_first) + untold


def _key(cell: Cell) -> tuple[object, ...]:
    """Numbers by size; words as a person counts: p9 before p10."""
    if isinstance(cell, int | float):
        return (cell,)
    return tuple(
        (0, int(piece), "") if piece.isdigit() else (1, 0, piece)
        for piece in re.findall(r"[0-9]{1,15}|[^0-9]+|[0-9]+", _folded(cell))
    )


def _folded(cell: Cell) -> str:
    return "-" if cell is None else " ".join(str(cell).split()).casefold()


def _named(name: str, columns: Sequence[Column]) -> Column:
    found = next((column for column in columns if column.name == name.casefold()), None)
    if found is not None:
        return found
    known = [column.name for column in columns]
    close = get_close_matches(name.casefold(), known, n=1)
    hint = f" Did you mean {close[0]}?" if close else ""
    raise Unfit(f"there is no field '{name[:60]}'; there are: {', '.join(known)}.{hint}")
