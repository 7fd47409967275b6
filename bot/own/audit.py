"""The audit's answers."""

from __future__ import annotations

import io
from collections.abc import Sequence

from bot import sheets
from bot.ledger import audit, outputs, proof
from bot.ledger.audit import Filter
from bot.ledger.audit import Row as Entry
from bot.ledger.story import line
from bot.moments import moment
from bot.own.answer import Answer, Asker, bad, clock, good, listed
from handlers.audit import Export, Find, Show, Tail, Verify
from handlers.table import Row
from policies.problems import AskProblem
from policies.words import counted

SHEET = 10_000  # rows of a file in Slack
HOLDS = {
    True: "it holds: the row and the one before are as they were written",
    False: "IT DOES NOT HOLD: this row or the one before was changed, or was not written with this key",
    None: "not checked: the key isn't in the data folder",
}


class TooManyRows(AskProblem):
    code = "too-many-rows"
    sentence = "That is more than {most} rows."
    why = "A file in Slack holds no more, and I leave nothing out unsaid."
    remedy = "Narrow it by since=, until=, person= or request=; `hscbot audit export` on the bot's machine takes all."


def tail(asker: Asker, asked: Tail) -> Answer:
    rows = [*audit.find(asker.db, Filter(limit=asked.number), newest_first=True)][::-1]
    return _listed(asked, rows)


def find(asker: Asker, asked: Find) -> Answer:
    rows = [*audit.find(asker.db, _filter(asker, asked, limit=asked.limit), newest_first=True)][::-1]
    more = f"These are the newest {asked.limit}; there may be more: limit= takes up to 2000."
    return _listed(asked, rows, [more] if len(rows) == asked.limit else [])


def export(asker: Asker, asked: Export) -> Answer:
    rows = [*audit.find(asker.db, _filter(asker, asked, limit=SHEET + 1))]
    if len(rows) > SHEET:
        raise TooManyRows(most=SHEET)
    file = io.StringIO()
    sheets.spread(rows, sheets.Form.CSV if asked.format == "csv" else sheets.Form.JSONL, file)
    return Answer(status=0, text=file.getvalue())


def show(asker: Asker, asked: Show) -> Answer:
    row = audit.get(asker.db, asked.seq)
    if row is None:
        return bad([f"There is no audit row {asked.seq}."])
    told = [f"{name:8} {'' if value is None else value}" for name, value in row.cells().items()]
    holds = proof.holds(asker.world.folder, row, audit.get(asker.db, asked.seq - 1))
    return good([*told, f"{'output':8} {outputs.place(asker.db, asked.seq)}", f"{'chain':8} {HOLDS[holds]}"])


def verify(asker: Asker, asked: Verify) -> Answer:
    checked = proof.verify(asker.world.folder)
    if checked.row is None:
        return good([f"ok: {checked.rows} audit rows, all as they were written"])
    return bad([f"row {checked.row} fails: {checked.fault}; {counted(checked.rows, 'row')} before it held"])


def _filter(asker: Asker, asked: Find | Export, *, limit: int) -> Filter:
    return Filter(
        person=str(asker.named(asked.person)) if asked.person is not None else None,
        target=asked.target,
        operation=asked.operation,
        action=asked.action,
        request=asked.request,
        since=moment(asked.since, asker.now) if asked.since else None,
        until=moment(asked.until, asker.now, whole_day=True) if asked.until else None,
        limit=limit,
    )


def _listed(asked: Tail | Find, rows: Sequence[Entry], more: Sequence[str] = ()) -> Answer:
    count = f"{len(rows)} row{'s' * (len(rows) != 1)} of the audit log, the newest last"
    return listed(asked, [_row(each) for each in rows], count if rows else "There are no such rows.", more)


def _row(entry: Entry) -> Row:
    told = line(entry)
    detail = " ".join(told.detail.split()) or None
    return (entry.seq, clock(told.at), told.who, entry.request, entry.channel or None, told.what, detail)
