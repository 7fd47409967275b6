"""What came from Slack and what is on its way there, as rows."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlite_utils import Database

from bot.ledger.tx import Tx


@dataclass(frozen=True, kw_only=True)
class Envelope:
    """One delivery of Slack: a command, a click, a shortcut."""

    key: str
    kind: str
    body: dict[str, Any]
    at: datetime | None = None  # when it was taken in


@dataclass(frozen=True, kw_only=True)
class Letter:
    """One thing to be said in Slack. `channel`: a conversation, or a person's member id for a direct message.

    `post` makes the message `key`; `update` edits it; `log` adds lines to the message `key`; `file` attaches an output;
    `whisper` is for `reader` alone.
    """

    kind: str
    channel: str
    body: dict[str, Any]
    key: str | None = None
    thread: str | None = None  # the key of the message whose thread it goes to
    reader: str | None = None
    id: int = 0
    state: str = "queued"
    tries: int = 0
    due: float = 0.0


def take_in(tx: Tx, envelope: Envelope) -> bool:
    """Keep a delivery; False when the same one came before."""
    row = {
        "key": envelope.key,
        "kind": envelope.kind,
        "body": json.dumps(envelope.body),
        "at": tx.now().isoformat(),
    }
    before = tx.db.execute("SELECT 1 FROM inbox WHERE key = ?", [envelope.key]).fetchone()
    if before is None:
        tx.insert("inbox", row)
    return before is None


def handled(tx: Tx, key: str) -> bool:
    """Mark a delivery as handled; False when it was already. Stands in the transaction of what it led to.

    Its body goes with it: response_url and tokens are not kept longer than they are needed.
    """
    changed = tx.db.execute("UPDATE inbox SET done = 1, body = '{}' WHERE key = ? AND done = 0", [key])
    return bool(changed.rowcount == 1)


def unhandled(db: Database) -> list[Envelope]:
    rows = db.execute("SELECT key, kind, body, at FROM inbox WHERE done = 0 ORDER BY rowid").fetchall()
    return [
        Envelope(key=row[0], kind=row[1], body=json.loads(row[2]), at=datetime.fromisoformat(row[3])) for row in rows
    ]


def forget(tx: Tx, before: datetime) -> None:
    """Let go of deliveries and letters that are long done with; the audit has what they led to."""
    tx.db.execute("DELETE FROM inbox WHERE done = 1 AND at < ?", [before.isoformat()])
    tx.db.execute("DELETE FROM outbox WHERE state IN ('sent', 'merged') AND at < ?", [before.isoformat()])


def say(tx: Tx, letter: Letter) -> int:
    """Queue a letter; its id. A newer update of a message takes the place of one that still waits."""
    if letter.kind == "update":
        tx.db.execute(
            "UPDATE outbox SET state = 'merged', body = '{}' WHERE kind = 'update' AND key = ? AND state = 'queued'",
            [letter.key],
        )
    row = {
        "kind": letter.kind,
        "channel": letter.channel,
        "key": letter.key,
        "thread": letter.thread,
        "reader": letter.reader,
        "body": json.dumps(letter.body, ensure_ascii=False),
        "at": tx.now().isoformat(),
    }
    return tx.insert("outbox", row)


def channels_waiting(db: Database) -> list[str]:
    rows = db.execute("SELECT DISTINCT channel FROM outbox WHERE state IN ('queued', 'sending')").fetchall()
    return [row[0] for row in rows]


def open_letters(db: Database, channel: str, limit: int = 50) -> list[Letter]:
    """Letters of a channel that are not sent: those that begin a message, then the others, the oldest first of each."""
    begins = "kind IN ('post', 'whisper') AND thread IS NULL"
    return _letters(db, "channel = ? AND state IN ('queued', 'sending')", [channel], limit, first=begins)


def whole_log(db: Database, key: str) -> list[Letter]:
    """Every letter that stands, or is to stand, in one log message."""
    return _letters(db, "key = ? AND kind = 'log' AND state IN ('queued', 'sending', 'sent')", [key], 10_000)


def claim(tx: Tx, ids: list[int]) -> bool:
    """Note that these are about to be sent, as one message; False: a newer one has taken the place of one meanwhile."""
    claimed = 0
    for each in ids:
        claimed += tx.db.execute(
            "UPDATE outbox SET state = 'sending', tries = tries + 1 WHERE id = ? AND state IN ('queued', 'sending')",
            [each],
        ).rowcount
    return claimed == len(ids)


def sent(tx: Tx, ids: list[int], *, key: str | None, channel: str, ts: str | None) -> None:
    """What stands in Slack isn't kept a second time, where it is a whole file."""
    for one in ids:
        query = "UPDATE outbox SET state = 'sent', body = iif(kind = 'file', '{}', body) WHERE id = ?"
        tx.db.execute(query, [one])
    if key is not None and ts is not None:
        tx.db.execute("INSERT OR IGNORE INTO message (key, channel, ts) VALUES (?, ?, ?)", [key, channel, ts])


def again(tx: Tx, ids: list[int], *, due: float, fault: str, said: bool) -> None:
    """Try later. `said`: it may stand there all the same, so it is looked for first, as after a crash."""
    state = "sending" if said else "queued"
    for one in ids:
        tx.db.execute("UPDATE outbox SET state = ?, due = ?, fault = ? WHERE id = ?", [state, due, fault, one])


def failed(tx: Tx, ids: list[int], *, fault: str) -> None:
    """Given up, with the reason kept and audited: nothing is lost unseen."""
    for one in ids:
        tx.db.execute("UPDATE outbox SET state = 'failed', fault = ? WHERE id = ?", [fault, one])
        tx.audit("not-said", person="hscbot", letter=one, fault=fault)


def given_up(db: Database, key: str) -> bool:
    """Whether a message was never said, because Slack refused it for good."""
    return db.execute("SELECT 1 FROM outbox WHERE key = ? AND state = 'failed' LIMIT 1", [key]).fetchone() is not None


def message(db: Database, key: str) -> tuple[str, str] | None:
    """Where a message stands: its channel and its timestamp."""
    row = db.execute("SELECT channel, ts FROM message WHERE key = ?", [key]).fetchone()
    return (row[0], row[1]) if row is not None else None


def is_known(db: Database, key: str) -> bool:
    """Whether a message was ever to be said, however that went."""
    waiting = "SELECT 1 FROM outbox WHERE state IN ('queued', 'sending') AND key = ? LIMIT 1"
    return message(db, key) is not None or given_up(db, key) or db.execute(waiting, [key]).fetchone() is not None


def said_last(db: Database, channel: str, start: str) -> datetime | None:
    """When the newest post of a channel whose key begins so was to be said, of those that weren't given up."""
    query = (
        "SELECT max(at) FROM outbox WHERE kind = 'post' AND channel = ? AND state <> 'failed' AND substr(key, 1, ?) = ?"
    )
    row = db.execute(query, [channel, len(start), start]).fetchone()
    if row[0] is not None:
        return datetime.fromisoformat(row[0])
    query = "SELECT max(cast(ts AS REAL)) FROM message WHERE channel = ? AND substr(key, 1, ?) = ?"
    row = db.execute(query, [channel, len(start), start]).fetchone()  # long ago: by Slack's own word
    return datetime.fromtimestamp(row[0], UTC) if row[0] is not None else None


def last_keyed(db: Database, channel: str, start: str) -> tuple[int, datetime | None] | None:
    """The newest post of a channel whose key begins so: the number behind it, and when it was put into the outbox."""
    query = "SELECT key, at FROM outbox WHERE kind = 'post' AND channel = ? AND key GLOB ? ORDER BY id DESC LIMIT 1"
    row = db.execute(query, [channel, f"{start}[0-9]*"]).fetchone()
    return (int(row[0].removeprefix(start)), datetime.fromisoformat(row[1])) if row is not None else None


def _letters(db: Database, where: str, values: list[str], limit: int, *, first: str = "") -> list[Letter]:
    order = f"({first}) DESC, id" if first else "id"  # SQLite takes a number here for that column
    rows = db.execute(
        "SELECT id, kind, channel, key, thread, reader, body, state, tries, due FROM outbox"  # noqa: S608
        f" WHERE {where} ORDER BY {order} LIMIT {limit:d}",  # our own words
        values,
    ).fetchall()
    return [_letter(row) for row in rows]


def _letter(row: Any) -> Letter:
    return Letter(
        id=row[0],
        kind=row[1],
        channel=row[2],
        key=row[3],
        thread=row[4],
        reader=row[5],
        body=json.loads(row[6]),
        state=row[7],
        tries=row[8],
        due=row[9],
    )
