"""What every command answered: its raw bytes, in the pieces in which they came, under the audit row that announced it.

`sending` is that row's seq. Header and footer of a request's log are not kept: they are composed from the audit.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from typing import Any

from sqlite_utils import Database

from bot.ledger.tx import Tx
from policies.words import counted

CONFIDENTIAL = "not kept: it may hold secrets"


def announced(tx: Tx, sending: int, *, request: int | None, number: int, shown: bool) -> None:
    """A command is about to be sent. `shown`: its answer belongs into the request's log."""
    tx.insert("command", {"sending": sending, "request": request, "number": number, "shown": int(shown)})


def keep(tx: Tx, sending: int, raw: bytes) -> None:
    tx.insert("output", {"sending": sending, "bytes": zlib.compress(raw, 1)})


def since(db: Database, request: int, piece: int) -> Iterator[tuple[int, bytes]]:
    """The pieces of a request's shown answers that came after that one, each with its number."""
    query = (
        "SELECT o.id, o.bytes FROM command AS c JOIN output AS o ON o.sending = c.sending"
        " WHERE c.request = ? AND c.shown AND o.id > ? ORDER BY o.id"
    )
    for number, raw in db.execute(query, [request, piece]).fetchall():
        yield number, zlib.decompress(raw)


def ended(tx: Tx, sending: int, row: int) -> None:
    """`row`: the seq of the audit row that tells how it ended."""
    tx.db.execute("UPDATE command SET ended = ? WHERE sending = ?", [row, sending])


def pieces(db: Database, sending: int) -> Iterator[bytes]:
    """The raw answer of one command; nothing else, so that its hash is the audited one."""
    for row in db.execute("SELECT bytes FROM output WHERE sending = ? ORDER BY id", [sending]):
        yield zlib.decompress(row[0])


def place(db: Database, seq: int) -> str:
    """Where the answer is of the command that this audit row announces, or tells the end of."""
    query = (
        "SELECT c.sending, c.request, d.at, d.body, (SELECT count(*) FROM output AS o WHERE o.sending = c.sending),"
        " e.body ->> 'kept' FROM command AS c LEFT JOIN audit AS d ON d.seq = c.dropped"
        " LEFT JOIN audit AS e ON e.seq = c.ended WHERE ? IN (c.sending, c.ended)"
    )
    row = db.execute(query, [seq]).fetchone()
    if row is None:
        return "it has none"
    if row[2] is not None:
        return f"dropped on {row[2]}, exported to {json.loads(row[3])['file']}"
    if row[4]:
        return f"of row {row[0]}, kept in {counted(row[4], 'piece')}"
    return f"of row {row[0]}: {row[5] or 'empty'}"


def has_log(db: Database, request: int) -> bool:
    query = "SELECT 1 FROM command WHERE request = ? AND shown LIMIT 1"
    return db.execute(query, [request]).fetchone() is not None


def log(db: Database, request: int) -> Iterator[bytes]:
    """A request's log as it is attached: each shown command, its answer as it came, and how it ended."""
    query = (
        "SELECT c.sending, s.host, s.body, e.action, e.body, d.at, d.body FROM command AS c JOIN audit AS s"
        " ON s.seq = c.sending LEFT JOIN audit AS e ON e.seq = c.ended LEFT JOIN audit AS d ON d.seq = c.dropped"
        " WHERE c.request = ? AND c.shown ORDER BY c.number"
    )
    for sending, host, sent, action, end, dropped_at, dropped in db.execute(query, [request]).fetchall():
        yield f"# {host}: {' '.join(json.loads(sent)['argv'])}\n".encode()
        if dropped is not None:
            yield f"# its answer was dropped on {dropped_at}, exported to {json.loads(dropped)['file']}\n".encode()
        last = b"\n"
        for piece in pieces(db, sending):
            last = piece or last
            yield piece
        yield b"" if last.endswith(b"\n") else b"\n"
        yield f"# {_end(action, json.loads(end or '{}'))}\n\n".encode()


def _end(action: str | None, told: dict[str, Any]) -> str:
    if action is None:
        return "its end was not heard"
    if action == "not-sent":
        return f"not sent: {told.get('code')}"
    if told.get("exit_status") is None:
        return f"outcome unknown: {told.get('lost')}"
    return f"exit status {told['exit_status']}"
