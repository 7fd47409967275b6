"""A table as people and programs read it: in a message on a phone, in a terminal, in a file. Pure."""

from __future__ import annotations

import csv
import io
import json
import unicodedata
from collections.abc import Iterable, Sequence

from bot import kit
from bot.kit import Block
from bot.sheets import harmless
from handlers.operation import Report
from handlers.table import Cell, Column, Kind, Row, SheetForm, Table, words

# A phone shows about so many characters of a preformatted line before it breaks it, and then columns are none any more.
PHONE = 42
SHOWN = 5_000  # characters of a table in a message, which holds 12,000 in all
PREVIEW = 10  # rows in the message of a table that is a file
CELL = 200  # characters of a cell in a message; a longer one makes the table a file
MISSING, MISSING_SHOWN = 10, 1_500  # lines, and characters, of what isn't in it


def blocks(table: Table, as_file: SheetForm | None) -> list[Block]:
    """The table where it fits, else its beginning and that the whole is a file; and what is missing in it."""
    whole = fits(table)
    own, shared = _parted(table)
    shown = own if whole else own.model_copy(update={"rows": own.rows[:PREVIEW]})
    count = len(table.rows)
    told = [table.caption] if table.caption else []
    if as_file or not whole:
        beginning = "" if whole else f"; here are the first {len(shown.rows)}"
        told.append(f"📎 all {count} {_rows(count)} are in the attached file{beginning}")
    missing = _missing(table)
    return [
        *([kit.context(shared)] if shared else []),
        *_body(shown),
        *([kit.context("\n".join(map(kit.escape, told)))] if told else []),
        *([kit.section(missing)] if missing else []),
    ]


def fits(table: Table) -> bool:
    """Whether a message shows all of it, to the letter."""
    cells = (cell for row in table.rows for cell in _cells(row, table.columns))
    if any(len(cell) > CELL for cell in cells):
        return False
    own, shared = _parted(table)
    lines = aligned(own) if _is_narrow(own) else _list(own)
    return len(shared) + sum(len(line) + 1 for line in lines) <= SHOWN


def files(table: Table, as_file: SheetForm | None, name: str) -> list[tuple[str, str]]:
    """What is attached: each file's name and text. `name`: without its ending."""
    made = []
    if as_file is not None or not fits(table):
        form = as_file or "csv"
        made.append((f"{name}.{form}", sheet(table, form)))
    if len(table.missing) > MISSING and as_file != "json":
        made.append((f"{name}-missing.txt", "\n".join(table.missing) + "\n"))
    return made


def sheet(table: Table, form: SheetForm) -> str:
    """Whole, for programs: cells as they are, nothing rounded. CSV's formulas are defused."""
    if form == "json":
        columns = [column.model_dump(mode="json") for column in table.columns]
        names = [column.name for column in table.columns]
        rows = [dict(zip(names, row, strict=True)) for row in table.rows]
        told = {"columns": columns, "rows": rows, "missing": table.missing}
        return json.dumps(told, ensure_ascii=False, indent=1) + "\n"
    text = io.StringIO(newline="")
    write = csv.writer(text)
    write.writerow(column.head for column in table.columns)
    write.writerows([harmless(cell) for cell in row] for row in table.rows)
    return text.getvalue()


def lines(report: Report, headline: str) -> list[str]:
    """A report's words with its table whole, in plain lines."""
    table = report.table
    return [headline, *(aligned(table) if table is not None and table.rows else ()), *_left(table), *report.lines]


def beside(report: Report, headline: str) -> list[str]:
    """What a file of its table doesn't tell."""
    return [headline, *_left(report.table), *report.lines]


def _left(table: Table | None) -> list[str]:
    """What isn't in it, on request or for a reason."""
    if table is None:
        return []
    return [*([table.caption] if table.caption else []), *(f"missing: {each}" for each in table.missing)]


def aligned(table: Table) -> list[str]:
    """Lines under a line of heads; numbers stand to the right."""
    heads = tuple(column.name for column in table.columns)
    rows = [heads, *(_cells(row, table.columns) for row in table.rows)]
    widths = [max(map(_width, cells)) for cells in zip(*rows, strict=True)]
    return [_line(cells, widths, table.columns) for cells in rows]


def _line(cells: Sequence[str], widths: Sequence[int], columns: Sequence[Column]) -> str:
    padded = [
        " " * (width - _width(cell)) + cell if column.is_number else cell + " " * (width - _width(cell))
        for cell, width, column in zip(cells, widths, columns, strict=True)
    ]
    return "  ".join(padded).rstrip()


def _body(table: Table) -> list[Block]:
    if not table.rows:
        return []
    if _is_narrow(table):
        return kit.raws("\n".join(aligned(table)))
    return [kit.section(page) for page in _pages(_list(table))]


def _parted(table: Table) -> tuple[Table, str]:
    """Of a table that is too wide for a phone: what differs from row to row, and what all have in common; mrkdwn.

    States stay in their rows: they are what is looked for.
    """
    if len(table.rows) < 2 or _is_narrow(table):
        return table, ""
    first = table.rows[0]
    differs = [
        at
        for at, column in enumerate(table.columns)
        if column.kind is Kind.STATE or any(row[at] != first[at] for row in table.rows)
    ]
    if not differs or len(differs) == len(first):
        return table, ""
    rows = tuple(tuple(row[at] for at in differs) for row in table.rows)
    own = table.model_copy(update={"columns": tuple(table.columns[at] for at in differs), "rows": rows})
    common = zip(_cells(first, table.columns), table.columns, first, strict=True)
    told = _told(each for at, each in enumerate(common) if at not in differs)
    return own, f"Each: {' · '.join(told)}" if told else ""


def _is_narrow(table: Table) -> bool:
    return max(map(_width, aligned(table))) <= PHONE


def _list(table: Table) -> list[str]:
    """A line for each row: what it is about in bold, then what is told of it; mrkdwn."""
    name = next((at for at, column in enumerate(table.columns) if not column.is_number), 0)
    return [_item(row, table.columns, name) for row in table.rows]


def _item(row: Row, columns: Sequence[Column], name: int) -> str:
    cells = [*zip(_cells(row, columns), columns, row, strict=True)]
    title, *_ = cells.pop(name)
    return " · ".join([f"*{kit.escape(kit.cut(title, CELL))}*", *_told(cells)])


def _told(cells: Iterable[tuple[str, Column, Cell]]) -> list[str]:
    """Those that hold something; a state's word needs no name before it."""
    told = (
        cell if column.kind is Kind.STATE else f"{column.name} {cell}" for cell, column, raw in cells if raw is not None
    )
    return [kit.escape(kit.cut(each, CELL)) for each in told]


def _pages(lines: Iterable[str]) -> list[str]:
    pages: list[str] = []
    for line in lines:
        if pages and len(pages[-1]) + 1 + len(line) <= kit.SECTION:
            pages[-1] += f"\n{line}"
        else:
            pages.append(line)
    return pages


def _missing(table: Table) -> str:
    """What isn't in it, each with its reason; mrkdwn."""
    if not table.missing:
        return ""
    lines = [f"⚠️ {kit.flat(kit.short(line))}" for line in table.missing[:MISSING]]
    if len(table.missing) > MISSING:
        lines.append(f"📎 all {len(table.missing)} that are missing are in the attached file")
    return kit.cut("\n".join(lines), MISSING_SHOWN + 1_000)


def _cells(row: Row, columns: Sequence[Column]) -> tuple[str, ...]:
    return tuple(kit.printable(words(cell, column)) for cell, column in zip(row, columns, strict=True))


def _width(text: str) -> int:
    """Columns that it takes where every character is as wide: two for what is wide in the East."""
    return sum(0 if unicodedata.combining(ch) else 2 if unicodedata.east_asian_width(ch) in "WF" else 1 for ch in text)


def _rows(count: int) -> str:
    return "row" if count == 1 else "rows"
