"""A table: what a read answers with, as values. How it is shown is for whoever shows it."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal, TypeAlias

from pydantic import StringConstraints, model_validator

from policies.words import Frozen

# None: the machine tells none. What looks like a number isn't one before its column says so.
Cell: TypeAlias = str | int | float | None
Row: TypeAlias = tuple[Cell, ...]
SheetForm: TypeAlias = Literal["csv", "json"]

FieldName: TypeAlias = Annotated[str, StringConstraints(max_length=32, pattern=r"^[a-z][a-z0-9_]*$")]


class Kind(StrEnum):
    TEXT = "text"
    NUMBER = "number"  # a whole number or a fraction
    SIZE = "size"  # a whole number of `unit`: KB, MB, GB
    STATE = "state"  # one of the machine's own words, such as Running


class Column(Frozen):
    """`name` is also the word that `filter=`, `fields=` and `sort=` know it by."""

    name: FieldName
    kind: Kind = Kind.TEXT
    unit: str = ""

    @property
    def is_number(self) -> bool:
        return self.kind in (Kind.NUMBER, Kind.SIZE)

    @property
    def head(self) -> str:
        return f"{self.name} ({self.unit})" if self.unit else self.name


class Table(Frozen):
    """Rows of as many cells as there are columns; a cell of a number's column is a number or None.

    `missing`: whose rows aren't there, each with the reason, in a line.
    """

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    caption: str = ""  # what was left out of it on request
    missing: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _rows_fit(self) -> Table:
        for row in self.rows:
            if len(row) != len(self.columns):
                raise ValueError(f"a row of {len(row)} cells under {len(self.columns)} columns")
            for column, cell in zip(self.columns, row, strict=True):
                if cell is not None and column.is_number is isinstance(cell, str):
                    raise ValueError(f"{column.name} is no place for {cell!r:.60}")
        return self

    def column(self, name: str) -> int:
        """Its position."""
        return next(at for at, column in enumerate(self.columns) if column.name == name)


def words(cell: Cell, column: Column) -> str:
    """A cell as a person reads it."""
    if cell is None:
        return "-"
    if column.kind is Kind.SIZE and isinstance(cell, int):
        return sized(cell, column.unit)
    if isinstance(cell, float):
        return f"{cell:.3f}".rstrip("0").rstrip(".")
    return " ".join(str(cell).split())


_UNITS = ("B", "KB", "MB", "GB", "TB", "PB")


def sized(count: int, unit: str) -> str:
    """`64 GB` of 65536 MB: in the largest unit of which it is a whole number or at least ten."""
    at, value = _UNITS.index(unit), float(count)
    while at + 1 < len(_UNITS) and value >= 1024 and (value % 1024 == 0 or value >= 10 * 1024):
        at, value = at + 1, value / 1024
    return f"{value:.1f}".removesuffix(".0") + f" {_UNITS[at]}"
