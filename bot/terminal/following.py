"""A request as it goes on, told at a terminal: what happens on standard error, what it comes to on standard output."""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from bot.terminal.screen import err, out, printable
from policies.requests import ENDED, State

if TYPE_CHECKING:
    from bot.ledger.audit import Row
    from bot.ledger.requests import Request
    from bot.ledger.store import Ledger
    from bot.ledger.tx import Db
    from handlers.operation import Report

EVERY = 0.3  # seconds
LOOKS_AFTER = 30.0  # seconds without news, after which it looks whether anybody is there
STATUS = {State.SUCCEEDED: 0, State.FAILED: 1, State.UNKNOWN: 3}  # of every other end: 2
QUIET = frozenset({"asked", "looked", *(state.value for state in ENDED)})  # told by the report


def is_served(folder: Path) -> bool:
    """Whether a bot works on the folder: it holds the folder's lock for as long as it does."""
    if not folder.exists():
        return False
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(handle)
    return False


def to_the_end(ledger: Ledger, number: int, *, as_json: bool) -> int:
    """Tell what happens until it is over; the exit status. Who interrupts it leaves the request as it is."""
    told = _Told(ledger, number)
    try:
        request = told.until_over()
    except KeyboardInterrupt:
        _say(f"#{number} goes on without you. How it stands: hscbot requests show {number}")
        return 130
    if as_json:
        out.file.write(json.dumps(_object(request), ensure_ascii=True) + "\n")
    else:
        for line in _lines(request):
            out.file.write(printable(line) + "\n")
    out.file.flush()
    return STATUS.get(request.state, 2)


class _Told:
    """How far a request has been told. `row`: its last audit row; `piece`: its last piece of an answer."""

    def __init__(self, ledger: Ledger, number: int) -> None:
        self._ledger, self._number = ledger, number
        self._row = self._piece = 0
        self._line = ""

    def until_over(self) -> Request:
        news = time.monotonic()
        while True:
            request, rows, pieces = self._ledger.read_now(self._look)
            if rows or pieces:
                news = time.monotonic()
            self._tell(rows, pieces)
            if request.state in ENDED and not rows:
                return request
            if time.monotonic() - news > LOOKS_AFTER:
                news = time.monotonic()
                if not is_served(self._ledger.folder):
                    _say("no bot runs any more; this waits until one is started. Ctrl-C leaves it waiting there.")
            time.sleep(EVERY)

    def _look(self, db: Db) -> tuple[Request, list[Row], list[bytes]]:
        from bot.ledger import audit, outputs, requests

        request = requests.get(db, self._number)
        rows = list(audit.find(db, audit.Filter(request=self._number, after=self._row)))
        pieces = list(outputs.since(db, self._number, self._piece))
        self._row = max([self._row, *(row.seq for row in rows)])
        self._piece = max([self._piece, *(at for at, _ in pieces)])
        return request, rows, [raw for _, raw in pieces]

    def _tell(self, rows: Iterable[Row], pieces: Iterable[bytes]) -> None:
        from bot.ledger import story

        for raw in pieces:
            *whole, self._line = (self._line + raw.decode("utf-8", "replace")).split("\n")
            for line in whole:
                _say(f"  | {line.rstrip()}")
        for row in rows:
            if row.action in QUIET:
                continue
            told = story.line(row)
            happened = f"{told.at:%H:%M:%S} {told.what}" + (f": {told.detail}" if told.detail else "")
            _say(_progress(row) or happened)


def _progress(row: Row) -> str:
    """How far a migration is, where this row tells the answer to such a look."""
    from bot import kit
    from handlers import hmcout
    from handlers.command import Command, Result
    from handlers.partitions import Which, progress_in

    text = str(row.body.get("start", "")) if row.action == "answered" else ""
    if "migration_state=" not in text:
        return ""
    try:
        name = hmcout.pairs(text)[0].get("name")
    except hmcout.Unreadable:
        return ""
    command = Command(host=row.host or "", argv=("lslparmigr",))
    found = progress_in(Result(command=command, exit_status=0, text=text), Which(name))
    if found is None:
        return ""
    return f"{found.state}{f'  {kit.bar(found.share)}' if found.share is not None else ''}"


def _object(request: Request) -> dict[str, object]:
    """What it came to, for programs."""
    report = request.report
    told = report.model_dump(mode="json", exclude={"table"}) if report is not None else {}
    return {
        "request": request.id,
        "operation": request.operation,
        "parameters": json.loads(request.parameters),
        "state": request.state.value,
        "digest": request.digest,
        **told,
        "table": _table(report) if report is not None else None,
    }


def _table(report: Report) -> object:
    from bot import tables

    return json.loads(tables.sheet(report.table, "json")) if report.table is not None else None


def _lines(request: Request) -> Iterable[str]:
    """What it came to, for people: the table whole, or as the file that was asked for."""
    from bot import tables

    report = request.report
    if report is None:
        yield f"#{request.id}: {request.state.value}"
        return
    headline = f"#{request.id}: {report.headline}"
    if report.table is not None and report.as_file is not None:
        yield from tables.sheet(report.table, report.as_file).splitlines()
        for line in tables.beside(report, headline):
            _say(line)
        return
    yield from tables.lines(report, headline)
    for finding in report.findings:
        yield f"{finding.code or 'no code'}: {finding.meaning or finding.text}"


def _say(line: str) -> None:
    err.file.write(printable(line) + "\n")
    err.file.flush()
