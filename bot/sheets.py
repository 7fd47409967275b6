"""Audit rows as other programs take them: JSON lines, or CSV that a spreadsheet runs nothing of."""

from __future__ import annotations

import csv
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from policies.problems import AskProblem

if TYPE_CHECKING:
    from bot.ledger.audit import Row


class Form(StrEnum):
    JSONL = "jsonl"
    CSV = "csv"


class FileUnwritable(AskProblem):
    code = "file-unwritable"
    sentence = "I can't write {path}: {reason}."
    why = "An export never takes the place of a file, which may be an earlier one."
    remedy = "Name a new file, on a disk with room for it, in a folder that you may write to."


# A spreadsheet takes a cell that begins so for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write(rows: Iterable[Row], form: Form, path: Path | None) -> int:
    """One by one as they come; how many there were."""
    with opened(path) as file:
        return spread(rows, form, file)


def spread(rows: Iterable[Row], form: Form, file: TextIO) -> int:
    put = _sheet(file) if form is Form.CSV else _lines(file)
    count = 0
    for row in rows:
        put(row)
        count += 1
    return count


def _lines(file: TextIO) -> Callable[[Row], object]:
    def put(row: Row) -> None:
        told = row.cells() | {"body": row.body}
        file.write(json.dumps(told, ensure_ascii=False, separators=(",", ":")) + "\n")

    return put


def _sheet(file: TextIO) -> Callable[[Row], object]:
    from bot.ledger.audit import COLUMNS

    sheet = csv.writer(file)
    sheet.writerow(COLUMNS)
    return lambda row: sheet.writerow(map(harmless, row.cells().values()))


@contextmanager
def opened(path: Path | None) -> Iterator[TextIO]:
    if path is None:
        yield sys.stdout
        sys.stdout.flush()
        return
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(handle, "w", encoding="utf-8", newline="") as file:
            yield file
            file.flush()
            os.fsync(handle)
    except OSError as fault:
        raise FileUnwritable(path=path, reason=fault.strerror) from fault


def harmless(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell
