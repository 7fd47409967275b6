"""Locks: what a running request works on, so that no other does. They stand in the ledger, and survive a restart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from bot.ledger.tx import Tx
from policies.words import Person


@dataclass(frozen=True, kw_only=True)
class Held:
    """Which request holds something, whose it is, and since when."""

    name: str
    request: int
    who: Person
    since: datetime


def holder(db: Database, names: Sequence[str], *, but: int) -> Held | None:
    """Who holds one of these, other than the request `but`."""
    marks = ", ".join("?" * len(names))
    row = db.execute(
        "SELECT lock.name, lock.request, request.workspace, request.member, lock.since FROM lock"  # noqa: S608  # marks
        f" JOIN request ON request.id = lock.request WHERE lock.name IN ({marks}) AND lock.request <> ?"
        " ORDER BY lock.since LIMIT 1",
        [*names, but],
    ).fetchone()
    if row is None:
        return None
    who = Person(workspace=row[2], member=row[3])
    return Held(name=row[0], request=row[1], who=who, since=datetime.fromisoformat(row[4]))


def take(tx: Tx, names: Sequence[str], request: int) -> Held | None:
    """Take all of them; or none, and who holds one."""
    if (held := holder(tx.db, names, but=request)) is not None:
        return held
    for name in names:
        tx.db.execute("INSERT OR IGNORE INTO lock VALUES (?, ?, ?)", [name, request, tx.now().isoformat()])
    if names:
        tx.audit("locked", person="hscbot", request=request, names=list(names))
    return None


def mark(db: Database) -> int:
    """The moment of now, for `given_back`."""
    row = db.execute("SELECT max(seq) FROM audit").fetchone()
    return row[0] or 0


def given_back(db: Database, names: Sequence[str], *, since: int, but: int) -> bool:
    """Whether a request other than `but` has held one of these and been done with it since that mark."""
    marks = ", ".join("?" * len(names))
    row = db.execute(
        "SELECT 1 FROM audit, json_each(audit.body, '$.names') AS given WHERE audit.action = 'unlocked'"  # noqa: S608
        f" AND audit.seq > ? AND audit.request <> ? AND given.value IN ({marks}) LIMIT 1",
        [since, but, *names],
    ).fetchone()
    return row is not None


def release(tx: Tx, request: int) -> None:
    gone = [row[0] for row in tx.db.execute("DELETE FROM lock WHERE request = ? RETURNING name", [request]).fetchall()]
    if gone:
        tx.audit("unlocked", person="hscbot", request=request, names=gone)
